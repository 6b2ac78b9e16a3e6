# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import os
import tarfile

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.image.archive import (
    holds,
    image_in,
    read_archive,
    write_archive,
)

FIRST, SECOND = ("sha256:" + letter * 64 for letter in "ab")
OLD = [{"Config": f"{'a' * 64}.json", "RepoTags": ["web:1", "docker.io/library/web:2"], "Layers": []}]
NEW = [{"Config": f"blobs/sha256/{'a' * 64}", "RepoTags": ["web:1"]}]
NAMELESS = [{"Config": f"blobs/sha256/{'a' * 64}", "RepoTags": None}]
INDEX = {"manifests": [{"digest": SECOND, "annotations": {"io.containerd.image.name": "docker.io/library/web:1"}}]}


@pytest.fixture
def make(tmp_path):
    """Make an archive of these entries, which are JSON."""

    def make(mode="w", **entries):
        path = tmp_path / "archive.tar"
        with tarfile.open(path, mode) as archive:
            for name, value in entries.items():
                data = json.dumps(value).encode()
                info = tarfile.TarInfo(f"{name}.json")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return str(path)

    return make


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2"])
def test_the_images_of_an_archive(make, mode):
    assert read_archive(make(mode, manifest=OLD)) == [{"ids": [FIRST], "tags": ["web:1", "web:2"]}]


def test_an_image_has_another_id_with_the_storage_of_containerd(make):
    assert read_archive(make(manifest=NEW, index=INDEX)) == [{"ids": [FIRST, SECOND], "tags": ["web:1"]}]


@pytest.mark.parametrize(
    ("name", "manifest", "found"),
    [
        pytest.param("web:2", OLD, True, id="by name"),
        pytest.param("docker.io/library/web:1", OLD, True, id="by its long name"),
        pytest.param(FIRST, OLD, True, id="by ID"),
        pytest.param("other:1", NAMELESS, True, id="the only one, which has no name"),
        pytest.param("web:3", OLD, False, id="another tag"),
        pytest.param(SECOND, OLD, False, id="another ID"),
        pytest.param("other:1", [*NAMELESS, *NAMELESS], False, id="which of two without a name"),
    ],
)
def test_the_image_that_is_meant(make, name, manifest, found):
    archive = read_archive(make(manifest=manifest))
    if found:
        assert image_in(archive, name, "x.tar")["ids"] == [FIRST]
        return
    with pytest.raises(
        SwarmError, match=f"archive x.tar has no image {name}, but (web:1, web:2|2 without a name)"
    ) as e:
        image_in(archive, name, "x.tar")
    assert e.value.reason == "image_not_found"


def test_an_archive_that_need_not_be_written_again(make):
    path = make(manifest=NEW)
    assert holds(path, "web:1", FIRST)
    assert not holds(path, "web:1", SECOND)
    assert not holds(path, "web:2", FIRST)
    assert not holds(path, FIRST, FIRST)
    assert not holds(make(manifest=OLD), "web:1", FIRST)
    assert holds(make(manifest=NAMELESS), FIRST, FIRST)
    assert not holds(path + ".not", "web:1", FIRST)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, "No such file or directory", id="no file"),
        pytest.param(b"text", "it is no tar archive", id="no archive"),
        pytest.param(b"", "it is no tar archive", id="an empty file"),
        pytest.param({"x": 1}, "it holds no images", id="an archive of something else"),
        pytest.param({"manifest": {"a": 1}}, "it holds no images", id="a list of something else"),
    ],
)
def test_what_is_no_archive_of_images(make, tmp_path, content, words):
    path = str(tmp_path / "file")
    if isinstance(content, bytes):
        (tmp_path / "file").write_bytes(content)
    elif content:
        path = make(**content)
    with pytest.raises(SwarmError, match=f"^archive {path} cannot be read: {words}.*load_path") as caught:
        read_archive(path)
    assert caught.value.reason == "archive_not_readable"


def test_a_directory_is_no_archive(tmp_path):
    with pytest.raises(SwarmError, match="it is no file"):
        read_archive(str(tmp_path))


def test_a_file_is_written_in_one_step(tmp_path):
    path = tmp_path / "a.tar"
    write_archive(str(path), iter([b"one", b"two"]))
    assert path.read_bytes() == b"onetwo"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    write_archive(str(path), [b"new"])
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644


def test_what_cannot_be_written_stays_as_it_is(tmp_path):
    path = tmp_path / "a.tar"
    path.write_bytes(b"old")

    def parts():
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(SwarmError, match="cannot be written: No space left on device; correct archive_path") as caught:
        write_archive(str(path), parts())
    assert caught.value.reason == "archive_not_written"
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.tar"]
    for wrong in (tmp_path, tmp_path / "no" / "a.tar"):
        with pytest.raises(SwarmError, match="cannot be written"):
            write_archive(str(wrong), [b""])
