# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, as one sentence for people and one word for machines."""

from __future__ import annotations


class SwarmError(Exception):
    """A failure that is reported as ``msg`` and ``failure.reason``.

    ``message`` is one sentence that names the place and the remedy, ``reason`` a word that does not
    change between releases. ``details`` go into ``failure`` beside the reason; they must be plain data
    and never hold a secret. ``result`` is what the module would have returned so far.
    """

    reason = "failed"

    def __init__(self, message, reason=None, result=None, **details):
        super().__init__(message)
        self.reason = reason or self.reason
        self.result = result or {}
        self.details = details


class InvalidOption(SwarmError):
    """A value that no Engine would take, found before anything is sent."""

    reason = "invalid_option"


class Unreachable(SwarmError):
    """The Engine does not answer."""

    reason = "engine_unreachable"


class EngineError(SwarmError):
    """The Engine answered with an error; ``status`` is its HTTP status."""

    reason = "engine_error"

    def __init__(self, message, reason=None, status=None, **details):
        super().__init__(message, reason, status=status, **details)
        self.status = status


class NotFound(EngineError):
    """The Engine knows no such object."""

    reason = "not_found"


class OutOfSequence(EngineError):
    """The object was changed by someone else between our read and our write; nothing was written."""

    reason = "update_out_of_sequence"


class NoLeader(EngineError):
    """The managers have no leader at this moment; nothing was written."""

    reason = "no_leader"


class NotManager(EngineError):
    """The Engine is not a manager of a swarm."""

    reason = "not_manager"


class Locked(EngineError):
    """The swarm's data on this Engine is encrypted and was not unlocked since it started."""

    reason = "swarm_locked"


class WaitTimeout(SwarmError):
    """What was waited for did not come in time."""

    reason = "timeout"
