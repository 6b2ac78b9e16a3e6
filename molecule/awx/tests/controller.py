# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX does with a project and its job templates: jobs have the files, variables and environment that AWX makes.

Nothing of this checkout but the files that are committed, or could be, gets into a job.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml
from awx.tests.credentials import Credentials
from awx.tests.surveys import extra_vars

SCENARIO = Path(__file__).resolve().parents[1]
ROOT = SCENARIO.parents[1]
SECONDS = 300
RUN_TIME = ("meta", "playbooks", "plugins", "roles")


class _Unsafe(yaml.SafeDumper):
    """AWX marks all text of variables, so that none of it is taken for a template."""


_Unsafe.add_representer(str, lambda dumper, text: dumper.represent_scalar("!unsafe", text))


@dataclass(frozen=True)
class Job:
    """How a job ended, its events, and the directory of all that it has left."""

    status: str
    events: list[dict]
    directory: Path

    @property
    def printed(self) -> str:
        """Standard output."""
        return (self.directory / "stdout").read_text(encoding="utf-8")

    def left(self) -> str:
        """All that it has left, but for the environment: of that, AWX keeps nothing that a credential injects."""
        files = [path for path in self.directory.rglob("*") if path.is_file() and path.name != "command"]
        command = json.loads((self.directory / "command").read_text(encoding="utf-8"))["command"]
        return "\n".join([*command, *(path.read_text(encoding="utf-8", errors="replace") for path in files)])

    @property
    def artifacts(self) -> dict:
        """What the next node of a workflow gets."""
        return self.events[-1]["event_data"].get("artifact_data", {})

    @property
    def changed(self) -> int:
        """How many tasks changed something, of all hosts. AssertionError if the job failed."""
        assert self.status == "successful", self.printed
        return sum(self.events[-1]["event_data"]["changed"].values())

    @property
    def task_paths(self) -> set[str]:
        """The files that tasks come from."""
        found = {event.get("event_data", {}).get("task_path") for event in self.events}
        return {path.rpartition(":")[0] for path in found if path}


class Controller:
    """A project with its collections, an inventory, credentials, and the jobs that were run, below a directory."""

    def __init__(self, top: Path, inventory: dict, inputs: dict):
        self.top, self.project, self.collections = top, top / "project", top / "requirements_collections"
        self.home = top / "home"
        self.inventory, self.jobs = inventory, []
        self.home.mkdir()
        runpy.run_path(str(ROOT / "tests/checks/sources.py"))["copy_sources"](self.project)
        self._install()
        self.templates, self.workflows, types = (
            {
                path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
                for path in self.project.glob(f"awx/{kind}/*.yml")
            }
            for kind in ("templates", "workflows", "credential_types")
        )
        self.credentials = Credentials(types, inputs)

    def _environment(self) -> dict:
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8"}

    def _install(self) -> None:
        """Install what the project requires, as its update does."""
        env = {
            **self._environment(),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            # Nobody answers there: all is in the project.
            "ANSIBLE_GALAXY_SERVER": "http://127.0.0.1:9",
        }
        command = ["ansible-galaxy", "collection", "install", "-r", "collections/requirements.yml"]
        command += ["--collections-path", self.collections]
        subprocess.run(command, env=env, cwd=self.project, check=True)
        # Nothing else of a collection may be needed at run time.
        for entry in (self.collections / "ansible_collections/flotilla/swarm").iterdir():
            if entry.is_dir() and entry.name not in RUN_TIME:
                shutil.rmtree(entry)

    def launch(
        self, name: str, answers: dict, *, check: bool = False, verbosity: int = 0, more: dict | None = None
    ) -> Job:
        """Run a job template with answers of its survey; ``more`` is what a workflow adds."""
        template = self.templates[name]
        number = len(self.jobs) + 1
        directory = self.top / f"job{number}"
        (directory / "inventory").mkdir(parents=True)
        (directory / "env").mkdir()
        script = directory / "inventory" / "hosts"
        script.write_text(f"#! /usr/bin/env python3\nprint({json.dumps(self.inventory)!r})\n", encoding="utf-8")
        script.chmod(0o700)
        told = extra_vars(template, answers, more)
        meta = {"awx_job_id": number, "awx_job_template_name": template["name"], "awx_user_name": "admin"}
        self._write(directory / "env" / "extravars", {**told, **meta})
        (directory / "env" / "settings").write_text(json.dumps({"job_timeout": SECONDS}), encoding="utf-8")
        environment, variables = self.credentials.inject(directory / "env")
        self._write(directory / "env" / "injected", variables)
        options = ["-u", "root", "--diff", "-e", f"@{directory}/env/injected"]
        options += ["--check"] if check else []
        options += ["--become"] if template.get("become_enabled") else []
        options += [f"-{'v' * verbosity}"] if verbosity else []
        (directory / "env" / "cmdline").write_text(" ".join(options), encoding="utf-8")
        self._run(directory, number, template["playbook"], environment)
        self.jobs.append(self._read(directory / "artifacts" / str(number)))
        return self.jobs[-1]

    @staticmethod
    def _write(path: Path, variables: dict) -> None:
        path.write_text(yaml.dump(variables, Dumper=_Unsafe, default_flow_style=False), encoding="utf-8")

    def _run(self, directory, number, playbook, injected):
        defaults = "~/.ansible/collections:/usr/share/ansible/collections"
        own = {
            "JOB_ID": str(number),
            "INVENTORY_ID": "1",
            "AWX_PRIVATE_DATA_DIR": str(directory),
            "ANSIBLE_COLLECTIONS_PATH": f"{self.collections}:.collections:{defaults}",
            "ANSIBLE_FORCE_COLOR": "True",
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "MAX_EVENT_RES": "700000",
        }
        arguments = {
            "private_data_dir": str(directory),
            "project_dir": str(self.project),
            "ident": str(number),
            "playbook": playbook,
            "inventory": str(directory / "inventory" / "hosts"),
            "envvars": {**own, **injected},
            "fact_cache_type": "",
            "quiet": True,
        }
        command = [sys.executable, SCENARIO / "launch.py"]
        # No terminal, and nothing of the environment of these tests.
        subprocess.run(
            command, input=json.dumps(arguments), env=self._environment(), text=True, check=True, start_new_session=True
        )

    @staticmethod
    def _read(artifacts: Path) -> Job:
        files = sorted((artifacts / "job_events").glob("*.json"), key=lambda path: int(path.name.partition("-")[0]))
        events = [json.loads(path.read_text(encoding="utf-8")) for path in files]
        return Job((artifacts / "status").read_text(encoding="utf-8"), events, artifacts)
