# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services and objects in long form. What is expected is what docker stack config 28.2 made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.long_values import Reading
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.longform import SECTIONS, to_long
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.merge import merge
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import Problems

ENV = {"SET": "from env", "EMPTY": "", "E2": "env2", "HOME": "/home/me"}
FILES = {
    "/srv/one.env": b"A=1\nB=\nSET\nUNSET\n# c\n\nC='q' # x\nE2=\n  L=lead\n",
    "/srv/two.env": b"A=2\nD=4\n",
    "/srv/binary.env": b"A=\xff\n",
    "/srv/wrong.env": b"A=1\nexport B=2\n",
}
ONE = {"A": "1", "B": "", "SET": "from env", "C": "'q' # x", "E2": "env2", "L": "lead"}


def read_file(path: str) -> bytes:
    if path not in FILES:
        raise FileNotFoundError(2, "No such file or directory", path)
    return FILES[path]


def reading() -> Reading:
    return Reading("/srv", ENV, read_file, Problems())


def service(**keys) -> dict:
    told = reading()
    long = to_long({"services": {"web": keys}}, told)["services"]["web"]
    assert told.problems.found == []
    return long


def problem_of(**keys):
    told = reading()
    to_long({"services": {"web": keys}}, told)
    [problem] = told.problems.found
    return problem


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param(
            {"environment": {"SET": None, "UNSET": None, "EMPTY": None, "A": "", "B": 1, "C": 1.5, "D": 1e7}},
            {"SET": "from env", "UNSET": None, "EMPTY": "", "A": "", "B": "1", "C": "1.5", "D": "1e+07"},
            id="a map of all kinds of values",
        ),
        pytest.param(
            {"environment": ["SET", "UNSET", "EMPTY", "A=", "B=1", "X==x", "A=2"]},
            {"SET": "from env", "UNSET": None, "EMPTY": "", "A": "2", "B": "1", "X": "=x"},
            id="a list, of which the last counts",
        ),
        pytest.param({"environment": ["SET="]}, {"SET": "from env"}, id="what is empty has the deployer's value"),
        pytest.param({"env_file": "one.env"}, ONE, id="a file is read as it stands"),
        pytest.param({"env_file": ["one.env", "/srv/two.env"]}, {**ONE, "A": "2", "D": "4"}, id="a later file wins"),
        pytest.param(
            {"env_file": ["two.env", "./one.env"], "environment": {"A": "", "B": "3"}},
            {**ONE, "D": "4", "A": "", "B": "3"},
            id="the environment wins over files, even if it is empty",
        ),
        pytest.param(
            {"env_file": ["two.env", {"path": "no.env", "required": False}]},
            {"A": "2", "D": "4"},
            id="a file that need not be there",
        ),
    ],
)
def test_the_environment(keys, expected):
    assert service(**keys) == {"environment": expected}


@pytest.mark.parametrize(
    ("keys", "path", "text"),
    [
        ({"env_file": "no.env"}, ("env_file",), "/srv/no.env cannot be read: No such file or directory"),
        ({"env_file": ["two.env", "no.env"]}, ("env_file", 1), "/srv/no.env cannot be read: No such file or directory"),
        ({"env_file": "binary.env"}, ("env_file",), "/srv/binary.env is no text in UTF-8"),
        ({"command": "a 'b"}, ("command",), "\"a 'b\" has no closing '; correct it, or write a list of words"),
    ],
)
def test_what_cannot_be_read(keys, path, text):
    problem = problem_of(**keys)
    assert (problem.path, problem.text) == (("services", "web", *path), text)


def test_a_problem_within_an_env_file_has_its_place():
    problem = problem_of(env_file="wrong.env")
    assert (problem.file, problem.line) == ("/srv/wrong.env", 2)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"labels": ["a", "b=", "c=1=2", "a=3"]}, {"labels": {"a": "3", "b": "", "c": "1=2"}}),
        ({"labels": {"a": None, "c": 1, "d": 1.5}}, {"labels": {"a": "", "c": "1", "d": "1.5"}}),
        ({"sysctls": ["a.b=1", "c"]}, {"sysctls": {"a.b": "1", "c": ""}}),
        ({"sysctls": {"a.b": 1, "c": None}}, {"sysctls": {"a.b": "1", "c": ""}}),
        ({"deploy": {"labels": ["a=b"], "replicas": 0}}, {"deploy": {"labels": {"a": "b"}, "replicas": 0}}),
        ({"deploy": {"labels": []}}, {"deploy": {"labels": {}}}),
        ({"deploy": None}, {}),
        ({"dns": "10.0.0.1", "dns_search": "a.b"}, {"dns": ["10.0.0.1"], "dns_search": ["a.b"]}),
        ({"dns": ["10.0.0.1"], "tmpfs": "/x"}, {"dns": ["10.0.0.1"], "tmpfs": ["/x"]}),
        ({"expose": [1, "2"]}, {"expose": ["1", "2"]}),
        ({"command": "a 'b c' # d"}, {"command": ["a", "b c"]}),
        ({"entrypoint": ["a b", "c"]}, {"entrypoint": ["a b", "c"]}),
        ({"command": [], "entrypoint": "# only"}, {}),
        ({"depends_on": ["db"]}, {"depends_on": {"db": "service_started"}}),
        ({"depends_on": {"db": "service_healthy"}}, {"depends_on": {"db": "service_healthy"}}),
        ({"networks": ["n", "m"]}, {"networks": {"n": None, "m": None}}),
        ({"networks": {"n": None, "m": {"aliases": ["x"]}}}, {"networks": {"n": None, "m": {"aliases": ["x"]}}}),
        ({"networks": {"n": {"driver_opts": {"a": 5}}}}, {"networks": {"n": {"driver_opts": {"a": "5"}}}}),
        ({"secrets": ["s"]}, {"secrets": [{"source": "s"}]}),
        ({"configs": [{"source": "s", "mode": 288}]}, {"configs": [{"source": "s", "mode": 288}]}),
        (
            {"ulimits": {"a": 1, "b": {"soft": 1, "hard": 2}}},
            {"ulimits": {"a": {"soft": 1, "hard": 1}, "b": {"soft": 1, "hard": 2}}},
        ),
        (
            {"healthcheck": {"test": "curl x", "retries": 3}},
            {"healthcheck": {"test": ["CMD-SHELL", "curl x"], "retries": 3}},
        ),
        (
            {"healthcheck": {"test": ["CMD", "x"], "interval": "90s"}},
            {"healthcheck": {"test": ["CMD", "x"], "interval": "90s"}},
        ),
        ({"healthcheck": {"disable": True}}, {"healthcheck": {"disable": True}}),
        (
            {"logging": {"driver": "x", "options": {"a": 1, "b": None, "c": 1.5}}},
            {"logging": {"driver": "x", "options": {"a": "1", "b": "", "c": "1.5"}}},
        ),
        ({"extra_hosts": ["b:10.0.0.1", "a=10.0.0.2"]}, {"extra_hosts": ["b:10.0.0.1", "a:10.0.0.2"]}),
        ({"extra_hosts": ["a:::1", "b=[::1]", "c:[::1]"]}, {"extra_hosts": ["a:::1", "b:::1", "c:::1"]}),
        ({"extra_hosts": ["a:1=2", "e=f:g=h", "f:"]}, {"extra_hosts": ["a:1:2", "e:f:g=h", "f:"]}),
        ({"extra_hosts": {"z": "10.0.0.1", "b": "[::1]", "n": None}}, {"extra_hosts": ["b:::1", "z:10.0.0.1"]}),
        ({"tty": True, "x-note": {"a": 1}, "restart": "always"}, {"tty": True, "restart": "always"}),
    ],
)
def test_keys_of_a_service(keys, expected):
    assert service(**keys) == expected


def test_what_swarm_leaves_out_is_one_warning_a_kind():
    told = reading()
    web = {"ports": ["127.0.0.1:80:80", "127.0.0.1:81:81"], "extra_hosts": ["a"]}
    to_long({"services": {"web": web, "db": {"ports": ["127.0.0.1:5432:5432"]}}}, told)
    assert told.problems.warnings == [
        "Swarm publishes on every address of a node; the host IP of a published port is ignored: "
        "services.web.ports[0], services.web.ports[1], services.db.ports[0]",
        "an entry of extra_hosts without an address is ignored: services.web.extra_hosts[0]",
    ]


@pytest.mark.parametrize("section", ["networks", "volumes", "secrets", "configs"])
@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {"driver": "d", "driver_opts": {"a": 1}, "labels": ["b=c"]},
            {"driver": "d", "driver_opts": {"a": "1"}, "labels": {"b": "c"}},
        ),
        ({"external": False, "name": "n", "driver": "d"}, {"name": "n", "driver": "d"}),
        ({"external": True}, {"external": True, "name": "a"}),
        ({"external": True, "name": "q"}, {"external": True, "name": "q"}),
        ({"external": {"name": "q"}}, {"external": True, "name": "q"}),
        ({"external": {}}, {"external": True, "name": "a"}),
        ({"driver": "d", "x-note": 1}, {"driver": "d"}),
    ],
)
def test_objects(section, entry, expected):
    assert to_long({section: {"a": entry}}, reading())[section] == {"a": expected}


def test_what_is_said_of_things_that_are_made_elsewhere():
    told = reading()
    sections = {
        "networks": {"a": {"external": True, "driver": "d", "labels": []}},
        "secrets": {"a": {"external": True, "file": "x"}},
        "volumes": {"a": {"external": True, "driver": "d"}, "b": {"external": {"name": "n"}, "name": "m"}},
    }
    assert to_long(sections, told)["secrets"] == {"a": {"external": True, "name": "a"}}
    assert told.problems.warnings == [
        "what is external is made elsewhere; all but its name is ignored: networks.a.driver, secrets.a.file"
    ]
    assert [(problem.path, problem.text.partition(";")[0]) for problem in told.problems.found] == [
        (("volumes", "a", "driver"), "an external volume is made elsewhere"),
        (("volumes", "b", "external"), "there is a name beside it already"),
    ]


def test_a_network_or_volume_about_which_nothing_is_said():
    long = to_long({"networks": {"a": None}, "volumes": {"b": None}}, reading())
    assert (long["networks"], long["volumes"]) == ({"a": {}}, {"b": {}})


@pytest.mark.parametrize("section", ["secrets", "configs"])
@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"file": "./x"}, {"file": "/srv/x"}),
        ({"file": "../x"}, {"file": "/x"}),
        ({"file": "~/x"}, {"file": "/srv/~/x"}),
        ({"file": "/a/../x"}, {"file": "/a/../x"}),
        ({"content": "text"}, {"content": "text"}),
        ({"environment": "SET"}, {"content": "from env"}),
        ({"environment": "EMPTY"}, {"content": ""}),
    ],
)
def test_what_secrets_and_configs_are_made_of(section, entry, expected):
    told = reading()
    assert to_long({section: {"a": entry}}, told)[section] == {"a": expected}
    assert told.problems.found == []


def test_a_secret_of_a_variable_that_is_not_set():
    told = reading()
    to_long({"secrets": {"a": {"environment": "UNSET"}}}, told)
    [problem] = told.problems.found
    assert (problem.path, problem.text) == (
        ("secrets", "a", "environment"),
        "variable UNSET is not set; give it in env",
    )


NAMES = st.sampled_from(["a", "b", "c-1"])
TEXTS = st.text("abc =:'\"#$\\ ", max_size=8)
PLAIN = st.one_of(TEXTS, st.integers(-5, 5), st.floats(-10, 10), st.none())
PAIRS = st.one_of(st.dictionaries(NAMES, PLAIN), st.lists(st.sampled_from(["a", "b=", "c=1", "d==2"]), unique=True))
PORTS = st.sampled_from(
    ["80", "53:53/udp", "8000-8002:80", "9-11:9-11", "127.0.0.1:1:1", {"target": 80, "mode": "host"}, 99]
)
VOLUMES = st.sampled_from(
    ["/a", "data:/b:ro", "./c:/c", "~/d:/d:rshared", {"type": "bind", "source": "e", "target": "/e"}]
)
SERVICES = st.fixed_dictionaries(
    {},
    optional={
        "image": st.just("x"),
        "command": st.one_of(st.sampled_from(["a 'b c'", "", "# x"]), st.lists(TEXTS, max_size=3)),
        "environment": PAIRS,
        "env_file": st.sampled_from(["one.env", ["one.env", "two.env"]]),
        "labels": PAIRS,
        "ports": st.lists(PORTS, max_size=3),
        "volumes": st.lists(VOLUMES, max_size=3),
        "networks": st.one_of(st.lists(NAMES), st.dictionaries(NAMES, st.sampled_from([None, {}, {"aliases": ["x"]}]))),
        "secrets": st.lists(st.sampled_from(["a", {"source": "b", "mode": 256}]), max_size=2),
        "dns": st.sampled_from(["1.1.1.1", ["1.1.1.1", "2.2.2.2"]]),
        "extra_hosts": st.one_of(
            st.lists(st.sampled_from(["a:1", "b=[::1]"])), st.dictionaries(NAMES, st.just("[::2]"))
        ),
        "ulimits": st.dictionaries(NAMES, st.one_of(st.integers(), st.just({"soft": 1, "hard": 2}))),
        "healthcheck": st.fixed_dictionaries({"test": st.sampled_from(["x", ["CMD", "x"]])}),
        "depends_on": st.sampled_from([["a"], {"a": "service_healthy"}]),
        "deploy": st.sampled_from([None, {"replicas": 0, "labels": ["a=b"]}, {"resources": {"limits": {"cpus": "1"}}}]),
    },
)
OBJECTS = st.sampled_from(
    [{"driver": "d"}, {"external": True}, {"external": {"name": "n"}}, {"labels": ["a"], "name": "n"}]
)
TREES = st.fixed_dictionaries(
    {},
    optional={
        "services": st.dictionaries(NAMES, SERVICES, max_size=2),
        "networks": st.dictionaries(NAMES, OBJECTS, max_size=2),
        "secrets": st.dictionaries(
            NAMES, st.one_of(OBJECTS, st.sampled_from([{"file": "x"}, {"environment": "SET"}])), max_size=2
        ),
    },
)


@given(TREES)
def test_the_long_form_of_the_long_form_is_itself(tree):
    told = reading()
    long = to_long(tree, told)
    assert told.problems.found == []
    assert to_long(long, reading()) == long


@given(TREES)
def test_a_file_that_says_nothing_changes_nothing(tree):
    long, nothing = to_long(tree, reading()), {section: {} for section in SECTIONS}
    assert merge(long, nothing) == long
    assert merge(nothing, long) == long
