# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A case deployed on a recorder: by a docker CLI or by our module."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.flotilla.swarm.tests.golden.cases import Case, merged
from ansible_collections.flotilla.swarm.tests.golden.clis import Cli
from ansible_collections.flotilla.swarm.tests.golden.recorder import Recorder, serve

STACK = "shop"


@dataclass(frozen=True)
class Outcome:
    """What a deployment left behind. ``failed`` is empty, or why nothing came of it; ``result`` is the module's."""

    recorder: Recorder
    failed: str
    result: dict = field(default_factory=dict)


def flags(options: dict) -> list[str]:
    """Options of the module as those of the CLI; it needs none for allow_unset."""
    found = [f"--resolve-image={options['resolve_image']}"] if "resolve_image" in options else []
    return found + [f"--{name.replace('_', '-')}" for name in ("prune", "with_registry_auth") if options.get(name)]


def run_cli(cli: Cli, host: str, files: tuple[Path, ...], case: Case, options: dict) -> str:
    """Deploy files with ``docker stack deploy``; return why it failed, or nothing."""
    composed = [f"--compose-file={path}" for path in files]
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(case.directory),
        **case.env,
        "DOCKER_HOST": host,
        "DOCKER_CONFIG": str(case.directory),
    }
    command = [cli.program, "stack", "deploy", *composed, *flags(options), STACK]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)
    return done.stderr.strip() if done.returncode else ""


def prepare(cli: Cli, host: str, recorder: Recorder, case: Case) -> str:
    """Bring about what the case finds; return why that failed, or nothing."""
    failed = run_cli(cli, host, (case.before,), case, {}) if case.before else ""
    for kind, items in case.live.items():
        for name, spec in items.items():
            recorder.keep(kind, name, merged(recorder.objects[kind][name]["Spec"], spec))
    recorder.posts.clear()
    return failed


def by_cli(cli: Cli, case: Case) -> Outcome:
    """The case deployed by a CLI on a recorder of its own."""
    recorder = Recorder()
    with serve(recorder) as host:
        failed = prepare(cli, host, recorder, case) or run_cli(cli, host, case.files, case, case.options)
    return Outcome(recorder, failed)
