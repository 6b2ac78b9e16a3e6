# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both forms of configuration as code, with one file more than there is.

AWX cannot be had here, so that modules of awx.awx are action plugins that note their arguments. They take the options
that these modules have.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ansible_collections.flotilla.swarm.tests.unit.awx.content import AWX, read

ASKED = "credential diff_mode inventory job_type limit variables verbosity"
SOURCE = "source source_project source_path overwrite overwrite_vars update_on_launch"
NODE = "identifier workflow_job_template organization unified_job_template success_nodes failure_nodes always_nodes"
WORKFLOW = "organization ask_inventory_on_launch ask_limit_on_launch ask_variables_on_launch allow_simultaneous"
# Some of the options of each module of awx.awx.
OPTIONS = {
    "project": "organization scm_type scm_url scm_branch scm_update_on_launch wait",
    "inventory": "organization",
    "inventory_source": f"organization inventory {SOURCE}",
    "credential_type": "description kind inputs injectors",
    "job_template": "description organization project inventory credentials playbook job_type become_enabled "
    "execution_environment "
    f"survey_enabled survey_spec allow_simultaneous {' '.join(f'ask_{one}_on_launch' for one in ASKED.split())}",
    "workflow_job_template": f"description survey_enabled survey_spec {WORKFLOW}",
    "workflow_job_template_node": NODE,
    "schedule": "description organization unified_job_template rrule enabled extra_data",
}
NOTE = """
import json, os, pathlib
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        module = pathlib.Path(__file__).stem
        known = {{"name", "state", *{options!r}.split()}}
        unknown = sorted(set(self._task.args) - known)
        if unknown:
            return {{"failed": True, "msg": f"{{module}} has no option {{', '.join(unknown)}}"}}
        with open(os.environ["NOTES"], "a") as file:
            file.write(json.dumps([module, dict(self._task.args)]) + "\\n")
        return {{"changed": True}}
"""
KINDS = ("projects", "inventories", "inventory_sources", "credential_types", "templates", "workflows", "schedules")
SHOW = f"""
- hosts: localhost
  connection: local
  gather_facts: false
  vars_files: [awx/controller.yml]
  tasks:
    - ansible.builtin.copy:
        content: "{{{{ {{{", ".join(f"'controller_{kind}': controller_{kind}" for kind in KINDS)}}} | to_json }}}}"
        dest: "{{{{ playbook_dir }}}}/shown.json"
        mode: "0600"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project with the content of awx/, one template more, and modules that note what they get."""
    top = tmp_path_factory.mktemp("project")
    shutil.copytree(AWX, top / "awx")
    status = {**read("templates")["verify"], "name": "flotilla.swarm status", "playbook": "awx/status.yml"}
    (top / "awx/templates/status.yml").write_text(yaml.safe_dump(status))
    plugins = top / "collections/ansible_collections/awx/awx/plugins/action"
    plugins.mkdir(parents=True)
    for name, options in OPTIONS.items():
        (plugins / f"{name}.py").write_text(NOTE.format(options=options))
    return top


def run(project: Path, playbook: str, *options: str) -> None:
    """Run a playbook of the project, AssertionError if it fails."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(project),
        "NOTES": str(project / "notes"),
        "ANSIBLE_COLLECTIONS_PATH": str(project / "collections"),
        "ANSIBLE_HOME": str(project / "home"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "LC_ALL": "C.UTF-8",
    }
    words = [sys.executable, "-m", "ansible", "playbook", *options, playbook]
    done = subprocess.run(words, cwd=project, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def loaded(project) -> list:
    """What modules of awx.awx were told, each with its arguments."""
    place = {"flotilla_awx_organization": "Web", "flotilla_awx_credentials": ["ssh of the nodes"]}
    place["flotilla_awx_execution_environment"] = "swarm"
    source = {"flotilla_awx_scm_url": "https://git.example.com/swarm.git", "flotilla_awx_inventory_file": "hosts.yml"}
    run(project, "awx/load.yml", "-e", json.dumps({**place, **source}))
    return [json.loads(line) for line in (project / "notes").read_text().splitlines()]


@pytest.fixture(scope="module")
def shown(project) -> dict:
    """The variables that infra.aap_configuration reads."""
    (project / "show.yml").write_text(SHOW)
    run(project, "show.yml", "-e", f"flotilla_awx_directory={project}/awx")
    return json.loads((project / "shown.json").read_text())


def names(loaded: list, module: str) -> list:
    return [arguments["name"] for one, arguments in loaded if one == module]


def test_a_template_more_needs_no_other_edit(loaded, shown):
    wanted = sorted([*(one["name"] for one in read("templates").values()), "flotilla.swarm status"])
    assert sorted(names(loaded, "job_template")) == wanted
    assert sorted(one["name"] for one in shown["controller_templates"]) == wanted


def test_templates_are_what_their_files_say(loaded, shown):
    given = next(arguments for module, arguments in loaded if arguments["name"] == "flotilla.swarm deploy")
    place = {"project": "flotilla.swarm", "inventory": "flotilla.swarm"}
    own = {
        "organization": "Web",
        "credentials": ["ssh of the nodes"],
        "execution_environment": "swarm",
        "state": "present",
    }
    assert given == {**read("templates")["deploy"], **place, **own}
    variables = next(one for one in shown["controller_templates"] if one["name"] == "flotilla.swarm deploy")
    assert variables == {**read("templates")["deploy"], **place, "organization": "Default", "credentials": []}


def test_the_order_in_which_things_need_each_other(loaded):
    assert list(dict.fromkeys(module for module, arguments in loaded)) == list(OPTIONS)


def test_injectors_arrive_as_they_are(loaded, shown):
    wanted = {one["name"]: one["injectors"] for one in read("credential_types").values()}
    assert {a["name"]: a["injectors"] for module, a in loaded if module == "credential_type"} == wanted
    # Role credential_types of infra.aap_configuration closes up braces with a blank of two between them.
    told = {one["name"]: one["injectors"] for one in shown["controller_credential_types"]}
    assert json.loads(json.dumps(told).replace("{  {", "{{")) == wanted
    assert "{{" not in json.dumps(told)


def test_nodes_are_there_before_they_are_linked(loaded):
    nodes = [arguments for module, arguments in loaded if module == "workflow_job_template_node"]
    made = [one["identifier"] for one in nodes if "unified_job_template" in one]
    linked = {one["identifier"]: one["success_nodes"] + one["failure_nodes"] for one in nodes[len(made) :]}
    assert made == ["deploy", "verify", "rollback"]
    assert linked == {"deploy": ["verify"], "verify": ["rollback"], "rollback": []}


def test_projects_and_inventories_are_made_where_it_is_said_what_they_are(loaded, shown):
    assert names(loaded, "project") == names(loaded, "inventory") == ["flotilla.swarm"]
    assert names(loaded, "inventory_source") == ["hosts.yml"]
    assert [shown[f"controller_{kind}"] for kind in KINDS[:3]] == [[], [], []]
