# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine says while it works: lines of JSON, after HTTP 200 whatever comes of it. Pure."""

from __future__ import annotations

import json
import re

from ..core.errors import SwarmError

DIGEST = re.compile(r"digest: (sha256:[0-9a-f]{64})", re.IGNORECASE)
# Lines of a build that are told where it fails.
TOLD = 10
# What the builder itself says of a step.
OWN = (" ---> ", "Removing intermediate container", "Removed intermediate container")
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def messages(parts):
    """The messages of an answer that comes in parts of any size."""
    rest = b""
    for part in parts:
        *lines, rest = (rest + part).split(b"\n")
        yield from (message(line) for line in lines if line.strip())
    if rest.strip():
        yield message(rest)


def message(line: bytes) -> dict:
    """One line; what is no message, say of a proxy on the way, is an error."""
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"error": line.decode("utf-8", "replace")}


class Report:
    """What a stream of messages came to."""

    def __init__(self):
        self.error: str | None = None
        self.digest: str | None = None
        self.image_id: str | None = None
        self.lines: list = []

    def add(self, message: dict) -> None:
        """Take one message."""
        detail = message.get("errorDetail") or {}
        if message.get("error") or detail:
            self.error = (detail.get("message") or message.get("error") or "").strip()
        aux = message.get("aux") or {}
        if isinstance(aux, dict):
            self.digest = aux.get("Digest") or self.digest
            self.image_id = aux.get("ID") or self.image_id
        found = DIGEST.search(message.get("status") or "")
        if found:
            self.digest = found.group(1)
        self.lines += [line for line in plain(message.get("stream") or "").splitlines() if line.strip()]

    def last_step(self) -> list:
        """The step that a build was at, and the last lines that it wrote."""
        start = max((at for at, line in enumerate(self.lines) if line.startswith("Step ")), default=len(self.lines))
        step = [line for line in self.lines[start:] if not line.startswith(OWN)]
        return [*step[:1], *step[1:][-TOLD:]]


def plain(text: str) -> str:
    """Text without the colours of a terminal."""
    return COLOURS.sub("", text)


# What engines and registries say, and what it means. The first that fits counts.
SIGNS = (
    # It quotes the command, which may have any of the words below.
    ("returned a non-zero code", "build_failed", "a command of its Dockerfile failed"),
    ("manifest unknown", "image_not_found", "its registry has no such image; correct name and tag"),
    ("name unknown", "image_not_found", "its registry has no such repository; correct the name"),
    ("not found: manifest", "image_not_found", "its registry has no such image; correct name and tag"),
    ("repository does not exist", "image_not_found", "its registry has no such image, or wants a login for it"),
    ("no matching manifest", "image_not_found", "its registry has it for other platforms only; correct the platform"),
    ("cannot overwrite digest", "image_not_found", "its registry has no such image; correct the digest"),
    ("not match the specified platform", "image_not_found", "it is for another platform; correct the platform"),
    ("does not provide the specified platform", "image_not_found", "it is not for this platform; correct the platform"),
    ("image does not exist locally", "image_not_found", "this Engine has no such image; pull, load or build it first"),
    ("no such image", "image_not_found", "this Engine has no such image; pull, load or build it first"),
    ("toomanyrequests", "registry_rate_limit", "its registry limits the rate of requests; log in, or come back later"),
    ("too many requests", "registry_rate_limit", "its registry limits the rate of requests; come back later"),
    ("no basic auth", "registry_login_required", ""),
    ("unauthorized", "registry_login_required", ""),
    ("authentication required", "registry_login_required", ""),
    ("denied", "registry_denied", ""),
    ("no such host", "registry_unknown_host", "the host of its registry is unknown; correct the name"),
    ("server misbehaving", "registry_unknown_host", "the host of its registry cannot be looked up; correct the name"),
    (
        "http response to https",
        "registry_insecure",
        "its registry does not speak TLS; give it a certificate, or list it in insecure-registries of daemon.json",
    ),
    ("x509", "registry_untrusted", "the Engine does not trust its registry; put the authority into certs.d"),
    ("connection refused", "registry_unreachable", "its registry cannot be reached; start it, or correct the port"),
    ("no route to host", "registry_unreachable", "its registry cannot be reached; look at the way to it"),
    ("network is unreachable", "registry_unreachable", "its registry cannot be reached; look at the way to it"),
    ("i/o timeout", "registry_unreachable", "its registry does not answer in time; look at the way to it"),
    ("request canceled while waiting", "registry_unreachable", "its registry does not answer in time"),
    ("no space left", "disk_full", "a disk is full; make room"),
    ("received unexpected http status: 5", "registry_failing", "its registry is out of order; look at its log"),
)


def failure(what: str, said: str, logged_in: bool = False, otherwise: str = "engine_error") -> SwarmError:
    """The error for what an Engine said; ``what`` begins its sentence, such as C(app:1 cannot be pulled).

    ``logged_in`` is whether credentials were sent.
    """
    said = " ".join(said.replace("the Engine refuses: ", "").split())
    lowered = said.lower()
    for sign, reason, remedy in SIGNS:
        if sign in lowered:
            if reason in ("registry_login_required", "registry_denied"):
                reason, remedy = of_login(reason, logged_in)
            return SwarmError(f"{what}: {remedy} ({said})", reason=reason)
    return SwarmError(f"{what}: {said}", reason=otherwise)


def of_login(reason: str, logged_in: bool) -> tuple:
    """Reason and remedy where a registry lets nobody in, or not this user."""
    if not logged_in:
        remedy = "its registry wants a login; use flotilla.swarm.registry_login, or registry_auth"
        return "registry_login_required", remedy
    if reason == "registry_denied":
        return reason, "its registry does not let this user do so; correct the name, or what the user may do"
    return "wrong_password", "its registry does not take these credentials; log in again, or correct registry_auth"
