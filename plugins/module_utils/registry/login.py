# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials in docker's configuration of a user, or in the credential helper that it names."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from ..core.errors import InvalidOption, SwarmError
from .ask import Registry
from .credentials import from_entry
from .docker_config import MODE, acting_as, config_path, load, locked, mode_of, save
from .helpers import ask_helper, erase_from_helper, helper_of, store_in_helper
from .names import DOCKER_HUB, config_key, same_registry

# What an entry says of credentials; whatever else it holds stays.
CREDENTIALS = ("auth", "identitytoken", "registrytoken", "username", "password")


@dataclass(frozen=True)
class Login:
    """What is wanted for one registry."""

    registry: str
    state: str
    username: str | None
    password: str | None
    ca_cert: str | None
    insecure: bool

    @property
    def entry(self) -> dict:
        """The entry of docker's configuration, as docker login writes it."""
        return {"auth": base64.b64encode(f"{self.username}:{self.password}".encode()).decode()}


@dataclass(frozen=True)
class Found:
    """What there is for one registry: where, whose, and whether it is what is wanted."""

    helper: str | None
    username: str | None
    exists: bool
    right: bool


def ensure(params: dict, check_mode: bool, registry=Registry) -> dict:
    """The module's result; ``registry`` makes what is asked whether it takes credentials."""
    logins = wanted(params)
    with acting_as(params.get("owner")):
        path = config_path(params)
        config = load(path)
        found = {login.registry: look(config, login, params["reauthorize"]) for login in logins}
        result = {"changed": False, "config_path": path}
        result["registries"] = [row(login, found[login.registry]) for login in logins]
        result["diff"] = {
            "before": {login.registry: shown(found[login.registry]) for login in logins},
            "after": {login.registry: after(login, found[login.registry]) for login in logins},
        }
        loose = mode_of(path) not in (None, MODE)
        result["changed"] = loose or any(not one.right for one in found.values())
        if check_mode:
            return result
        refused = verify(params, logins, found, result["registries"], registry)
        pending = [login for login in logins if not found[login.registry].right and login.registry not in refused]
        if pending or loose:
            write(path, pending, params["reauthorize"])
        if refused:
            result["changed"] = bool(pending) or loose
            result["diff"]["after"].update({name: result["diff"]["before"][name] for name in refused})
            raise several(refused, result)
        return result


def wanted(params: dict) -> list:
    """What is wanted, registry by registry; InvalidOption names what is missing."""
    items = params.get("registries")
    single = items is None
    logins = []
    for item in [params] if single else items:
        address = item.get("registry_url" if single else "registry") or DOCKER_HUB
        login = Login(
            same_registry(address),
            item.get("state") or params["state"],
            item.get("username"),
            item.get("password"),
            item.get("ca_cert"),
            bool(item.get("insecure")),
        )
        check_login(login, address)
        logins.append(login)
    names = [login.registry for login in logins]
    for name in names:
        if names.count(name) > 1:
            raise InvalidOption(f"registries: {name} is there more than once; keep one of them")
    return logins


def check_login(login: Login, address: str) -> None:
    """Refuse what cannot be logged in with."""
    if login.state == "absent":
        return
    for name in ("username", "password"):
        if not getattr(login, name):
            raise InvalidOption(f"registry {login.registry} needs a {name} to log in")
    if ":" in login.username:
        raise InvalidOption(f"registry {login.registry}: a username has no colon")
    if address.startswith("http://") and not login.insecure:
        raise InvalidOption(
            f"registry {address} is addressed over plain HTTP, so that anybody on the way could read the password; "
            "use https, or say insecure: true",
            reason="registry_insecure",
        )


def look(config: dict, login: Login, reauthorize: bool) -> Found:
    """What there is for a registry. An identity token of the same user is what docker login got for a password."""
    helper, keys = helper_of(config, login.registry), keys_of(config, login.registry)
    entry = config["auths"][keys[-1]] if keys else {}
    if helper:
        has = ask_helper(helper, config_key(login.registry))
        username = (has or {}).get("username")
    else:
        has = from_entry(entry, login.registry)
        username = (has or {}).get("username") or (user_of(entry) if has else None)
    exists = bool(has) or (bool(keys) and not helper)
    if login.state == "absent":
        return Found(helper, username, exists, not has and not keys)
    if has and has.get("identitytoken"):
        return Found(helper, username, exists, username in (None, login.username) and not reauthorize)
    same = bool(has) and (has["username"], has["password"]) == (login.username, login.password)
    return Found(helper, username, exists, same)


def user_of(entry: dict) -> str | None:
    """The user of an entry with an identity token, where it says so."""
    try:
        coded = base64.b64decode(entry.get("auth") or "").decode().partition(":")[0]
    except ValueError:
        coded = ""
    return entry.get("username") or coded or None


def keys_of(config: dict, registry: str) -> list:
    """Under which keys docker's configuration has a registry."""
    return [key for key in config.get("auths") or {} if same_registry(key) == registry]


def verify(params, logins, found, rows, registry) -> dict:
    """Ask each registry whose credentials are new; return the errors of those that do not take them."""
    refused = {}
    for login, told in zip(logins, rows):
        ask = login.state == "present" and (params["reauthorize"] or not found[login.registry].right)
        if params["verify"] == "none" or not ask:
            continue
        try:
            asked = registry(login.registry, login.ca_cert, login.insecure, params["timeout"])
            told["verified"] = asked.check(login.username, login.password)
        except SwarmError as exc:
            refused[login.registry] = exc
            told["changed"] = False
    return refused


def write(path: str, logins, reauthorize: bool) -> None:
    """Store credentials. The file is read again, as another run may have changed it meanwhile."""
    with locked(path):
        config = load(path)
        before = repr(config)
        for login in logins:
            found = look(config, login, reauthorize)
            if not found.right:
                put(config, login, found.helper)
        if repr(config) != before or mode_of(path) not in (None, MODE):
            save(path, config)


def put(config: dict, login: Login, helper: str | None) -> None:
    """Make the configuration, or the helper, have what is wanted for a registry, under one key."""
    old = {}
    for key in keys_of(config, login.registry):
        old = config["auths"].pop(key)
    if login.state == "absent":
        if helper:
            erase_from_helper(helper, config_key(login.registry))
        return
    if helper:
        store_in_helper(helper, config_key(login.registry), login.username, login.password)
    # With a helper docker keeps an empty entry, by which it knows where somebody is logged in.
    rest = {name: value for name, value in old.items() if name not in CREDENTIALS}
    config["auths"] = config.get("auths") or {}
    config["auths"][config_key(login.registry)] = {**rest, **({} if helper else login.entry)}


def row(login: Login, found: Found) -> dict:
    """One registry of the result."""
    return {
        "registry": login.registry,
        "state": login.state,
        "username": login.username if login.state == "present" else found.username,
        "store": found.helper or "file",
        "changed": not found.right,
        "verified": None,
    }


def shown(found: Found) -> str:
    """What there is, for the diff; never a password."""
    return f"logged in as {found.username or 'somebody'}" if found.exists else "not logged in"


def after(login: Login, found: Found) -> str:
    """What there will be, for the diff."""
    if found.right:
        return shown(found)
    if login.state == "absent":
        return "not logged in"
    new = ", with another password" if found.username == login.username else ""
    return f"logged in as {login.username}{new}"


def several(refused: dict, result: dict) -> SwarmError:
    """One error of all registries that do not take their credentials."""
    errors = list(refused.values())
    reasons = {registry: error.reason for registry, error in refused.items()}
    return SwarmError("; ".join(map(str, errors)), reason=errors[0].reason, result=result, registries=reasons)
