# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that the Engine builds."""

from __future__ import annotations

import base64
import json
import os
import re
import tempfile

from ..core.errors import InvalidOption, SwarmError
from ..registry.credentials import HEADER, encoded
from . import archive
from .context import pack, read_text
from .fields import BUILD, LIMITS
from .messages import Report
from .names import split
from .obtain import TAR, local, named
from .work import Work

FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
COPY = re.compile(r"^\s*COPY\s+(?:--\S+\s+)*--from=(\S+)", re.IGNORECASE)
ARG = re.compile(r"^\s*ARG\s+(\w+)(?:=(\S*))?", re.IGNORECASE)
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))")


def build(work: Work) -> dict | None:
    """The image, built if it is not there or if that is forced."""
    name, options = named(work, "build"), work.params["build"]
    if split(name)[2]:
        raise InvalidOption(f"name: {name} has a digest, which no build can promise; leave it out")
    query = engine_query(options)
    now = work.find(name)
    if now and not work.params["force_source"]:
        return now
    text = read_dockerfile(options)
    before = now and now["Id"]
    if work.check_mode:
        work.did("build", name, before, None)
        return None
    send(work, name, text, query)
    image = local(work)
    if image["Id"] != before:
        work.did("build", name, before, image["Id"])
    return image


def engine_query(options: dict) -> dict:
    """The options of a build as the Engine takes them in a query."""
    limits = options.get("container_limits") or {}
    given = [(field, options.get(field.option), "build.") for field in BUILD if field.path]
    given += [(field, limits.get(field.option), "build.container_limits.") for field in LIMITS]
    query = {field.path: field.to_engine(value, prefix) for field, value, prefix in given if value is not None}
    # What is left of a build that fails is of no use to anybody.
    return {**query, "forcerm": query["rm"]}


def read_dockerfile(options: dict) -> str:
    """The text of the Dockerfile; SwarmError if it, or the context, is not there."""
    path = options["path"]
    if not os.path.isdir(path):
        raise SwarmError(
            f"build.path: there is no directory {path} on this host; correct it", reason="build_context", path=path
        )
    path = os.path.join(path, options["dockerfile"])
    if not os.path.isfile(path):
        raise SwarmError(
            f"build.dockerfile: there is no file {path} on this host; correct it", reason="build_context", path=path
        )
    return read_text(path)


def send(work: Work, name: str, text: str, query: dict) -> None:
    """Have the Engine build an image of the context; SwarmError, with what it wrote at last, if that fails."""
    options, report, bases = work.params["build"], Report(), base_images(text, work.params["build"]["args"] or {})
    headers = {**TAR, "X-Registry-Config": registry_config(work.client, bases)}
    with tempfile.TemporaryFile() as file:
        query = {**query, "dockerfile": pack(options["path"], options["dockerfile"], file), "t": name}
        file.seek(0)
        try:
            work.transfer(
                "build",
                "/build",
                name,
                f"{name} cannot be built",
                report=report,
                pulled=next(iter(bases), name),
                otherwise="build_failed",
                data=iter(lambda: file.read(archive.PART), b""),
                headers=headers,
                timeout=options["http_timeout"],
                **query,
            )
        except SwarmError as exc:
            step = report.last_step()
            raise SwarmError(f"{exc}{told(step)}", reason=exc.reason, lines=step, **exc.details) from exc


def told(step: list) -> str:
    """What an error says of the step that a build was at."""
    if not step:
        return ""
    return f"; it was at {step[0]}" + (f", which wrote: {' | '.join(step[1:])}" if step[1:] else "")


def base_images(text: str, args: dict) -> list:
    """The images that a Dockerfile takes from registries, as far as its text tells."""
    known: dict = {}
    stages: set = {"scratch"}
    found: list = []
    for line in text.replace("\\\n", " ").splitlines():
        arg, start, copy = ARG.match(line), FROM.match(line), COPY.match(line)
        if arg:
            given = args.get(arg.group(1), (arg.group(2) or "").strip("\"'"))
            known[arg.group(1)] = str(given)
        for image in [match.group(1) for match in (start, copy) if match]:
            image = VARIABLE.sub(lambda part: known.get(part[1] or part[3]) or part[2] or "", image)
            if image and image.lower() not in stages and not image.isdigit() and image not in found:
                found.append(image)
        if start and start.group(2):
            stages.add(start.group(2).lower())
    return found


def registry_config(client, images: list) -> str:
    """The header with the credentials for all registries that a build may pull from."""
    auths = {}
    for image in images:
        header = client.image_headers(image).get(HEADER)
        if header:
            auth = json.loads(base64.urlsafe_b64decode(header))
            auths[auth["serveraddress"]] = auth
    return encoded(auths)
