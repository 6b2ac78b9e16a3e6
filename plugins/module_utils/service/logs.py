# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks have logged, as the Engine hands it over, without what their environment declares to be secret."""

from __future__ import annotations

import base64
import re
from urllib.parse import parse_qsl, quote, urlsplit

from ..core.errors import SwarmError
from ..core.fields import get
from ..core.stream import demultiplex
from .tasks import since, task_name

HIDDEN = "********"
# Shorter values are part of other words too often to be searched for.
SHORTEST_SECRET = 4
_SECRETIVE = re.compile(
    r"pass(w|_|phrase|$)|pwd|secret|token|credential|private|(^|_)key(_|$)|api_?key|(^|_)auth(_|$)", re.IGNORECASE
)
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
READABLE = ("json-file", "local", "journald")

# A failure shows so much of the log of each task, of so many tasks.
LINES, CHARACTERS, TASKS = 10, 2000, 4
ANSWER_TIME = 5
UNREADABLE = "(its log"


def read(client, path, tty, declared, **query) -> tuple:
    """The lines of a log in the order of time, and what the Engine has to say about it: ``(lines, remarks)``.

    A line is a dict of ``timestamp``, ``stream`` and ``text``, and of what the Engine tells with ``details``.
    ``declared`` are the specs of tasks whose secrets are not to be shown.
    """
    data = client.read(f"{path}/logs", timestamps=True, **query)
    frames = [("stdout", line) for line in data.split(b"\n")] if tty else demultiplex(data)
    hide = masking(declared)
    lines, remarks = [], []
    for stream, payload in frames:
        text = payload.decode("utf-8", "replace").rstrip("\r\n")
        if stream == "system":
            remarks.append(text.strip())
        elif text:
            lines.append(_line(stream, text, query.get("details"), hide))
    return sorted(lines, key=lambda line: line["timestamp"]), remarks


def _line(stream, text, details, hide):
    timestamp, _space, text = text.partition(" ")
    line = {"timestamp": timestamp, "stream": stream}
    if details:
        context, _space, text = text.partition(" ")
        line.update(dict(parse_qsl(context.replace(",", "&"))))
    return {**line, "text": hide(text)}


def masking(specs):
    """A function that hides in a text what the environments of these task specs declare to be secret."""
    found: set = set()
    for spec in specs:
        for item in get(spec, "ContainerSpec.Env") or ():
            found |= secrets_of(*item.partition("=")[::2])
    forms = {form for value in found for form in (value, quote(value, safe=""), encoded(value))}
    if not forms:
        return lambda text: text
    pattern = re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))
    return lambda text: pattern.sub(HIDDEN, text)


def encoded(value) -> str:
    """Base64 of a value, without the end that depends on what follows it."""
    return base64.b64encode(value.encode()).decode().rstrip("=")


def secrets_of(name, value) -> set:
    """The secrets in one variable: its value if the name says so, and the password of a URL."""
    try:
        found = {urlsplit(value).password or ""}
    except ValueError:
        found = set()
    if _SECRETIVE.search(name) and not name.upper().endswith(("_FILE", "_PATH")):
        found |= {value, *value.splitlines()}
    return {secret for secret in found if len(secret) >= SHORTEST_SECRET}


def of_failures(client, tasks, services, nodes) -> dict:
    """The last lines of the logs of tasks, ``{"web.1 on node3": [line]}``, of the last task of each place.

    ``tasks`` are those that are to blame and ``services`` raw services by ID. What cannot be read is told by a sentence
    instead: a log is never a reason to fail.
    """
    chosen: dict = {}
    for task in sorted(tasks, key=since):
        if get(task, "Status.ContainerStatus.ContainerID") and task["ServiceID"] in services:
            name = task_name(services[task["ServiceID"]], task, nodes)
            chosen[name] = [task, *chosen.pop(name, ())]
    return {name: last_words(client, found) for name, found in list(chosen.items())[-TASKS:]}


def last_words(client, tasks) -> list:
    """The end of the log of the last task of a place, or of the one before it: it may have said nothing yet."""
    told: list = []
    for task in tasks[:2]:
        try:
            lines = last_lines(client, task)
        except SwarmError as exc:
            told = told or [f"{UNREADABLE} cannot be read: {exc})"]
            if exc.reason == "engine_timeout":
                break
            continue
        if said(lines):
            return lines
        told = told or lines
    return told


def last_lines(client, task) -> list:
    """The end of one task's log, or why there is none."""
    tty = bool(get(task, "Spec.ContainerSpec.TTY"))
    query = {"stdout": True, "stderr": True, "tail": LINES, "timeout": ANSWER_TIME}
    lines, remarks = read(client, f"/tasks/{task['ID']}", tty, [task.get("Spec")], **query)
    texts = [_CONTROL.sub("", line["text"]) for line in lines]
    return shortened(texts) or [f"({remark})" for remark in why_empty(task, remarks)]


def said(lines) -> bool:
    """Whether these are lines of a task, and not why there are none."""
    return bool(lines) and not lines[0].startswith(UNREADABLE)


def shortened(texts) -> list:
    """The last of these lines that fit into what a failure may show."""
    kept: list = []
    left = CHARACTERS
    for text in reversed(texts):
        if left <= 0:
            break
        kept.insert(0, text if len(text) <= left else f"...{text[-left:]}")
        left -= len(text) + 1
    return kept


def why_empty(task, remarks=()) -> list:
    """Sentences that tell why there is nothing to read in a task's log; none if it is just empty."""
    driver = get(task, "Spec.LogDriver.Name")
    if driver and driver not in READABLE:
        return [f"its log cannot be read through the Engine: the log driver is {driver}"]
    return [f"its log cannot be read: {remark}" for remark in remarks]


def in_short(logs: dict) -> str:
    """The last lines of the first log that has any, for a message."""
    for name, lines in logs.items():
        told = " | ".join(line.strip() for line in lines[-3:] if line.strip())
        if told and said(lines):
            return f"{name} logged: {told if len(told) <= 300 else '...' + told[-300:]}"
    return ""
