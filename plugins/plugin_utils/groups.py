# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an inventory has the hosts that a playbook needs. Plain values in and out."""

from __future__ import annotations

OLDEST_CORE = (2, 18)
# Groups that every inventory has.
ALWAYS = ("all", "ungrouped")


def variable(term: str) -> str:
    """The variable that names the group for ``managers``, ``workers`` or ``load_balancers``."""
    return f"swarm_{term}_group"


def core_problem(core: str) -> str:
    """Why this ansible-core will not do, as a sentence; empty if it will."""
    if tuple(int(part) for part in core.split(".")[:2]) >= OLDEST_CORE:
        return ""
    oldest = ".".join(map(str, OLDEST_CORE))
    return f"flotilla.swarm needs ansible-core {oldest} or newer, and this is {core}; install a newer one"


def groups_problem(names: dict, groups: dict) -> str:
    """Why there is nothing to work on, as a sentence; empty if there is.

    ``names`` are the groups' names by what their hosts are for, of which only the first must have hosts; ``groups`` the
    names of all hosts of the inventory, by group.
    """
    term, wanted = next(iter(names.items()))
    if groups.get(wanted):
        return ""
    kind = term.rstrip("s").replace("_", " ")
    if not groups["all"]:
        return f"the inventory has no hosts; name one with -i, in which group {wanted} has the {kind}s"
    found = sorted(name for name, hosts in groups.items() if hosts and name not in ALWAYS)
    have = f"its groups with hosts are {', '.join(found)}" if found else "its hosts are in no group"
    return (
        f"no host is a {kind}, as the inventory has none in group {wanted}: {have}; put the {kind}s into {wanted}, or "
        f"say which group has them with -e {variable(term)}=NAME{_others(names)}"
    )


def _others(names):
    rest = [variable(term) for term in names][1:]
    return f", and likewise {' and '.join(rest)}" if rest else ""
