# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a task, and the files that they name, all the way to what is declared."""

from __future__ import annotations

import os
import textwrap

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.files import declaration
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError


class Action:
    """As much of an action plugin as reading files takes; ``slurped`` are the files of the host."""

    def __init__(self, directory, slurped=None):
        self._loader = DataLoader()
        self._loader.set_basedir(str(directory))
        self.slurped = slurped or {}

    def _find_needle(self, _kind, name):
        path = os.path.join(self._loader.get_basedir(), name)
        if not os.path.exists(path):
            raise AnsibleError(name)
        return path

    def _execute_module(self, _name, args, task_vars):
        content = self.slurped.get(args["src"])
        return {"content": content} if content else {"failed": True, "msg": f"file not found: {args['src']}"}


@pytest.fixture
def declare(tmp_path):
    """Declares what files with these texts say; the text ``compose`` is that of the Compose file."""

    def run(compose=None, options=None, slurped=None, **files):
        for name, text in {"shop.yml": compose, **files}.items():
            if text is not None:
                (tmp_path / name).write_text(textwrap.dedent(text))
        args = {"name": "shop", "compose": "shop.yml", **(options or {})}
        return declaration(Action(tmp_path, slurped), {}, args)

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
