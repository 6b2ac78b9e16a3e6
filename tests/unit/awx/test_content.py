# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that is in awx/, by the rules beside this."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.flotilla.swarm.plugins.lookup.registries import LookupModule
from ansible_collections.flotilla.swarm.tests.unit.awx.content import TOP, by_name, declared, imports, playbooks, read
from ansible_collections.flotilla.swarm.tests.unit.awx.rules import (
    credential_problems,
    schedule_problems,
    template_problems,
    workflow_problems,
)
from ansible_collections.flotilla.swarm.tests.unit.awx.surveys import survey_problems

TEMPLATES, WORKFLOWS, CREDENTIALS, SCHEDULES = map(read, ("templates", "workflows", "credential_types", "schedules"))


def test_every_playbook_has_an_import_and_a_template():
    names = playbooks()
    assert imports() == {f"awx/{name}.yml": [f"flotilla.swarm.{name}"] for name in names}
    assert {name: one["playbook"] for name, one in TEMPLATES.items()} == {name: f"awx/{name}.yml" for name in names}


@pytest.mark.parametrize("kind", ["templates", "workflows", "credential_types", "schedules"])
def test_no_name_is_there_twice(kind):
    assert len(by_name(kind)) == len(read(kind)) > 0


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template(name):
    assert template_problems(TEMPLATES[name], list(imports())) == []
    assert survey_problems(TEMPLATES[name]["survey_spec"], declared(name)) == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow(name):
    workflow = WORKFLOWS[name]
    assert workflow_problems(workflow, by_name("templates")) == []
    templates = [by_name("templates")[node["unified_job_template"]] for node in workflow["simplified_workflow_nodes"]]
    asked = {key: option for one in templates for key, option in declared(one["playbook"][4:-4]).items()}
    assert survey_problems(workflow["survey_spec"], asked) == []


@pytest.mark.parametrize("name", CREDENTIALS)
def test_a_credential_type(name):
    assert credential_problems(CREDENTIALS[name]) == []


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule(name):
    assert schedule_problems(SCHEDULES[name], by_name("templates")) == []


def test_what_can_take_the_swarm_apart_wants_a_word_for_it():
    (question,) = TEMPLATES["reset"]["survey_spec"]["spec"]
    assert question["variable"] == "swarm_reset_confirm"
    assert question["required"]
    assert "default" not in question


def test_a_registry_is_what_a_role_reads(monkeypatch):
    names = CREDENTIALS["registry"]["injectors"]["env"]
    for name in names:
        monkeypatch.setenv(name, name)
    ((registry,),) = LookupModule().run([])
    assert set(registry.values()) == set(names)
    spec = yaml.safe_load((TOP / "roles/registry_login/meta/argument_specs.yml").read_text())["argument_specs"]["main"]
    assert set(registry) <= set(spec["options"]["swarm_registries"]["options"])
    secret = {field["id"] for field in CREDENTIALS["registry"]["inputs"]["fields"] if field.get("secret")}
    assert secret == {"password"}


def test_a_project_update_finds_the_collection():
    (wanted,) = yaml.safe_load((TOP / "collections/requirements.yml").read_text())["collections"]
    assert wanted == {"source": ".", "type": "dir"}
