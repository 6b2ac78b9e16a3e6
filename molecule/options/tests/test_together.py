# SPDX-License-Identifier: GPL-3.0-or-later
"""Any options together: what was set once is not set again, and what is not named stays."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings

from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import options, version
from ansible_collections.flotilla.swarm.plugins.module_utils.service.fields import SPEC
from ansible_collections.flotilla.swarm.tests.unit.plugins.module_utils.service import strategies

# Without shrinking, which takes as long as a hundred runs that pass.
BOUNDED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@BOUNDED
@given(first=strategies.parameters(), second=strategies.parameters())
def test_any_options_are_set_once_and_kept(first, second, engine):
    first, second = (known(SPEC, params, engine.client.api_version) for params in (first, second))
    engine.remove()
    engine.new(**{**first, "replicas": 0})
    engine.keep(**first)
    # The Engine refuses dnsrr with ports of the routing mesh, of which each may have set one.
    engine.run(**{"publish": [], "endpoint_mode": "vip", **second})
    engine.keep(**second)
    engine.keep()


@BOUNDED
@given(params=strategies.parameters())
def test_what_is_not_named_stays(params, engine):
    engine.remove()
    engine.new(**{**known(SPEC, params, engine.client.api_version), "replicas": 0})
    before = engine.settled()["Spec"]
    after = engine.change(labels={"another": "label"})
    assert {**after, "Labels": None} == {**before, "Labels": None}


def known(table, params, api_version):
    """Parameters without those that this Engine is too old for."""
    fields = {field.option: field for field in options(table)}
    kept = {}
    for name, value in params.items():
        field = fields[name]
        if version(field.since or "1.41") > version(api_version):
            continue
        if field.parts and isinstance(value, dict):
            value = known(field.parts, value, api_version)
        elif field.parts:
            value = [known(field.parts, item, api_version) if isinstance(item, dict) else item for item in value]
        kept[name] = value
    return kept
