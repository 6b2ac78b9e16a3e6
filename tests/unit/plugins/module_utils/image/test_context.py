# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent to build an image. Which paths docker ignores was seen on a real one, by COPY and find."""

from __future__ import annotations

import os
import socket
import tarfile

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.image.context import Ignore, pack


@pytest.mark.parametrize(
    ("text", "ignored", "sent"),
    [
        pytest.param("secret", ["secret", "secret/a"], ["sub/secret", "secrets"], id="a name at the top only"),
        pytest.param("/secret/", ["secret", "secret/a"], ["sub/secret"], id="slashes around it"),
        pytest.param("*.log", ["a.log", "a.log/b"], ["sub/a.log", "alog"], id="a star stays in its directory"),
        pytest.param("*/*.log", ["sub/a.log"], ["a.log", "a/b/c.log"], id="one directory"),
        pytest.param("**/*.log", ["a.log", "a/b/c.log", "a/b.log/c"], ["a.logs"], id="all directories"),
        pytest.param("a/**", ["a/b", "a/b/c"], ["a", "b/a"], id="all that is in a directory"),
        pytest.param("a/**/z", ["a/z", "a/b/c/z"], ["a/b", "b/a/z"], id="all directories between"),
        pytest.param("temp?", ["tempa"], ["temp", "tempab"], id="one character"),
        pytest.param("v[0-9]", ["v1", "v9/a"], ["va", "v10"], id="a set of characters"),
        pytest.param("v[^0-9]", ["va"], ["v1"], id="all others"),
        pytest.param(r"a\*b", ["a*b"], ["axb", "ab"], id="a star that is meant"),
        pytest.param("a+b(c", ["a+b(c"], ["aab(c"], id="what means something elsewhere"),
        pytest.param("*.md\n!README.md", ["a.md"], ["README.md"], id="taken back"),
        pytest.param("*.md\n!README*.md\nREADME-x.md", ["README-x.md"], ["README.md"], id="and again"),
        pytest.param("!a\na", ["a"], [], id="the last line decides"),
        pytest.param("sub\n!sub/keep", ["sub", "sub/a"], ["sub/keep", "sub/keep/b"], id="something in a directory"),
        pytest.param("# a comment\n\n  b  \n", ["b"], ["# a comment", "a"], id="comments and blanks"),
        pytest.param("./a/../b", ["b"], ["a"], id="a path that is not straight"),
        pytest.param(".", [], ["a"], id="the directory itself"),
        pytest.param("\ufeffa", ["a"], [], id="a mark that editors leave"),
    ],
)
def test_what_is_ignored(text, ignored, sent):
    ignore = Ignore(text)
    assert [path for path in ignored if not ignore.ignores(path)] == []
    assert [path for path in sent if ignore.ignores(path)] == []


@pytest.fixture
def context(tmp_path):
    """A directory with files."""
    top = tmp_path / "context"
    for path in ("a.txt", "b.log", "sub/c.log", "sub/deep/keep", "sub/deep/drop", "Dockerfile"):
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(path)
    return top


def sent(top, dockerfile="Dockerfile"):
    """The name of the Dockerfile, and what is in the archive."""
    with open(top.parent / "archive", "w+b") as file:
        name = pack(str(top), dockerfile, file)
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            return name, {member.name: member for member in archive}, archive_texts(archive)


def archive_texts(archive):
    files = (member for member in archive if member.isreg())
    return {member.name: archive.extractfile(member).read().decode() for member in files}


def test_all_is_sent(context):
    name, members, texts = sent(context)
    assert name == "Dockerfile"
    assert list(members) == [
        "Dockerfile", "a.txt", "b.log", "sub", "sub/c.log", "sub/deep", "sub/deep/drop", "sub/deep/keep",
    ]  # fmt: skip
    assert texts["sub/c.log"] == "sub/c.log"


def test_less_what_is_ignored(context):
    (context / ".dockerignore").write_text("**/*.log\nsub\n!sub/deep/keep\nDockerfile\n.dockerignore\n")
    _name, members, _texts = sent(context)
    # The builder needs these two, and leaves them out itself.
    assert list(members) == [".dockerignore", "Dockerfile", "a.txt", "sub/deep/keep"]


def test_links_are_sent_as_links_and_sockets_are_not(context):
    (context / "link").symlink_to("/etc/passwd")
    (context / "folder").symlink_to("sub")
    os.chmod(context / "a.txt", 0o750)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(context / "socket"))
        _name, members, _texts = sent(context)
    assert members["link"].linkname == "/etc/passwd"
    assert members["folder"].linkname == "sub"
    assert "socket" not in members
    assert "folder/c.log" not in members
    assert members["a.txt"].mode & 0o777 == 0o750
    assert {(member.uid, member.gid, member.uname) for member in members.values()} == {(0, 0, "")}


@pytest.mark.parametrize("ignored", [None, "b.log"])
def test_a_dockerfile_from_elsewhere_gets_a_name_of_its_own(context, ignored):
    (context.parent / "Other").write_text("FROM x")
    if ignored:
        (context / ".dockerignore").write_text(ignored)
    name, members, texts = sent(context, "../Other")
    assert name.startswith(".dockerfile.")
    assert texts[name] == "FROM x"
    assert texts[".dockerignore"].split() == [*([ignored] if ignored else []), name, ".dockerignore"]
    assert ("b.log" in members) is (ignored is None)
    assert sent(context, str(context.parent / "Other"))[0] == name


def test_a_dockerfile_below(context):
    (context / "sub" / "Other").write_text("FROM x")
    assert sent(context, "sub/Other")[0] == sent(context, str(context / "sub" / "Other"))[0] == "sub/Other"


def test_what_cannot_be_read_is_named(context):
    with pytest.raises(SwarmError, match="nothing cannot be sent to the Engine: No such file.*correct build.path") as e:
        sent(context, "sub/nothing")
    assert e.value.reason == "build_context"
