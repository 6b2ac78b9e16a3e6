# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that do what is asked. The manager asked is Engine 20.10, and not the leader."""

from __future__ import annotations

testinfra_hosts = ["ansible://node2"]

# A signal handler that sleeps: the task of a removed service is there for three more seconds.
SLOW_TO_STOP = "trap 'sleep 3; exit 0' TERM; while :; do sleep 0.2; done"

WEB = {
    "name": "web",
    "image": "flotilla/web:1",
    "replicas": 2,
    # Ansible would take the Engine's template for one of its own.
    "env": {"NODE": "{% raw %}{{.Node.Hostname}}{% endraw %}", "SPEED": "1"},
    "labels": {"owner": "molecule"},
    "container_labels": {"tier": "front"},
    "hostname": "{% raw %}web-{{.Task.Slot}}{% endraw %}",
    "stop_grace_period": "5s",
    "endpoint_mode": "dnsrr",
    "publish": [{"published_port": 8080, "target_port": 8080, "mode": "host"}],
    "restart_config": {"condition": "on-failure", "delay": "2s", "max_attempts": 4},
    "update_config": {"parallelism": 2, "monitor": "1s", "failure_action": "rollback"},
    "placement": {"replicas_max_per_node": 1},
}


def pages(host):
    """What the web servers of all machines show, as ``{node: version}``."""
    shown = {}
    for name in ("node1", "node2", "node3"):
        page = host.get_host(f"ansible://{name}").run("curl -s --max-time 5 http://127.0.0.1:8080/").stdout
        lines = dict(line.split(": ", 1) for line in page.splitlines())
        if lines:
            shown[lines["node"]] = lines["version"]
    return shown


def test_create_returns_when_the_tasks_serve(make, service, services, running, host):
    assert make(check=True, **WEB)["changed"]
    assert services() == []
    assert make(**WEB)["changed"]
    assert running() == 2
    assert set(pages(host).values()) == {"1"}
    assert len(pages(host)) == 2
    spec = service()["Spec"]
    assert spec["Labels"] == {"owner": "molecule"}
    container = spec["TaskTemplate"]["ContainerSpec"]
    assert container["Env"] == ["NODE={{.Node.Hostname}}", "SPEED=1"]
    assert container["StopGracePeriod"] == 5 * 10**9
    assert spec["EndpointSpec"]["Mode"] == "dnsrr"
    restarts = {"Condition": "on-failure", "Delay": 2 * 10**9, "MaxAttempts": 4}
    assert spec["TaskTemplate"]["RestartPolicy"].items() >= restarts.items()


def test_a_repeated_run_writes_nothing(make, service, running):
    make(**WEB)
    before = service()
    repeated = make(**WEB)
    assert not repeated["changed"]
    assert not make(check=True, **WEB)["changed"]
    assert not make(name="web")["changed"]
    assert service()["Version"] == before["Version"]
    assert service() == before
    assert running() == 2


def test_one_option_is_changed_and_the_others_stay(make, difference, service, docker, host):
    make(**WEB)
    # What the module has no option for, or was not told of, stays as well.
    docker(
        "service", "update", "--detach=false", "--quiet", "--limit-memory", "64M", "--label-add", "by-hand=1",
        "--env-add", "MORE=2", "--update-monitor", "1s", "web",
    )  # fmt: skip
    before = service()
    planned = difference("--check", name="web", image="flotilla/web:2")
    assert service() == before
    assert planned[2:] == ["-    image: flotilla/web:1", "+    image: flotilla/web:2"]
    assert difference(name="web", image="flotilla/web:2") == planned
    after = service()
    assert after["UpdateStatus"]["State"] == "completed"
    assert set(pages(host).values()) == {"2"}
    container = after["Spec"]["TaskTemplate"]["ContainerSpec"]
    assert container.pop("Image") == "flotilla/web:2"
    before["Spec"]["TaskTemplate"]["ContainerSpec"].pop("Image")
    assert after["Spec"] == before["Spec"]


def test_what_is_empty_is_cleared(make, service):
    make(**WEB)
    assert make(name="web", labels={}, env={})["changed"]
    assert service()["Spec"]["Labels"] == {}
    assert not service()["Spec"]["TaskTemplate"]["ContainerSpec"].get("Env")
    assert service()["Spec"]["TaskTemplate"]["ContainerSpec"]["Labels"] == {"tier": "front"}
    assert not make(name="web", labels={}, env={})["changed"]


def test_scale(make, service, running, containers):
    web = {"name": "web", "image": "flotilla/web:1", "update_config": {"monitor": "1s"}}
    assert make(replicas=1, **web)["changed"]
    index = service()["Version"]["Index"]
    assert make(check=True, name="web", replicas=5)["changed"]
    assert service()["Version"]["Index"] == index
    assert make(name="web", replicas=5)["changed"]
    assert running() == 5
    assert len(containers()) == 5
    # Without a number, and with -1, the service keeps the one that it has.
    assert not make(**web)["changed"]
    assert not make(replicas=-1, **web)["changed"]
    assert make(name="web", replicas=0)["changed"]
    assert service()["Spec"]["Mode"] == {"Replicated": {"Replicas": 0}}


def test_absent_returns_when_the_tasks_are_gone(make, services, containers, running, host):
    slow = {"name": "slow", "image": "flotilla/web:1", "mode": "global", "args": ["sh", "-c", SLOW_TO_STOP]}
    slow |= {"stop_grace_period": "20s", "update_config": {"monitor": "1s"}, "endpoint_mode": "dnsrr"}
    slow["publish"] = WEB["publish"]
    make(**slow)
    assert len(containers()) == 3
    assert make(check=True, name="slow", state="absent")["changed"]
    assert services() == ["slow"]
    assert make(name="slow", state="absent")["changed"]
    assert services() == []
    assert containers() == []
    # The port is free at once.
    web = {**slow, "args": [], "env": WEB["env"]}
    assert make(**web)["changed"]
    assert running("slow") == 3
    assert sorted(pages(host)) == ["node1", "node2", "node3"]
    assert make(name="slow", state="absent")["changed"]
    assert not make(name="slow", state="absent")["changed"]


def test_several_services_are_rolled_out_together(make, services, running):
    several = [
        {"name": name, "image": "flotilla/web:1", "replicas": 2, "update_config": {"monitor": "1s"}}
        for name in ("one", "two", "three")
    ]
    assert make(services=several)["changed"]
    assert [running(item["name"]) for item in several] == [2, 2, 2]
    assert not make(services=several)["changed"]
    assert make(services=[{"name": "one", "state": "absent"}, {"name": "two", "replicas": 3}])["changed"]
    assert sorted(services()) == ["three", "two"]
    assert running("two") == 3
