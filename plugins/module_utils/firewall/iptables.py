# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our chains in table filter, read with iptables-save and written in one transaction each for IPv4 and IPv6."""

from __future__ import annotations

import os
import re

from ..core.errors import SwarmError
from . import published
from .layer import Command, Layer, which

GUARD = "FLOTILLA-SWARM"
NODES = "FLOTILLA-NODES"
CHAINS = (GUARD, NODES, published.CHAIN)
FAMILIES = {"iptables": 4, "ip6tables": 6}
# Absent where the kernel has no IPv6.
IPV6 = "/proc/net/if_inet6"

# The Engine puts a rule like this one above all others for each encrypted network, as an accepted packet would pass it
# by (libnetwork, drivers/overlay/encryption.go), with a match of bpf where the kernel has that, else of u32. So our
# jumps come after such rules.
ENGINE_DROP = re.compile(r"-A INPUT .*--pol none .*-m (u32|bpf) .* -j DROP")

# A shell function that exchanges all our chains and jumps for the lines that it reads: ``load iptables <lines``.
# It looks for what is there itself, as it also runs when the host starts and when a timer takes a change back.
LOAD = r"""PATH=$PATH:/usr/sbin:/sbin
load() {
    rules=$("$1" -w -S) || return
    { printf '%s\n\n' "$rules"; cat; } | awk '
        loading && /^-I DOCKER-USER/ && !user { print ":DOCKER-USER - [0:0]"; user = 1 }
        loading { sub("@", place); print; next }
        /^-N DOCKER-USER$/ { user = 1 }
        /^-A/ && !/^-A FLOTILLA-/ && / -j FLOTILLA-/ { sub("-A", "-D"); jumps = jumps $0 "\n"; next }
        /^-A INPUT / && !below { if (/--pol none .*-m (u32|bpf) .* -j DROP$/) above++; else below = 1 }
        /^$/ { loading = 1; place = above + 1; printf "*filter\n%s", jumps }
        END { print "COMMIT" }
    ' | "$1-restore" -w --noflush
}
"""


def layers(run, lines: dict) -> list:
    """A layer each for IPv4 and IPv6; ``lines`` are those of each family as ``rules`` returns them."""
    return [layer(run, tables, after) for tables, after in lines.items()]


def families() -> list:
    """The tools that this host has a use for."""
    return [tables for tables in FAMILIES if which(tables) and (tables == "iptables" or os.path.exists(IPV6))]


def layer(run, tables: str, after: list) -> Layer:
    """The layer of one family."""
    before = own(read(run, tables))
    return Layer(tables, False, before, after, [load(tables, after)], [load(tables, before)])


def load(tables: str, lines: list) -> Command:
    """The command that makes ``lines`` all that is ours."""
    argv = ["/bin/sh", "-c", LOAD + 'load "$1"', "load", tables]
    return Command(argv, restore_lines(lines), f"writing the rules of {tables}")


def read(run, tables: str) -> str:
    """Table filter as iptables-save prints it."""
    text = run([f"{tables}-save", "-t", "filter"])
    if "is incompatible" in text:
        raise SwarmError(
            f"{tables} cannot read its own table filter, as a rule was put there with nft that iptables does not "
            "know; take it out with nft, or keep such rules in a table of their own",
            reason="table_incompatible",
        )
    return text


def own(text: str) -> list:
    """Our own lines of what iptables-save prints, in an order of ours; a jump that is not at its place has a number."""
    declared = [line[1:].split()[0] for line in text.splitlines() if line.startswith(":")]
    rules_of: dict = {}
    for line in text.splitlines():
        if line.startswith("-A "):
            rules_of.setdefault(line.split()[1], []).append(line)
    lines = [f"-N {chain}" for chain in CHAINS if chain in declared]
    for chain in CHAINS:
        lines += rules_of.pop(chain, [])
    for chain in sorted(rules_of):
        lines += own_jumps(chain, rules_of[chain])
    return lines


def own_jumps(chain: str, lines: list) -> list:
    """Those of a foreign chain's rules that lead to us."""
    top = 0
    while top < len(lines) and ENGINE_DROP.fullmatch(lines[top]):
        top += 1
    found = []
    for place, line in enumerate(lines):
        if " -j FLOTILLA-" not in line:
            continue
        if place == top:
            top += 1
        else:
            line = line.replace(f"-A {chain}", f"-I {chain} {place + 1}", 1)
        found.append(line)
    return found


def rules(wanted, version: int, guard: bool = True) -> list:
    """All our lines for IPv4 or IPv6, as ``own`` returns them once they are in force.

    Without ``guard``, another backend guards the swarm's ports.
    """
    guarding = guard_rules(wanted) if guard and not wanted.absent else []
    nodes = node_rules(wanted, version) if guarding else []
    publishing = published.rules(wanted, version)
    entered = [(chain, f"{match} -j {published.CHAIN}") for chain, match in published.jumps(wanted)]
    if guarding:
        entered.append(("INPUT", f"-j {GUARD}"))
    bodies = dict(zip(CHAINS, (guarding, nodes, publishing)))
    lines = [f"-N {chain}" for chain, body in bodies.items() if body]
    lines += [f"-A {chain} {rule}" for chain, body in bodies.items() for rule in body]
    # The guard's jump is the one without a match, and comes first.
    return lines + [f"-A {chain} {rule}" for chain, rule in sorted(entered, key=lambda jump: (jump[0], len(jump[1])))]


def guard_rules(wanted) -> list:
    """The rules that pick out the swarm's packets."""
    found = ["-i lo -j RETURN"]
    for protocol, port in wanted.ports:
        match = f"-p {protocol} -m {protocol} --dport {port}"
        if wanted.drop_unencrypted and (protocol, port) == ("udp", wanted.data_path_port):
            found.append(f"{match} -m policy --dir in --pol none -j DROP")
        found.append(f"{match} -j {NODES}")
    found += [f"-p {protocol} -m {protocol} --dport {port} -j DROP" for protocol, port in wanted.closed]
    if wanted.esp:
        found.append(f"-p esp -j {NODES}")
    return found


def node_rules(wanted, version: int) -> list:
    """The rules that decide about the swarm's packets. ESP of others may be a VPN, about which other rules decide."""
    nodes = [network for network in wanted.nodes if network.version == version]
    found = [f"{published.source(network)}-j ACCEPT" for network in nodes]
    return [*found, *(["-p esp -j RETURN"] if wanted.esp else []), "-j DROP"]


def restore_lines(lines: list) -> str:
    """What ``load`` reads to make ``lines`` all that is ours. Chains are emptied where they are declared."""
    jumps = [line for line in lines if line.split()[1] not in CHAINS]
    text = [f":{chain} - [0:0]" for chain in CHAINS]
    text += [line for line in lines if line.startswith("-A ") and line not in jumps]
    text += [re.sub(r"^-[AI] (\S+)( \d+)?", place, line) for line in reversed(jumps)]
    text += [f"-X {chain}" for chain in CHAINS if f"-N {chain}" not in lines]
    return "".join(f"{line}\n" for line in text)


def place(match) -> str:
    """Where a jump is inserted; ``load`` knows the place in INPUT."""
    return "-I INPUT @" if match.group(1) == "INPUT" else f"-I {match.group(1)}"
