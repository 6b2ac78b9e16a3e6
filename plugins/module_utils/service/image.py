# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which image a service gets: the one that was named, with the digest that its registry tells."""

from __future__ import annotations

from ..core.errors import EngineError, NotFound, SwarmError, Unreachable
from ..core.fields import get
from .values import image_name

ALWAYS, NEVER = ("always", "true"), ("never", "false", None)


class Digests:
    """Digests as registries tell them through the Engine; every image is asked for once in a call."""

    def __init__(self, client):
        self.client = client
        self._answers: dict = {}
        # Where each image that was asked for runs, as ``placement.platforms`` of a service.
        self.platforms: dict = {}

    def of(self, image: str) -> str:
        """The digest of an image with its tag; SwarmError if its registry does not tell it."""
        if image not in self._answers:
            self._answers[image] = self._ask(image)
        if isinstance(self._answers[image], SwarmError):
            raise self._answers[image]
        return self._answers[image]

    def _ask(self, image):
        try:
            with self.client.for_image(image):
                answer = self.client.get(f"/distribution/{image}/json")
        except (EngineError, Unreachable) as exc:
            return unresolved(image, exc)
        digest = get(answer, "Descriptor.digest")
        self.platforms[f"{image}@{digest}"] = platforms(answer.get("Platforms") or ())
        return digest or SwarmError(f"the registry tells no digest of {image}", reason="image_not_resolved")


def platforms(raw) -> list:
    """Platforms of an image as docker's own command writes them (convertPlatforms in moby/client/service_create.go)."""
    found = []
    for item in raw:
        # Nodes tell 32-bit ARM in too many ways to be compared.
        architecture = "" if (item.get("architecture") or "").lower() == "arm" else item.get("architecture") or ""
        one = {"os": item.get("os") or "", "architecture": architecture}
        if one not in found and "unknown" not in one.values():
            found.append(one)
    return found


def unresolved(image: str, exc: SwarmError) -> SwarmError:
    """Why there is no digest."""
    if isinstance(exc, NotFound):
        sentence = f"its registry has no image {image}"
    else:
        sentence = f"the digest of {image} could not be asked for: {str(exc).replace('the Engine refuses: ', '')}"
    return SwarmError(sentence, reason="image_not_resolved", image=image)


def choose(wanted: dict, live: str, digest_of) -> str | None:
    """The image to send, or None if none was named.

    ``live`` is what the service has now, and ``digest_of(image)`` asks the registry. A tag alone is sent only where
    nobody was to be asked.
    """
    named, when = wanted.get("image"), wanted.get("resolve_image")
    if not named or "@" in named or when in NEVER:
        return named
    image = image_name(named)
    same = live.partition("@")[0] == image
    if same and when not in ALWAYS:
        return live
    try:
        return f"{image}@{digest_of(image)}"
    except SwarmError as exc:
        if same and "@" in live and wanted.get("resolve_image_failure") == "keep":
            return live
        raise SwarmError(
            f"service {wanted['name']}: {exc}; {remedy(wanted)}", reason=exc.reason, **exc.details
        ) from exc


def remedy(wanted: dict) -> str:
    """What to do where the registry does not help."""
    if wanted.get("resolve_image_failure") == "keep":
        return "and the service has no digest of this image and tag to keep; correct image, or let the registry answer"
    return "correct image, let the registry answer, or use resolve_image_failure: keep or resolve_image: never"
