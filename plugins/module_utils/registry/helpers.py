# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credential helpers: programs that keep what docker's configuration does not (docker/docker-credential-helpers)."""

from __future__ import annotations

import json
import os
import subprocess

from ..core.errors import SwarmError
from .names import same_registry

# A helper gives this name to an identity token.
TOKEN_USER = "<token>"
HELPER_SECONDS = 60


def helper_of(config: dict, registry: str) -> str | None:
    """The credential helper that docker's configuration names for a registry."""
    helpers = {same_registry(name): helper for name, helper in (config.get("credHelpers") or {}).items()}
    return helpers.get(registry) or config.get("credsStore")


def ask_helper(helper: str, key: str) -> dict | None:
    """What a credential helper has; None if it has nothing."""
    out = call_helper(helper, "get", key)
    if out is None:
        return None
    try:
        found = json.loads(out)
    except ValueError:
        raise SwarmError(
            f"docker-credential-{helper} answers something else than JSON; replace it", reason="credential_helper"
        ) from None
    if found.get("Username") == TOKEN_USER:
        return {"identitytoken": found["Secret"], "serveraddress": key}
    return {"username": found.get("Username"), "password": found.get("Secret"), "serveraddress": key}


def store_in_helper(helper: str, key: str, username: str, password: str) -> None:
    """Let a credential helper keep credentials."""
    call_helper(helper, "store", json.dumps({"ServerURL": key, "Username": username, "Secret": password}))


def erase_from_helper(helper: str, key: str) -> None:
    """Let a credential helper forget credentials."""
    call_helper(helper, "erase", key)


def call_helper(helper: str, action: str, text: str) -> str | None:
    """What a credential helper prints; None if it does not know the registry."""
    command = [f"docker-credential-{helper}", action]
    # Where the module acts as another user, the helper is that user altogether.
    identity = {"user": os.geteuid(), "group": os.getegid()} if os.geteuid() != os.getuid() else {}
    try:
        # run_command of a module cannot act as another user.
        # pylint: disable-next=ansible-bad-function
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=HELPER_SECONDS, check=False, **identity
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise SwarmError(
            f"docker's configuration names the credential helper {command[0]}, which does not answer: {exc}; install "
            "it, or take it out of the file",
            reason="credential_helper",
        ) from exc
    if done.returncode:
        if action != "store" and "not found" in done.stdout + done.stderr:
            return None
        raise SwarmError(f"{command[0]} fails: {(done.stderr or done.stdout).strip()}", reason="credential_helper")
    return done.stdout
