# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused here, docker stack config of CLI 28.2 refuses as well, but for STRICTER; what it takes is taken."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.document import read
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import Problems
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.schema import LATEST, validate, version_of
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.schema_top import TOP

EVERY_KEY = read(Path(__file__).with_name("fixtures").joinpath("every_key.yml").read_text(), "every_key.yml")
MODERN_ONLY = {
    "services.*.env_file.*.path",
    "services.*.env_file.*.required",
    "services.*.volumes.*.image",
    "secrets.*.content",
    "secrets.*.environment",
    "configs.*.content",
    "configs.*.environment",
}


def found(text: str, version: str | None = None) -> list[str]:
    """The problems of a file, as people read them."""
    document = read(text, "f.yml")
    problems = Problems(document)
    validate(document.tree, version or version_of(document.tree, problems), problems)
    return [str(problem) for problem in problems.found]


def web(keys: str) -> str:
    """A file with one service, whose keys stand on line 4 and below."""
    lines = "".join(f"    {line}\n" for line in keys.splitlines())
    return f"services:\n  web:\n    image: web\n{lines}"


def test_each_key_of_compose_is_taken():
    problems = Problems(EVERY_KEY)
    validate(EVERY_KEY.tree, version_of(EVERY_KEY.tree, problems), problems)
    assert problems.found == []


def test_no_key_of_the_tables_is_missing_in_that_file():
    missing = {".".join(kind) for kind in keys_of(TOP, ()) if not is_there(EVERY_KEY.tree, kind)}
    assert missing == MODERN_ONLY


def keys_of(spec, kind):
    """The path of each key that the schema has, with * for names and items."""
    for one in unwrapped(spec):
        inner = getattr(one, "value", None) or getattr(one, "item", None)
        yield from keys_of(inner, (*kind, "*")) if inner else ()
        for key, known in getattr(one, "keys", {}).items():
            yield (*kind, key)
            yield from keys_of(known, (*kind, key))


def unwrapped(spec) -> list:
    """The alternatives of a kind of value."""
    inner = [spec.spec] if hasattr(spec, "spec") else getattr(spec, "alternatives", ())
    return [one for part in inner for one in unwrapped(part)] or [spec]


def is_there(value, kind) -> bool:
    """Whether a tree has a path of this kind."""
    if not kind:
        return True
    if kind[0] == "*":
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return any(is_there(item, kind[1:]) for item in inner)
    return isinstance(value, dict) and kind[0] in value and is_there(value[kind[0]], kind[1:])


def places(value, path=()):
    """The path of each key and item in a tree, but for what has no fixed form."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        if key not in ("version", "x-own", "not-of-compose", "block_volume"):
            yield (*path, key)
            yield from places(item, (*path, key))


@pytest.mark.parametrize("path", list(places(EVERY_KEY.tree)), ids=lambda path: ".".join(map(str, path)))
def test_a_value_of_another_type_is_one_problem_with_its_place(path):
    tree = deepcopy(EVERY_KEY.tree)
    at = tree
    for key in path[:-1]:
        at = at[key]
    # A list in a list is nowhere what Compose wants.
    at[path[-1]] = [[]]
    problems = Problems(EVERY_KEY)
    validate(tree, "3.13", problems)
    assert [problem.path[: len(path)] for problem in problems.found] == [path]


SINCE = [
    (1, "secrets", "secrets: {a: {file: b}}"),
    (1, "services.web.secrets", web("secrets: [a]")),
    (2, "services.web.build.cache_from", web("build: {cache_from: [a]}")),
    (2, "services.web.deploy.endpoint_mode", web("deploy: {endpoint_mode: vip}")),
    (2, "services.web.ports[0]", web("ports: [{target: 80}]")),
    (2, "services.web.volumes[0]", web("volumes: [{type: volume, target: /a}]")),
    (2, "networks.a.attachable", "networks: {a: {attachable: true}}"),
    (3, "configs", "configs: {a: {file: b}}"),
    (3, "services.web.configs", web("configs: [a]")),
    (3, "services.web.build.labels", web("build: {labels: {a: b}}")),
    (3, "services.web.credential_spec", web("credential_spec: {file: a}")),
    (3, "services.web.deploy.placement.preferences", web("deploy: {placement: {preferences: [{spread: a}]}}")),
    (4, "x-own", "x-own: 1"),
    (4, "services.web.build.network", web("build: {network: a}")),
    (4, "services.web.build.target", web("build: {target: a}")),
    (4, "services.web.deploy.update_config.order", web("deploy: {update_config: {order: stop-first}}")),
    (4, "services.web.healthcheck.start_period", web("healthcheck: {start_period: 5s}")),
    (4, "volumes.a.name", "volumes: {a: {name: b}}"),
    (5, "networks.a.name", "networks: {a: {name: b}}"),
    (5, "secrets.a.name", "secrets: {a: {name: b, file: c}}"),
    (5, "configs.a.name", "configs: {a: {name: b, file: c}}"),
    (5, "services.web.isolation", web("isolation: default")),
    (5, "services.web.build.shm_size", web("build: {shm_size: 64m}")),
    (
        5,
        "services.web.deploy.resources.reservations.generic_resources",
        web("deploy: {resources: {reservations: {generic_resources: []}}}"),
    ),
    (6, "services.web.volumes[0].tmpfs", web("volumes: [{type: tmpfs, target: /a, tmpfs: {size: 5}}]")),
    (7, "services.web.deploy.rollback_config", web("deploy: {rollback_config: {order: stop-first}}")),
    (7, "services.web.init", web("init: true")),
    (7, "services.web.x-own", web("x-own: 1")),
    (7, "networks.a.x-own", "networks: {a: {x-own: 1}}"),
    (7, "volumes.a.x-own", "volumes: {a: {x-own: 1}}"),
    (7, "secrets.a.x-own", "secrets: {a: {file: b, x-own: 1}}"),
    (7, "configs.a.x-own", "configs: {a: {file: b, x-own: 1}}"),
    (8, "services.web.credential_spec.config", web("credential_spec: {config: a}")),
    (8, "services.web.deploy.placement.max_replicas_per_node", web("deploy: {placement: {max_replicas_per_node: 1}}")),
    (8, "secrets.a.driver", "secrets: {a: {driver: b}}"),
    (8, "secrets.a.driver_opts", "secrets: {a: {file: b, driver_opts: {c: d}}}"),
    (8, "secrets.a.template_driver", "secrets: {a: {file: b, template_driver: golang}}"),
    (8, "configs.a.template_driver", "configs: {a: {file: b, template_driver: golang}}"),
    (9, "services.web.deploy.resources.limits.pids", web("deploy: {resources: {limits: {pids: 5}}}")),
    (9, "services.web.cgroupns_mode", web("cgroupns_mode: host")),
    (9, "services.web.build.extra_hosts", web("build: {extra_hosts: [a]}")),
    (12, "services.web.healthcheck.start_interval", web("healthcheck: {start_interval: 5s}")),
    (13, "services.web.oom_score_adj", web("oom_score_adj: 5")),
    (13, "services.web.networks.a.driver_opts", web("networks: {a: {driver_opts: {b: c}}}")),
]


@pytest.mark.parametrize(("minor", "path", "text"), SINCE, ids=[path for minor, path, text in SINCE])
def test_a_key_is_there_since_a_version(minor, path, text):
    told = f"exists since version 3.{minor} of Compose, and the file says 3.{minor - 1}"
    assert found(text, f"3.{minor}") == []
    (problem,) = found(text, f"3.{minor - 1}")
    assert f': {path}: {told}; write version: "3.{minor}" or a later one' in problem


def test_build_takes_any_key_since_3_11():
    text = web("build: {ssh: [default]}")
    assert found(text, "3.11") == []
    (problem,) = found(text, "3.10")
    assert problem.startswith("f.yml:4: services.web.build.ssh: is no key that Compose has here")


@pytest.mark.parametrize("minor", range(LATEST + 1))
def test_what_3_0_has_every_version_has(minor):
    keys = "ports: [80, '443:443']\nvolumes: [a:/b]\ndeploy: {replicas: 2, update_config: {parallelism: 0}}"
    assert found(web(keys), f"3.{minor}") == []


TAKEN = {
    "nothing at all": "{}",
    "no services": "services: {}",
    "a service without an image": "services: {web: {}}",
    "a network without properties": "networks: {front: }",
    "a volume without properties": "volumes: {data: }",
    "deploy without properties": web("deploy:"),
    "a network whose name has a space": "networks: {a b: {}}",
    "a limit whose name is not in small letters": web("ulimits: {NPROC: 5}"),
    "a whole number written as a fraction": web("deploy: {replicas: 2.0}"),
    "a negative limit of pids": web("deploy: {resources: {limits: {pids: -1}}}"),
    "a duration of zero": web("stop_grace_period: '0'"),
    "a duration as Go writes it": web("stop_grace_period: -1.5m3s2ms4us5µs6ns"),
    "a duration with digits on one side of the point": web("stop_grace_period: .5s1.m"),
    "an empty list of ports": web("ports: []"),
    "one port as a number and as a string": web("ports: [80, '80']"),
    "one secret twice": web("secrets: [a, a]"),
    "one word of a command twice": web("command: [a, a]"),
    "a label without a value": web("labels: {a: }"),
    "a log option without a name": web("logging: {options: {'': a}}"),
    "an empty mode": web("deploy: {mode: '', endpoint_mode: '', restart_policy: {condition: ''}}"),
    "an endpoint mode in capitals": web("deploy: {endpoint_mode: VIP}"),
    "an empty version": "version: ''",
    "version 3": "version: '3'",
}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_what_docker_stack_takes_is_taken(text):
    assert found(text) == []


REFUSED = {
    "a string instead of services": ("services: web", "1: services: must be a mapping, but is a string; write it as"),
    "a service without properties": (
        "services:\n  web:",
        "2: services.web: must be a mapping, but is empty; give it a value or take it out",
    ),
    "a service whose name has a space": ("services: {a b: {}}", "1: services.a b: is no name that Compose allows; use"),
    "version as a number": ("version: 3.8", "1: version: must be a string; leave it out, or write it in quotes: vers"),
    "version of Compose 2": ("version: '2.4'", "1: version: the versions of Compose files for Swarm are 3.0 to 3.13;"),
    "version that is yet to come": ("version: '3.99'", "1: version: the versions of Compose files for Swarm are 3.0"),
    "a number as an image": (
        "services: {web: {image: 5}}",
        "1: services.web.image: must be a string, but is a whole number; put it in quotes",
    ),
    "a number as a limit of processors": (
        web("deploy: {resources: {limits: {cpus: 0.5}}}"),
        "4: services.web.deploy.resources.limits.cpus: must be a string, but is a number; put it in quotes",
    ),
    "half a replica": (
        web("deploy: {replicas: 2.5}"),
        "4: services.web.deploy.replicas: must be a whole number, but is a number; write a single value",
    ),
    "less than no replicas": (web("deploy: {replicas: -1}"), "4: services.web.deploy.replicas: must be 0 or more, but"),
    "replicas in quotes": (
        web("deploy: {replicas: two}"),
        "4: services.web.deploy.replicas: must be a whole number, but is a string; take away what is not part of",
    ),
    "a switch in quotes": (web("init: 'true'"), "4: services.web.init: must be true or false, but is a string; take"),
    "a switch as a variable": (
        web("environment:\n  A: true"),
        "5: services.web.environment.A: must be a string, a number or empty, but is true or false; put it in quotes",
    ),
    "a variable without a name": (web("environment: {'': a}"), "4: services.web.environment.: has no name; write one"),
    "a list as a label": (web("labels: {a: [b]}"), "4: services.web.labels.a: must be a string, a number or empty, b"),
    "no value of a driver's option": (
        "volumes: {a: {driver_opts: {b: }}}",
        "1: volumes.a.driver_opts.b: must be a string or a number, but is empty; give it a value or take it out",
    ),
    "ports that are one port": (
        web("ports: 80"),
        "4: services.web.ports: must be a list, but is a whole number; write it as a list: a line for each item",
    ),
    "one port twice": (
        web("ports:\n  - 80:80\n  - 80:80"),
        "6: services.web.ports[1]: is in the list already, as [0]; take it out",
    ),
    "one capability twice": (web("cap_add: [A, A]"), "4: services.web.cap_add[1]: is in the list already, as [0]; t"),
    "a port below zero": (web("ports: [{target: -1}]"), "4: services.web.ports[0].target: must be 0 or more, but is"),
    "a duration without a unit": (
        web("stop_grace_period: '5'"),
        "4: services.web.stop_grace_period: must be a duration such as 30s, 1m30s or 2h",
    ),
    "a duration as a number": (
        web("healthcheck: {interval: 5}"),
        "4: services.web.healthcheck.interval: must be a string, but is a whole number; put it in quotes",
    ),
    "a duration in days": (web("healthcheck: {interval: 1d}"), "4: services.web.healthcheck.interval: must be a dur"),
    "an order that there is not": (
        web("deploy: {update_config: {order: Stop-First}}"),
        "4: services.web.deploy.update_config.order: must be one of start-first, stop-first, but is 'Stop-First'",
    ),
    "half a limit": (web("ulimits: {nofile: {soft: 5}}"), "4: services.web.ulimits.nofile: lacks hard; add it"),
    "a volume without a type": (web("volumes: [{target: /a}]"), "4: services.web.volumes[0]: lacks type; add it"),
    "a secret without properties": ("secrets: {a: }", "1: secrets.a: must be a mapping, but is empty; give it a val"),
    "an unknown key of a network": (
        "networks: {a: {external: {nam: b}}}",
        "1: networks.a.external.nam: is no key that Compose has here; did you mean name?",
    ),
    "a key with a slip": (web("enviroment: {}"), "4: services.web.enviroment: is no key that Compose has here; did y"),
    "a key as another program writes it": (
        web("stopGracePeriod: 5s"),
        "4: services.web.stopGracePeriod: is no key that Compose has here; did you mean stop_grace_period?",
    ),
    "a key with a dash": (
        web("restart-policy: {}\nread-only: true"),
        "4: services.web.restart-policy: is no key that Compose has here; did you mean deploy.restart_policy?",
        "5: services.web.read-only: is no key that Compose has here; did you mean read_only?",
    ),
    "a key that belongs further down": (
        web("replicas: 3"),
        "4: services.web.replicas: is no key that Compose has here; did you mean deploy.replicas?",
    ),
    "a key that belongs further down, by two": (
        web("deploy: {cpus: '1'}"),
        "4: services.web.deploy.cpus: is no key that Compose has here; did you mean resources.limits.cpus?",
    ),
    "a service outside of services": (
        "web: {image: a}",
        "1: web: is no key that Compose has here; a service belongs under services: indent it, below the line 'servi",
    ),
    "a key like none": (
        web("logging: {colour: red}"),
        "4: services.web.logging.colour: is no key that Compose has here; take it out, or write one of driver, optio",
    ),
    "a key of a service like none": (web("zork: 1"), "4: services.web.zork: is no key that Compose has here; take it"),
    "x- where there is none": (web("deploy: {x-a: 1}"), "4: services.web.deploy.x-a: is no key that Compose has here"),
    "all of them at once": (
        web("ports: [[]]\nimagee: a\ndeploy: {replicas: x, labels: 5}") + "network: {}\n",
        "4: services.web.ports[0]: must be a number, a string or a mapping, but is a list; write it as a mapping: a",
        "5: services.web.imagee: is no key that Compose has here; did you mean image?",
        "6: services.web.deploy.replicas: must be a whole number, but is a string; take away what is not part",
        "6: services.web.deploy.labels: must be a mapping or a list, but is a whole number; write it as a list: a",
        "7: network: is no key that Compose has here; did you mean networks?",
    ),
}

# docker stack hands these on, or drops them without a word; the Engine refuses the former.
STRICTER = {
    "a mode that there is not": (
        web("deploy: {mode: many}"),
        "4: services.web.deploy.mode: must be one of replicated, global, replicated-job, global-job, but is 'many'",
    ),
    "a condition that there is not": (
        web("deploy: {restart_policy: {condition: never}}"),
        "4: services.web.deploy.restart_policy.condition: must be one of none, on-failure, any, but is 'never'",
    ),
    "a rollback of a rollback": (
        web("deploy: {rollback_config: {failure_action: rollback}}"),
        "4: services.web.deploy.rollback_config.failure_action: must be one of continue, pause, but is 'rollback'",
    ),
    "a protocol that there is not": (
        web("ports: [{target: 80, protocol: http}]"),
        "4: services.web.ports[0].protocol: must be one of tcp, udp, sctp, but is 'http'",
    ),
    "a kind of volume that there is not": (
        web("volumes: [{type: nfs, target: /a}]"),
        "4: services.web.volumes[0].type: must be one of bind, volume, tmpfs, npipe, cluster, image, but is 'nfs'",
    ),
    "a resource without a number": (
        web("deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: gpu}}]}}}"),
        "4: services.web.deploy.resources.reservations.generic_resources[0].discrete_resource_spec: lacks value; add",
    ),
    "a port without a target": (web("ports: [{published: 80}]"), "4: services.web.ports[0]: lacks target; add it"),
    "a volume without a target": (web("volumes: [{type: volume}]"), "4: services.web.volumes[0]: lacks target; add"),
    "a secret without a source": (web("secrets: [{target: a}]"), "4: services.web.secrets[0]: lacks source; add it"),
    "an unknown key of a secret": (
        web("secrets: [{source: a, taget: b}]"),
        "4: services.web.secrets[0].taget: is no key that Compose has here; did you mean target?",
    ),
    "an unknown key of a mount": (
        web("volumes: [{type: bind, source: /a, target: /b, bind: {propogation: rslave}}]"),
        "4: services.web.volumes[0].bind.propogation: is no key that Compose has here; did you mean propagation?",
    ),
}


@pytest.mark.parametrize("case", [*REFUSED.values(), *STRICTER.values()], ids=[*REFUSED, *STRICTER])
def test_each_problem_has_its_place_and_a_remedy(case):
    text, *told = case
    problems = found(text)
    assert len(problems) == len(told)
    for problem, beginning in zip(problems, told, strict=True):
        assert problem.startswith(f"f.yml:{beginning}")


def test_values_of_variables_and_labels_are_not_told():
    text = web("environment:\n  - TOKEN=secret\n  - TOKEN=secret\nlabels: {TOKEN: [secret]}\ncommand: [[secret]]")
    assert len(found(text)) == 3
    assert "secret" not in "".join(found(text))


def test_what_modern_compose_adds_to_v3_is_taken():
    keys = "depends_on: {db: service_healthy}\nenv_file: [a, {path: b, required: false}]\n"
    keys += "volumes: [{type: image, source: a, target: /b, image: {}}]\n"
    keys += "dns_opt: [ndots:2]\ngroup_add: [audio, 44]"
    assert found(web(keys) + "secrets: {a: {environment: B}}\nconfigs: {a: {content: b}}") == []
