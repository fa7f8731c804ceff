# Two commands: `make run` and `make test`. All the rest is for those who change the program.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
# Tests wait for browsers, processes and leases: three at once keep two cores busy.
JOBS ?= 3
TESTS = $(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup
COMPILE := $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11

# Puts in what a lock names, and nothing else. A lock is complete and has a hash for everything, so there is nothing to
# resolve: no later release of anything can come in, and two halves go in side by side.
define install
	@awk '/^[A-Za-z0-9]/ { half = !half } !/^ *#/ { print > ("$(VENV)/lock-" half) }' $(1)
	@printf '%s\n' $(VENV)/lock-0 $(VENV)/lock-1 | xargs -n 1 -P 2 \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r
	@$(BIN)/python -m pip check || { echo "Something else is in $(VENV). Delete that folder and start again."; exit 1; }
endef

.DEFAULT_GOAL := help
.PHONY: help run test test-rest harness check format types locks messages clean

help:
	@echo "make run    serve the desk on http://127.0.0.1:8000 (PORT and HOST change it)"
	@echo "make test   run the tests that can run here, and say what was skipped"
	@echo "make test-rest  run the rest: what takes long and goes over once more what 'make test' looks at"
	@echo "make check  lint, format, types, known vulnerabilities, templates, migrations, deploy check, locks"
	@echo "make harness  interrupt and race payment actions, and count what moved"
	@echo "make format write the format that 'make check' asks for"
	@echo "make messages  bring the catalogues of locale/ up to date with what the program says (DROP=1 drops what it says no more)"
	@echo "make locks  compile the lock files anew from pyproject.toml"

run: $(VENV)/.run
	@exec $(MANAGE) serve

# Tests start many processes: none of them has to compile everything anew.
test test-rest harness: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.dev
	$(TESTS) -m "not rest" $(ARGS)

test-rest: $(VENV)/.dev
	$(TESTS) -m rest $(ARGS)

harness: $(VENV)/.dev
	$(TESTS) $(ARGS) tests/harness tests/test_again_on_postgresql.py

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@# Beside one another: the second waits for whoever knows of vulnerabilities, and fails nothing where nobody does
	$(BIN)/python -m tools.vulnerable & $(BIN)/mypy .; typed=$$?; wait $$! && exit $$typed
	$(BIN)/djlint --lint --quiet templates sandbox/templates
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files '*.html')
	$(MANAGE) makemigrations --check --dry-run
	SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))') ORDER_API_URL=https://example.invalid/checkout/order \
	  ORDER_API_TOKEN=check ORDER_API_CHANNELS=norce/se ALLOWED_HOSTS=desk.example HTTPS=1 $(MANAGE) check --deploy --fail-level WARNING
	$(BIN)/python -m tests.locks

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade --target-version 5.2 $$(git ls-files '*.html')

messages: $(VENV)/.dev
	$(BIN)/python -m tools.messages $(if $(DROP),--drop)

locks: $(VENV)/.dev
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --extra otel --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(COMPILE) --extra otel -c requirements-dev.txt pyproject.toml -o requirements-otel.txt

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Order desk needs Python 3.11 or newer; %s is %s. Name another one: make run PYTHON=python3.12" % (sys.executable, sys.version.split()[0]))'
	@$(PYTHON) -m venv $(VENV) || { echo "The virtual environment could not be made in $(CURDIR)/$(VENV): is the folder writable, and is python3-venv installed?"; exit 1; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the desk needs into $(VENV) …"
	$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what the tests need into $(VENV) …"
	$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.run
