# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands in tasks on this node and on others. No task of ``web`` is on node1, which is asked."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
from plays import play

testinfra_hosts = ["ansible://node1"]

EXEC = Path(__file__).resolve().parents[1] / "exec.yml"
MANAGER = {"swarm_managers": ["node1"]}


@pytest.fixture
def labels(docker):
    """Give a node the name of its host as a label, for one test."""
    given = []

    def label(node, host):
        docker("node", "update", "--label-add", f"flotilla.swarm.host={host}", node)
        given.append(node)

    yield label
    for node in given:
        docker("node", "update", "--label-rm", "flotilla.swarm.host", node)


def test_in_every_task_wherever_it_is(execute, containers):
    result = execute(service="each", tasks="all", argv=["hostname"])
    ran = {task["node"]: (task["rc"], [task["stdout"]]) for task in result["tasks"]}
    # A container's hostname is the beginning of its ID.
    assert ran == {node: (0, [found[0][:12]]) for node, found in containers("each").items()}
    assert "stdout" not in result


def test_in_any_task_rather_here_and_else_in_the_first_slot(execute, containers):
    here = execute(service="each", command="hostname")
    assert here["stdout"] == containers("each")["node1"][0][:12]
    assert (here["rc"], here["stdout_lines"]) == (0, [here["stdout"]])
    (task,) = execute(service="web", command="hostname")["tasks"]
    assert (task["slot"], task["here"]) == (1, False)
    assert task["container_id"] in containers("web")[task["node"]]


def test_in_a_slot_and_on_a_node(execute, containers):
    assert execute(service="web", slot=[2], command="hostname")["tasks"][0]["name"] == "web.2"
    (task,) = execute(service="web", node=["node3"], command="hostname")["tasks"]
    assert task["stdout"] == containers("web")["node3"][0][:12]


# On the Engine that is asked, and on another host, which has another release.
BOTH = {"service": "each", "node": ["node1", "node2"], "tasks": "all"}


def test_all_that_a_command_is_given(execute):
    result = execute(
        **BOTH,
        argv=["sh", "-c", 'cat; echo "$GREETING"; id -u; pwd; echo trouble >&2'],
        env={"GREETING": "{% raw %}a {{ b }} 'c'{% endraw %}"},
        user="65534",
        chdir="/etc",
        stdin="line",
    )
    for task in result["tasks"]:
        assert task["stdout"].splitlines() == ["line", "a {{ b }} 'c'", "65534", "/etc"]
        assert task["stderr"] == "trouble"


def test_much_in_and_much_out(execute):
    # Too much for the command line of ansible.
    text = "{{ '0123456789abcdef' * 16384 }}"
    result = execute(**BOTH, command="cat", stdin=text, stdin_add_newline=False)
    assert [task["stdout"] == "0123456789abcdef" * 16384 for task in result["tasks"]] == [True, True]


def test_a_command_that_does_not_read_what_it_is_given(execute):
    assert execute(service="each", command="echo done", stdin="{{ 'x' * 1000000 }}")["stdout"] == "done"


def test_a_command_that_fails(run):
    result = run("service_exec", **BOTH, argv=["sh", "-c", "echo out; echo err >&2; exit 4"])
    assert result["failure"]["reason"] == "command_failed"
    assert [(task["rc"], task["stdout"], task["stderr"]) for task in result["tasks"]] == [(4, "out", "err")] * 2
    assert result["rc"] == 4
    assert result["msg"].endswith(" on node2: non-zero return code 4")


def test_a_command_that_does_not_exist(run):
    result = run("service_exec", **BOTH, command="nothing-like-it")
    assert {task["rc"] for task in result["tasks"]} <= {126, 127}
    assert result["msg"].count("executable file not found") == 2


def test_one_of_several_fails(run, containers):
    only_node2 = f"test $(hostname) != {containers('web')['node2'][0][:12]}"
    result = run("service_exec", service="web", tasks="all", argv=["sh", "-c", only_node2])
    assert sorted(task["rc"] for task in result["tasks"]) == [0, 1]
    assert result["rc"] == 1
    assert "on node2: non-zero return code 1" in result["msg"]


def test_the_playbook_decides_what_is_a_failure_and_a_change():
    command = {"slot": [1], "argv": ["sh", "-c", "exit 3"], "allowed": [3], "changed": False}
    assert play(EXEC, MANAGER, wanted=command).changed == 0
    assert play(EXEC, MANAGER, wanted={**command, "allowed": [4]}).recap["node1"] == (0, 0, 1)


def test_check_mode_runs_nothing(run, on, containers):
    result = run("service_exec", check=True, service="each", command="touch /checked")
    assert result["skipped"]
    container = containers("each")["node1"][0]
    assert on("node1").run(f"docker exec {container} test -e /checked").rc == 1


@pytest.mark.parametrize(
    ("options", "reason", "sentence"),
    [
        pytest.param({"service": "nowhere"}, "unknown_service", "service nowhere does not exist", id="none"),
        pytest.param({"service": "web", "slot": [3]}, "no_running_task", "no running task in slot 3; there are web.1",
                     id="no such slot"),
        pytest.param({"service": "stuck"}, "no_running_task", "stuck.1 on no node (pending: no suitable node",
                     id="none runs"),
    ],
)  # fmt: skip
def test_where_there_is_no_task(run, options, reason, sentence):
    result = run("service_exec", command="true", **options)
    assert result["failure"]["reason"] == reason
    assert sentence in result["msg"]


def test_hosts_have_other_names(inventory, labels, address):
    hosts = {"boss": {"ansible_host": address("node1")}, "two": {"ansible_host": address("node2")}}
    # Only the label tells that this is node3, as the swarm knows its address in another form.
    number = str(int(ip_address(address("node3"))))
    hosts["three"] = {"ansible_host": number, "ansible_ssh_extra_args": f"-o HostKeyAlias={address('node3')}"}
    labels("node3", "three")
    outcome = play(EXEC, {}, environment=inventory(hosts, ["boss"]), wanted={"tasks": "all", "argv": ["true"]})
    assert outcome.changed == 1, outcome.printed
    assert sorted(outcome.text.partition("ran on ")[2].split()[:2]) == ["three", "two"]


def test_a_node_that_is_no_host_stops_it_before_any_command_is_run(inventory, address, on, containers):
    hosts = {"node1": {"ansible_host": address("node1")}, "node2": {"ansible_host": address("node2")}}
    command = {"service": "each", "tasks": "all", "argv": ["touch", "/ran"]}
    outcome = play(EXEC, {}, environment=inventory(hosts, ["node1"]), wanted=command)
    assert outcome.recap["node1"] == (0, 0, 1)
    assert f"runs on node node3 ({address('node3')}), which is no host of the inventory; add it" in outcome.text
    for node, (container,) in containers("each").items():
        assert on(node).run(f"docker exec {container} test -e /ran").rc == 1


def test_a_host_that_does_not_answer_fails_the_task_and_not_the_manager(inventory, address):
    hosts = {"node1": {"ansible_host": address("node1")}}
    hosts.update({name: {"ansible_host": address(name), "ansible_port": 1} for name in ("node2", "node3")})
    outcome = play(EXEC, {}, environment=inventory(hosts, ["node1"]), wanted={"argv": ["true"]})
    assert outcome.recap["node1"] == (0, 0, 1)
    assert "cannot be reached" in outcome.text


def test_a_host_is_reached_with_its_own_variables(inventory, address):
    become = {"ansible_become": True, "ansible_become_method": "su", "ansible_become_user": "nobody"}
    become["ansible_become_flags"] = "-s /bin/sh"
    hosts = {"node1": {"ansible_host": address("node1")}}
    hosts.update({name: {"ansible_host": address(name), **become} for name in ("node2", "node3")})
    environment = {**inventory(hosts, ["node1"]), "ANSIBLE_SHELL_ALLOW_WORLD_READABLE_TEMP": "true"}
    outcome = play(EXEC, {}, environment=environment, wanted={"argv": ["true"]})
    assert "this user may not use its socket; use become" in outcome.text


def test_what_is_given_to_a_command_is_shown_nowhere(recorded):
    command = {"tasks": "all", "service": "each", "argv": ["sh", "-c", "cat > /dev/null; exit 5"]}
    secrets = {"env": {"PASSWORD": "{{ 'kana' ~ 'rienvogel' }}"}, "stdin": "{{ 'kana' ~ 'rienvogel' }}"}
    outcome = play(EXEC, MANAGER, "-vvvvv", wanted={**command, **secrets})
    assert outcome.recap["node1"] == (0, 0, 1)
    assert "non-zero return code 5" in outcome.text
    assert "kanarienvogel" not in outcome.printed
    for node in ("node1", "node2", "node3"):
        assert recorded(node, "service_exec")
        assert not recorded(node, "kanarienvogel")
