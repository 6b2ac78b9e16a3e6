# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task in several calls of the module, so that its action plugin can show how far it has come.

The Engine gives up what it does for a connection that is closed, so the first call leaves the work to a process of its
own, and ends as soon as there is something to show; the next ones look at what that process has to say. It says so in
a directory that nobody else can read, which is gone when the result was read, or a minute after the work was done.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from contextlib import suppress

from ansible.module_utils.common.warnings import get_warning_messages

from ..core.errors import SwarmError
from .apply import ensure
from .progress import Progress

LINE, RESULT = "line", "result"
INTERVAL = 0.05
# Seconds before the first line, and before each other: more, the longer it takes.
FIRST, SHARE = 2.0, 0.1
# Seconds that a result is kept for whoever wants it.
KEPT = 60
INTERRUPTED = {
    "error": "the process that did the work on the host was ended; look for what ended it, and run this again",
    "reason": "interrupted",
    "details": {},
    "result": {},
}


def ensure_in_calls(client, params: dict, check_mode: bool, warn) -> dict:
    """What ``ensure`` returns; or, with ``progress``, how far it has come, if there is something to show."""
    state = params["progress"]
    if state is None or check_mode:
        return ensure(client, params, check_mode)
    told = watch(state or start(client, params))
    for warning in told.pop("warnings", ()):
        warn(warning)
    if "error" in told:
        raise SwarmError(told["error"], reason=told["reason"], result=told["result"], **told["details"])
    return told["result"]


def start(client, params: dict) -> dict:
    """Begin the work in a process of its own, and return what is needed to follow it."""
    place = tempfile.mkdtemp(prefix="flotilla-image-")
    began, reader, writer = time.monotonic(), *os.pipe()
    child = os.fork()
    if not child:
        # A process whose parent has ended is nobody's to wait for.
        os.setsid()
        worker = os.fork()
        if worker:
            os.write(writer, str(worker).encode())
            os._exit(0)
        detach()
        work(client, params, place)
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        return {"place": place, "worker": int(pipe.read()), "began": began, "next": began + FIRST, "line": ""}


def detach() -> None:
    """Let go of what the module's caller waits for the end of."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    # A pipe or socket that was inherited would stay open as long as the work takes.
    os.closerange(3, 256)


def work(client, params: dict, place: str) -> None:
    """Do the work, and write down how far it is and what came of it."""
    before, shown = len(get_warning_messages()), Shown(place)
    try:
        told = {"result": ensure(client, params, False, shown.show)}
    except SwarmError as exc:
        told = {"error": str(exc), "reason": exc.reason, "details": exc.details, "result": exc.result}
    # Nobody reads what this process writes, so a defect as well is told in the result.
    except Exception as exc:
        told = {**INTERRUPTED, "error": f"the module has a defect: {type(exc).__name__}: {exc}", "reason": "failed"}
    write(place, RESULT, {**told, "warnings": get_warning_messages()[before:]})
    deadline = time.monotonic() + KEPT
    while os.path.exists(place) and time.monotonic() < deadline:
        time.sleep(1)
    shutil.rmtree(place, ignore_errors=True)


class Shown:
    """Writes the present line down."""

    def __init__(self, place: str):
        self.place, self.line, self.moment = place, "", 0.0
        self.progress: dict = {}

    def show(self, action: str, name: str, message: dict) -> None:
        """Take a message of the Engine."""
        progress = self.progress.setdefault((action, name), Progress(action, name))
        line = progress.add(message)
        if line and line != self.line and time.monotonic() - self.moment > INTERVAL:
            self.line, self.moment = line, time.monotonic()
            write(self.place, LINE, line)


def write(place: str, name: str, value) -> None:
    """Write a file in one step; without a place nobody wants to know."""
    path = os.path.join(place, name)
    with suppress(FileNotFoundError):
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            json.dump(value, file)
        os.replace(f"{path}.new", path)


def read(place: str, name: str):
    """What a file says, or None."""
    try:
        with open(os.path.join(place, name), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def watch(state: dict, now=time.monotonic, sleep=time.sleep) -> dict:
    """What came of the work, or as ``result`` a line that is new; whatever is there first."""
    while True:
        ended = not is_alive(state["worker"])
        told, line = read(state["place"], RESULT), read(state["place"], LINE)
        if told or ended:
            shutil.rmtree(state["place"], ignore_errors=True)
            told = told or dict(INTERRUPTED)
            return {**told, "result": {**told["result"], "elapsed": round(now() - state["began"], 2)}}
        if line and line != state["line"] and now() >= state["next"]:
            pause = max(1.0, SHARE * (now() - state["began"]))
            return {"result": {"progress": {"lines": [line], "state": {**state, "line": line, "next": now() + pause}}}}
        sleep(INTERVAL)


def is_alive(process: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
