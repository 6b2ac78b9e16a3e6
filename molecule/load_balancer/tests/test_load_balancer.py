# SPDX-License-Identifier: GPL-3.0-or-later
"""What is answered through the load balancers while the swarm changes behind them."""

from __future__ import annotations

import re

from load_balancer.tests.conftest import BALANCERS, PAGE, SCENARIO, SLOW, WORKERS
from plays import until

testinfra_hosts = ["ansible://node1"]

FILES = {"node6": "/etc/haproxy/haproxy.cfg", "node5": "/etc/nginx/nginx.conf"}


def test_all_nodes_with_a_task_answer(host, answering):
    for balancer in BALANCERS:
        for page in (PAGE, PAGE.replace("8080", "8090")):
            assert answering(balancer, page) == set(WORKERS)


def test_a_second_run_changes_nothing_and_keeps_what_others_wrote(host, run, on, processes):
    for name, path in FILES.items():
        on(name, f"sed -i '1i # Mine.' {path}")
    before = processes()
    assert run().changed == 0
    assert processes() == before
    for name, path in FILES.items():
        assert on(name, f"head -n 1 {path}") == "# Mine."


def test_a_reload_that_an_earlier_run_did_not_live_to_do(host, run, on):
    path = FILES["node6"]
    on(
        "node6",
        f"cp {path} /root/kept; sed -i 's/client 300s/client 200s/; s/string [0-9a-f]* if/string other if/' {path}",
    )
    on("node6", f"systemctl reload haproxy; sleep 2; cp /root/kept {path}")
    assert run().changed == 1


def test_what_is_wrong_changes_nothing(host, run, on, processes):
    before = processes(), [on(name, f"cat {path}") for name, path in FILES.items()]
    outcome = run(
        more={
            "node6": {"load_balancer_services": [{"service": "web", "extra_lines": ["nonsense"]}]},
            "node5": {"load_balancer_services": [{"service": "shop"}], "load_balancer_without": ["node9"]},
        }
    )
    assert {name: counts[0] for name, counts in outcome.recap.items()} == {"node6": 0, "node5": 0}
    assert "unknown keyword 'nonsense'" in outcome.text
    assert "node9 is to be taken out, but no node of the swarm has this name" in outcome.text
    assert "shop publishes no such port; published are mesh 9090, web" in outcome.text
    assert (processes(), [on(name, f"cat {path}") for name, path in FILES.items()]) == before


def test_a_port_that_is_taken_is_told(host, run, on):
    on("node6", "systemd-run --quiet --unit=taken python3 -m http.server 8091")
    on("node5", "systemd-run --quiet --unit=taken python3 -m http.server 8091")
    wish = {"load_balancer_services": [{"service": "web", "listen": 8091}]}
    try:
        for name in BALANCERS:
            until(lambda name=name: on(name, "ss -Hlnt sport = :8091"))
        outcome = run(more=dict.fromkeys(BALANCERS, wish))
    finally:
        for name in BALANCERS:
            on(name, "systemctl stop taken")
    assert outcome.status != 0
    for name, program in BALANCERS.items():
        begin = f"{name}: {program} goes on with its old configuration"
        assert re.search(f"{begin}[^;]*; it says: [^;]*8091", outcome.text), outcome.text
    # What ran goes on to run, so that there is nothing to reload.
    assert run().changed == 2


def test_no_request_fails_while_every_worker_is_drained(host, run, load, documented, on):
    stop = load(fast=(PAGE, "-c 2 -q 8"), kept=(PAGE, "-c 2 -q 2"), slow=(SLOW, "-c 2 -disable-keepalive"))
    outcome = run(playbook=documented("Work on one node after the other"))
    assert outcome.changed > 0
    answered = stop()
    assert len(answered) == 6
    for (balancer, page), statuses in answered.items():
        assert list(statuses) == [200], (balancer, page, statuses)
        assert statuses[200] > (5 if page == "slow" else 50)
    # Every worker was drained, which ended a task of each.
    ended = on("node1", "docker service ps web --filter desired-state=shutdown --format '{{.Node}}'").split()
    assert set(ended) == set(WORKERS)


def test_a_node_stays_out_until_it_is_put_back(host, run, answers, on):
    assert run(more=dict.fromkeys(BALANCERS, {"load_balancer_without": ["node2"]})).changed == 4
    answers("node3")
    on("node1", "docker node update --availability drain node2")
    assert run().changed == 0
    answers("node3")
    on("node1", "docker node update --availability active node2")


def test_a_new_node_is_found(host, run, answers, on, address):
    token = on("node1", "docker swarm join-token --quiet worker")
    on("node4", f"docker swarm join --token {token} {address('node1')}:2377")
    tasks = "docker service ps web --filter desired-state=running --format '{{.Node}} {{.CurrentState}}'"
    until(lambda: on("node1", tasks).count("Running") == 3)
    assert run().changed == 4
    answers("node2", "node3", "node4")


def test_the_catalogue_has_what_answers(host, run, on, documented):
    script = (SCENARIO / "catalogue.py").read_text(encoding="utf-8")
    host.check_output("printf %s %s > /root/catalogue.py", "%s", script)
    on("node1", "systemd-run --quiet --unit=catalogue python3 /root/catalogue.py 8500")
    playbook = documented("Register in a service catalogue")
    listed = "curl -s http://127.0.0.1:8500/v1/agent/services"
    until(lambda: host.run(listed).rc == 0)
    old = '{"ID": "old-node9-80", "Name": "old", "Address": "192.0.2.9", "Port": 80, "Tags": ["flotilla-swarm"]}'
    on("node1", f"curl -s -X PUT -d '{old}' http://127.0.0.1:8500/v1/agent/service/register")
    assert run(playbook=playbook).changed > 0
    assert '"web-node2-8080-tcp"' in on("node1", listed)
    assert "old-node9" not in on("node1", listed)
    assert run(playbook=playbook).changed == 0
    on("node1", "systemctl stop catalogue")


INSIDE = {
    "load_balancer_services": [
        {"service": "api", "resolver": "127.0.0.11", "listen": 8000, "target_port": 8080},
        {"service": "api", "resolver": "127.0.0.11", "listen": 8001, "target_port": 8080, "protocol": "http"},
    ]
}


def test_a_service_without_ports_is_balanced_by_its_name(host, run, on, docker, documented):
    """HAProxy in the network of a container that is attached to the overlay network of the service."""
    docker("network", "create", "--driver", "overlay", "--attachable", "inside")
    spec = "--detach --name api --network inside --endpoint-mode dnsrr --constraint node.role==manager --replicas"
    docker("service", "create", *spec.split(), "1", "--stop-grace-period", "1s", "flotilla/web:1")
    docker("run", "--detach", "--name", "inside", "--network", "inside", "flotilla/web:1", "sleep", "1000")
    assert run(playbook=documented("Services without published ports"), **INSIDE).changed == 1
    text = "docker config inspect --format '{{printf \"%s\" .Spec.Data}}' $(docker config ls --quiet)"
    on("node1", f"{text} > /root/inside.cfg")
    process = docker("inspect", "--format", "{{.State.Pid}}", "inside")
    within = f"nsenter --net --target {process} --"
    # The name server of Docker answers in the container's network alone.
    on("node1", f"{within} haproxy -D -p /run/inside.pid -f /root/inside.cfg")

    def tasks(port):
        page = f"for i in 1 2 3 4 5 6; do {within} curl -s -m 5 http://127.0.0.1:{port}/cgi-bin/index.cgi; done"
        return {line for line in on("node1", page).splitlines() if line.startswith("task: ")}

    until(lambda: len(tasks(8000)) == len(tasks(8001)) == 1)
    docker("service", "scale", "--detach", "api=3")
    until(lambda: len(tasks(8000)) == len(tasks(8001)) == 3)
    on("node1", "kill $(cat /run/inside.pid); docker rm --force inside; docker service rm api")


def test_nginx_takes_such_a_service_too(host, run, on, machine):
    program = {"load_balancer_program": "nginx"}
    assert run(playbook=SCENARIO / "render.yml", path="/root/nginx", **INSIDE, **program).status == 0
    http, stream = (on("node1", f"cat /root/nginx.{number}") for number in (0, 1))
    text = f"include /etc/nginx/modules-enabled/*.conf;\nevents {{}}\nhttp {{\n{http}\n}}\n{stream}\n"
    machine("node5").check_output("printf %%s %s > /root/nginx.conf; nginx -t -q -c /root/nginx.conf", text)


def test_requests_go_on_when_a_node_dies(host, run, answers, load, power, on):
    power("stop", "node3")
    # Nothing is run: the programs find out by themselves.
    answers("node2", "node4")
    stop = load(fast=(PAGE, "-c 2 -q 10 -disable-keepalive"))
    state = "docker node inspect --format '{{.Status.State}}' node3"
    until(lambda: on("node1", state) == "down")
    assert run(workers=["node2", "node4"]).changed == 4
    assert all(list(statuses) == [200] for statuses in stop().values())
