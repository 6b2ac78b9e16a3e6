# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the firewall of this host to what is wanted: first what is in force, then what the next boot reads."""

from __future__ import annotations

import hashlib
import os

from ..core.errors import SwarmError
from . import detect, firewalld, iptables, nftables, persistence, ssh, timer
from .layer import Runner
from .wanted import wanted

PLAIN = ("iptables", "ufw")
# They guard the swarm's ports in their own way. Rules for published ports are iptables' everywhere.
OTHERS = {"firewalld": firewalld, "nftables": nftables}


def ensure(client, params: dict, check_mode: bool, run_command) -> dict:
    """The module's result."""
    want = wanted(params)
    ssh.check(want, params["ssh_port"] or ssh.connection_port())
    if os.geteuid():
        raise SwarmError("the rules of a firewall are root's; run this task with become: true", reason="not_root")
    run = Runner(run_command)
    backend = detect.find(run, params["backend"])
    if want.restricts_published and backend in PLAIN:
        check_docker(detect.docker_backend(client))
    within, restored = params["confirm_within"], timer.restored()
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
        "restored": restored,
        "warnings": nftables.notes(run, want) if backend == "nftables" else [],
    }


def check_docker(backend: str | None) -> None:
    """Refuse rules for published ports that no packet would come by."""
    if backend == "nftables":
        raise SwarmError(
            "published_ports_allow and published_ports_default need Docker's chain DOCKER-USER, and this Engine has "
            'none, as it writes its rules with nftables; set "firewall-backend": "iptables" in its daemon.json, or '
            "have nftables or firewalld keep the rules of this host",
            reason="engine_nftables",
        )


def collect(run, want, backend: str) -> list:
    """Every place where there may be rules of ours; last, what other backends have of earlier runs, to take it away."""
    found, leftover = [], []
    for name, module in OTHERS.items():
        if name == backend:
            found = module.layers(run, want)
        else:
            leftover += module.layers(run, want.nothing())
    families = iptables.families()
    guard = backend in PLAIN
    if not families and (guard or want.restricts_published):
        raise SwarmError("iptables is not installed on this host; install it, as Docker needs it too", reason="missing")
    lines = {tables: iptables.rules(want, iptables.FAMILIES[tables], guard) for tables in families}
    more = firewalld.boot_lines(want) if backend == "firewalld" else []
    return [*found, *iptables.layers(run, lines), *persistence.layers(lines, more, backend), *leftover]


def change(run, layers: list, within: int) -> None:
    """Make the changes. Where they are to be confirmed, the timer runs before the first of them."""
    runtime = [layer for layer in layers if not layer.permanent]
    waiting = timer.armed()
    if within and runtime:
        timer.arm(run, [command for layer in reversed(runtime) for command in layer.undo], within)
    try:
        apply_runtime(run, runtime)
    except SwarmError:
        if not waiting:
            timer.confirm(run)
        raise
    if within and timer.armed():
        return
    for layer in layers:
        if layer.permanent:
            for step in layer.apply:
                run.do(step)
    timer.forget()


def apply_runtime(run, layers: list) -> None:
    """Change what is in force, all of it or nothing."""
    begun: list = []
    try:
        for layer in layers:
            begun.append(layer)
            for step in layer.apply:
                run.do(step)
    except SwarmError as exc:
        undo = [command for layer in reversed(begun) for command in layer.undo]
        failed = [err for code, out, err in [run.ask(command.argv, command.stdin) for command in undo] if code]
        words = f"nor could all be taken back: {' '.join(failed)}" if failed else "the rules are as they were before"
        raise SwarmError(f"{exc}; {words}", reason=exc.reason) from exc


def diff(layers: list) -> dict:
    """Our own rules before and after, place by place; what the next boot reads says the same again, so it is named."""
    return {side: "".join(shown(layer, getattr(layer, side)) for layer in layers) for side in ("before", "after")}


def shown(layer, lines: list) -> str:
    if not layer.permanent:
        return "".join(f"{line}\n" for line in [f"# {layer.name}", *lines])
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]
    return f"# {layer.name}: {f'{len(lines)} lines, {digest}' if lines else 'none'}\n"
