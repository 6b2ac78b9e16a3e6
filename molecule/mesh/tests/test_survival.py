# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of requests while a task or a node dies. The last tests, as the node stays off."""

from __future__ import annotations

import threading
import time

import pytest
from plays import until

testinfra_hosts = ["ansible://node1"]

NODES, WEB = ("node1", "node2", "node3"), 8080
# Under emulation a task takes ten seconds to start, and a node is missed after half a minute.
REPLACED_WITHIN = 180  # seconds


class Load:
    """Requests to a port of these nodes, to all at the same time and one after the other, until it is stopped."""

    def __init__(self, task, names):
        self.answers = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.ask, args=(task, name)) for name in names]
        for thread in self.threads:
            thread.start()

    def ask(self, task, name):
        """Ask one node; keep when it was asked and who answered."""
        while not self.ended.wait(0.3):
            self.answers.append((time.monotonic(), task(name, WEB)))

    def stop(self):
        """End it."""
        self.ended.set()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def load(task):
    """Begin requests, which end with the test at the latest."""
    begun = []

    def load(names):
        begun.append(Load(task, names))
        return begun[-1]

    yield load
    for one in begun:
        one.stop()


@pytest.fixture
def survive(load, task, tasks, capsys):
    """Do what kills tasks of web while nodes are asked; return its tasks as soon as there are three, and all answer."""

    def survive(names, lost, kill):
        requests, began = load(names), time.monotonic()
        kill()
        until(lambda: len(tasks("web")) == 3 and not lost & set(tasks("web")), REPLACED_WITHIN)
        there = tasks("web")
        until(lambda: spread(task, names) == [set(there)] * len(names), REPLACED_WITHIN)
        replaced = time.monotonic()
        assert spread(task, names) == [set(there)] * len(names)
        requests.stop()
        failed = [when - began for when, answer in requests.answers if answer is None]
        with capsys.disabled():
            print(f" {len(failed)} of {len(requests.answers)} requests failed, the last of them", end=" ")
            print(f"{max(failed, default=0):.0f} s after; all tasks answer {replaced - began:.0f} s after")
        assert len(failed) < len(requests.answers) / 10
        assert all(when < replaced - began for when in failed)
        return there

    return survive


def spread(task, names):
    """Who answers on each node, in so many requests that each task has its turn."""
    return [{task(name, WEB) for _request in range(6)} for name in names]


def test_a_killed_task_is_replaced_and_requests_go_on(survive, tasks, on):
    victim = next(name for name, node in tasks("web").items() if node == "node3")
    there = survive(NODES, {victim}, lambda: on("node3").check_output("docker kill %s", victim))
    assert victim not in there


def test_a_lost_node_is_replaced_and_requests_to_the_others_go_on(survive, tasks, power):
    lost = {name for name, node in tasks("web").items() if node == "node3"}
    there = survive(NODES[:2], lost, lambda: power("stop", "node3"))
    assert set(there.values()) == {"node1", "node2"}
