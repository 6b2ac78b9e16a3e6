# SPDX-License-Identifier: GPL-3.0-or-later
"""A site is made in the browser, and it is in the database that the secret opens."""

from __future__ import annotations

import pytest

testinfra_hosts = ["ansible://node1"]

# Where group_vars wants the data.
NODE, PORT = "node2", 8080
TITLE = "Sails & Oars"
FORM = {
    "weblog_title": TITLE,
    "user_name": "captain",
    "admin_password": "aye-aye-sir",
    "admin_password2": "aye-aye-sir",
    "pw_weak": "on",
    "admin_email": "captain@example.com",
    "blog_public": "0",
    "Submit": "Install WordPress",
}
QUERY = "SELECT option_value FROM wp_options WHERE option_name = 'blogname'"


def test_it_asks_for_the_name_of_the_site_and_makes_it(ask):
    first = ask(NODE, PORT)
    assert first.status == 200
    assert first.url.endswith("/wp-admin/install.php")
    assert 'name="weblog_title"' in first.text
    made = ask(NODE, PORT, "/wp-admin/install.php?step=2", form=FORM)
    assert "WordPress has been installed" in made.text
    front = ask(NODE, PORT)
    assert front.status == 200
    assert "Sails &amp; Oars</title>" in front.text


def test_the_site_is_in_the_database_which_the_password_opens_and_no_other(execute):
    def title(password):
        script = f'mariadb --host 127.0.0.1 --user wordpress --password="{password}" --batch -N wordpress'
        return execute("wordpress_db", "sh", "-c", f'{script} --execute "{QUERY}"')

    assert title("$(cat /run/secrets/db_password)") == (0, TITLE.replace("&", "&amp;"))
    assert title("guessed")[0] != 0


@pytest.mark.parametrize(
    ("service", "stack"),
    [("wordpress_db", "wordpress"), ("wordpress_wordpress", "wordpress"), ("counter_db", "counter"),
     ("counter_api", "counter")],
)  # fmt: skip
def test_the_password_is_a_secret_and_in_no_environment(service, stack, host, execute):
    password = host.ansible.get_variables()[f"{stack}_db_password"]
    assert execute(service, "cat", "/run/secrets/db_password") == (0, password)
    assert password not in execute(service, "env")[1]


def test_nobody_else_reaches_the_database(execute):
    reach = "timeout 2 bash -c '</dev/tcp/db/3306'"
    assert execute("wordpress_wordpress", "sh", "-c", reach)[0] == 0
    assert execute("counter_front", "sh", "-c", reach)[0] != 0
