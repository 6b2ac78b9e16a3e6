#!/usr/bin/python
# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_login
short_description: Credentials for registries on a host
description:
  - Logs a user of this host in to one registry or to several, or out, as C(docker login) does. The credentials go into
    docker's configuration file, or into the credential helper that the file names for the registry.
  - The registry itself is asked whether it takes them, by this module. It needs no Engine and no Python library.
  - The file is written in one step and with mode C(0600). Other entries and whatever else it holds stay as they are. A
    file that is no JSON is an error, and is left as it is.
  - Passwords never go through a temporary file, a command line or the output. They are sent to the host as standard
    input (pipelining), which this module switches on for itself; where that cannot be done the task fails before
    anything is sent. Tasks with C(async) are refused for the same reason.
author:
  - flotilla.swarm contributors (@flotilla-swarm)
extends_documentation_fragment:
  - flotilla.swarm.fields.registry_login
attributes:
  check_mode:
    support: full
    description: Nothing is written and no registry is asked. A credential helper is asked for what it has.
  diff_mode:
    support: full
    description: Who is logged in where. Never a password.
notes:
  - Credentials that are stored already are not verified again, unless O(reauthorize) says so.
  - An identity token of the same user, which C(docker login) stores where a registry gives one, is kept. It does not
    tell which password it was given for; use O(reauthorize=true) after the password changed.
  - Where some of several registries do not take their credentials, those of the others are stored, and the task fails.
  - An Engine has its own list of insecure registries, in C(daemon.json). O(insecure) does not change it.
"""

EXAMPLES = r"""
- name: One registry
  flotilla.swarm.registry_login:
    registry: registry.example.com:5000
    username: deploy
    password: "{{ vault_registry_password }}"

- name: Several, in one task
  flotilla.swarm.registry_login:
    registries:
      - registry: docker.io
        username: example
        password: "{{ vault_hub_token }}"
      - registry: registry.example.com:5000
        username: deploy
        password: "{{ vault_registry_password }}"
        ca_cert: /etc/ssl/certs/example-ca.pem
      - registry: old.example.com
        state: absent

- name: For another user than root
  flotilla.swarm.registry_login:
    owner: jenkins
    registry: registry.example.com:5000
    username: deploy
    password: "{{ vault_registry_password }}"
  become: true
"""

RETURN = r"""
registries:
  description: The registries of the task.
  returned: success
  type: list
  elements: dict
  contains:
    registry:
      description: Name of the registry.
      type: str
    state:
      description: V(present) or V(absent).
      type: str
    username:
      description: Name of the user.
      type: str
    store:
      description: V(file), or the name of the credential helper.
      type: str
    changed:
      description: Whether its credentials were stored or removed; in check mode whether they would be.
      type: bool
    verified:
      description: Whether the registry took the credentials. V(false) is one that asks nobody for credentials, none
        one that was not asked.
      type: bool
config_path:
  description: Docker's configuration file.
  returned: success
  type: str
failure:
  description: >-
    Why the task failed. C(reason) is V(wrong_password), V(registry_unknown_host), V(registry_unreachable),
    V(registry_untrusted), V(registry_tls), V(registry_insecure), V(registry_rate_limit), V(registry_failing),
    V(registry_forbidden), V(no_registry), V(invalid_certificate), V(docker_config), V(docker_config_not_written),
    V(credential_helper), V(not_root) or V(invalid_option). C(registries) has the reason for each registry.
  returned: failure
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.core.errors import SwarmError
from ..module_utils.core.fields import argument_spec
from ..module_utils.registry.login import ensure
from ..module_utils.registry.login_fields import LOGIN

SINGLE = ("registry_url", "username", "password", "ca_cert")


def main():
    module = AnsibleModule(
        argument_spec=argument_spec(LOGIN),
        supports_check_mode=True,
        mutually_exclusive=[("registries", option) for option in SINGLE],
    )
    try:
        module.exit_json(**ensure(module.params, module.check_mode))
    except SwarmError as exc:
        module.fail_json(msg=str(exc), failure={"reason": exc.reason, **exc.details}, **exc.result)


if __name__ == "__main__":
    main()
