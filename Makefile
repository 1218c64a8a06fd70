# Every command a person needs. `make run` and `make test` work on a bare machine: Python 3.11 or newer and make.
.DEFAULT_GOAL := help
.PHONY: run test check fmt lock bench wheel texts shots help clean
.DELETE_ON_ERROR:

BIN := .venv/bin
# A home that cannot be written to (nobody, a container) has no room for uv's cache.
UV := $(shell [ -w "$$HOME" ] || echo UV_NO_CACHE=1) $(BIN)/uv --quiet
INSTALL := $(UV) pip install --python $(BIN)/python --compile-bytecode
COMPILE := $(UV) pip compile --universal --generate-hashes --no-header --python-version 3.11 $(if $(UPGRADE),--upgrade)

run: .venv/.ready ## Serve the demo on http://127.0.0.1:8000 (PORT=9000 and HOST=0.0.0.0 change that)
	@exec $(BIN)/course serve --demo

test: .venv/.ready-dev ## Install what the tests need and run them all
	@$(BIN)/python -m tests.machine.chromium
	@$(BIN)/python -m tests.counterparts.openedx.install
	@$(BIN)/python -m pytest -n 4 --dist worksteal

check: .venv/.ready-dev ## Lint, types, layers, templates, modules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --quiet --lint
	@$(BIN)/course check

fmt: .venv/.ready-dev ## Format code and templates
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

lock: .venv/.ready ## Make the lock files again (UPGRADE=1 takes newer releases)
	@printf 'uv\nhatchling\neditables\n' | $(COMPILE) - --output-file requirements-bootstrap.lock >/dev/null
	@$(COMPILE) pyproject.toml --output-file requirements.lock >/dev/null
	@$(COMPILE) pyproject.toml --extra dev --constraints requirements.lock --constraints requirements-bootstrap.lock \
	  --output-file requirements-dev.lock >/dev/null

bench: .venv/.ready-dev ## Measure against the floor and the budgets
	@$(BIN)/python -m bench

wheel: .venv/.ready-dev ## Build dist/*.whl
	@$(BIN)/python -m hatchling build --target wheel

texts: .venv/.ready-dev ## Collect every text on the screen into the catalogue
	@$(BIN)/pybabel --quiet extract --mapping pyproject.toml --omit-header --no-location --sort-output --output course/web/texts.pot .

shots: .venv/.ready-dev ## Make the README's screenshots from the demo
	@$(BIN)/python -m tests.machine.chromium
	@$(BIN)/python docs/shots.py

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

clean: ## Remove what can be made again (the data in instance/ stays)
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The set-up of both `run` and `test`. Nothing outside .venv is touched: a venv without pip takes a fraction of a
# second and needs no ensurepip, and any pip on the machine can put uv into it. Without one, a throw-away pip does.
PIP_ARGS := --python $(BIN)/python --quiet --disable-pip-version-check
PIP_INSTALL := install --no-deps --require-hashes --requirement requirements-bootstrap.lock
.venv/.ready: requirements-bootstrap.lock requirements.lock pyproject.toml
	@set -eu; stop() { echo "$$*" >&2; exit 1; }; \
	if ! $(BIN)/python -c '' 2>/dev/null; then \
	  for python in $(or $(PY),python3 python3.14 python3.13 python3.12 python3.11) ''; do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	  done; \
	  [ -n "$$python" ] || stop 'Python 3.11 or newer is needed. Install it, or say where it is: make $(or $(MAKECMDGOALS),run) PY=/path/to/python3'; \
	  echo "Setting up .venv with $$python (once, about half a minute)"; \
	  "$$python" -m venv --clear --without-pip .venv; \
	fi; \
	python=$$($(BIN)/python -c 'import sys; print(sys._base_executable)'); \
	if "$$python" -m pip $(PIP_ARGS) --version >/dev/null 2>&1; then \
	  "$$python" -m pip $(PIP_ARGS) $(PIP_INSTALL); \
	else \
	  spare=$$(mktemp -d); trap 'rm -rf "$$spare"' EXIT; \
	  "$$python" -m venv "$$spare" >/dev/null 2>&1 \
	    || stop "$$python has neither pip nor ensurepip. Install one of them (Debian, Ubuntu: apt-get install python3-pip)."; \
	  "$$spare/bin/python" -m pip $(PIP_ARGS) $(PIP_INSTALL); \
	fi; \
	$(INSTALL) --require-hashes --requirement requirements.lock; \
	$(INSTALL) --offline --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.lock
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@
