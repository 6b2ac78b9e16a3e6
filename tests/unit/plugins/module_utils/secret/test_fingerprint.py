# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import hashlib

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.secret import fingerprint as module
from ansible_collections.flotilla.swarm.plugins.module_utils.secret.fingerprint import fingerprint, matches

DATA = b"Pa55 \xff\x00"


def test_a_fingerprint_matches_its_data_alone():
    known = fingerprint(DATA)
    assert known.startswith("scrypt$ln=14,r=8,p=1$")
    assert matches(DATA, known) is True
    assert matches(DATA + b" ", known) is False


def test_two_fingerprints_of_the_same_data_differ():
    assert fingerprint(DATA) != fingerprint(DATA)


def test_a_fingerprint_tells_nothing_of_the_data():
    known = fingerprint(DATA)
    told = [base64.b64encode(DATA).decode(), *(hashlib.new(name, DATA).hexdigest() for name in ("sha224", "sha256"))]
    assert not any(text in known for text in told)


def test_the_parameters_are_those_of_the_fingerprint():
    known = (
        "scrypt$ln=4,r=2,p=3$c2FsdA==$"
        + base64.b64encode(hashlib.scrypt(DATA, salt=b"salt", n=16, r=2, p=3, dklen=32)).decode()
    )
    assert matches(DATA, known) is True


@pytest.mark.parametrize(
    "known",
    [
        None,
        "",
        "d63dc919e201d7bc4c825630d2cf25fdc93d4b2f0d46706d29038d01",
        "scrypt$ln=14,r=8,p=1$c2FsdA==$",
        "scrypt$ln=14,r=8,p=1$c2FsdA$aGFzaA",
        "scrypt$ln=40,r=8,p=1$c2FsdA==$aGFzaA==",
        "scrypt$ln=0,r=8,p=1$c2FsdA==$aGFzaA==",
    ],
)
def test_what_is_no_fingerprint_tells_nothing(known):
    assert matches(DATA, known) is None


def test_a_python_without_scrypt_is_told(monkeypatch):
    monkeypatch.delattr(module.hashlib, "scrypt")
    with pytest.raises(SwarmError) as caught:
        fingerprint(DATA)
    assert caught.value.reason == "missing_scrypt"
    assert "was built without hashlib.scrypt" in str(caught.value)
