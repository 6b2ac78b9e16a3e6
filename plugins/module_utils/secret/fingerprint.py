# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fingerprint of a secret: what tells whether data is the same without telling the data.

The Engine never returns a secret's data. A bare hash in a label could be tried against guesses by the million, so it is
salted scrypt, with the parameters beside it: ``scrypt$ln=14,r=8,p=1$SALT$HASH``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import sys

from ..core.errors import SwarmError

# 16 MiB and some 50 ms on a common processor.
LOG_N, BLOCK, PARALLEL = 14, 8, 1
MEMORY = 64 * 1024 * 1024
FORM = re.compile(r"scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)")


def fingerprint(data: bytes) -> str:
    """A new fingerprint of the data."""
    salt = os.urandom(16)
    digest = derive(data, salt, LOG_N, BLOCK, PARALLEL)
    return f"scrypt$ln={LOG_N},r={BLOCK},p={PARALLEL}${_text(salt)}${_text(digest)}"


def matches(data: bytes, known: str | None) -> bool | None:
    """Whether the data is that of a fingerprint; None if there is none, or none that can be read."""
    form = FORM.fullmatch(known or "")
    if not form:
        return None
    log_n, block, parallel = (int(number) for number in form.groups()[:3])
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in form.groups()[3:])
        return hmac.compare_digest(derive(data, salt, log_n, block, parallel), digest)
    except ValueError:
        return None


def derive(data: bytes, salt: bytes, log_n: int, block: int, parallel: int) -> bytes:
    """32 bytes of scrypt; ValueError for parameters that take too much memory."""
    scrypt = getattr(hashlib, "scrypt", None)
    if scrypt is None:
        raise SwarmError(
            f"the Python that runs this module on this host ({sys.executable}) was built without hashlib.scrypt, which "
            "the fingerprint of a secret needs; set ansible_python_interpreter to one with OpenSSL 1.1 or newer",
            reason="missing_scrypt",
        )
    return scrypt(data, salt=salt, n=2**log_n, r=block, p=parallel, maxmem=MEMORY, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
