# make run          start the app (the first time: make .venv and install what it needs)
# make test         everything that continuous integration checks
# make format       put the code into the house's form
# make screenshots  every page in light, in dark and on a narrow screen, into screenshots/
# make benchmarks   measure the figures of docs/performance.md
# make clean        remove .venv and what the tools left; your runs in .playground/ stay

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.PHONY: run test lint format screenshots benchmarks clean

PORT ?= 8501
SUITABLE := import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do "$$each" -c '$(SUITABLE)' 2>/dev/null && echo "$$each" && break; done)

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11, 3.12 or 3.13 is needed (with its venv module); none was found on the path." >&2; exit 1; }
	$(PYTHON) -m venv .venv

# Installed again only when a list of requirements changes.
.venv/.requirements: requirements.txt | .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.requirements-dev: requirements.txt requirements-dev.txt | .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/.requirements

run: .venv/.requirements
	.venv/bin/streamlit run app.py --server.port $(PORT)

.venv/.browser: scripts/install_browser.sh | .venv/.requirements-dev
	scripts/install_browser.sh
	@touch $@

lint: .venv/.requirements-dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

test: lint .venv/.browser
	node --test $(wildcard tests/js/*.test.js tests/js/*.test.mjs)
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

format: .venv/.requirements-dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

screenshots: .venv/.browser
	.venv/bin/python -m scripts.screenshots

benchmarks: .venv/.browser
	.venv/bin/python -m benchmarks

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
