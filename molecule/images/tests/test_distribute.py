# SPDX-License-Identifier: GPL-3.0-or-later
"""Images get to the nodes that lack them, and archives stay nowhere."""

from __future__ import annotations

import os
import stat

import pytest
from images.tests.conftest import BUILDER, DIRECTORY, NODES

testinfra_hosts = ["ansible://node1"]


def test_hosts_that_lack_an_image_get_it(distribute, build, ids, archives, on, docker, until):
    made = build("node2", "team/first:1", "first")
    everywhere = ids("flotilla/web:2")
    images = [{"name": "team/first:1"}, {"name": "flotilla/web:2"}]
    planned = distribute("--check", "--diff", images=images)
    assert planned.changed == 3
    assert f"team/first:1 ({made[7:19]}) from node2 to node1, node3, node4" in planned.text
    assert ids("team/first:1") == {**dict.fromkeys(NODES), "node2": made}

    done = distribute(images=images)
    assert {name for name, (changed, *_rest) in done.recap.items() if changed} == {"node1", "node3", "node4"}
    assert done.changed == 3
    assert ids("team/first:1") == dict.fromkeys(NODES, made)
    assert ids("flotilla/web:2") == everywhere
    assert archives() == []

    # No directory can be made there, so that a run which sends anything fails.
    again = distribute(images=images, image_distribute_directory="/proc/nothing/here")
    assert again.changed == 0

    words = ("--name", "first", "--mode", "global", "--detach", "--no-resolve-image", "team/first:1", "sleep", "10000")
    docker("service", "create", *words)
    states = ("service", "ps", "first", "--filter", "desired-state=running", "--format", "{{.CurrentState}}")
    until(lambda: docker(*states).count("Running") == len(NODES))
    docker("service", "rm", "first")


def test_a_name_moves_to_other_content(distribute, build, ids, on):
    build("node1", "team/first:1", "second")
    made = build("node3", "team/first:1", "third")
    images = [{"name": "docker.io/team/first:1", "source_host": "node3"}]
    assert distribute(images=images).changed == 3
    assert ids("team/first:1") == dict.fromkeys(NODES, made)

    # Content that is there by another name is not sent.
    on("node3", "docker tag team/first:1 team/other:1")
    done = distribute(images=[{"name": "team/other:1"}], image_distribute_directory="/proc/nothing/here")
    assert "from node3" not in done.text
    assert done.changed == 3
    assert ids("team/other:1") == dict.fromkeys(NODES, made)


def test_a_run_for_one_host_takes_the_image_from_a_manager_outside_of_it(distribute, build, ids, archives):
    made = build("node3", "team/limited:1", "limited")
    done = distribute("--limit", "node4", images=[{"name": "team/limited:1"}])
    assert done.changed == 1
    assert set(done.recap) == {"node4"}
    assert ids("team/limited:1") == {**dict.fromkeys(NODES), "node3": made, "node4": made}
    assert archives() == []


def test_what_no_host_has_stops_the_run_before_anything_is_changed(distribute, ids):
    images = [{"name": "team/limited:1"}, {"name": "team/nothing:1"}, {"name": "team/first:1", "source_host": BUILDER}]
    before = ids("team/limited:1")
    for options in (["--check"], []):
        failed = distribute(*options, images=images)
        assert failed.status == 2
        assert "none of node1, node2, node3, node4, node5 has image team/nothing:1; pull, build or load" in failed.text
        assert "node5, the source_host of image team/first:1, does not have it" in failed.text
    assert ids("team/limited:1") == before
    wrong = distribute(images=[{"name": "team/first@sha256:" + "0" * 64}, {"name": "a", "source_host": "node9"}])
    assert "is content and not a tag" in wrong.text
    assert "source_host of a is node9; say a host of the inventory" in wrong.text


def test_users_who_are_root_by_become_only(distribute, build, ids, archives):
    made = build(BUILDER, "team/built:1", "built")
    ops = {name: {"ansible_user": "ops", "ansible_become": True} for name in ("node4", BUILDER)}
    done = distribute(images=[{"name": "team/built:1", "source_host": BUILDER}], hosts=ops)
    assert done.changed == 4
    assert ids("team/built:1") == dict.fromkeys(NODES, made)
    assert archives() == []


@pytest.mark.parametrize("moment", ["Send the archive", "Load it"])
def test_an_interrupted_run_is_finished_by_the_next(distribute, build, ids, archives, on, moment):
    made = build("node1", "team/cut:1", moment.split()[0])
    images = [{"name": "team/cut:1"}]
    distribute(images=images, kill=f"TASK .*: {moment}")
    left = archives()
    assert [path for path in left if path.startswith("node1:")]
    for path in left:
        machine, _colon, file = path.rpartition(":")
        mode = int(on(machine, f"stat -c %a {file}"), 8) if machine else stat.S_IMODE(os.stat(file).st_mode)
        assert mode == (0o600 if file.endswith(".tar") else 0o700), path
    assert distribute(images=images).status == 0
    assert ids("team/cut:1") == dict.fromkeys(NODES, made)
    assert archives() == []


def test_what_was_left_is_removed_where_nothing_lacks(distribute, on, archives):
    on("node4", f"mkdir /root/{DIRECTORY} && touch /root/{DIRECTORY}/part.tar")
    assert distribute(images=[{"name": "team/cut:1"}]).status == 0
    assert archives() == []


def test_a_host_without_room_fails_alone(distribute, build, ids, archives, on):
    on("node4", "mkdir -p /tiny && mount -t tmpfs -o size=1M tmpfs /tiny")
    made = build("node1", "team/large:1", "large")
    failed = distribute(images=[{"name": "team/large:1"}], hosts={"node4": {"image_distribute_directory": "/tiny/one"}})
    on("node4", "umount /tiny")
    assert failed.status == 2
    assert "No space left on device" in failed.text
    assert ids("team/large:1") == {**dict.fromkeys(NODES, made), "node4": None}
    assert archives() == []
