# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that are created again under their services, whatever happens on the way."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

testinfra_hosts = ["ansible://node2"]

WEST = [{"subnet": "10.77.0.0/24"}]
AGAIN = {"name": "west", "recreate": True}
GENTLE = ("--update-order", "start-first", "--update-failure-action", "rollback", "--update-monitor", "300ms")


class Killed(BaseException):
    """A run ends here."""


@pytest.fixture
def held(client):
    """What the swarm has: specs of services with names of networks, what their networks are, and notes."""

    def held():
        networks = {raw["Id"]: raw for raw in client.get("/networks") if raw["Scope"] == "swarm"}
        specs = json.dumps({raw["Spec"]["Name"]: raw["Spec"] for raw in client.get("/services")})
        for key, raw in networks.items():
            specs = specs.replace(key, raw["Name"])
        kept = ("Attachable", "Internal", "Labels", "IPAM")
        shown = {raw["Name"]: {key: raw[key] for key in kept} for raw in networks.values()}
        return {"services": json.loads(specs), "networks": shown, "notes": len(client.get("/configs"))}

    return held


@pytest.fixture
def web(run, service):
    """A service on three networks."""
    for name in ("east", "north"):
        run("network", name=name)
    run("network", name="west", ipam_config=WEST, labels={"a": "b"})
    service(*GENTLE, "--network", "east", "--network", "name=west,alias=w", "--network", "north")


@pytest.fixture
def address(host):
    """The addresses in network west of the containers of service web; one that is replaced may still stop."""

    def address():
        node4 = host.get_host("ansible://node4")
        printed = node4.check_output("docker ps --quiet --filter name=web.1 | xargs --no-run-if-empty docker inspect")
        shown = json.loads(printed or "[]")
        networks = [container["NetworkSettings"]["Networks"] for container in shown]
        return [mine["west"]["IPAddress"] for mine in networks if "west" in mine]

    return address


@pytest.mark.usefixtures("web")
def test_its_services_are_put_on_again(run, refuse, change, held, address):
    before = held()
    there = [{"subnet": "10.78.0.0/24"}]
    message = refuse("network", "network_in_use", held, name="west", ipam_config=there)
    assert message.startswith("network west is used by service web and cannot be changed, only created again: ipam_con")
    assert run("network", **AGAIN, ipam_config=there, check=True)["reattached"] == ["web"]
    after = change("network", held, **AGAIN, ipam_config=there)
    assert after["services"] == before["services"]
    assert after["networks"]["west"]["Labels"] == {"a": "b"}
    assert after["notes"] == 0
    assert any(text.startswith("10.78.0.") for text in address())


def killed_at(send, end):
    """The client's ``request``, which ends the run at a write: to services, at the first after the network is gone."""
    writes = []

    def request(method, path, *args, **more):
        writes.append(f"{method} {path}")
        removed = any(write.startswith("DELETE /networks") for write in writes)
        if method != "GET" and end in writes[-1] and (removed or end != "services"):
            raise Killed
        return send(method, path, *args, **more)

    return request


@pytest.mark.usefixtures("web")
def test_an_interrupted_run_is_finished_by_the_next(run, client, held, monkeypatch, address):
    """Killed before it removes the network, before it creates it, and before it puts the service on it."""
    before, send = held(), client.request
    for attachable, end in ((True, "DELETE /networks"), (False, "POST /networks/create"), (True, "services")):
        monkeypatch.setattr(client, "request", killed_at(send, end))
        with pytest.raises(Killed):
            run("network", **AGAIN, attachable=attachable)
        monkeypatch.setattr(client, "request", send)
        assert held() != before
        refused = run("network", name="west", state="absent")
        assert "network west is awaited by web, which a run that was interrupted took off it" in refused["msg"]
        told = run("network", **AGAIN, attachable=attachable, check=True)
        done = run("network", **AGAIN, attachable=attachable)
        assert (told["changed"], done["changed"], done["reattached"]) == (True, True, ["web"]), done
        assert told["diff"] == done["diff"]
        before["networks"]["west"]["Attachable"] = attachable
        assert held() == before
    assert any(text.startswith("10.77.0.") for text in address())


def met_at(send, after, moment, other):
    """The client's ``request``, before one of which another run does all that it has to do. Its result is returned."""
    sent, results = [], []

    def request(method, path, *args, **more):
        sent.append(f"{method} {path}")
        if not results and sent[-1].startswith(moment) and any(one.startswith(after) for one in sent):
            results.append(other())
        return send(method, path, *args, **more)

    return request, results


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("after", "moment"),
    [
        ("POST /configs", "POST /services"),
        ("POST /services", "DELETE /networks"),
        ("DELETE /networks", "POST /networks/create"),
        ("POST /networks/create", "GET /networks/"),
        ("POST /networks/create", "POST /services"),
    ],
    ids=["taking services off", "removing", "creating", "looking whether it has addresses", "putting services on"],
)
def test_another_run_comes_between(after, moment, run, other_run, client, held, monkeypatch, address):
    before = held()
    request, results = met_at(client.request, after, moment, lambda: other_run("network", **AGAIN, internal=True))
    monkeypatch.setattr(client, "request", request)
    done = run("network", **AGAIN, attachable=True)
    (other,) = results
    assert (other.get("msg"), other["changed"], other["reattached"]) == (None, True, ["web"])
    assert (done.get("msg"), done["changed"]) == (None, True)
    before["networks"]["west"].update(Attachable=True, Internal=True)
    assert held() == before
    assert any(text.startswith("10.77.0.") for text in address())


@pytest.mark.usefixtures("web")
def test_two_runs_at_the_same_time_that_want_different_things(run, other_run, held):
    before, subnets = held(), ("10.78.0.0/24", "10.79.0.0/24")
    wanted = [{**AGAIN, "ipam_config": [{"subnet": subnet}]} for subnet in subnets]
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(one, "network", **options) for one, options in zip((run, other_run), wanted, strict=True)]
    results = [one.result() for one in runs]
    failed = [result for result in results if "msg" in result]
    assert len(failed) < 2, failed
    assert all(result["failure"]["reason"] == "changed_meanwhile" for result in failed), failed
    after = held()
    (ipam,) = after["networks"]["west"].pop("IPAM")["Config"]
    assert ipam["Subnet"] in subnets
    del before["networks"]["west"]["IPAM"]
    assert after == before


@pytest.mark.usefixtures("web")
def test_all_is_put_back_where_the_new_network_cannot_be(run, held, address, until):
    before = held()
    result = run("network", **AGAIN, ipam_driver="rubbish")
    assert result["msg"].endswith("network west is again as it was, and on it again: web")
    assert held() == before
    assert not run("network", name="west", ipam_config=WEST, labels={"a": "b"})["changed"]
    until(lambda: any(text.startswith("10.77.0.") for text in address()))


def test_a_job_would_run_again(run, refuse, docker, held):
    run("network", name="west")
    docker("service", "create", "--detach", "--no-resolve-image", "--name", "job", "--mode", "replicated-job",
           "--network", "west", "flotilla/web:1", "true")  # fmt: skip
    assert "remove the jobs first" in refuse("network", "network_in_use", held, **AGAIN, internal=True)


def test_the_routing_mesh_is_replaced_under_its_services(service, change, held):
    service(*GENTLE[2:], "--publish", "8080:8080", "--publish", "published=81,target=81,mode=host")
    before = held()
    mesh = {"name": "ingress", "ingress": True, "recreate": True}
    after = change("network", held, **mesh, ipam_config=[{"subnet": "10.98.0.0/16"}])
    assert after["services"] == before["services"]
    assert after["networks"]["ingress"]["IPAM"]["Config"][0]["Subnet"] == "10.98.0.0/16"
