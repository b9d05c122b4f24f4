# make run          start the app (the first time: create .venv and install the requirements)
# make test         everything that continuous integration runs
# make format       format the code
# make audit        look up known vulnerabilities of all installed packages (needs the internet)
# make screenshots  every page in light, dark and on a narrow screen, into screenshots/
# make benchmarks   measure the figures of docs/performance.md
# make clean        remove .venv and tool caches; your runs in .playground/ stay

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.PHONY: run test lint audit format screenshots benchmarks clean

# Compiled modules are kept, so that not each of the many processes that tests start compiles them anew.
export PYTHONDONTWRITEBYTECODE :=

PORT ?= 8501
# Who may connect: localhost for this machine only, 0.0.0.0 for the network that it is in.
HOST ?= localhost
SUITABLE := import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do "$$name" -c '$(SUITABLE)' 2>/dev/null && echo "$$name" && break; done)

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11, 3.12 or 3.13 with its venv module is needed, but none was found on the PATH." >&2; exit 1; }
	$(PYTHON) -m venv .venv

# Reinstalled only when a requirements file changes.
.venv/.requirements: requirements.txt | .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.requirements-dev: requirements.txt requirements-cluster.txt requirements-dev.txt | .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/.requirements

run: .venv/.requirements
	.venv/bin/streamlit run app.py --server.port $(PORT) --server.address $(HOST)

.venv/.browser: scripts/install_browser.sh | .venv/.requirements-dev
	scripts/install_browser.sh
	@touch $@

.venv/.postgresql: scripts/install_postgresql.sh | .venv/.requirements-dev
	scripts/install_postgresql.sh
	@touch $@

lint: .venv/.requirements-dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

test: lint .venv/.browser .venv/.postgresql
	node --test $(wildcard tests/js/*.test.js tests/js/*.test.mjs)
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

format: .venv/.requirements-dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

audit: .venv/.requirements-dev
	.venv/bin/python -m scripts.audit

screenshots: .venv/.browser
	.venv/bin/python -m scripts.screenshots

benchmarks: .venv/.browser
	.venv/bin/python -m benchmarks

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
