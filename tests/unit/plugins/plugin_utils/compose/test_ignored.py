# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import from_data
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.ignored import MODERN, V3, ignored
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.modern import from_modern
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.modern_limits import PLACES
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.modern_service import REFUSED
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import Problems
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.schema_service import SERVICE


def test_each_key_of_v3_that_swarm_ignores_is_one_warning_for_all_files():
    first = {"services": {"web": {"build": ".", "privileged": True}, "api": {"privileged": True, "restart": "always"}}}
    second = {
        "services": {"web": {"build": "."}, "db": {"networks": {"a": {"ipv4_address": "10.0.0.1"}, "b": None}}},
        "volumes": {"data": {"x-cluster-spec": {}}, "more": None},
    }
    first["services"]["web"]["volumes"] = ["a:/a", 5, {"type": "bind", "consistency": "cached"}]
    assert ignored([first, second, {}]) == [
        "Swarm ignores build (web); build and push the image first, and name it in image",
        "Swarm ignores consistency (web)",
        "Swarm ignores ipv4_address (db); Swarm chooses the addresses of tasks",
        "Swarm ignores privileged (web, api); name what the service needs in cap_add",
        "Swarm ignores x-cluster-spec (data); create the cluster volume first, and say external: true",
    ]


def test_what_swarm_does_something_with_is_no_warning():
    used = SERVICE.keys.keys() - V3
    assert {"restart", "oom_score_adj", "depends_on", "cap_add", "sysctls", "ulimits", "init"} <= used
    assert ignored([{"services": {"web": dict.fromkeys(used)}}]) == []


@pytest.mark.parametrize("key", MODERN)
def test_a_key_that_swarm_ignores_is_one_warning_with_its_services(key):
    tree = {"services": {name: {"image": "a", key: "b"} for name in ("web", "api")}}
    remedy = f"; {MODERN[key]}" if MODERN[key] else ""
    problems = Problems(from_data(tree, "f.yml"))
    assert from_modern(tree, problems) == {"services": {name: {"image": "a"} for name in ("web", "api")}}
    assert (problems.warnings, problems.found) == ([f"Swarm ignores {key} (web, api){remedy}"], [])


def test_no_key_is_of_v3_and_of_modern_compose_alone():
    assert not SERVICE.known.keys() & {*MODERN, *REFUSED, *PLACES}
    assert V3.keys() <= SERVICE.keys.keys()
