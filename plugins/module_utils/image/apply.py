# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One image on one Engine: it is obtained, saved, tagged and pushed, or removed, in this order."""

from __future__ import annotations

from ..core.errors import EngineError, InvalidOption, SwarmError
from ..core.run import Stopwatch
from ..registry.credentials import HEADER, encoded
from . import archive
from .build import build
from .names import digests, is_id, reference, split
from .obtain import load, local, pull, tag
from .work import Work, late

SOURCES = {"build": build, "load": load, "local": local, "pull": pull}
CONFLICT = 409


def ensure(client, params: dict, check_mode: bool, show=None) -> dict:
    """Bring an image to what ``params`` says and return the module's result; ``show`` is that of Work."""
    watch, work = Stopwatch(), Work(client, params, check_mode, show)
    try:
        told = remove(work) if params["state"] == "absent" else bring(work)
    except SwarmError as exc:
        exc.result = {**outcome(work), "elapsed": watch.read()}
        raise
    return {**outcome(work), **told, "elapsed": watch.read()}


def outcome(work: Work) -> dict:
    """What was done so far."""
    actions = [step.action for step in work.steps]
    return {"changed": bool(actions), "actions": actions, "diff": [step.diff() for step in work.steps]}


def bring(work: Work) -> dict:
    """Have the image there, and whatever else is asked for; the image as it is then."""
    target = second_name(work)
    image, digest = SOURCES[work.params["source"]](work), None
    if work.params["archive_path"]:
        save(work, image)
    if target != work.name:
        give_name(work, image, target)
    if work.params["push"]:
        digest = push(work, image, target)
    image = work.find(work.name) if work.steps and not work.check_mode else image
    if digest is None and not work.params["push"]:
        known = digests(image, target)
        digest = work.told.get(target) or (known[0] if len(known) == 1 else None)
    return {"image": image or {}, "id": image["Id"] if image else None, "digest": digest, "name": work.name}


def second_name(work: Work) -> str:
    """The name that the image gets and is pushed under; InvalidOption if it can be neither."""
    given = work.params["repository"]
    target = reference(given, work.params["tag"]) if given else work.name
    if (given or work.params["push"]) and (is_id(target) or split(target)[2]):
        option = "repository" if given else "name"
        raise InvalidOption(f"{option}: {target} is no name with a tag, as it takes one to tag or push; correct it")
    return target


def save(work: Work, image: dict | None) -> None:
    """Have an archive of the image."""
    path = work.params["archive_path"]
    if image and archive.holds(path, work.name, image["Id"]):
        return
    if image and not work.check_mode:
        seconds, sentence = work.params["wait_timeout"], f"{work.name} cannot be saved to {path}"
        try:
            with work.client.stream("GET", f"/images/{work.name}/get", timeout=seconds) as parts:
                archive.write_archive(path, work.counted("save", work.name, parts))
        except EngineError as exc:
            raise work.failure(sentence, str(exc), work.name) from exc
        except SwarmError as exc:
            raise late(exc, sentence, seconds) from exc
    work.did("save", path, None, image and image["Id"])


def give_name(work: Work, image: dict | None, target: str) -> None:
    """Have the image under another name too."""
    now = work.find(target)
    if image and now and now["Id"] == image["Id"]:
        return
    if image and not work.check_mode:
        tag(work, image, target)
    work.did("tag", target, now and now["Id"], image and image["Id"])


def push(work: Work, image: dict | None, target: str) -> str | None:
    """Have the image in the registry of its name, and return its digest there."""
    known = digests(image, target)
    try:
        there = work.registry_digest(target)
    except SwarmError:
        # Somebody may be allowed to push and not to pull.
        if work.check_mode:
            raise
        there = None
    if there and there in known:
        return there
    if work.check_mode:
        work.did("push", target, there, image and image["Id"])
        return None
    repository, tag_name, _digest = split(target)
    sentence = f"{target} cannot be pushed"
    # The Engine refuses a push without this header, also where there is nothing to put into it.
    nobody = {HEADER: encoded({})}
    report = work.transfer("push", f"/images/{repository}/push", target, sentence, headers=nobody, tag=tag_name)
    if report.digest != there:
        work.did("push", target, there, report.digest)
    return report.digest


def remove(work: Work) -> dict:
    """Have the image gone from this Engine, by this name."""
    now = work.find(work.name)
    if now:
        if not work.check_mode:
            delete(work)
        elif not work.params["force_absent"] and len(now.get("RepoTags") or ()) < 2:
            refuse_used(work, now["Id"])
        work.did("remove", work.name, now["Id"], None)
    return {"image": {}, "id": None, "digest": None, "name": work.name}


def delete(work: Work) -> None:
    """Remove an image, or one of its names."""
    try:
        work.client.delete(f"/images/{work.name}", force=work.params["force_absent"])
    except EngineError as exc:
        if exc.status != CONFLICT:
            raise
        raise in_use(work.name, str(exc).replace("the Engine refuses: ", "")) from exc


def refuse_used(work: Work, image_id: str) -> None:
    """The error of an Engine that is to remove the last name of an image that a container has."""
    containers = work.client.get("/containers/json", all=True, filters={"ancestor": [image_id]})
    users = [raw["Id"][:12] for raw in containers if raw["ImageID"] == image_id]
    if users:
        raise in_use(work.name, f"it is the image of container {', '.join(users)}")


def in_use(name: str, why: str) -> SwarmError:
    """The error for an image that the Engine does not remove."""
    return SwarmError(
        f"image {name} cannot be removed: {why}; remove what uses it, or use force_absent", reason="image_in_use"
    )
