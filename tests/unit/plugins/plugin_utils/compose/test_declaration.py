# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files all the way to what they declare, or to one error with all that is wrong."""

from __future__ import annotations

import os
import textwrap

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.files import declaration
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError


class Action:
    """As much of an action plugin as files of the controller take."""

    def __init__(self, directory):
        self._loader = DataLoader()
        self._loader.set_basedir(str(directory))

    def _find_needle(self, _kind, name):
        return os.path.join(self._loader.get_basedir(), name)


@pytest.fixture
def declare(tmp_path):
    """What a file with this text declares, or the files that the options name."""

    def run(text=None, options=None):
        if text is not None:
            (tmp_path / "shop.yml").write_text(textwrap.dedent(text))
        return declaration(Action(tmp_path), {}, {"name": "shop", "compose": "shop.yml", **(options or {})})

    return run


WRONG = """
    services:
      web:
        image: nginx
        comand: run
        restart: sometimes
        depends_on: [bd]
        networks: [lost]
      worker:
        build: .
        tty: [1]
      api:
        image: [x]
      list: 1
      db: {image: db, volumes: ["aa:bb:cc:dd", "data:/x", "lost:/y", "e:/x"]}
    volumes: {data: {}, e: {}}
    secrets:
      token: {file: missing.txt}
      other: {fil: here.txt}
    configs:
      none: {labels: {a: b}}
    """


def test_one_error_tells_all_that_is_wrong_each_once(declare, tmp_path):
    with pytest.raises(ComposeError) as caught:
        declare(WRONG)
    assert [line.split(";")[0] for line in str(caught.value).splitlines()] == [
        "shop.yml:5: services.web.comand: is no key that Compose has here",
        "shop.yml:6: services.web.restart: 'sometimes' is not a restart policy",
        "shop.yml:7: services.web.depends_on.bd: there is no service bd",
        "shop.yml:8: services.web.networks.lost: there is no network lost",
        "shop.yml:9: services.worker.image: this service has no image",
        "shop.yml:11: services.worker.tty: must be true or false, but is a list",
        "shop.yml:13: services.api.image: must be a string, but is a list",
        "shop.yml:14: services.list: must be a mapping, but is a whole number",
        "shop.yml:15: services.db.volumes[0]: 'aa:bb:cc:dd' has more than three parts",
        "shop.yml:15: services.db.volumes[2]: there is no volume lost",
        f"shop.yml:18: secrets.token.file: {tmp_path}/missing.txt cannot be read: No such file or directory",
        "shop.yml:19: secrets.other.fil: is no key that Compose has here",
        "shop.yml:21: configs.none: this config has no data",
    ]


NEW = """
    services:
      web:
        image: nginx
        dns_opt: [ndots:2]
        group_add: [audio, 44]
        networks: [front]
        volumes: [{type: tmpfs, target: /a, tmpfs: {mode: 0o700}}]
    networks:
      front: {enable_ipv6: "${IPV6}", ipam: {config: [{subnet: 10.0.0.0/16, gateway: 10.0.0.1}]}}
    """


def test_keys_of_modern_compose_that_the_modules_have_options_for(declare):
    declared, warnings = declare(NEW, {"env": {"IPV6": "true"}})
    web, front = declared["services"][0], declared["networks"][0]
    assert (web["dns_options"], web["groups"]) == (["ndots:2"], ["audio", "44"])
    assert web["mounts"] == [{"type": "tmpfs", "target": "/a", "tmpfs_mode": 0o700}]
    assert front["enable_ipv6"] is True
    assert front["ipam_config"] == [{"subnet": "10.0.0.0/16", "gateway": "10.0.0.1"}]
    assert warnings == []


def test_variables_do_not_mind_capitals_in_what_the_engine_chooses_by(declare):
    text = """
        services:
          web:
            image: nginx
            deploy: {mode: "${MODE}"}
            volumes: [{type: "${TYPE}", source: ./x, target: /x}]
        """
    web = declare(text, {"env": {"MODE": "Global", "TYPE": "BIND"}})[0]["services"][0]
    assert (web["mode"], web["mounts"][0]["type"]) == ("global", "bind")
    assert web["mounts"][0]["source"].endswith("/x")


def test_definitions_in_place_are_told_apart(declare):
    wrong = {"services": {"web": {"image": "a", "deploy": {"rollback_config": ""}}}}
    with pytest.raises(ComposeError) as caught:
        declare(options={"compose": [wrong, wrong]})
    assert [line.split(": must")[0] for line in str(caught.value).splitlines()] == [
        "compose[0]: services.web.deploy.rollback_config",
        "compose[1]: services.web.deploy.rollback_config",
    ]


def test_a_file_that_is_given_twice_is_told_of_once(declare):
    with pytest.raises(ComposeError) as caught:
        declare("services: {web: {image: a, volumes: [{target: 1}]}}", {"compose": ["shop.yml", "shop.yml"]})
    assert len(str(caught.value).splitlines()) == 2


def test_a_definition_in_place_is_named_whichever_step_finds_what_is_wrong(declare):
    web = {"services": {"web": {"image": "a", "restart": "always", "networks": ["lost"]}}}
    with pytest.raises(ComposeError) as caught:
        declare(options={"compose": [web, {"services": {"web": {"restart": "x"}, "db": {"build": "."}}}]})
    assert [
        line.split(": this")[0].split(": 'x'")[0].split(": there")[0] for line in str(caught.value).splitlines()
    ] == ["compose[0]: services.web.networks.lost", "compose[1]: services.db.image", "compose[1]: services.web.restart"]
