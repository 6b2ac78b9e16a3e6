# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""daemon.json: what becomes of it, and what the Engine has to do for that."""

from __future__ import annotations

import json

# What every supported Engine reads again on SIGHUP; it takes a key that is gone for unchanged.
RELOADABLE = {
    "authorization-plugins",
    "debug",
    "default-runtime",
    "features",
    "insecure-registries",
    "labels",
    "max-concurrent-downloads",
    "max-concurrent-uploads",
    "max-download-attempts",
    "registry-mirrors",
    "runtimes",
    "shutdown-timeout",
}

LIVE_RESTORE = (
    "live-restore is on in daemon.json, and an Engine with live-restore cannot be in a swarm; take it out of "
    "engine_daemon_config, or write 'live-restore: null' there if it stands in the host's file only"
)


def merge(text: str, wanted: dict) -> dict:
    """The plan for a daemon.json that holds ``text``: its new ``text``, the ``options`` that change, what it ``needs``.

    ``needs`` is restarted, reloaded or None; ``error`` is a sentence where there can be no plan, else None.
    """
    plan = {"error": None, "text": text, "options": [], "needs": None}
    if not wanted:
        return plan
    try:
        present = json.loads(text) if text.strip() else {}
    except ValueError as exc:
        return {**plan, "error": f"daemon.json is not valid JSON and was left as it is: {exc}; repair or remove it"}
    if not isinstance(present, dict):
        return {**plan, "error": "daemon.json does not hold a JSON object and was left as it is; repair or remove it"}
    merged = merge_patch(present, wanted)
    if merged.get("live-restore"):
        return {**plan, "error": LIVE_RESTORE}
    changed = sorted(name for name in {*present, *merged} if present.get(name) != merged.get(name))
    if not changed:
        return plan
    reload = RELOADABLE.issuperset(changed) and all(name in merged for name in changed)
    plan["text"] = json.dumps(merged, indent=2) + "\n"
    return {**plan, "options": changed, "needs": "reloaded" if reload else "restarted"}


def merge_patch(present: object, patch: object) -> object:
    """JSON merge patch (RFC 7396): dicts are merged, all else is replaced, and None removes a key."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(present) if isinstance(present, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def restart_order(hosts: list, variables: dict) -> list:
    """The hosts whose engine is to be restarted or reloaded: workers, then managers, the leader last.

    A configuration that keeps an Engine from starting is then met where no majority is at stake, and the managers
    elect a new leader once at the most.
    """

    def rank(name):
        seen = variables[name]["__engine_host"]
        swarm = seen["swarm"] or {}
        leads = any(node["leader"] and node["id"] == swarm.get("node_id") for node in seen["nodes"])
        return leads + bool(swarm.get("manager"))

    return sorted((name for name in hosts if variables[name].get("__engine_needs")), key=rank)
