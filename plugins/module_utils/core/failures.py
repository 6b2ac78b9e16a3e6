# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an Engine that refuses, or does not answer, is telling, as errors with a sentence."""

from __future__ import annotations

import json
import os
import re
import shutil

from .errors import EngineError, Locked, NoLeader, NotFound, NotManager, OutOfSequence, Unreachable
from .values import host as host_of

DEFAULT_HOST = "unix:///var/run/docker.sock"

# The Engine uses one status (500, 503) for all of these, so its words must tell them apart.
KINDS = (
    ("update out of sequence", OutOfSequence),
    ("does not have a leader", NoLeader),
    ("no elected primary cluster manager", NoLeader),
    ("swarm is encrypted", Locked),
    ("needs to be unlocked", Locked),
    ("is not a swarm manager", NotManager),
)


def engine_error(status, answer) -> EngineError:
    """The Engine's error as a sentence, of the kind that its words tell."""
    try:
        message = json.loads(answer).get("message", "")
    except (ValueError, AttributeError):
        message = answer
    message = re.sub(r"rpc error: code = \w+ desc = ", "", message or "").strip()
    lowered = message.lower()
    kind = next((kind for words, kind in KINDS if words in lowered), None)
    if kind is None:
        kind = NotFound if status == 404 else EngineError
    return kind(f"the Engine refuses: {message}" if message else f"the Engine answers HTTP {status}", status=status)


def unreachable(exc, seconds, address) -> Unreachable:
    """Why no answer came from this address within so many seconds, as a sentence."""
    words = f"{type(exc).__name__} {exc}"
    if "imeout" in words or "timed out" in words:
        return Unreachable(
            f"the Engine did not answer within {seconds:g} seconds; raise timeout or look at its load",
            reason="engine_timeout",
        )
    for sign, sentence in (
        ("FileNotFoundError", no_socket(address, dockerd())),
        ("PermissionError", "this user may not use its socket; use become: true, or put the user into group docker"),
        ("Connection refused", no_listener(address)),
        ("No route to host", "no route leads to its address"),
        ("Name or service not known", "its name does not resolve"),
        ("Could not resolve hostname", "its name does not resolve"),
        ("Permission denied (", "ssh is not let in; check the user in docker_host and the keys of ssh on this host"),
        ("Host key verification failed", "ssh does not know its host key; add it to known_hosts on this host"),
        ("mismatch", "its certificate is for another name; check tls_hostname"),
        ("doesn't match", "its certificate is for another name; check tls_hostname"),
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted; check ca_path"),
        ("SSL", "TLS fails; check tls, validate_certs, client_cert and client_key"),
        ("RemoteDisconnected", "it closed the connection"),
        ("ConnectionResetError", "it closed the connection"),
    ):
        if sign in words:
            return Unreachable(f"the Engine cannot be reached: {sentence}")
    return Unreachable(f"the Engine cannot be reached: {without_address(exc, address)}")


def dockerd() -> str | None:
    """The path of the Engine's program on this host; some users have no such directory among theirs."""
    return shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def no_socket(address: str, program: str | None) -> str:
    """What to do where the socket does not exist. Docker's own is there while the Engine runs."""
    if address != DEFAULT_HOST:
        return "its socket does not exist; is Docker Engine installed and started?"
    if program:
        return "Docker Engine is installed on this host and does not run; start it with systemctl start docker"
    return "Docker Engine is not installed on this host; install it with role flotilla.swarm.engine"


def no_listener(address: str) -> str:
    """What to do where nothing listens. Docker's own socket is left behind by an Engine that is removed or killed."""
    if address == DEFAULT_HOST:
        return no_socket(address, dockerd())
    return "nothing listens at its address; is Docker Engine started?"


def without_address(exc, address) -> str:
    """A connection error without docker_host, which may hold a password, and without what repeats it."""
    words, place = str(exc), address.rpartition("//")[2]
    for part in (address, place, host_of(place.rpartition("@")[2])):
        words = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "docker_host", words) if part else words
    return re.sub(r"\S+://\S+|host='[^']*'", "docker_host", words).rsplit("): ", 1)[-1].strip("() ")


def is_transient(exc) -> bool:
    """Whether the same request may well succeed in a moment."""
    if isinstance(exc, EngineError):
        return exc.status in (502, 503, 504) and not isinstance(exc, (NotManager, Locked))
    cause = repr(exc.__cause__)
    return any(sign in cause for sign in ("refused", "RemoteDisconnected", "ConnectionReset"))
