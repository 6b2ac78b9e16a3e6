# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.versions import with_versions


def made(kind, name, version=None, here=True):
    """What module secret or config returns."""
    shown = {"id": "x" if here else None, "name": f"{name}_v{version}" if version else name}
    return {"changed": True, kind: {**shown, "version_of": name if version else None}}


MADE = [
    made("secret", "key", 3),
    made("secret", "plain"),
    made("config", "key", 7),
    made("config", "soon", 1, here=False),
    {"skipped": True},
    {"secret": None},
]


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ({"name": "web"}, {"name": "web"}),
        ({"secrets": []}, {"secrets": []}),
        ({"secrets": None}, {"secrets": None}),
        ({"secrets": [{"secret_name": "key"}]}, {"secrets": [{"secret_name": "key_v3", "filename": "key"}]}),
        (
            {"secrets": [{"secret_name": "key", "filename": "/k", "mode": "0400"}]},
            {"secrets": [{"secret_name": "key_v3", "filename": "/k", "mode": "0400"}]},
        ),
        ({"configs": [{"config_name": "key"}]}, {"configs": [{"config_name": "key_v7", "filename": "key"}]}),
        ({"secrets": [{"secret_name": "plain"}]}, {"secrets": [{"secret_name": "plain", "filename": "plain"}]}),
        ({"secrets": [{"secret_name": "key_v2"}]}, {"secrets": [{"secret_name": "key_v2"}]}),
        ({"secrets": [{"secret_id": "abc"}]}, {"secrets": [{"secret_id": "abc"}]}),
    ],
)
def test_a_service_names_the_current_version(service, expected):
    assert with_versions([service], MADE) == [expected]


def test_a_service_that_waits_for_what_is_only_planned_is_left_out():
    services = [{"name": "web", "configs": [{"config_name": "soon"}]}, {"name": "api"}]
    assert with_versions(services, MADE) == [{"name": "api"}]
