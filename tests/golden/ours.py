# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our module: as Ansible runs it, through its action plugin and as a process of its own, and within this process."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, redirect_stdout, suppress
from pathlib import Path
from unittest.mock import patch

from ansible.module_utils.testing import patch_module_args

from ansible_collections.flotilla.swarm.plugins.modules import stack as module
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.convert import convert
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.load import Settings, Source, load
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError
from ansible_collections.flotilla.swarm.tests.golden.cases import Case
from ansible_collections.flotilla.swarm.tests.golden.clis import Cli
from ansible_collections.flotilla.swarm.tests.golden.deploy import STACK, Outcome, prepare
from ansible_collections.flotilla.swarm.tests.golden.recorder import Recorder, serve

HERE = Path(__file__).resolve().parent
COLLECTIONS = HERE.parents[1] / ".collections"
PLAY = [
    {
        "hosts": "all",
        "gather_facts": False,
        "strategy": "free",
        "tasks": [
            {
                "name": "Deploy the stack",
                "flotilla.swarm.stack": "{{ arguments }}",
                "environment": "{{ engine_environment }}",
                "vars": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable},
            }
        ],
    }
]


def arguments(case: Case, host: str) -> dict:
    """The options of the module for a case. The CLI asks registries unless it is told otherwise."""
    return {
        "name": STACK,
        "compose": [str(path) for path in case.files],
        "env": {"HOME": str(case.directory), **case.env},
        "docker_host": host,
        "resolve_image": "always",
        "wait": False,
        **case.options,
    }


def by_ansible(cases: list[Case], before: Cli) -> dict[str, Outcome]:
    """Each case deployed in a play on a recorder of its own, by name; the CLI ``before`` makes what the case finds."""
    recorders, hosts, failed = {}, {}, {}
    with ExitStack() as stack:
        for number, case in enumerate(cases):
            recorder = recorders[number] = Recorder()
            host = stack.enter_context(serve(recorder))
            failed[number] = prepare(before, host, recorder, case)
            hosts[f"case{number}"] = {
                "arguments": arguments(case, host),
                "engine_environment": {"DOCKER_CONFIG": str(case.directory)},
            }
        results = play(hosts)
    outcomes = {}
    for number, case in enumerate(cases):
        result = results.get(f"case{number}", {"failed": True, "msg": "the run ended without a result"})
        reason = failed[number] or (result.get("msg", "failed") if result.get("failed") else "")
        outcomes[str(case)] = Outcome(recorders[number], reason, result)
    return outcomes


def by_module(case: Case, before: Cli) -> Outcome:
    """The case deployed within this process on a recorder of its own; the CLI ``before`` makes what the case finds."""
    recorder = Recorder()
    with serve(recorder) as host:
        failed = prepare(before, host, recorder, case)
    assert not failed, failed
    return within(case, recorder)


def play(hosts: dict) -> dict[str, dict]:
    """Run the module once for each host, and return what it returned by host."""
    with tempfile.TemporaryDirectory(prefix="golden-") as top:
        inventory, playbook, results = Path(top, "hosts.json"), Path(top, "play.json"), Path(top, "results")
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}))
        playbook.write_text(json.dumps(PLAY))
        env = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "results",
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_FORKS": str(os.cpu_count()),
            "FLOTILLA_PROGRESS": "false",
            "RESULTS_FILE": str(results),
        }
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory), str(playbook)]
        done = subprocess.run(command, env=env, cwd=top, capture_output=True, text=True, check=False)
        if not results.exists():
            raise AssertionError(f"ansible-playbook did nothing:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        lines = [json.loads(line) for line in results.read_text().splitlines()]
    return {line.pop("host"): line for line in lines}


def within(case: Case, recorder: Recorder) -> Outcome:
    """The case deployed by the code of the module in this process, on a recorder with what the case finds."""
    directory = str(case.directory)
    sources = [Source(path.name, path.read_text(), None, directory) for path in case.files]
    given = {"HOME": directory, **case.env}
    settings = Settings(given, case.options.get("allow_unset", False), lambda path: Path(path).read_bytes())
    try:
        declared = convert(load(sources, settings), STACK, settings.read_file)
    except ComposeError as exc:
        return Outcome(recorder, str(exc))
    data = {item["name"]: item.pop("data") for item in declared["secrets"] if "data" in item}
    with serve(recorder) as host, patch.dict(os.environ, {"DOCKER_CONFIG": directory}):
        options = {name: value for name, value in arguments(case, host).items() if name not in ("compose", "env")}
        result = run_module({**options, "declaration": declared, "secret_data": data})
    return Outcome(recorder, result.get("msg", "failed") if result.get("failed") else "", result)


def run_module(options: dict) -> dict:
    """What the module prints for these options."""
    said = io.StringIO()
    with patch_module_args(options), redirect_stdout(said), suppress(SystemExit):
        module.main()
    return json.loads(said.getvalue().splitlines()[-1])
