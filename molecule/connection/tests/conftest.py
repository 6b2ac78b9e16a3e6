# SPDX-License-Identifier: GPL-3.0-or-later
"""node1 is an Engine that listens with TLS and answers over ssh; the tests' host is a client of it."""

from __future__ import annotations

import pytest
import testinfra
from plays import until

# The certificate names the Engine engine.test and nothing else, least of all its address.
CERTIFICATES = """set -e
mkdir -p /root/tls && cd /root/tls
authority() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout $1-key.pem -out $1.pem 2>/dev/null
}
certificate() {
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout $1-key.pem -out $1.csr 2>/dev/null
  echo "$2" > $1.ext
  openssl x509 -req -days 2 -in $1.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -extfile $1.ext -out $1.pem 2>&1
}
authority ca
authority other
certificate engine 'subjectAltName=DNS:engine.test'
certificate client 'extendedKeyUsage=clientAuth'
"""
LISTEN = """set -e
echo 'DOCKER_OPTS="--debug --host tcp://0.0.0.0:2376 --tlsverify --tlscacert /root/tls/ca.pem \
--tlscert /root/tls/engine.pem --tlskey /root/tls/engine-key.pem"' > /etc/default/docker
systemctl restart docker
"""


@pytest.fixture(scope="session")
def engine():
    """The machine with the Engine at the end of the way, which is a manager."""
    engine = testinfra.get_host("ansible://node1")
    if not engine.file("/root/tls/engine.pem").exists:
        engine.check_output(CERTIFICATES)
        engine.check_output(LISTEN)
    until(lambda: engine.run("docker node ls").rc == 0)
    return engine


@pytest.fixture(scope="session")
def address(engine):
    """The Engine's address."""
    return engine.ansible.get_variables()["ansible_host"]


@pytest.fixture
def client(host, engine, address):
    """The tests' host, with a client's certificate in /root/tls and a key for ssh that opens the Engine's machine."""
    if not host.file("/root/tls/client.pem").exists:
        packed = engine.check_output(
            "tar -C /root -c tls/ca.pem tls/other.pem tls/client.pem tls/client-key.pem | base64"
        )
        host.check_output("echo %s | base64 -d | tar -C /root -x && cd /root/tls && ln -s client.pem cert.pem", packed)
        host.check_output("ln -s client-key.pem /root/tls/key.pem")
        host.check_output("ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519")
        key = host.check_output("cat /root/.ssh/id_ed25519.pub")
        engine.check_output("echo %s >> /root/.ssh/authorized_keys", key)
        known = engine.check_output("ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key")
        host.check_output("echo %s > /root/.ssh/known_hosts", f"{address} {known}")
    return host


@pytest.fixture
def over(client, run, engine):
    """Create a service over a way that works; the Engine at its end must have it, and no other change."""

    def over(name="probe", **way):
        before = services(engine)
        result = run("service", name=name, image="flotilla/web:1", replicas=0, **way)
        assert "msg" not in result, result["msg"]
        assert result["changed"]
        assert services(engine) == sorted([*before, name])
        assert run("service", name=name, state="absent", **way)["changed"]
        assert services(engine) == before

    return over


@pytest.fixture
def closed(client, run, engine):
    """Why nothing can be done over a way; the Engine must have no service of it."""

    def closed(reason="engine_unreachable", **way):
        result = run("service", name="probe", image="flotilla/web:1", replicas=0, **way)
        assert result.get("failure", {}).get("reason") == reason, result
        assert services(engine) == []
        return result["msg"]

    return closed


def services(engine):
    """The names of the Engine's services."""
    return sorted(engine.check_output("docker service ls --format '{{.Name}}'").split())
