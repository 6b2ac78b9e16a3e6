# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption, SwarmError

ID, DIGEST = "sha256:" + "a" * 64, "sha256:" + "d" * 64
APP, OTHER = "reg:5000/app:1", "reg:5000/other:1"


@pytest.fixture
def change(run, engine):
    """Run what changes something: in check mode it says the same and writes nothing, and again it changes nothing."""

    def change(*actions, **options):
        planned = run(check=True, **options)
        assert engine.writes == []
        done = run(**options)
        assert planned["actions"] == done["actions"] == list(actions)
        assert planned["changed"] is done["changed"] is bool(actions)
        assert len(done["diff"]) == len(actions)
        again = {**options, "force_source": options.get("force_source", False) and options["source"] == "pull"}
        for check in (True, False):
            assert run(check=check, **again)["actions"] == []
            assert engine.writes == []
        return done

    return change


def test_an_image_is_pulled_that_is_not_there(change, engine):
    engine.registry[APP] = "d"
    result = change("pull", name=APP, source="pull")
    assert (result["id"], result["digest"], result["name"]) == ("sha256:" + "p" * 64, DIGEST, APP)
    assert result["image"]["RepoTags"] == [APP]


def test_one_that_is_there_asks_no_registry(run, engine):
    engine.add("a", APP, digest="o")
    engine.registry[APP] = "d"
    assert run(name=APP, source="pull")["actions"] == []
    assert engine.requests == [f"GET /images/{APP}/json"]


def test_one_that_is_another_in_its_registry_is_pulled_if_that_is_forced(change, engine):
    engine.add("a", APP, digest="o")
    engine.registry[APP] = "d"
    assert change("pull", name=APP, source="pull", force_source=True)["digest"] == DIGEST


def test_one_that_is_the_same_is_not(change, engine):
    engine.add("a", APP, digest="d")
    engine.registry[APP] = "d"
    assert change(name=APP, source="pull", force_source=True)["digest"] == DIGEST


def test_one_of_another_platform_is_pulled(run, engine):
    engine.add("a", APP, digest="d")
    engine.registry[APP] = "d"
    assert run(check=True, name=APP, source="pull", pull={"platform": "linux/amd64"})["actions"] == []
    engine.inspect = lambda name, inspect=engine.inspect: {**inspect(name), "Architecture": "arm64"}
    assert run(check=True, name=APP, source="pull", pull={"platform": "linux/amd64"})["actions"] == ["pull"]


@pytest.mark.parametrize("check", [True, False])
def test_one_that_there_is_for_other_platforms_only(run, engine, check):
    engine.registry[APP] = "d"
    words = "cannot be pulled for linux/arm64: .* for linux/amd64 only; correct pull.platform"
    with pytest.raises(SwarmError, match=words) as caught:
        run(check=check, name=APP, source="pull", pull={"platform": "linux/arm64"})
    assert caught.value.reason == "image_not_found"


@pytest.mark.parametrize("check", [True, False])
def test_what_no_registry_has(run, engine, check):
    engine.error = "manifest for reg:5000/app:1 not found: manifest unknown: manifest unknown"
    with pytest.raises(SwarmError, match=f"^{APP} cannot be pulled: its registry has no such image") as caught:
        run(check=check, name=APP, source="pull")
    assert caught.value.reason == "image_not_found"
    assert caught.value.result["changed"] is False


@pytest.mark.parametrize("check", [True, False])
def test_what_is_to_be_there_and_is_not(run, check):
    with pytest.raises(SwarmError, match=f"^this Engine has no image {APP}; correct name, or use source"):
        run(check=check, name=APP, source="local")


def test_tagged_and_pushed(change, engine):
    engine.add("a", APP)
    engine.add("x", OTHER)
    result = change("tag", "push", name=APP, source="local", repository=OTHER, push=True)
    assert engine.names[OTHER] == ID
    assert (result["id"], result["digest"]) == (ID, ID)


def test_a_name_that_another_image_has_is_moved(change, engine):
    engine.add("a", APP)
    engine.add("x", OTHER)
    change("tag", name=APP, source="local", repository="reg:5000/other", tag="1")
    assert engine.names[OTHER] == ID


def test_pushed_where_the_registry_has_another(change, engine):
    engine.add("a", APP, digest="d")
    engine.registry[APP] = "o"
    change("push", name=APP, source="local", push=True)
    assert engine.registry[APP] == "a"


def test_what_the_registry_has_already_is_no_change(run, engine):
    engine.add("a", APP)
    engine.registry[APP] = "a"
    # The Engine does not know so before it has pushed.
    result = run(name=APP, source="local", push=True)
    assert (result["actions"], result["digest"]) == ([], ID)
    assert engine.writes == ["POST /images/reg:5000/app/push"]
    run(name=APP, source="local", push=True)
    assert engine.writes == []


def test_a_push_that_fails_tells_what_was_done_before(run, engine):
    engine.add("a", APP)
    engine.error = "denied: requested access to the resource is denied"
    with pytest.raises(SwarmError, match=f"^{OTHER} cannot be pushed: its registry wants a login") as caught:
        run(name=APP, source="local", repository=OTHER, push=True)
    assert caught.value.reason == "registry_login_required"
    assert caught.value.result["actions"] == ["tag"]


def test_saved_and_loaded(change, engine, tmp_path):
    engine.add("a", APP)
    path = str(tmp_path / "app.tar")
    change("save", name=APP, source="local", archive_path=path)
    engine.names, engine.loads = {}, {APP: ID}
    assert change("load", name=APP, source="load", load_path=path)["id"] == ID
    assert engine.inspect(APP)["Id"] == ID


def test_an_archive_of_another_image_is_written_again(change, engine, tmp_path):
    engine.add("a", APP)
    engine.add("x", OTHER)
    path = tmp_path / "app.tar"
    path.write_bytes(engine.archive(OTHER))
    change("save", name=APP, source="local", archive_path=str(path))


def test_what_is_there_under_another_name_is_not_sent_again(change, engine, tmp_path):
    engine.add("a", APP)
    path = tmp_path / "app.tar"
    path.write_bytes(engine.archive(APP))
    engine.names = {OTHER: ID, APP: "sha256:" + "x" * 64}
    change("tag", name=APP, source="load", load_path=str(path))
    assert engine.names[APP] == ID


def test_an_archive_is_sent_as_it_is(run, engine, tmp_path):
    engine.add("a", APP)
    data = engine.archive(APP)
    (tmp_path / "app.tar").write_bytes(data)
    engine.names, engine.loads = {}, {APP: ID}
    run(name=APP, source="load", load_path=str(tmp_path / "app.tar"))
    assert engine.received == data


def test_the_engine_refuses_an_archive(run, engine, tmp_path):
    engine.add("a", APP)
    (tmp_path / "app.tar").write_bytes(engine.archive(APP))
    engine.names, engine.error = {}, "open /var/lib/docker/tmp/x: no such file"
    with pytest.raises(SwarmError, match="app.tar cannot be loaded: open /var/lib/docker/tmp/x") as caught:
        run(name=APP, source="load", load_path=str(tmp_path / "app.tar"))
    assert caught.value.reason == "load_failed"


@pytest.fixture
def build(tmp_path):
    """Options of a build."""
    (tmp_path / "Dockerfile").write_text("FROM x")
    return {"name": APP, "source": "build", "build": {"path": str(tmp_path)}}


def test_an_image_is_built_that_is_not_there(change, engine, build):
    assert change("build", **build)["id"] == "sha256:" + "b" * 64


def test_a_build_that_makes_what_there_was_is_no_change(run, engine, build):
    engine.add("b", APP)
    assert run(check=True, force_source=True, **build)["actions"] == ["build"]
    assert run(force_source=True, **build)["actions"] == []
    assert engine.writes == ["POST /build"]


def test_a_build_that_fails(run, engine, build):
    engine.error = "The command '/bin/sh -c exit 3' returned a non-zero code: 3"
    with pytest.raises(SwarmError, match=f"^{APP} cannot be built: a command of its Dockerfile failed") as caught:
        run(**build)
    assert caught.value.reason == "build_failed"


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("place", "words"), [("path", "there is no directory"), ("dockerfile", "there is no file")])
def test_a_build_of_nothing(run, build, place, words, check):
    build["build"][place] = "/nothing/there"
    with pytest.raises(SwarmError, match=f"^build.{place}: {words} /nothing/there on this host; correct it"):
        run(check=check, **build)


def test_removed(change, engine):
    engine.add("a", APP, OTHER)
    change("remove", name=APP, state="absent")
    assert engine.names == {OTHER: ID}


@pytest.mark.parametrize("check", [True, False])
def test_what_a_container_has_is_not_removed(run, engine, check):
    engine.add("a", APP)
    engine.used = [ID]
    with pytest.raises(SwarmError, match=f"^image {APP} cannot be removed: .*; remove what uses it, or use force") as e:
        run(check=check, name=APP, state="absent")
    assert e.value.reason == "image_in_use"
    assert engine.names == {APP: ID}
    assert run(check=True, name=APP, state="absent", force_absent=True)["actions"] == ["remove"]
    engine.add("a", OTHER)
    assert run(check=True, name=APP, state="absent")["actions"] == ["remove"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": ID, "source": "pull"}, "name: sha256:a+ is the ID of an image"),
        ({"name": ID, "source": "build", "build": {"path": "/"}}, "name: sha256:a+ is the ID of an image"),
        ({"name": f"app@{ID}", "source": "build", "build": {"path": "/"}}, "has a digest, which no build can promise"),
        (
            {"name": APP, "source": "local", "repository": f"app@{ID}"},
            "repository: app@sha256:a+ is no name with a tag",
        ),
        ({"name": ID, "source": "local", "push": True}, "name: sha256:a+ is no name with a tag"),
    ],
)
def test_what_makes_no_sense(run, engine, options, message):
    engine.add("a", ID)
    with pytest.raises(InvalidOption, match=message):
        run(**options)
    assert engine.writes == []
