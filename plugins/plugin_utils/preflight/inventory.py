# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory says by itself: how many managers there are, and who they are."""

from __future__ import annotations

from .report import error, warning

# Docker's documentation: "Docker recommends a maximum of seven manager nodes for a swarm."
MOST_MANAGERS = 7


def of_inventory(hosts: list) -> list:
    """Findings that need no answer of any host."""
    managers = [host["name"] for host in hosts if host["manager"]]
    both = [host["name"] for host in hosts if host["manager"] and host["worker"]]
    found = (
        [] if managers else [error("managers", [], "no host is a manager", "put hosts in the group of the managers")]
    )
    if both:
        found.append(
            error(
                "groups", both, "in both groups, of the managers and of the workers", "leave each host in one of them"
            )
        )
    return found + of_count(len(managers))


def of_count(count: int) -> list:
    """Whether this many managers are a good choice."""
    majority = count // 2 + 1
    if count == 2:
        return [
            warning(
                "managers",
                [],
                "2 managers: a majority of 2 needs 2, so the loss of either one stops the swarm from being changed",
                "use 3 managers, or 1",
            )
        ]
    if count and count % 2 == 0:
        return [
            warning(
                "managers",
                [],
                f"{count} managers: a majority of {count} needs {majority}, so the swarm survives the loss of "
                f"{count - majority}, as it would with {count - 1}",
                f"use {count - 1} managers, or {count + 1}",
            )
        ]
    if count > MOST_MANAGERS:
        return [
            warning(
                "managers",
                [],
                f"{count} managers: every change waits until {majority} of them have written it",
                f"use {MOST_MANAGERS} managers at the most, and make workers of the others",
            )
        ]
    return []
