# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What engines of 20.10 and 26.1 were seen to say."""

from __future__ import annotations

import json

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.image.messages import Report, failure, messages

DIGEST = "sha256:b03e2ec59a1100a15b1a41d4e96252d3a4a4a18cd884387d73121ac636a94e01"
PULLED = [
    {"status": "Pulling from team/private", "id": "1"},
    {"status": "Downloading", "progressDetail": {"current": 5, "total": 10}, "id": "aa"},
    {"status": f"Digest: {DIGEST}"},
    {"status": "Status: Downloaded newer image for reg:5000/team/private:1"},
]
PUSHED = [
    {"status": f"1: digest: {DIGEST} size: 528"},
    {"progressDetail": {}, "aux": {"Tag": "1", "Digest": DIGEST, "Size": 528}},
]


def report_of(items):
    report = Report()
    for item in items:
        report.add(item)
    return report


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_messages_come_in_parts_of_any_size(size):
    data = b"".join(json.dumps(item).encode() + b"\r\n" for item in PULLED) + b'{"status": "no end"}'
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    assert list(messages(parts)) == [*PULLED, {"status": "no end"}]


@pytest.mark.parametrize("line", [b"<html>", b"[1]", b"7", b"Bad Gateway"])
def test_what_is_no_message_is_an_error(line):
    assert list(messages([b'{"status": "x"}\n', line])) == [{"status": "x"}, {"error": line.decode()}]


@pytest.mark.parametrize("items", [PULLED, PUSHED, PUSHED[:1], PUSHED[1:]])
def test_the_digest_is_told(items):
    assert report_of(items).digest == DIGEST


def test_an_error_is_one_although_all_began_well():
    said = {"errorDetail": {"message": "no basic auth credentials"}, "error": "no basic auth credentials"}
    assert report_of([*PULLED, said]).error == "no basic auth credentials"
    assert report_of(PULLED).error is None


def test_the_step_at_which_a_build_failed():
    report = report_of(
        [
            {"stream": "Step 1/2 : FROM base"},
            {"stream": "\n"},
            {"stream": " ---\u003e a455c60a1797\n"},
            {"stream": "Step 2/2 : RUN make\n"},
            {"stream": " ---\u003e Running in 3c20f52bcebd\n"},
            *({"stream": f"\x1b[91mline {number}\n\x1b[0m"} for number in range(12)),
            {"stream": "Removing intermediate container 3c20f52bcebd\n"},
        ]
    )
    assert report.last_step() == ["Step 2/2 : RUN make", *(f"line {number}" for number in range(2, 12))]
    assert report_of([]).last_step() == []


@pytest.mark.parametrize(
    ("said", "logged_in", "reason"),
    [
        ("manifest for reg:5000/a:1 not found: manifest unknown: manifest unknown", True, "image_not_found"),
        ("pull access denied for a, repository does not exist or may require 'docker login'", False, "image_not_found"),
        ("no matching manifest for linux/arm64/v8 in the manifest list entries", True, "image_not_found"),
        ("image with reference a:1 was found but does not match the specified platform", True, "image_not_found"),
        ("An image does not exist locally with the tag: a", True, "image_not_found"),
        ('Head "https://reg:5000/v2/a/manifests/1": no basic auth credentials', False, "registry_login_required"),
        ("unauthorized: authentication required", False, "registry_login_required"),
        ("unauthorized: authentication required", True, "wrong_password"),
        ("denied: requested access to the resource is denied", True, "registry_denied"),
        ("denied: requested access to the resource is denied", False, "registry_login_required"),
        ('Get "https://r/v2/": x509: certificate signed by unknown authority', True, "registry_untrusted"),
        ("dial tcp 127.0.0.1:9: connect: connection refused", True, "registry_unreachable"),
        ("dial tcp: lookup nohost.invalid on 127.0.0.11:53: no such host", True, "registry_unknown_host"),
        ("http: server gave HTTP response to HTTPS client", True, "registry_insecure"),
        ("toomanyrequests: You have reached your pull rate limit", True, "registry_rate_limit"),
        ("write /var/lib/docker/tmp/x: no space left on device", True, "disk_full"),
        ("The command '/bin/sh -c echo denied' returned a non-zero code: 1", True, "build_failed"),
        ("something that nobody has seen", True, "else"),
    ],
)
def test_what_is_said_has_a_reason(said, logged_in, reason):
    error = failure("a:1 cannot be pulled", f"the Engine refuses: {said}", logged_in, "else")
    assert error.reason == reason
    assert str(error).startswith("a:1 cannot be pulled: ")
    assert said in str(error)
    assert "the Engine refuses" not in str(error)
