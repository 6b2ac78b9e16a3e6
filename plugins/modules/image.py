#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image
short_description: Pull, build, load, tag, push, save and remove an image
description:
  - Has an image on one Engine, from its registry, an archive or a Dockerfile, and saves it, gives it another name and
    pushes it, if that is asked for and not so already.
  - What an image holds decides, by its ID and by the digest that its registry has. An image that a registry has under
    this name is not pushed again, one that the Engine has is not loaded, and an archive of it is not written again.
  - The options are those of M(community.docker.docker_image).
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.image
  - flotilla.swarm.fields.registry_auth
  - flotilla.swarm.fields.progress
  - flotilla.swarm.fields.connection
attributes:
  check_mode:
    support: full
    description: >-
      Nothing is written in check mode. The registry is asked where that decides what would be done. What a build would
      make is not known before, so that one that would be run counts as a change.
  diff_mode:
    support: full
    description: IDs and digests, before and after, of each thing that is done.
notes:
  - It needs no swarm.
  - While it works, a line is shown now and then, such as C(pull nginx:1.29  3/7 layers · 120/300 MB). The variable
    C(flotilla_progress=false), or E(FLOTILLA_PROGRESS=false) on the controller, turns that off. Nothing is shown in
    check mode, and with C(no_log) or C(async).
  - Images are built by the Engine itself, by what docker calls the legacy builder; what only BuildKit knows, such as
    C(RUN --mount), is an error.
seealso:
  - module: flotilla.swarm.image_info
  - module: flotilla.swarm.registry_login
"""

EXAMPLES = r"""
- name: Pull an image, unless there is one by this name
  flotilla.swarm.image:
    name: nginx:1.29
    source: pull

- name: Pull it also if its registry has a newer one by now
  flotilla.swarm.image:
    name: nginx:1.29
    source: pull
    force_source: true

- name: From one registry to another
  flotilla.swarm.image:
    name: nginx:1.29
    source: pull
    repository: registry.example.com:5000/base/nginx:1.29
    push: true
  register: published # published.digest

- name: Build and push
  flotilla.swarm.image:
    name: registry.example.com:5000/shop/api:7
    source: build
    build:
      path: /srv/api
      args:
        VERSION: "7"
    push: true
    registry_auth:
      - registry: registry.example.com:5000
        username: deploy
        password: "{{ vault_registry_password }}"

- name: An archive of an image
  flotilla.swarm.image:
    name: registry.example.com:5000/shop/api:7
    source: local
    archive_path: /var/backups/api-7.tar

- name: The image of an archive
  flotilla.swarm.image:
    name: registry.example.com:5000/shop/api:7
    source: load
    load_path: /var/backups/api-7.tar

- name: No such image any more
  flotilla.swarm.image:
    name: registry.example.com:5000/shop/api:6
    state: absent
"""

RETURN = r"""
image:
  description: The image as C(docker image inspect) shows it; empty if there is none, or none yet in check mode.
  returned: success
  type: dict
id:
  description: ID of the image, none where RV(image) is empty.
  returned: success
  type: str
digest:
  description: >-
    Digest that its registry has for the image, under O(repository) if that is given. None where it is not known, as for
    one that was never pulled or pushed.
  returned: success
  type: str
  sample: sha256:0f5e5f6a5cb6e0c9a0d2f4f3e8c1f7e4f1c3ff0a6fb1b5b8b7d5a3a9c2e4d6f8
name:
  description: O(name) with its tag.
  returned: success
  type: str
actions:
  description: >-
    What was done, or in check mode would be, in its order: V(pull), V(build), V(load), V(save), V(tag), V(push) and
    V(remove).
  returned: always, but for options that are refused
  type: list
  elements: str
elapsed:
  description: Seconds that the module took.
  returned: always, but for options that are refused
  type: float
failure:
  description: >-
    Why the task failed. C(reason) is V(image_not_found), V(registry_login_required), V(wrong_password),
    V(registry_denied), V(registry_unknown_host), V(registry_unreachable), V(registry_untrusted), V(registry_insecure),
    V(registry_rate_limit), V(registry_failing), V(build_failed), V(build_context), V(archive_not_readable),
    V(archive_not_written), V(load_failed), V(image_in_use), V(disk_full), V(timeout), V(interrupted),
    V(engine_error) or V(invalid_option). Of a build that failed, C(lines) has the step that failed and the last lines
    that it wrote.
  returned: failure
  type: dict
"""

from ..module_utils.core.run import finish, make_module
from ..module_utils.image.fields import IMAGE
from ..module_utils.image.follow import ensure_in_calls
from ..module_utils.registry.credentials import REGISTRY_AUTH, Credentials
from ..module_utils.service.follow import PROGRESS

NEEDED = [("state", "present", ["source"]), ("source", "build", ["build"]), ("source", "load", ["load_path"])]


def main():
    module = make_module(IMAGE, REGISTRY_AUTH, PROGRESS, required_if=NEEDED)
    finish(module, lambda client: ensure_in_calls(client, module.params, module.check_mode, module.warn), Credentials)


if __name__ == "__main__":
    main()
