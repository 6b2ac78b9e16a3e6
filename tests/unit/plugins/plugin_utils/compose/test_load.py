# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole files on their whole way: from text to a project, or to one error with all that is wrong."""

from __future__ import annotations

import textwrap

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.load import Settings, Source, load
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError

FILES = {"/srv/token.txt": b"secret", "/srv/web.env": b"FROM_FILE=1\nBARE\n", "/other/token.txt": b"x"}


def read_file(path: str) -> bytes:
    if path not in FILES:
        raise FileNotFoundError(2, "No such file or directory", path)
    return FILES[path]


def project(*texts, env=None, allow_unset=False, directories=("/srv", "/other")):
    sources = [
        Source(f"{number}.yml", None, text, directory)
        if isinstance(text, dict)
        else Source(f"{number}.yml", textwrap.dedent(text), None, directory)
        for number, (text, directory) in enumerate(zip(texts, directories, strict=False), 1)
    ]
    return load(sources, Settings(env or {}, allow_unset, read_file))


def problems(*texts, **how) -> list[str]:
    with pytest.raises(ComposeError) as caught:
        project(*texts, **how)
    return str(caught.value).splitlines()


SHOP = """
    version: "3.8"
    x-common: &common
      labels: {team: shop}
      deploy: &deploy {restart_policy: {condition: any}}
    services:
      web:
        <<: *common
        image: nginx:${TAG:-1}
        command: serve --name "the shop"   # here
        env_file: web.env
        environment: [A=1, BARE]
        ports: ["8080:80", "9000-9001:9000-9001/udp"]
        volumes: ["./html:/html:ro", "data:/data"]
        secrets: [token]
        networks: [front]
        depends_on: [db]
        deploy: {<<: *deploy, replicas: "${REPLICAS}"}
      db:
        image: postgres:16
        stop_grace_period: 1m30s
        configs: [{source: settings, target: /s, mode: 0440}]
    networks:
      front: {driver_opts: {encrypted: ""}, ipam: {config: [{subnet: 10.9.0.0/24}]}}
    volumes:
      data:
    secrets:
      token: {file: ./token.txt}
    configs:
      settings: {external: true}
"""


def test_a_file_with_a_bit_of_everything():
    shop = project(SHOP, env={"REPLICAS": "3", "BARE": "from env"})
    assert shop.services == {
        "web": {
            "labels": {"team": "shop"},
            "image": "nginx:1",
            "command": ["serve", "--name", "the shop"],
            "environment": {"FROM_FILE": "1", "BARE": "from env", "A": "1"},
            "ports": [
                {"target": 80, "published": 8080, "protocol": "tcp", "mode": "ingress"},
                {"target": 9000, "published": 9000, "protocol": "udp", "mode": "ingress"},
                {"target": 9001, "published": 9001, "protocol": "udp", "mode": "ingress"},
            ],
            "volumes": [
                {"type": "bind", "source": "/srv/html", "target": "/html", "read_only": True},
                {"type": "volume", "source": "data", "target": "/data"},
            ],
            "secrets": [{"source": "token"}],
            "networks": {"front": None},
            "depends_on": {"db": "service_started"},
            "deploy": {"restart_policy": {"condition": "any"}, "replicas": 3},
        },
        "db": {
            "image": "postgres:16",
            "stop_grace_period": "1m30s",
            "configs": [{"source": "settings", "target": "/s", "mode": 0o440}],
        },
    }
    assert shop.networks == {
        "front": {"driver_opts": {"encrypted": ""}, "ipam": {"config": [{"subnet": "10.9.0.0/24"}]}}
    }
    assert (shop.volumes, shop.secrets) == ({"data": {}}, {"token": {"file": "/srv/token.txt"}})
    assert (shop.configs, shop.warnings) == ({"settings": {"external": True, "name": "settings"}}, ())


def test_places_are_lines_of_the_file():
    places = project(SHOP, env={"REPLICAS": "1"}).places
    assert places["services", "web", "ports", 1] == ("1.yml", 13)
    assert places["services", "web"] == ("1.yml", 7)
    assert places["configs", "settings"] == ("1.yml", 30)


def test_a_second_file_changes_the_first_and_its_paths_are_relative_to_the_first():
    first = "services: {web: {image: a, ports: ['80:80'], secrets: [token]}}\nsecrets: {token: {external: true}}"
    second = "services: {web: {image: b, volumes: ['./x:/x']}}\nsecrets: {token: {file: token.txt}}"
    both = project(first, second)
    assert both.services["web"]["image"] == "b"
    assert both.services["web"]["volumes"] == [{"type": "bind", "source": "/srv/x", "target": "/x"}]
    assert both.secrets == {"token": {"file": "/srv/token.txt"}}
    assert both.places["services", "web", "image"] == ("2.yml", 1)
    assert ("services", "web", "ports", 0) not in both.places


def test_an_inline_definition_is_merged_with_a_file():
    both = project("services: {web: {image: a}}", {"services": {"web": {"command": "run ${ME}"}}}, env={"ME": "now"})
    assert both.services == {"web": {"image": "a", "command": ["run", "now"]}}


def test_a_modern_file():
    modern = project(
        """
        name: shop
        services:
          web:
            image: nginx
            ports: [{target: 80, published: "8080"}]
            depends_on: {db: {condition: service_healthy}}
            configs: [motd]
          db: {image: postgres, secrets: [password], mem_limit: 1g}
          debug: {image: x, profiles: [debug]}
        configs: {motd: {content: "hello ${WHO}"}}
        secrets: {password: {environment: PASSWORD}}
        """,
        env={"PASSWORD": "hidden", "WHO": "you"},
    )
    assert modern.services["web"]["ports"] == [{"target": 80, "published": 8080}]
    assert modern.services["web"]["depends_on"] == {"db": "service_healthy"}
    assert modern.services["db"]["deploy"] == {"resources": {"limits": {"memory": "1g"}}}
    assert "debug" not in modern.services
    assert (modern.configs, modern.secrets) == ({"motd": {"content": "hello you"}}, {"password": {"content": "hidden"}})
    assert modern.name == "shop"
    assert modern.warnings
    assert "hidden" not in str(modern.warnings)


def test_a_bundle():
    text = '{"Version": "0.1", "Services": {"web": {"Image": "nginx:1", "Networks": ["front"]}}}'
    [bundle] = [Source("shop.dab", text, None, "/srv")]
    assert load([bundle], Settings({}, False, read_file)).services["web"]["image"] == "nginx:1"


WRONG = """
    version: "3.8"
    services:
      web:
        image: nginx
        comand: run
        ports: ["80:80", "x:80"]
        tty: [1]
        env_file: missing.env
        environment: {A: "${UNSET}", B: "${UNSET2:?is needed}"}
        networks: [front, back]
        secrets: [token, other]
        configs: [nothing]
        volumes: ["data:/data", "lost:/lost", "./x:/x:ro:rw"]
        deploy: {replicas: many}
      other:
        image: x
        credential_spec: {config: spec}
    networks:
      front: {drivr: x}
    volumes:
      data:
    secrets:
      token: {file: token.txt}
    stray: 1
"""


def test_one_error_tells_all_that_is_wrong():
    assert [line.split(";")[0] for line in problems(WRONG)] == [
        "1.yml:6: services.web.comand: is no key that Compose has here",
        "1.yml:7: services.web.ports[1]: 'x:80' is no port",
        "1.yml:8: services.web.tty: must be true or false, but is a list",
        "1.yml:9: services.web.env_file: /srv/missing.env cannot be read: No such file or directory",
        "1.yml:10: services.web.environment.A: the variable UNSET is not set",
        "1.yml:10: services.web.environment.B: the variable UNSET2, which is required, is not set: is needed",
        "1.yml:11: services.web.networks.back: there is no network back",
        "1.yml:12: services.web.secrets[1]: there is no secret other",
        "1.yml:13: services.web.configs[0]: there is no config nothing",
        "1.yml:14: services.web.volumes[2]: './x:/x:ro:rw' has more than three parts",
        "1.yml:14: services.web.volumes[1]: there is no volume lost",
        "1.yml:15: services.web.deploy.replicas: must be a whole number, but is a string",
        "1.yml:18: services.other.credential_spec.config: there is no config spec",
        "1.yml:20: networks.front.drivr: is no key that Compose has here",
        "1.yml:25: stray: is no key that Compose has here",
    ]


def test_problems_of_several_files_come_in_the_order_of_the_files():
    first = "services:\n  web: {image: x, bogus: 1}"
    second = {"services": {"web": {"secrets": ["none"], "wrong": 1}}}
    assert [line.split(": is ")[0].split(": there")[0] for line in problems(first, second)] == [
        "1.yml:2: services.web.bogus",
        "2.yml: services.web.wrong",
        "2.yml: services.web.secrets[0]",
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["services: {web: {image: x}}", "a: [1"], ["2.yml:2: this is no valid YAML"], id="no YAML"),
        pytest.param(
            ["a: {", "- b"], ["1.yml:2: this is no valid YAML", "2.yml:1: there is no map here"], id="two of them"
        ),
        pytest.param(["services: [a]"], ["1.yml:1: services: must be a mapping, but is a list"], id="a section"),
        pytest.param(["services: {web: 1}"], ["1.yml:1: services.web: must be a mapping"], id="a service"),
        pytest.param(
            ["services: {web: {image: x, networks: [a]}}\nnetworks: [a]"],
            ["1.yml:2: networks: must be a mapping"],
            id="what cannot be read is not also missing",
        ),
        pytest.param(
            ["services: {web: {image: [x], networks: [a]}}\nnetworks: {a: {name: [1]}}"],
            ["1.yml:1: services.web.image: must be a string", "1.yml:2: networks.a.name: must be a string"],
            id="nor are parts of it",
        ),
        pytest.param(
            ['version: "3.8"', 'version: "3.7"'],
            ["2.yml:1: version: the version is 3.7, and that of 1.yml is 3.8"],
            id="versions",
        ),
        pytest.param(
            ['version: "3.8"', "services: {}"],
            ["2.yml: version: the version is 3.13, and that of 1.yml is 3.8"],
            id="no version",
        ),
        pytest.param(
            ['version: "2"'],
            ["1.yml:1: version: the versions of Compose files for Swarm are 3.0 to 3.13"],
            id="an old one",
        ),
    ],
)
def test_what_is_no_compose_file(texts, expected):
    found = problems(*texts)
    assert [line[: len(start)] for line, start in zip(found, expected, strict=True)] == expected


@pytest.mark.parametrize("versions", [('version: "3"', 'version: "3.13"'), ('version: ""', "services: {}")])
def test_versions_that_are_the_same(versions):
    assert project(*versions).services == {}


def test_what_a_later_file_replaces_is_not_asked_for():
    first = """
        services:
          web: {image: x, volumes: ["lost:/a"], credential_spec: {config: gone}}
        secrets: {token: {file: missing.txt}}
        """
    second = """
        services:
          web: {volumes: ["/b:/a"], credential_spec: {config: there}}
        secrets: {token: {file: token.txt}}
        configs: {there: {external: true}}
        """
    both = project(first, second)
    assert both.services["web"]["volumes"] == [{"type": "bind", "source": "/b", "target": "/a"}]
    assert both.secrets == {"token": {"file": "/srv/token.txt"}}


def test_what_no_service_uses_is_a_warning_a_kind():
    text = """
        services: {web: {image: x, networks: [a], secrets: [a]}}
        networks: {a: , b: , c: }
        volumes: {a: }
        secrets: {a: {external: true}}
        configs: {a: {external: true}}
        """
    assert project(text).warnings == (
        "no service uses networks.b, networks.c",
        "no service uses volumes.a",
        "no service uses configs.a",
    )


def test_the_network_of_services_that_name_none():
    text = "services: {web: {image: x}, db: {image: x, networks: [default]}}\nnetworks: {default: {driver: d}}"
    assert project(text).warnings == ()
    assert project("services: {db: {image: x, networks: [default]}}").networks == {}


def test_variables_that_are_not_set_are_empty_on_request():
    web = project("services: {web: {image: 'x$A', command: 'a $B'}}", allow_unset=True)
    assert web.services == {"web": {"image": "x", "command": ["a"]}}
    assert len(web.warnings) == 2


def test_what_swarm_ignores_is_a_warning_a_key():
    text = "services: {web: {image: x, privileged: true, build: .}, db: {image: x, privileged: true, oom_score_adj: 5}}"
    told = project(text)
    assert [warning.split(";")[0] for warning in told.warnings] == [
        "Swarm ignores build (web)",
        "Swarm ignores privileged (web, db)",
    ]
    assert told.services["db"]["oom_score_adj"] == 5
