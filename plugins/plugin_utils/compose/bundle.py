# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Distributed Application Bundles (``.dab``), the JSON from which stacks were deployed before Compose v3."""

from __future__ import annotations

import json

from .document import Document, read
from .problems import ComposeError, Problem, Problems
from .schema_parts import NAME, NAME_TOLD, NOTHING, TEXT
from .schema_types import Either, Keys, ListOf, Names, Place, Scalar

VERSION = "0.1"

MAYBE_TEXT = Either((NOTHING, TEXT))
WORDS = Either((NOTHING, ListOf(TEXT)))
PORT = Keys({"Protocol": TEXT, "Port": Scalar(("integer",), minimum=0)}, required=("Port",))
SERVICE = Keys(
    {
        "Image": TEXT,
        "Command": WORDS,
        "Args": WORDS,
        "Env": WORDS,
        "Labels": Either((NOTHING, Names(TEXT))),
        "Ports": Either((NOTHING, ListOf(PORT))),
        "WorkingDir": MAYBE_TEXT,
        "User": MAYBE_TEXT,
        "Networks": WORDS,
        # Of a trial that no release of the CLI kept.
        "AutoRange": Either((NOTHING, Names(Names(TEXT)))),
    },
    required=("Image",),
)
BUNDLE = Keys(
    {"Version": Scalar(("string",), choices=(VERSION,)), "Services": Names(SERVICE, NAME, NAME_TOLD)},
    required=("Services",),
)


def from_bundle(bundle: str | dict, name: str) -> dict:
    """The bundle, or its text, as a tree of Compose v3; ComposeError lists all that is wrong with it.

    A bundle has no variables, so each ``$`` is doubled for the interpolation that follows.
    """
    document = parse(bundle, name) if isinstance(bundle, str) else Document(name, bundle)
    problems = Problems(document)
    BUNDLE.check(document.tree, Place((), 0, problems))
    problems.raise_if_any()
    services = literal(document.tree["Services"])
    networks = dict.fromkeys(network for service in services.values() for network in service.get("Networks") or ())
    tree = {"services": {key: compose_service(service) for key, service in services.items()}}
    return {**tree, "networks": networks} if networks else tree


def parse(text: str, name: str) -> Document:
    """The JSON, and the lines of its parts where it is YAML too."""
    try:
        tree = json.loads(text)
    except ValueError as exc:
        line, told = getattr(exc, "lineno", None), getattr(exc, "msg", exc)
        raise ComposeError([Problem(name, line, (), f"this is no valid JSON: {told}; correct it")]) from exc
    try:
        return Document(name, tree, read(text, name).lines)
    except ComposeError:
        return Document(name, tree)


def literal(value):
    """The value with each ``$`` doubled."""
    if isinstance(value, dict):
        return {key: literal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [literal(item) for item in value]
    return value.replace("$", "$$") if isinstance(value, str) else value


def compose_service(service: dict) -> dict:
    """A service of a bundle; its labels are those of the service, not of the containers."""
    parts = {
        "image": service["Image"],
        "entrypoint": service.get("Command"),
        "command": service.get("Args"),
        "environment": service.get("Env"),
        "deploy": {"labels": service["Labels"]} if service.get("Labels") else None,
        "ports": [compose_port(port) for port in service.get("Ports") or ()],
        "working_dir": service.get("WorkingDir"),
        "user": service.get("User"),
        "networks": service.get("Networks"),
    }
    return {key: value for key, value in parts.items() if value}


def compose_port(port: dict) -> dict:
    """A port, which Swarm publishes wherever it likes."""
    protocol = {"protocol": port["Protocol"]} if port.get("Protocol") else {}
    return {"target": port["Port"], **protocol}
