# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which engine gives an image, which lack it, and what was published. Plain values in and out.

An engine has an image if the name leads to the same content, which is what the image's ID says.
"""

from __future__ import annotations

from ..module_utils.core.errors import InvalidOption
from ..module_utils.image.names import familiar, is_id, reference, split
from .deploy_stacks import names_of

SHORT_ID = 12


def listed(name: str) -> str:
    """A name as engines list it: without Docker Hub's own, and with its tag."""
    return familiar(reference(name))


def names(images: list) -> list:
    """The names of images as engines list them."""
    return [listed(image["name"]) for image in images]


def chosen(images: list, wanted) -> list:
    """The images that are named, in a list or as text; where none is, all of ``images``.

    One that ``images`` has is as it says; any other comes from whoever has it.
    """
    known = {listed(image["name"]): image for image in images}
    named = dict.fromkeys(map(listed, names_of(wanted)))
    return [known.get(name, {"name": name}) for name in named] or images


def problems(images: list, hosts: list, wanted=()) -> list:
    """What is wrong with ``swarm_images`` and with the names in ``swarm_image``, each as a sentence.

    ``hosts`` are those of the inventory.
    """
    told = [f"swarm_images[{place}]: {why}" for place, image in enumerate(images) if (why := _problem(image, hosts))]
    told += [f"swarm_image: {why}" for name in names_of(wanted) if (why := _problem({"name": name}, hosts))]
    if not told:
        known = names(images)
        twice = sorted({name for name in known if known.count(name) > 1})
        told = [f"swarm_images has {name} twice; remove one of the two" for name in twice]
    return told


def _problem(image, hosts):
    name, source = image.get("name"), image.get("source_host")
    if not name:
        return "it has no name; give it one"
    try:
        whole = reference(name)
    except InvalidOption as exc:
        return str(exc)
    if is_id(whole) or split(whole)[2]:
        return f"{name} is content and not a tag, and services find images that were loaded by tag only; give its tag"
    if source and source not in hosts:
        return f"source_host of {name} is {source}; say a host of the inventory"
    return ""


def plan(variables, images: list, managers: list, hosts: list, outside: list) -> list:
    """What has to be done for each image.

    ``variables`` are those of all hosts, with what those of the run told of their images; ``outside`` what others
    told. Each has ``name``, ``id``, ``source``, the hosts that ``lack`` it; of these ``load`` those that have to be
    sent it, and ``tag`` those that have the content under another name; and ``problem`` where no host has it.
    """
    told = {host: variables[host].get("__image_distribute_seen") or {} for host in hosts}
    told.update({answer["item"]: answer for answer in outside})
    held = {host: answer["images"] for host, answer in told.items() if "images" in answer}
    contents = {host: _contents(variables[host], held.get(host, ())) for host in hosts}
    planned = []
    for image in images:
        planned.append(_plan(image, held, contents, managers))
        for host in planned[-1]["load"]:
            contents[host].add(planned[-1]["id"])
    return planned


def _contents(variables, seen):
    """IDs of all that is known to be on a host."""
    more = (variables.get("__image_distribute_content") or {}).get("images") or ()
    return {image["Id"] for image in (*seen, *more)}


def _plan(image, held, contents, managers):
    name = listed(image["name"])
    ids = {host: _id(name, found) for host, found in held.items()}
    order = [image["source_host"]] if image.get("source_host") else sorted(held, key=_rank(managers))
    source = next((host for host in order if ids.get(host)), None)
    lack = [host for host in contents if host in ids and ids[host] != ids[source]] if source else []
    tag = [host for host in lack if ids[source] in contents[host]]
    return {
        "name": name,
        "source": source,
        "id": ids.get(source),
        "lack": lack,
        "load": [host for host in lack if host not in tag],
        "tag": tag,
        "problem": "" if source else _nowhere(image, held, managers),
    }


def _rank(managers):
    """Managers come first, in the order of the inventory."""
    return lambda host: managers.index(host) if host in managers else len(managers)


def _id(name, found):
    return next((image["Id"] for image in found if name in (image.get("RepoTags") or ())), None)


def _nowhere(image, held, managers):
    host = image.get("source_host")
    if host:
        what = "does not have it" if host in held else "does not answer"
        return f"{host}, the source_host of image {image['name']}, {what}"
    asked = ", ".join(sorted(held, key=_rank(managers))) or "the hosts"
    silent = [manager for manager in managers if manager not in held]
    more = f" ({', '.join(silent)} did not answer)" if silent else ""
    return (
        f"none of {asked} has image {image['name']}{more}; pull, build or load it on a manager, or name "
        "a host that has it as source_host"
    )


def report(planned: list) -> list:
    """What is about to be done, a line for each image that a host lacks."""
    return [_line(image) for image in planned if image["lack"]]


def _line(image):
    told = [f"from {image['source']} to {', '.join(image['load'])}"] if image["load"] else []
    told += [f"by name only on {', '.join(image['tag'])}"] if image["tag"] else []
    return f"{image['name']} ({image['id'].removeprefix('sha256:')[:SHORT_ID]}) {'; '.join(told)}"


def published(results: list, images: list) -> list:
    """What the registries have, a line for each of ``swarm_publish``, from the results of module image."""
    return [_published(result.get("digest"), image) for result, image in zip(results, images, strict=True)]


def _published(digest, image):
    name = reference(image.get("repository") or image["name"], image.get("tag") or "latest")
    return f"{name}@{digest}" if digest else f"{name} would be pushed"
