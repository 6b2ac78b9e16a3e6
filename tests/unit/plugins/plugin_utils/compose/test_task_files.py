# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the files and variables of a task come from."""

from __future__ import annotations

import base64
from types import SimpleNamespace

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.files import (
    Files,
    declaration,
    environment,
    options_of,
    sources,
)
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError

DEFAULTS = {
    "compose": None,
    "remote_src": False,
    "template": False,
    "env": {},
    "env_files": [],
    "controller_env": False,
    "allow_unset": False,
}
WEB = {"services": {"web": {"image": "web:${TAG:-1}"}}}
SECRET = """\
services:
  web:
    image: web
    hostname: ${TAG}
    secrets: [key]
secrets:
  key:
    file: ./key
"""


class Action:
    """An action plugin as far as files matter: the controller's are in a directory, the host's in a dict."""

    def __init__(self, directory, host=()):
        self.directory, self.host, self.asked = directory, dict(host), []
        self._loader = DataLoader()
        self._loader.set_basedir(str(directory))
        self._templar = Templar(loader=self._loader, variables={})
        self._connection = SimpleNamespace(_play_context=SimpleNamespace(no_log=False))

    def _find_needle(self, _folder, name):
        if not (self.directory / name).exists():
            raise AnsibleError(f"Could not find {name}")
        return str(self.directory / name)

    def _execute_module(self, module, options, task_vars):
        assert module == "ansible.builtin.slurp"
        # The connection prints at -vvv what comes back unless it is told not to.
        assert self._connection._play_context.no_log
        self.asked.append(options["src"])
        if options["src"] not in self.host:
            return {"failed": True, "msg": "file not found"}
        return {"content": base64.b64encode(self.host[options["src"]].encode()).decode()}


@pytest.fixture
def files(tmp_path):
    """Files of the controller, and the action plugin that reads them."""

    def files(host=(), **contents):
        for name, content in contents.items():
            path = tmp_path / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return Action(tmp_path, host)

    return files


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"compose": "a.yml"}, {"compose": ["a.yml"]}),
        ({"compose_files": ["a.yml", "b.yml"]}, {"compose": ["a.yml", "b.yml"]}),
        ({"compose": WEB}, {"compose": [WEB]}),
        ({"compose": [WEB, "a.yml"], "name": "shop"}, {"compose": [WEB, "a.yml"]}),
        ({"compose": "a.yml", "template": "yes", "env": None}, {"compose": ["a.yml"], "template": True}),
        ({}, {}),
    ],
)
def test_options(args, expected):
    given = options_of(args)
    assert {name: given[name] for name in DEFAULTS} == {**DEFAULTS, **expected}


def test_an_option_of_the_wrong_type_is_told():
    with pytest.raises(AnsibleError, match="template"):
        options_of({"compose": "a.yml", "template": "perhaps"})


def test_files_and_definitions_in_order(files, tmp_path):
    action = files(sub__a="services: {}", b="x-b: 1")
    found = sources(Files(action, {}, False), options_of({"compose": ["sub/a", WEB, "b"]}))
    assert [(source.name, source.text, source.data) for source in found] == [
        ("sub/a", "services: {}", None),
        ("compose[1]", None, WEB),
        ("b", "x-b: 1", None),
    ]
    # Paths in all of them begin where the first is.
    assert {source.directory for source in found} == {str(tmp_path / "sub")}
    found = sources(Files(action, {}, False), options_of({"compose": [WEB, "sub/a"]}))
    assert {source.directory for source in found} == {str(tmp_path)}


def test_files_of_the_host_are_read_once(files):
    action = files({"/srv/stack.yml": "services: {}"})
    remote = Files(action, {}, True)
    found = sources(remote, options_of({"compose": ["/srv/stack.yml"], "remote_src": True}))
    assert (found[0].text, found[0].directory) == ("services: {}", "/srv")
    assert remote.read("/srv/stack.yml") == b"services: {}"
    assert action.asked == ["/srv/stack.yml"]
    assert not action._connection._play_context.no_log
    with pytest.raises(ComposeError, match=r"/srv/none.yml: it cannot be read: file not found"):
        sources(remote, options_of({"compose": ["/srv/none.yml"]}))
    with pytest.raises(AnsibleError, match="template fills in files of the controller only"):
        sources(remote, options_of({"compose": ["/srv/stack.yml"], "template": True}))


def test_a_file_that_is_not_there(files):
    with pytest.raises(ComposeError, match=r"^none.yml: there is no such file on the controller"):
        sources(Files(files(), {}, False), options_of({"compose": "none.yml"}))


def test_a_file_that_is_no_text(files, tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ComposeError, match=r"^binary: it cannot be read"):
        sources(Files(files(), {}, False), options_of({"compose": "binary"}))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, {}, id="the controller's environment is not known"),
        pytest.param({"controller_env": True}, {"OF_CONTROLLER": "c", "SHARED": "c"}, id="unless it is asked for"),
        pytest.param(
            {"controller_env": True, "env_files": ["first"]},
            {"OF_CONTROLLER": "c", "SHARED": "1", "OF_FILE": "1"},
            id="files win over it",
        ),
        pytest.param(
            {"env_files": ["first", "second"]},
            {"OF_FILE": "2", "SHARED": "1", "BUILT": "of 1"},
            id="later files win, and know the former",
        ),
        pytest.param(
            {"env_files": ["first"], "env": {"SHARED": True, "BUILT": None}},
            {"OF_FILE": "1", "SHARED": "true", "BUILT": ""},
            id="what the task says wins over all",
        ),
    ],
)
def test_variables(options, expected, files, monkeypatch):
    monkeypatch.setenv("OF_CONTROLLER", "c")
    monkeypatch.setenv("SHARED", "c")
    action = files(first="OF_FILE=1\nSHARED=1\n", second="BUILT=of ${OF_FILE}\nOF_FILE=2\n")
    found = environment(Files(action, {}, False), options_of({"compose": "x", **options}))
    names = ("OF_CONTROLLER", "OF_FILE", "SHARED", "BUILT")
    assert {name: value for name, value in found.items() if name in names} == expected


def test_what_is_declared(files):
    action = files(stack=SECRET, key="a key")
    declared, warnings = declaration(action, {}, {"name": "shop", "compose": "stack", "env": {"TAG": 2}})
    assert [service["name"] for service in declared["services"]] == ["shop_web"]
    assert declared["services"][0]["hostname"] == "2"
    assert base64.b64decode(declared["secrets"][0]["data"]) == b"a key"
    assert warnings == []
    with pytest.raises(ComposeError, match=r"^stack:4: services.web.hostname: the variable TAG is not set"):
        declaration(action, {}, {"name": "shop", "compose": "stack"})
    _declared, warnings = declaration(action, {}, {"name": "shop", "compose": "stack", "allow_unset": True})
    assert ["TAG" in warning for warning in warnings] == [True]


def test_a_file_that_a_stack_names_and_that_is_not_there(files):
    with pytest.raises(ComposeError) as caught:
        declaration(files(stack=SECRET), {}, {"name": "shop", "compose": "stack", "env": {"TAG": 2}})
    told = str(caught.value)
    assert told.startswith("stack:8: secrets.key.file: ")
    # Ansible's own words are several lines about another option.
    assert "\n" not in told


def test_compose_is_needed(files):
    with pytest.raises(AnsibleError, match="compose is needed to deploy a stack; give a Compose file, or several"):
        declaration(files(), {}, {"name": "shop"})


def test_a_file_of_the_project_beside_that_of_the_playbook(files, tmp_path, monkeypatch):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "none.yml").write_text("services: {}")
    monkeypatch.chdir(tmp_path / "project")
    assert Files(files(), {}, False).find("none.yml") == str(tmp_path / "project" / "none.yml")
