# SPDX-License-Identifier: GPL-3.0-or-later
"""Two stacks from their first deploy on; each test begins with what the one before it has left."""

from __future__ import annotations

from deploy.tests.stacks import Swarm, ask, blog, shop

testinfra_hosts = ["ansible://node1"]

EMPTY = {"services": {}, "secrets": {}, "configs": {}, "networks": set()}
TESTED = {"smoke_tests": [ask("version: 1")]}


def test_two_stacks_are_deployed_in_their_order(swarm, deploy, table):
    stacks = shop(**TESTED), blog()
    planned = deploy(*stacks, options=["--check", "--diff"])
    assert planned.changed == 4
    assert [row[3] for row in table(planned)] == ["create", "create"]
    assert swarm.everything() == EMPTY

    done = deploy(*stacks, options=["-vvvv"])
    assert done.changed == 4
    first, second = table(done)
    assert first[:5] == ["shop", "shop_web", "flotilla/web:1", "create", "2/2"]
    assert float(first[5]) > 0
    assert first[6].count(":8081") == 2
    assert second[:5] == ["blog", "blog_front", "flotilla/web:1", "create", "1/1"]
    for stack in ("shop", "blog"):
        assert f"{stack}: changed: true deploy: 1 put_back: false" in done.text.partition("RUN: flotilla_deploy:")[2]
    created = {raw["Spec"]["Name"]: raw["CreatedAt"] for raw in swarm.client.get("/services")}
    assert sorted(created, key=created.get) == ["shop_web", "blog_front"]

    before = swarm.everything()
    again = deploy(*stacks)
    assert again.changed == 0
    assert [row[3] for row in table(again)] == ["keep", "keep"]
    assert swarm.everything() == before


def test_what_cannot_be_deployed_stops_all_before_anything_is_changed(swarm, deploy):
    before = swarm.everything()
    failed = deploy(shop(2), blog(7, "node.labels.nowhere == true"), swarm_networks=[{"name": "another"}])
    assert failed.status == 2
    assert "nothing was changed, as not all stacks can be deployed" in failed.text
    assert "service blog_front: no node meets its constraints (node.labels.nowhere == true)" in failed.text
    assert "image flotilla/web:7 of service blog_front" in failed.text
    assert swarm.everything() == before


def test_a_smoke_test_that_fails_puts_the_stack_back(swarm, deploy, table):
    before = swarm.specs()
    tests = [{**ask("version: 3"), "stack": "shop"}, ask("version: 1")]
    failed = deploy(shop(2), blog(2), options=["-vvvv"], swarm_smoke_tests=tests)
    assert failed.status == 2
    assert "smoke test of stack shop failed: http://127.0.0.1:8081/ from node5 got status 200" in failed.text
    assert "'version: 3', tried 3 times. These services are again what they were: shop_web" in failed.text
    assert swarm.specs() == before
    assert table(failed)[0][:5] == ["shop", "shop_web", "flotilla/web:1", "put back", "2/2"]
    assert "RUN: flotilla_deploy: shop: changed: true deploy: 1 put_back: true" in failed.text
    assert swarm.deploys("shop") == [1]


def test_a_test_that_names_no_stack_puts_back_all_that_the_run_changed(swarm, deploy):
    before, there = swarm.specs(), swarm.everything()
    one = {"image": "flotilla/web:1", "stop_grace_period": "1s", "deploy": {"update_config": {"monitor": "1s"}}}
    extra = {"name": "extra", "compose": {"services": {"one": one}}}
    nobody = {"url": "http://127.0.0.1:9/", "retries": 0, "stack": ""}
    failed = deploy(shop(), blog(2), extra, swarm_smoke_tests=[nobody])
    assert failed.status == 2
    assert (
        "smoke test of stacks extra, blog, shop failed: http://127.0.0.1:9/ from controller got no answer"
        in failed.text
    )
    assert "These services are again what they were: blog_front" in failed.text
    assert "This was removed again: service extra_one, network extra_default" in failed.text
    assert swarm.specs() == before
    after = swarm.everything()
    assert {kind: set(found) for kind, found in after.items()} == {kind: set(found) for kind, found in there.items()}


def test_a_test_that_fails_where_nothing_was_changed_changes_nothing(swarm, deploy):
    before = swarm.everything()
    failed = deploy(shop(smoke_tests=[ask("version: 3", **{"from": "manager"})]), blog())
    assert failed.status == 2
    assert "from manager got no answer" in failed.text
    assert "Nothing was put back, as this run has changed no service" in failed.text
    assert swarm.everything() == before


def test_only_the_stacks_that_are_named_are_deployed(swarm, deploy, table):
    limits = {"swarm_stack": "blog", "swarm_deploy_history": "3"}
    done = deploy(shop(2), blog(2), options=["--limit", "node4"], **limits)
    assert done.changed == 1
    assert [row[1] for row in table(done)] == ["blog_front"]
    assert (swarm.image("shop_web"), swarm.image("blog_front")) == ("flotilla/web:1", "flotilla/web:2")
    unknown = deploy(shop(2), blog(2), swarm_stack="blog,news")
    assert "swarm_stack names news, which is not in swarm_stacks; there is shop, blog" in unknown.text


def test_back_to_deploys_that_are_kept(swarm, deploy, run):
    for word in ("two", "three", "four"):
        assert deploy(shop(1, word), blog(2), swarm_stack=["shop"]).changed == 1
    assert swarm.deploys("shop") == [1, 2, 3, 4]

    before = swarm.everything()
    assert run("rollback", "--check", swarm_stack="shop", swarm_deploy="").changed == 1
    missing = run("rollback", swarm_stack="shop", swarm_deploy=9)
    assert missing.status == 2
    assert "stack shop: deploy 9 is not kept; choose one of 4, 3, 2, 1" in missing.text
    assert "say which stack goes back" in run("rollback").text
    assert swarm.everything() == before

    seen = []
    for _again in range(2):
        assert run("rollback", swarm_stack="shop").changed == 1
        seen.append(swarm.shop())
    assert seen == [("1", "three"), ("1", "two")]
    assert run("rollback", swarm_stack="shop", swarm_deploy="1").changed == 1
    assert swarm.shop() == ("1", "none")
    assert run("rollback", swarm_stack="shop", swarm_deploy="1").changed == 0


def test_scale(swarm, run, table):
    before = swarm.everything()
    wrong = run("scale", swarm_scale={"blog_front": "many", "shop_web": 3, "blog": 2})
    assert wrong.status == 2
    assert "there is no service blog in this swarm; there is blog_front, shop_web" in wrong.text
    assert "service shop_web is global" in wrong.text
    assert "service blog_front: 'many' is not a number of replicas" in wrong.text
    assert run("scale", "--check", "--limit", "node5", swarm_scale={"blog_front": "2"}).changed == 1
    assert swarm.everything() == before

    done = run("scale", swarm_scale={"blog_front": "2"})
    assert done.changed == 1
    assert table(done)[0][:5] == ["blog", "blog_front", "flotilla/web:2", "update", "2/2"]
    assert "RUN: flotilla_scale: blog_front: 2" in done.text
    assert swarm.specs()["blog_front"]["Mode"]["Replicated"]["Replicas"] == 2
    assert run("scale", swarm_scale="blog_front=2").changed == 0


def test_without_the_first_manager(deploy, power):
    power("stop", "node1")
    done = deploy(shop(2), blog(2), swarm_stack="shop")
    assert not any(failed for _changed, _off, failed in done.recap.values()), done.printed
    assert Swarm("node2").shop() == ("2", "none")
    power("start", "node1")
