# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Sphinx for the site of the documentation; tests/checks/site.py builds it."""

project = "flotilla.swarm"
copyright = "flotilla.swarm contributors"
title = html_title = html_short_title = "flotilla.swarm"
extensions = ["myst_parser", "sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
default_role = "any"

myst_heading_anchors = 4
# Diagrams are shown as their text, as the program that draws them comes from elsewhere.
suppress_warnings = ["misc.highlighting_failure"]

# site.py makes this inventory from objects.txt, so that a build needs no network.
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/projects/ansible/latest/", "ansible.inv")}

pygments_style = "ansible"
highlight_language = "YAML+Jinja"
html_theme = "sphinx_ansible_theme"
html_theme_options = {"navigation_depth": 3, "titles_only": True}
html_show_sphinx = False
html_copy_source = False
html_use_index = False
html_use_modindex = False
