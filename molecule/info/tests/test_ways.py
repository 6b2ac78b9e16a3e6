# SPDX-License-Identifier: GPL-3.0-or-later
"""service_exec and service_logs where the manager is asked over TLS or ssh, and not on its own host."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node1"]

EXEC = {"service": "each", "tasks": "all", "argv": ["sh", "-c", "hostname; cat"]}
LISTEN = """set -e
mkdir -p /root/tls && cd /root/tls
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=engine -addext subjectAltName=IP:%s \
  -keyout key.pem -out cert.pem 2>/dev/null
echo 'DOCKER_OPTS="--host tcp://0.0.0.0:2376 --tlsverify --tlscacert /root/tls/cert.pem \
--tlscert /root/tls/cert.pem --tlskey /root/tls/key.pem"' > /etc/default/docker
systemctl restart docker
"""


@pytest.fixture
def tls(host, on, address, settled):
    """The manager on node3 listens with TLS, and its certificate is that of this host and of the authority as well."""
    if not on("node3").file("/root/tls/cert.pem").exists:
        on("node3").check_output(LISTEN % address("node3"))
        settled()
    packed = on("node3").check_output("tar -C /root -c tls | base64")
    host.check_output("echo %s | base64 -d | tar -C /root -x", packed)
    files = {"ca_path": "cert.pem", "client_cert": "cert.pem", "client_key": "key.pem"}
    way = {"docker_host": f"tcp://{address('node3')}:2376", "validate_certs": True}
    return {**way, **{option: f"/root/tls/{name}" for option, name in files.items()}}


@pytest.fixture
def ssh(host, on, address):
    """The manager on node3 lets this host in."""
    if not host.file("/root/.ssh/id_ed25519").exists:
        host.check_output("ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519")
        on("node3").check_output("echo %s >> /root/.ssh/authorized_keys", host.check_output("cat /root/.ssh/*.pub"))
        known = on("node3").check_output("ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key")
        host.check_output("echo %s > /root/.ssh/known_hosts", f"{address('node3')} {known}")
    return {"docker_host": f"ssh://root@{address('node3')}", "use_ssh_client": True}


@pytest.mark.parametrize("way", ["tls", "ssh"])
def test_in_every_task(way, request, execute, containers):
    """In the one on the Engine that is asked over that way, in the others on their own hosts."""
    result = execute(**EXEC, **request.getfixturevalue(way))
    ran = {task["node"]: (task["rc"], task["stdout"], task["here"]) for task in result["tasks"]}
    assert ran == {node: (0, ids[0][:12], node == "node3") for node, ids in containers("each").items()}


def test_input_over_ssh(ssh, execute):
    result = execute(**EXEC, stdin="line", **ssh)
    assert [task["stdout"].splitlines()[1:] for task in result["tasks"]] == [["line"]] * 3


def test_input_that_cannot_be_sent_over_tls_is_refused_before_any_command_is_run(tls, run, on, containers):
    result = run("service_exec", service="each", tasks="all", argv=["touch", "/given"], stdin="line", **tls)
    assert result["failure"]["reason"] == "invalid_option"
    assert result["msg"].startswith("stdin: docker_host must be a unix socket for it")
    for node, (container,) in containers("each").items():
        assert on(node).run(f"docker exec {container} test -e /given").rc == 1


@pytest.mark.parametrize("way", ["tls", "ssh"])
def test_a_command_that_fails(way, request, run):
    options = {"service": "each", "node": ["node3"], "argv": ["sh", "-c", "echo err >&2; exit 4"]}
    result = run("service_exec", **options, **request.getfixturevalue(way))
    assert (result["failure"]["reason"], result["rc"], result["stderr"]) == ("command_failed", 4, "err")


@pytest.mark.parametrize("way", ["tls", "ssh"])
def test_logs(way, request, run):
    tasks = run("service_logs", name="talk", **request.getfixturevalue(way))["tasks"]
    told = {task["node"]: [line["text"] for line in task["lines"]] for task in tasks if task["state"] == "running"}
    assert told == {node: ["a word"] for node in ("node1", "node2", "node3")}
