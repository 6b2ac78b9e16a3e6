# SPDX-License-Identifier: GPL-3.0-or-later
"""Images get into the registry, and from there to the tasks of a stack."""

from __future__ import annotations

from images.tests.conftest import BUILDER, NODES

testinfra_hosts = ["ansible://node1"]


def test_every_node_runs_what_was_published(running, digest, address):
    told = digest("base/web", 1)
    assert told == digest("team/private", 1)
    assert running() == dict.fromkeys(NODES, f"{address}/base/web:1@{told}")


def test_new_content_of_a_tag_gets_to_every_node(publish, stack, running, digest, address):
    images = [{"name": "flotilla/web:2", "source": "local", "repository": f"{address}/base/web:1"}]
    before = digest("base/web", 1)
    planned = publish("--check", "--diff", images=images, stack=stack("base/web:1"))
    assert planned.changed == 1
    assert f"{address}/base/web:1 would be pushed" in planned.text
    assert "The registry tells the digests for these only after a real run: site" in planned.text
    assert (digest("base/web", 1), set(running().values())) == (before, {f"{address}/base/web:1@{before}"})

    done = publish("-vvvv", images=images, stack=stack("base/web:1"))
    told = digest("base/web", 1)
    assert done.changed == 2
    assert told != before
    assert f"{address}/base/web:1@{told}" in done.text
    assert running() == dict.fromkeys(NODES, f"{address}/base/web:1@{told}")


def test_check_mode_before_the_first_push(publish, stack, running, digest, address):
    images = [{"name": "flotilla/web:2", "source": "local", "repository": f"{address}/new/web:7"}]
    before = running()
    planned = publish("--check", images=images, stack=stack("new/web:7", resolve_image="never"))
    assert planned.changed == 2
    assert (digest("new/web", 7), running()) == ("", before)
    done = publish(images=images, stack=stack("new/web:7", resolve_image="never"))
    assert done.changed == 2
    assert digest("new/web", 7)
    assert running() == dict.fromkeys(NODES, f"{address}/new/web:7")


def test_a_host_that_is_no_node_publishes(publish, stack, running, digest, on, build, ids, address):
    made = build(BUILDER, "built:1", "published")
    on(BUILDER, "docker save --output /var/tmp/built.tar built:1 && docker rmi built:1")
    on(BUILDER, "mkdir -p /srv/made && printf 'FROM built:1\\nLABEL by=us\\n' > /srv/made/Dockerfile")
    loaded = {"name": "built:1", "source": "load", "load_path": "/var/tmp/built.tar"}
    images = [
        {**loaded, "repository": f"{address}/built/base:1"},
        {"name": f"{address}/built/web:1", "source": "build", "build": {"path": "/srv/made"}},
    ]
    hosts = {BUILDER: {"ansible_user": "ops"}}
    given = {"images": images, "stack": stack("built/web:1"), "hosts": hosts, "publish_host": BUILDER}
    done = publish(**given)
    assert done.status == 0, done.printed
    told = digest("built/web", 1)
    assert running() == dict.fromkeys(NODES, f"{address}/built/web:1@{told}")
    for repository in ("base", "web"):
        assert f"{address}/built/{repository}:1@{digest('built/' + repository, 1)}" in done.text
    assert ids(f"{address}/built/base:1", [BUILDER]) == {BUILDER: made}
    assert publish(**given).changed == 0


def test_an_image_that_is_nowhere_stops_the_run_before_the_deploy(publish, stack, running, address):
    before = running()
    images = [{"name": "nothing:1", "source": "local", "repository": f"{address}/nothing:1"}]
    failed = publish(images=images, stack=stack("team/private:1"))
    assert failed.status == 2
    assert "this Engine has no image nothing:1" in failed.text
    assert running() == before
