# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our module posts for a Compose file is what ``docker stack deploy`` posts. README.md tells what is compared."""

from __future__ import annotations

import json
import os
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose import document
from ansible_collections.flotilla.swarm.tests.golden import cases, clis, coverage, deploy, generated, normal, ours
from ansible_collections.flotilla.swarm.tests.golden.recorder import KINDS

EXAMPLES = int(os.environ.get("GOLDEN_EXAMPLES", "60"))
CASES = cases.all_cases()
REFUSED = cases.all_cases(cases.FILES / "refused")
CLIS = {"newest": clis.newest, "oldest": clis.oldest}


# Cases that between them go every way through the action plugin.
IN_A_PLAY = (
    "env-file-bare",
    "environment-from-deployer",
    "interpolation-unset",
    "merge-override",
    "registry-auth",
    "secrets",
    "several-services",
    "update-everything",
    "update-prune",
    "volumes-short",
)


def expected(outcome: deploy.Outcome, case: cases.Case) -> dict:
    """What we should post where the CLI posts this: the same, but for what differs on purpose."""
    assert not outcome.failed, f"the CLI refuses the file: {outcome.failed}"
    return cases.merged(normal.state(outcome.recorder), case.ours)


def check(outcome: deploy.Outcome, wanted: dict) -> None:
    """Our module has done what is wanted."""
    assert not outcome.failed, outcome.failed
    found = normal.differences(wanted, normal.state(outcome.recorder))
    assert not found, "\n".join(["", *found])
    made = [KINDS.index(post.kind) for post in outcome.recorder.posts if post.action == "create"]
    assert made == sorted(made), "something was made before what it uses"


@pytest.fixture(scope="module")
def by_ansible():
    """What our module makes of some cases, all in one play."""
    return ours.by_ansible([case for case in CASES if case.name in IN_A_PLAY], clis.newest())


@cache
def by_module(name: str) -> deploy.Outcome:
    """What our module makes of a case."""
    return ours.by_module(next(case for case in CASES if case.name == name), clis.newest())


@pytest.mark.parametrize("cli", CLIS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_we_post_what_the_cli_posts(case, cli):
    program = CLIS[cli]()
    if not program.knows(case.version):
        pytest.skip(f"{program} reads the format to 3.{clis.OLDEST_KNOWS[1]} only")
    check(by_module(case.name), expected(deploy.by_cli(program, case), case))


@pytest.mark.parametrize("name", IN_A_PLAY)
def test_a_play_posts_what_the_cli_posts(name, by_ansible):
    case = next(case for case in CASES if case.name == name)
    check(by_ansible[name], expected(deploy.by_cli(clis.newest(), case), case))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_the_cli_has_deployed_is_adopted_as_it_is(case):
    found = deploy.by_cli(clis.newest(), case)
    found.recorder.posts.clear()
    outcome = ours.within(case, found.recorder)
    assert not outcome.failed, outcome.failed
    posted = [post.name for post in found.recorder.posts if post.kind == "services"]
    assert set(posted) <= set(case.ours.get("services", {})), outcome.result["diff"]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_the_cli_refuses_we_refuse_before_anything_is_made(case):
    assert deploy.by_cli(clis.newest(), case).failed, "the CLI takes the file"
    outcome = ours.within(case, deploy.Recorder())
    assert outcome.failed
    assert outcome.recorder.posts == []


def test_every_key_of_the_schema_occurs():
    files = [path for case in CASES for path in (*case.files, case.before) if path]
    trees = [document.read(path.read_text(), path.name).tree for path in files]
    assert sorted(coverage.missing(trees)) == []


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(trees=generated.projects())
def test_we_post_what_the_cli_posts_for_files_that_nobody_wrote(trees, tmp_path):
    (tmp_path / "token.txt").write_text("not very secret")
    (tmp_path / "site.conf").write_text("listen 80;")
    files = [tmp_path / f"{number}.yml" for number in range(1, len(trees) + 1)]
    for path, tree in zip(files, trees, strict=True):
        # JSON is YAML, and says of every value what type it has.
        path.write_text(json.dumps(tree, ensure_ascii=False, indent=1))
    case = cases.Case("generated", tuple(files), env=generated.ENV)
    wanted = expected(deploy.by_cli(clis.newest(), case), case)
    check(ours.within(case, deploy.Recorder()), wanted)
