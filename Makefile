# Every command works on a fresh machine: it makes .venv first. Prerequisites: make, and Python 3.13 somewhere.
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
TESTERS ?= 2

.PHONY: run test fast lint docs lock model bench clean

run: $(INSTALLED) ## write a few invented deliveries, process them, explain one result
	@$(PY) -m development demo

test: $(INSTALLED) ## everything that .ci/run checks
	@$(PY) -m pytest -n $(TESTERS) --dist loadgroup

fast: $(INSTALLED) ## the tests that take seconds
	@$(PY) -m pytest -n $(TESTERS) --dist loadgroup -m "not slow"

lint: $(INSTALLED) ## format and check
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports

docs: $(INSTALLED) ## write the pages that are made from code and tests
	@$(PY) -m development docs

model: $(INSTALLED) ## train on invented people and rebuild models/
	@$(PY) -m development model

bench: $(INSTALLED) ## ratios, measured side by side
	@$(PY) -m benchmarks

lock: $(INSTALLED) ## pin every package by its hash; needs uv
	@uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.13 requirements.in -o requirements.txt
	@uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.13 requirements-dev.in -o requirements-dev.txt

clean:
	@rm -rf $(VENV) werk

$(INSTALLED): requirements-dev.txt pyproject.toml
	@python=$$(sh tools/find_python.sh) && $$python -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
