# Every chore has one entry here. `make help` lists them.
# Needs a Python 3.11 or later with its venv module, nothing else: no Node, no gettext, no database.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)
CODE := comptoir tests scripts build_hook.py

.DEFAULT_GOAL := help
.PHONY: help run test services check fix bench lock messages wheel clean install install-dev

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## Start Comptoir with invented data on http://localhost:8000
	$(BIN)/comptoir run --demo

test: install-dev ## Run every test; a browser and servers are found or fetched
	@$(BIN)/python scripts/servers.py || true
	COMPTOIR_CHROMIUM="$$($(BIN)/python scripts/chromium.py)" $(BIN)/pytest -n $(JOBS) $(ARGS)

services: install-dev ## Install the servers that tests talk to, Dovecot and ClamAV, or say which packages are missing
	@$(BIN)/python scripts/servers.py

check: install-dev ## Style, types, layers, templates, migrations: what must hold before a commit
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet comptoir
	$(BIN)/comptoir makemigrations --check --dry-run

fix: install-dev ## Repair what can be repaired without thinking
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

bench: install-dev ## Run the benchmarks, which print ratios measured in one run
	@set -e; for program in tests/benchmarks/bench_*.py; do echo "== $$program"; $(BIN)/python -m "$$(echo "$${program%.py}" | tr / .)"; done

lock: install-dev ## Choose versions again and write the locked requirements
	cd requirements && for name in build run dev; do \
	  ../$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --upgrade \
	    --python-version 3.11 --no-header $$name.in -o $$name.txt || exit 1; done

messages: install-dev ## Bring the catalogues in line with the sources; then translate locale/fr
	$(BIN)/python -m scripts.translations
	@$(BIN)/python build_hook.py

wheel: install-dev ## Build the wheel and the source archive into dist/
	$(BIN)/python -m hatchling build

clean: ## Remove everything that was made, the demonstration's database excepted
	rm -rf $(VENV) node_modules comptoir/ui/static/vendor dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -f locale/*/LC_MESSAGES/*.mo

# --- Installing. Each step leaves a stamp, so that a second start takes a second. ---

install: $(VENV)/.installed $(VENV)/.catalogues
install-dev: $(VENV)/.installed-dev $(VENV)/.installed $(VENV)/.catalogues

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Comptoir needs Python 3.11 or later." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.locked: requirements/run.txt requirements/build.txt | $(BIN)/python
	@echo 'Installing what is locked in requirements/ (about half a minute, once).'
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/run.txt
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml build_hook.py package.json package-lock.json
	@echo 'Installing Comptoir and building its browser files.'
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements/dev.txt | $(VENV)/.locked
	@echo 'Installing what the checks and tests need.'
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.catalogues: $(CATALOGUES) | $(VENV)/.installed
	@$(BIN)/python build_hook.py
	@touch $@
