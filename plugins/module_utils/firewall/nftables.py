# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules beside those of the service nftables: our own table, and a way past the chains of its configuration.

Our table shuts out all but the nodes. As its accept is not final, each table of the configuration that has a base chain
for packets to this host has two chains of ours as well, to which a jump leads from the first place of that base chain.
What other programs add to the rules at run time is not touched.

A line at the end of the configuration includes the same for each start and reload. Loaded into what is there already
it changes nothing, but for one thing: a configuration that is loaded twice and neither flushes nor deletes what it had
made doubles its own rules, and that jump with them. The included file declares the base chains once more, which changes
nothing of them, so that it can be loaded after the configuration has lost one: an error would be the end of all rules.
"""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass, field

from . import own_table
from .layer import DIRECTORY, HEADER, Command, Layer, Write, file_layer, read_text, which

TABLE = ("inet", "flotilla_swarm")
ENTRY, NODES = "flotilla_swarm", "flotilla_swarm_nodes"
JUMP = f"jump {ENTRY}"
RULES_FILE = f"{DIRECTORY}/nftables.nft"
# A pattern that matches no file is no error, unlike a name.
INCLUDE = f'include "{RULES_FILE}*" # flotilla.swarm.firewall'
CONFIGS = ("/etc/nftables.conf", "/etc/sysconfig/nftables.conf")
INCLUDE_DIRECTORY = "/etc"
FAMILIES = ("inet", "ip", "ip6")

# Exchanges all that is ours for what it reads, in one transaction. A jump can be deleted by its number alone, and this
# also runs when a timer takes a change back.
LOAD = r"""PATH=$PATH:/usr/sbin:/sbin
rules=$(nft -a -s -t list ruleset) || exit
{ printf '%s\n' "$rules" | awk '
    /^table /{ table = $2 " " $3 }
    /^\tchain /{ chain = $2 }
    /^\t\tjump flotilla_swarm # handle /{ print "delete rule", table, chain, "handle", $NF }
'; cat; } | nft -f -
"""


@dataclass(frozen=True)
class State:
    """All that is ours: chains of our table, chains in other tables, jumps as (family, table, chain, place)."""

    own: dict = field(default_factory=dict)
    accepts: dict = field(default_factory=dict)
    jumps: tuple = ()


def layers(run, wanted) -> list:
    """What is in force, the file that is included, and the line that includes it."""
    config = config_path(run)
    if wanted.absent and not which("nft"):
        return [rules_layer(State()), include_layer(config, False)]
    tables = read(run)
    before = state(tables)
    after = wanted_state(wanted, base_chains(tables, config_text(config)))
    return [runtime_layer(before, after), rules_layer(after), include_layer(config, after != State())]


def notes(run, wanted) -> list:
    """What whoever runs the host should know."""
    config = config_path(run)
    if wanted.absent or not re.search(r"^\s*flush\s+ruleset\b", config_text(config), re.MULTILINE):
        return []
    return [
        f"{config} has `flush ruleset`, so that each reload of nftables takes the Engine's own rules away until the "
        "Engine restarts; for each table of that file write `table FAMILY NAME` and `flush table FAMILY NAME` instead"
    ]


def targets(run) -> list:
    """The base chains of the configuration that decide about packets to this host, as (family, table, chain)."""
    return base_chains(read(run), config_text(config_path(run)))


def read(run) -> dict:
    """The chains of all tables."""
    return own_table.parse(run(["nft", "-s", "-t", "list", "ruleset"]))


def config_path(run) -> str:
    """The configuration that the service loads."""
    code, out, err = run.ask(["systemctl", "show", "nftables.service", "--property=ExecStart"])
    found = re.search(r"argv\[\]=\S*nft\b[^;]* -f (/\S+)", out)
    return found.group(1) if found else next((path for path in CONFIGS if os.path.exists(path)), CONFIGS[0])


def config_text(path: str, seen: tuple = ()) -> str:
    """A configuration without its comments, with all files that it includes but ours."""
    if path in seen or path.startswith(RULES_FILE):
        return ""
    text = re.sub(r"#.*", "", read_text(path) or "")
    parts = [text]
    for name in re.findall(r'^\s*include\s+"([^"]+)"', text, re.MULTILINE):
        for part in sorted(glob.glob(os.path.join(INCLUDE_DIRECTORY, name))):
            parts.append(config_text(part, (*seen, path)))
    return "\n".join(parts)


def base_chains(tables: dict, config: str) -> list:
    """The base chains on hook input whose tables the configuration names. Those of other programs are theirs."""
    return [
        (family, table, chain)
        for (family, table), chains in tables.items()
        if family in FAMILIES and (family, table) != TABLE and declares(config, family, table)
        for chain, lines in chains.items()
        if lines and lines[0].startswith("type filter hook input ")
    ]


def declares(config: str, family: str, table: str) -> bool:
    """Whether a configuration makes this table; a family that is left out is ip."""
    name = rf"{family}\s+" if family != "ip" else r"(?:ip\s+)?"
    return re.search(rf"\b(?:table|chain)\s+{name}{re.escape(table)}(?![\w/.-])", config) is not None


def state(tables: dict) -> State:
    """All that is ours of what is there."""
    accepts, jumps = {}, []
    for key, chains in tables.items():
        ours = {name: chains[name] for name in (ENTRY, NODES) if name in chains}
        if ours:
            accepts[key] = ours
        for chain, lines in chains.items():
            rules = [line for line in lines if not line.startswith(("type ", "comment "))]
            jumps += [(*key, chain, place) for place, rule in enumerate(rules, 1) if rule == JUMP]
    return State(tables.get(TABLE, {}), accepts, tuple(jumps))


def wanted_state(wanted, chains: list) -> State:
    """All that is ours of what should be there."""
    if wanted.absent:
        return State()
    accepts = {(family, table): accept_chains(wanted, family) for family, table, chain in chains}
    return State(own_table.chains(wanted, guard=True), accepts, tuple((*chain, 1) for chain in chains))


def accept_chains(wanted, family: str) -> dict:
    """The chains in a table of this family that let the nodes in."""
    versions = {"inet": (4, 6), "ip": (4,), "ip6": (6,)}[family]
    entry = [f"{protocol} dport {port} jump {NODES}" for protocol, port in wanted.ports]
    if wanted.esp:
        entry.append(f"meta l4proto esp jump {NODES}")
    return {ENTRY: entry, NODES: own_table.sources([node for node in wanted.nodes if node.version in versions])}


def runtime_layer(before: State, after: State) -> Layer:
    """What is in force."""
    places = {*before.accepts, *after.accepts}
    apply, undo = (
        [Command(["/bin/sh", "-c", LOAD], script(one, places), "writing the rules of nftables")]
        for one in (after, before)
    )
    return Layer("nftables", False, readable(before), readable(after), apply, undo)


def readable(one: State) -> list:
    """A state as lines; a jump that is not at the first place has a number."""
    lines = own_table.readable(TABLE, one.own)
    for key, chains in sorted(one.accepts.items()):
        lines += own_table.readable(key, chains)
    for family, table, chain, place in sorted(one.jumps):
        lines.append(f"{family} {table} {chain}: {JUMP}" + (f" at place {place}" if place > 1 else ""))
    return lines


def script(one: State, places) -> str:
    """What ``nft -f`` reads to make a state, where no jumps are; ``places`` are tables that may have our chains."""
    lines = []
    for key in sorted(places):
        table, chains = " ".join(key), one.accepts.get(key, {})
        lines.append(f"add table {table}")
        lines += [f"{verb} chain {table} {chain}" for verb in ("add", "flush") for chain in (NODES, ENTRY)]
        lines += [f"add rule {table} {chain} {line}" for chain, body in chains.items() for line in body]
        # The entry leads to the other one, so it goes first.
        lines += [f"delete chain {table} {chain}" for chain in (ENTRY, NODES) if not chains]
    for family, table, chain, _place in one.jumps:
        lines.append(declaration(family, table, chain))
        lines.append(f"insert rule {family} {table} {chain} {JUMP}")
    return own_table.replacement(TABLE, one.own) + "".join(f"{line}\n" for line in lines)


def declaration(family: str, table: str, chain: str) -> str:
    """A base chain once more. One that iptables takes for its own must not become a plain chain where it is gone."""
    hook = " { type filter hook input priority filter; }" if chain == "INPUT" else ""
    return f"add chain {family} {table} {chain}{hook}"


def rules_layer(after: State) -> Layer:
    """The file that is included."""
    if after == State():
        return file_layer(RULES_FILE, None)
    layer = file_layer(RULES_FILE, HEADER + script(after, after.accepts))
    layer.apply.append(Command(["nft", "-c", "-f", RULES_FILE]))
    return layer


def include_layer(path: str, there: bool) -> Layer:
    """The line in the configuration, which stays as it is but for that."""
    text = read_text(path) or ""
    before = [line for line in text.splitlines() if line == INCLUDE]
    real = os.path.realpath(path)
    steps: list = []
    if os.path.exists(real):
        found = os.stat(real)
        steps = [Write(real, with_include(text, there), found.st_mode & 0o7777)]
        if found.st_uid or found.st_gid:
            steps.append(Command(["chown", f"{found.st_uid}:{found.st_gid}", real]))
    elif there:
        steps = [Write(real, with_include(text, there))]
    return Layer(path, True, before, [INCLUDE] if there else [], steps)


def with_include(text: str, there: bool) -> str:
    """A configuration with the line as its last one, or without it; a last line without an end stays one."""
    lines = [line for line in text.splitlines(keepends=True) if line.rstrip("\n") != INCLUDE]
    if text.endswith(INCLUDE) and lines:
        lines[-1] = lines[-1].rstrip("\n")
    rest = "".join(lines)
    if not there:
        return rest
    return f"{rest}{INCLUDE}\n" if not rest or rest.endswith("\n") else f"{rest}\n{INCLUDE}"
