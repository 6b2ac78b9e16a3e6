# SPDX-License-Identifier: GPL-3.0-or-later
# Every target installs what it needs and nothing else; run any of them on a fresh clone.

MANAGERS ?= 3
WORKERS ?= 2
RELEASES ?=
SCENARIO ?=

# The first Python that ansible-core supports; PYTHON=... overrides.
SUPPORTED = import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)

PARTS := lint size unit docs build sanity golden molecule mesh
LINKED := docs galaxy.yml meta playbooks plugins roles tests
COLLECTION := .collections/ansible_collections/flotilla/swarm
LAB := .venv/bin/python molecule/lab/lab.py
INVENTORY := inventories/lab/hosts.yml
PIP := .venv/bin/python -m pip install -qq --disable-pip-version-check

.PHONY: help demo test versions bench setup clean link $(PARTS)

help: ## Show this help
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | expand -t 12

demo: .venv/.run link ## Build a swarm of MANAGERS=3 and WORKERS=2 machines here, and show it
	@$(LAB) up --name demo --managers $(MANAGERS) --workers $(WORKERS) \
	$(if $(RELEASES),--releases $(RELEASES)) --inventory $(INVENTORY)
	.venv/bin/ansible-playbook flotilla.swarm.site
	@.venv/bin/ansible-playbook molecule/lab/summary.yml

test: setup ## Run every check and test; the last line is "N passed, N failed"
	@.venv/bin/python tests/run.py

# `make lint`, `make molecule SCENARIO=cluster` and so on.
$(PARTS): setup
	@.venv/bin/python tests/run.py $@ $(if $(SCENARIO),--scenario $(SCENARIO))

versions: setup ## Try every supported ansible-core, Python and docker SDK, and write docs/versions.md (half an hour)
	@.venv/bin/python tests/checks/versions.py --full

bench: .venv/.bench link ## Compare with the community's modules and docker's own commands
	@.venv/bin/python tests/benchmarks/run.py

setup: .venv/.dev link ## Make .venv with all that development needs

clean: .venv/.run ## Remove the lab's machines and images, .venv and all that was made here
	@$(LAB) clean
	@git -c core.excludesFile= clean -fdXq
	@echo "Removed. Packages that were installed with apt-get stay."

.venv/.made:
	@$(or $(PYTHON),false) -c '$(SUPPORTED)' || { echo "Python 3.11 to 3.14 is needed;" \
	"install one, or name one that is installed: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { apt-get update -q && \
	DEBIAN_FRONTEND=noninteractive apt-get install -qy \
	$$($(PYTHON) -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'); }
	$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/.run: .venv/.made requirements/run.txt requirements/constraints.txt
	$(PIP) -r requirements/run.txt
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt requirements/docs.txt requirements/ee.txt requirements/runner.txt
	$(PIP) -r requirements/dev.txt
	@touch $@

.venv/.bench: .venv/.run requirements/bench.txt
	$(PIP) -r requirements/bench.txt
	@touch $@

# Ansible and pytest want the path ansible_collections/flotilla/swarm. It is a directory of links,
# not one link to the repository, so that a tool that follows links does not walk in a circle.
link:
	@mkdir -p $(COLLECTION)
	@for name in $(LINKED); do \
	test -L $(COLLECTION)/$$name || ln -s ../../../../$$name $(COLLECTION)/$$name; done
