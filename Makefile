# `make run` and `make test` are all a fresh checkout needs besides Python 3.11 or newer.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

# Most tests wait for processes and pages, so two of them at a time take half as long.
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=worksteal

# Where tests start workers without options of `process_tasks` alone (OF_PROCESS_TASKS in their conftest.py).
ON_CELERY := celery coalescing deaths full_disk lease losing outages pauses recurring slots stopping streams waking

export PORT
.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-postgres test-celery check bench lock

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: export DEBUG = true
run: $(VENV)/run.stamp ## Web on http://127.0.0.1:8000 (PORT=… for another) and a worker; Ctrl-C stops both
	@$(BIN)/python manage.py migrate --verbosity 0
	@echo "Techtree is on http://127.0.0.1:$(PORT)"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/honcho start

test: test-sqlite test-postgres test-celery ## The whole test suite, on SQLite and on PostgreSQL, the queue's part on Celery

test-sqlite: $(VENV)/dev.stamp ## The suite on SQLite, with browser and coverage
	$(PYTEST) -m "not postgresql and not celery" --cov --cov-report=term --cov-fail-under=95

test-postgres: $(VENV)/dev.stamp ## What touches the database again, on a throwaway PostgreSQL
	$(BIN)/python -m tests.postgres $(PYTEST) -m "not sqlite and not celery" --ignore=tests/browser --ignore=tests/deploy

test-celery: export COVERED_ELSEWHERE = none
test-celery: $(VENV)/dev.stamp ## The queue's part again, with Celery workers on a throwaway Redis
	$(BIN)/python -m tests.redis $(PYTEST) -m "not postgresql" \
		$(addprefix tests/taskqueue/engine/test_,$(addsuffix .py,$(ON_CELERY))) \
		--cov=taskqueue/celery --cov-report=term --cov-fail-under=90

check: export DEBUG = true
check: $(VENV)/dev.stamp ## Format, lint, types, import contracts, templates, Django's checks, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	find templates -name '*.html' | xargs $(BIN)/djade --check --target-version 5.2
	DEBUG=false SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
		ALLOWED_HOSTS=techtree.example CSRF_TRUSTED_ORIGINS=https://techtree.example \
		$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: $(VENV)/bench.stamp ## The benchmarks, as tables with ratios
	$(BIN)/python -m benchmarks

lock: $(VENV)/dev.stamp ## Pin the dependencies of pyproject.toml anew
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-strip-extras --python-version 3.11 \
		pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-strip-extras --python-version 3.11 \
		pyproject.toml --group dev --output-file requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-strip-extras --python-version 3.11 \
		--group bench --constraint requirements-dev.txt --output-file requirements-bench.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Techtree needs Python 3.11 or newer; name it with PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

# Other queues, to compare with; pinned to what the tests use where they share something.
$(VENV)/bench.stamp: requirements-bench.txt $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@
