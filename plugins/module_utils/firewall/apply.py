# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the firewall of this host to what is wanted: first what is in force, then what the next boot reads."""

from __future__ import annotations

import os

from ..core.errors import SwarmError
from . import detect, firewalld, iptables, nftables, persistence, ssh, timer
from .layer import Runner
from .wanted import wanted


def ensure(client, params: dict, check_mode: bool, run_command) -> dict:
    """The module's result."""
    want = wanted(params)
    ssh.check(want, params["ssh_port"] or ssh.connection_port())
    if os.geteuid():
        raise SwarmError("the rules of a firewall are root's; run this task with become: true", reason="not_root")
    run = Runner(run_command)
    backend = detect.find(run, params["backend"])
    if want.restricts_published:
        check_docker(detect.docker_backend(client))
    within = params["confirm_within"]
    if not within and not check_mode:
        timer.confirm(run)
    changed = [layer for layer in collect(run, want, backend) if layer.changed]
    if not check_mode:
        change(run, changed, within)
    return {
        "changed": bool(changed),
        "backend": backend,
        "diff": diff(changed),
        "unconfirmed": timer.armed(),
        "restored": timer.restored(),
    }


def check_docker(backend: str | None) -> None:
    """Refuse rules for published ports that no packet would come by."""
    if backend == "nftables":
        raise SwarmError(
            "published_ports_allow and published_ports_default are rules in Docker's chain DOCKER-USER, and this "
            'Engine has none, as it writes its rules with nftables; set "firewall-backend": "iptables" in its '
            "daemon.json, or leave these options out",
            reason="engine_nftables",
        )


def collect(run, want, backend: str) -> list:
    """Every place where there may be rules of ours."""
    if backend == "firewalld":
        found = firewalld.layers(run, want)
        rest = want.nothing()
    elif backend == "nftables":
        found, rest = nftables.layers(run, want), want
    else:
        found, rest = [], want
    guard = backend in ("iptables", "ufw")
    # Where another backend does it all, a guard that is left from earlier is taken away.
    return [*found, *plain_layers(run, rest, guard)]


def plain_layers(run, want, guard: bool) -> list:
    """The layers of iptables, and those that bring them back when the host starts."""
    if not iptables.families() and (guard or want.restricts_published):
        raise SwarmError("iptables is not installed on this host; install it, as Docker needs it too", reason="missing")
    lines = {tables: iptables.rules(want, iptables.FAMILIES[tables], guard) for tables in iptables.families()}
    return [*iptables.layers(run, want, guard), *persistence.layers(lines)]


def change(run, layers: list, within: int) -> None:
    """Make the changes. Where they are to be confirmed, the timer runs before the first of them."""
    runtime = [layer for layer in layers if not layer.permanent]
    if within and runtime:
        timer.arm(run, [command for layer in reversed(runtime) for command in layer.undo], within)
    apply_runtime(run, runtime)
    if within and timer.armed():
        return
    for layer in layers:
        if layer.permanent:
            for step in layer.apply:
                run.do(step)
    timer.forget()


def apply_runtime(run, layers: list) -> None:
    """Change what is in force, all of it or nothing."""
    done: list = []
    try:
        for layer in layers:
            done.append(layer)
            for step in layer.apply:
                run.do(step)
    except SwarmError as exc:
        for layer in reversed(done):
            for command in layer.undo:
                run.ask(command.argv, command.stdin)
        raise SwarmError(f"{layer.name}: {exc}; the rules are as they were before", reason=exc.reason) from exc


def diff(layers: list) -> dict:
    """Our own rules before and after, place by place."""
    return {side: "".join(part(layer, getattr(layer, side)) for layer in layers) for side in ("before", "after")}


def part(layer, lines: list) -> str:
    return "".join(f"{line}\n" for line in [f"# {layer.name}", *lines])
