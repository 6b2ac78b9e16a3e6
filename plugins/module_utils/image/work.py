# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all steps of a task share: the Engine, the options, and what was done so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..core.errors import EngineError, NotFound, SwarmError
from ..core.fields import get
from .messages import Report, failure, messages
from .names import reference


@dataclass(frozen=True)
class Step:
    """One thing that was done, or in check mode would be, and what it made of what it was done to."""

    action: str
    place: str
    before: Any
    after: Any

    def diff(self) -> dict:
        """The step as Ansible shows it."""
        header = f"{self.place} ({self.action})"
        return {"before_header": header, "before": self.before, "after_header": header, "after": self.after}


class Work:
    """One task. ``show(action, message)`` is told what the Engine says while something takes its time."""

    def __init__(self, client, params: dict, check_mode: bool, show=None):
        self.client, self.params, self.check_mode = client, params, check_mode
        self.show = show
        self.name = reference(params["name"], params["tag"])
        self.steps: list = []
        # Digests and platforms by name, as registries were asked for them.
        self.told: dict = {}
        self.platforms: dict = {}

    def did(self, action: str, place: str, before, after) -> None:
        """Keep what was done; ``before`` and ``after`` are IDs or digests, or None."""
        self.steps.append(Step(action, place, {"image": before} if before else {}, {"image": after} if after else {}))

    def find(self, name: str) -> dict | None:
        """An image of the Engine, as it has it, or None."""
        return self.client.find(f"/images/{name}/json")

    def registry_digest(self, name: str) -> str | None:
        """The digest that the registry has for a name; None if it has none. SwarmError if it does not tell."""
        try:
            with self.client.for_image(name):
                answer = self.client.get(f"/distribution/{name}/json")
            self.told[name], self.platforms[name] = get(answer, "Descriptor.digest"), answer.get("Platforms") or ()
            return self.told[name]
        except NotFound:
            return None
        except EngineError as exc:
            error = self.failure(f"the registry of {name} does not tell its digest", str(exc), name)
            if error.reason == "image_not_found":
                return None
            raise error from exc

    def failure(self, what: str, said: str, name: str, otherwise: str = "engine_error") -> SwarmError:
        """The error for what the Engine said of an image."""
        return failure(what, said, bool(self.client.image_headers(name)), otherwise)

    def counted(self, action: str, name: str, parts):
        """The parts of an archive, as they are asked for."""
        for part in parts:
            if self.show:
                self.show(action, name, {"bytes": len(part)})
            yield part

    def transfer(self, action, path, name, sentence, report=None, pulled=None, otherwise="engine_error", **request):
        """Post, and follow what the Engine says until it is done; return that as a Report.

        SwarmError, which begins with ``sentence``, if it fails; ``otherwise`` is its reason if there is no better one.
        ``pulled`` is the image whose registry is asked, where that is another one.
        """
        report = report or Report()
        seconds = request.pop("timeout", None) or self.params["wait_timeout"]
        try:
            with self.client.for_image(name), self.client.stream("POST", path, timeout=seconds, **request) as parts:
                for message in messages(parts):
                    report.add(message)
                    if self.show:
                        self.show(action, name, message)
        except EngineError as exc:
            raise self.failure(sentence, str(exc), pulled or name, otherwise) from exc
        except SwarmError as exc:
            raise late(exc, sentence, seconds) from exc
        if report.error is not None:
            raise self.failure(sentence, report.error, pulled or name, otherwise)
        return report


def late(exc: SwarmError, sentence: str, seconds: int) -> SwarmError:
    """The error of a stream, which is another one where it only took too long."""
    if exc.reason != "engine_timeout":
        return exc
    return SwarmError(f"{sentence} within {seconds} seconds; raise wait_timeout", reason="timeout")
