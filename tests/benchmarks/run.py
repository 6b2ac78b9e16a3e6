# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection beside community.docker and docker's own commands, on the same machines in one run.

    tests/benchmarks/run.py [cluster|services|stack|registry|firewall ...] [--nodes 20] [--rounds 3]

Prints seconds, remote calls and ratios. Seconds depend on the machine; the ratios are what counts.
"""

from __future__ import annotations

import argparse

import cluster
import firewall
import registry
import services
import stack
from measure import no_machines

PARTS = ("cluster", "services", "stack", "registry", "firewall")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all of them by default")
    parser.add_argument("--nodes", type=int, default=20, help="machines of parts cluster and registry")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="leave the machines up")
    chosen = parser.parse_args()
    unknown = set(chosen.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    parts = chosen.parts or PARTS
    try:
        if "cluster" in parts:
            cluster.measure(chosen.nodes, chosen.rounds)
        if "services" in parts:
            services.measure(chosen.rounds)
        if "stack" in parts:
            stack.measure(chosen.rounds)
        if "registry" in parts:
            registry.measure(chosen.nodes, chosen.rounds)
        if "firewall" in parts:
            firewall.measure(chosen.rounds)
    finally:
        if not chosen.keep:
            no_machines()


if __name__ == "__main__":
    main()
