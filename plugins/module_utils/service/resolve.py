# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look-ups before a service is planned. Specs are planned with names of other objects and sent with their IDs."""

from __future__ import annotations

import copy

from ..core.errors import InvalidOption, SwarmError
from ..core.fields import get, put
from .image import Digests, choose
from .paths import CONTAINER, TASK
from .values import image_name

NETWORKS = f"{TASK}.Networks"
IMAGE = f"{CONTAINER}.Image"
CREDENTIAL_SPEC = f"{CONTAINER}.Privileges.CredentialSpec.Config"
# The swarm has these two of its own, knows them by name and leaves them out of its list.
PREDEFINED = ("host", "bridge")
# Options that refer to objects: what one is called in options, and in the Engine JSON.
REFERENCES = {"secrets": ("secret", "Secret"), "configs": ("config", "Config")}
# The Engine refuses a file without these.
FILE = {"UID": "0", "GID": "0", "Mode": 0o444}


def find_services(client, names) -> dict:
    """The services of these names, by name; one request."""
    if not names:
        return {}
    found = client.get("/services", filters={"name": list(names)})
    return {s["Spec"]["Name"]: s for s in found if s["Spec"]["Name"] in names}


class Lookups:
    """Names and IDs of what services refer to. Each list is asked for once in a call, and only if it is needed."""

    def __init__(self, client):
        self.client = client
        self.digests = Digests(client)
        self.references: dict = {kind: {} for kind in REFERENCES}
        self._networks: dict | None = None

    def prepare(self, items, services) -> None:
        """Ask for all secrets and configs that the items name and no service is known to have."""
        for service in services:
            self._learn(service["Spec"])
        for kind, (word, _engine_word) in REFERENCES.items():
            known = self.references[kind]
            asked = [reference for item in items for reference in item.get(kind) or ()]
            ids = {r[f"{word}_id"] for r in asked if r.get(f"{word}_id")} - set(known.values())
            names = {r[f"{word}_name"] for r in asked if r.get(f"{word}_name") and not r.get(f"{word}_id")}
            if kind == "configs":
                names |= {name for name in map(credential_spec, items) if name}
            for key, values in (("id", ids), ("name", names - set(known))):
                if values:
                    found = self.client.get(f"/{kind}", filters={key: sorted(values)})
                    known.update({raw["Spec"]["Name"]: raw["ID"] for raw in found})

    def _learn(self, spec):
        for kind, (_word, engine_word) in REFERENCES.items():
            for raw in get(spec, f"{CONTAINER}.{engine_word}s") or ():
                self.references[kind][raw[f"{engine_word}Name"]] = raw[f"{engine_word}ID"]

    def networks(self, wanted, service) -> dict:
        """Names by ID of the networks that a service can use, and of those that it has."""
        targets = [item["Target"] for item in get((service or {}).get("Spec"), NETWORKS) or ()]
        if not targets and not wanted.get("networks"):
            return {}
        if self._networks is None:
            found = self.client.get("/networks", filters={"scope": ["swarm"]})
            self._networks = {raw["Id"]: raw["Name"] for raw in found}
            self._networks.update({name: name for name in PREDEFINED})
        for target in targets:
            if target not in self._networks:
                self._networks[target] = (self.client.find(f"/networks/{target}") or {}).get("Name", target)
        return self._networks

    def image(self, wanted, service):
        """The image that is meant, with its digest if one is asked for."""
        return choose(wanted, get((service or {}).get("Spec"), IMAGE) or "", self.digests.of)


def credential_spec(item: dict):
    """Name of the config that holds a credential spec, if there is one."""
    return get(item, "privileges.credential_spec.config")


def with_names(spec: dict, networks: dict) -> dict:
    """A spec of the Engine with the names of networks, secrets and configs and without their IDs."""
    spec = _with_targets(spec, networks)
    names = {}
    for _word, engine_word in REFERENCES.values():
        path = f"{CONTAINER}.{engine_word}s"
        items = get(spec, path)
        if items:
            names.update({item[f"{engine_word}ID"]: item[f"{engine_word}Name"] for item in items})
            # A config without a file is the credential spec, which has an option of its own.
            named = [{key: item[key] for key in item if key != f"{engine_word}ID"} for item in items if "File" in item]
            put(spec, path, named or None)
    holder = get(spec, CREDENTIAL_SPEC)
    if holder:
        put(spec, CREDENTIAL_SPEC, names.get(holder, holder))
    return spec


def with_ids(spec: dict, networks: dict, references: dict | None = None) -> dict:
    """A planned spec as the Engine wants it; SwarmError for what does not exist."""
    ids: dict = {}
    for network_id, name in networks.items():
        ids.setdefault(name, network_id)
    for item in get(spec, NETWORKS) or []:
        if item["Target"] not in ids and item["Target"] not in networks:
            raise unknown_network(spec["Name"], item["Target"])
    spec = _with_targets(spec, ids)
    for kind, (word, engine_word) in REFERENCES.items():
        path, known = f"{CONTAINER}.{engine_word}s", (references or {}).get(kind, {})

        def identify(name, word=word, known=known):
            if name not in known:
                raise unknown_reference(spec["Name"], word, name)
            return known[name]

        items = [
            {**item, f"{engine_word}ID": identify(item[f"{engine_word}Name"]), "File": {**FILE, **item["File"]}}
            for item in get(spec, path) or ()
        ]
        holder = get(spec, CREDENTIAL_SPEC)
        if kind == "configs" and holder:
            put(spec, CREDENTIAL_SPEC, identify(holder))
            # Docker's own command sorts by name, and another order replaces all tasks.
            place = next((at for at, item in enumerate(items) if item["ConfigName"] > holder), len(items))
            items.insert(place, {"ConfigID": identify(holder), "ConfigName": holder, "Runtime": {}})
        if items:
            put(spec, path, items)
    return spec


def unknown_network(service, network) -> SwarmError:
    """The error for a network that no service can have."""
    if network == "none":
        return SwarmError(
            f"service {service}: the Engine lets no service use network none; leave networks out, or use networks: []",
            reason="unknown_network",
            network=network,
        )
    return SwarmError(
        f"service {service}: there is no network {network} in this swarm; create it with flotilla.swarm.network first",
        reason="unknown_network",
        network=network,
    )


def unknown_reference(service, word, name) -> SwarmError:
    """The error for a secret or a config that does not exist."""
    return SwarmError(
        f"service {service}: there is no {word} {name} in this swarm; create it with flotilla.swarm.{word} first",
        reason=f"unknown_{word}",
        **{word: name},
    )


def _with_targets(spec, targets):
    spec, items = copy.deepcopy(spec), get(spec, NETWORKS)
    if items:
        put(spec, NETWORKS, [{**item, "Target": targets.get(item["Target"], item["Target"])} for item in items])
    return spec


def complete(wanted: dict, observed: dict | None, names: dict, references: dict | None = None) -> dict:
    """Parameters of one service with short forms written out, and with the image that it has if that is meant.

    ``names`` are those of networks by ID, ``references`` IDs by name.
    """
    name = wanted.get("name")
    if not name:
        raise InvalidOption("every service needs a name")
    if observed is None and not wanted.get("image"):
        raise InvalidOption(f"service {name} does not exist yet, and to create it an image is needed")
    image = get(observed, IMAGE) or ""
    completed = {**wanted, "networks": networks(wanted.get("networks"), names)}
    for kind in REFERENCES:
        completed[kind] = named(name, kind, wanted.get(kind), (references or {}).get(kind, {}))
    if wanted.get("image") and image.partition("@")[0] == image_name(wanted["image"]):
        completed["image"] = image
    if wanted.get("keep_replicas") and get(observed, "Mode.Replicated") is not None:
        completed["replicas"] = None
    return completed


def networks(items, names):
    """Networks as dicts, by name."""
    if items is None:
        return None
    known = {"name", "aliases", "options"}
    for item in items:
        if isinstance(item, dict) and (set(item) - known or "name" not in item):
            raise InvalidOption(f"networks: {item!r} is not a network; give a name, or a dict of {sorted(known)}")
    dicts = [item if isinstance(item, dict) else {"name": str(item)} for item in items]
    return [{**item, "name": names.get(item["name"], item["name"])} for item in dicts]


def named(service, kind, items, ids):
    """Secrets or configs by name alone, with the names of their files. An ID must be that of the name beside it."""
    if items is None:
        return None
    word, completed = REFERENCES[kind][0], []
    by_id = {value: key for key, value in ids.items()}
    for item in items:
        name, its_id = item.get(f"{word}_name"), item.get(f"{word}_id")
        if its_id and its_id not in by_id:
            raise unknown_reference(service, word, its_id)
        if its_id and name not in (None, by_id[its_id]):
            raise InvalidOption(
                f"service {service}: {word}_id {its_id} is {word} {by_id[its_id]} and not {name}; leave one of them out"
            )
        name = by_id[its_id] if its_id else name
        if not name:
            raise InvalidOption(f"service {service}: {kind}: each needs a {word}_name")
        file = {"filename": item.get("filename") or name}
        completed.append({**item, f"{word}_id": None, f"{word}_name": name, **file})
    return completed
