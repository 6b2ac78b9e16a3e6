# SPDX-License-Identifier: GPL-3.0-or-later
"""Each way works, and each way that is closed says why. node2 has docker SDK 5, node3 has docker SDK 7."""

from __future__ import annotations

import json

import pytest

testinfra_hosts = ["ansible://node2", "ansible://node3"]

FILES = {"ca_path": "/root/tls/ca.pem", "client_cert": "/root/tls/client.pem", "client_key": "/root/tls/client-key.pem"}
NOT_TRUSTED = "the Engine cannot be reached: its certificate is not trusted; check ca_path"
OTHER_NAME = "the Engine cannot be reached: its certificate is for another name; check tls_hostname"


@pytest.fixture
def tls(address):
    """The options of a connection that works."""
    return {"docker_host": f"tcp://{address}:2376", "validate_certs": True, "tls_hostname": "engine.test", **FILES}


def test_tls(over, tls):
    over(**tls)


def test_tls_without_a_check_of_the_certificate(over, tls):
    over(docker_host=tls["docker_host"], tls=True, client_cert=FILES["client_cert"], client_key=FILES["client_key"])


def test_tls_by_the_environment(over, client, host, tls):
    # Set where the module runs, as Ansible does it for a task's environment.
    script = "#!/bin/sh\nDOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=/root/tls DOCKER_TLS_HOSTNAME=engine.test "
    script += f'DOCKER_HOST={tls["docker_host"]} exec /usr/bin/python3 "$@"'
    host.check_output("echo %s > /root/python3 && chmod 755 /root/python3", script)
    wanted = json.dumps({"nodes": False})
    found = host.ansible(
        "flotilla.swarm.cluster_info", wanted, check=False, extra_vars={"ansible_python_interpreter": "/root/python3"}
    )
    assert found["membership"]["hostname"] == "node1"
    assert found["membership"]["manager"]


def test_another_authority(closed, tls):
    assert closed(**{**tls, "ca_path": "/root/tls/other.pem"}) == NOT_TRUSTED


def test_another_name(closed, tls):
    assert closed(**{**tls, "tls_hostname": "other.test"}) == OTHER_NAME
    # The address is not in the certificate.
    del tls["tls_hostname"]
    assert closed(**tls) == OTHER_NAME


def test_no_client_certificate(closed, tls):
    del tls["client_cert"], tls["client_key"]
    message = closed(**tls)
    assert message == "the Engine cannot be reached: TLS fails; check tls, validate_certs, client_cert and client_key"


def test_options_that_do_not_go_together(closed, tls):
    message = closed("invalid_option", **{**tls, "ca_path": "/nowhere/ca.pem"})
    assert message == "ca_path: there is no file /nowhere/ca.pem on this host"
    del tls["client_key"]
    assert closed("invalid_option", **tls) == "client_cert and client_key go together; give both or none"


def test_no_tls_where_the_engine_wants_it(closed, tls):
    assert "HTTP request to an HTTPS server" in closed("engine_error", docker_host=tls["docker_host"])


def test_nothing_listens(closed, tls):
    message = closed(**{**tls, "docker_host": tls["docker_host"].replace("2376", "2375")})
    assert message == "the Engine cannot be reached: nothing listens at its address; is Docker Engine started?"


def test_ssh(over, address):
    over(docker_host=f"ssh://root@{address}", use_ssh_client=True)


def test_ssh_that_is_not_let_in_or_does_not_know_the_host(closed, address, host):
    assert closed(docker_host=f"ssh://nobody@{address}", use_ssh_client=True).startswith(
        "the Engine cannot be reached: ssh is not let in; check the user in docker_host"
    )
    # The right key, of another host than the one that is known.
    host.check_output("sed -i.kept 's/ssh-ed25519 .*/ssh-ed25519 none/' /root/.ssh/known_hosts")
    message = closed(docker_host=f"ssh://root@{address}", use_ssh_client=True)
    host.check_output("mv /root/.ssh/known_hosts.kept /root/.ssh/known_hosts")
    assert message.startswith("the Engine cannot be reached: ssh does not know its host key")


def test_unix_socket(closed, run, client):
    # Of the client's own Engine, which is in no swarm.
    assert run("cluster_info", docker_host="unix:///run/docker.sock")["membership"]["state"] == "inactive"
    message = closed(docker_host="unix:///run/nowhere.sock")
    assert message == "the Engine cannot be reached: its socket does not exist; is Docker Engine installed and started?"


def test_version_of_the_api(over, closed, engine, host, tls):
    for version, name in ((None, "newest"), ("1.42", "forced")):
        mark = engine.check_output("date +%s.%N")
        over(name, **tls, api_version=version)
        log = engine.check_output(
            f"journalctl --unit=docker --since=@{mark} --output=cat | grep -o 'POST /v[0-9.]*/services/create'"
        )
        assert set(log.splitlines()) == {f"POST /v{version or '1.45'}/services/create"}
    assert "9.99" in closed("engine_error", **tls, api_version="9.99")
