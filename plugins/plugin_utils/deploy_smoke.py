# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Smoke tests: what they ask for, and whether an answer will do."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

SPEC = {
    "url": {"type": "str", "required": True},
    "status": {"type": "list", "elements": "int", "default": [200]},
    "body": {"type": "str"},
    "headers": {"type": "dict", "default": {}},
    "retries": {"type": "int", "default": 10},
    "delay": {"type": "int", "default": 3},
    "timeout": {"type": "int", "default": 10},
    "from": {"type": "str", "default": "controller"},
    "stack": {"type": "str"},
    "validate_certs": {"type": "bool", "default": True},
}
PLACES = ("controller", "manager")
SHOWN = 120


def problems_of(where: str, tests: list, hosts: list) -> list:
    """What is wrong with smoke tests, each as a sentence; ``hosts`` are those of the inventory."""
    told = []
    for place, test in enumerate(tests):
        checked = ArgumentSpecValidator(SPEC).validate(dict(test))
        told += [f"{where}[{place}]: {message}" for message in checked.error_messages]
        if checked.error_messages:
            continue
        origin, body = checked.validated_parameters["from"], checked.validated_parameters["body"]
        if origin not in (*PLACES, "localhost", *hosts):
            told.append(f"{where}[{place}]: from is {origin}; say controller, manager or a host of the inventory")
        try:
            re.compile(body or "")
        except re.error as exc:
            told.append(f"{where}[{place}]: body is not a regular expression: {exc}")
    return told


def smoke_tests(tests: list) -> list:
    """Smoke tests with all that they do not say, and whether something in them is secret."""
    return [completed(ArgumentSpecValidator(SPEC).validate(dict(test)).validated_parameters) for test in tests]


def completed(test: dict) -> dict:
    """One smoke test."""
    redirected = any(300 <= status < 400 for status in test["status"])
    return {
        **test,
        "redirects": "none" if redirected else "safe",
        "label": f"{without_password(test['url'])} from {test['from']}",
        "secret": bool(test["headers"]) or without_password(test["url"]) != test["url"],
    }


def without_password(url: str) -> str:
    """An address without the name and password that may be in it."""
    before, at, after = urlsplit(url).netloc.rpartition("@")
    return url.replace(f"{before}@", "", 1) if at else url


def failures(results: list, tests: list) -> list:
    """A sentence for each test that the answer, as ansible.builtin.uri returns it, did not pass."""
    return [told for result, test in zip(results, tests) for told in [failure(result, test)] if told]


def failure(result: dict, test: dict) -> str:
    """Why one test has failed; empty if it has not."""
    body, status = str(result.get("content") or ""), result.get("status", -1)
    wanted = " or ".join(map(str, test["status"]))
    if result.get("unreachable"):
        got = f"could not be asked, as {test['from']} is unreachable"
    elif status is None or status < 0:
        got = f"got no answer ({reason(result)}), expected status {wanted}"
    elif status not in test["status"]:
        got = f"got status {status}{excerpt(body)}, expected {wanted}"
    elif test["body"] and not re.search(test["body"], body, re.MULTILINE):
        got = f"got status {status}{excerpt(body) or ' with an empty body'}, expected a body with {test['body']!r}"
    else:
        return ""
    times = test["retries"] + 1
    return f"{test['label']} {got}{f', tried {times} times' if times > 1 else ''}"


def reason(result: dict) -> str:
    """What kept an answer from coming."""
    text = str(result.get("msg") or "nothing is known of why")
    return re.sub(r"^Status code was -1 and not \[.*?\]: (Request failed: )?", "", text).strip("<>")


def excerpt(body: str) -> str:
    """The beginning of a body, in one line."""
    line = " ".join(body.split())
    return f" with {line[:SHOWN]!r}{'...' if len(line) > SHOWN else ''}" if line else ""
