# Every command works on a fresh machine: it makes .venv first. Prerequisites: make, and Python 3.13 somewhere.
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
REAL := tests/real
AZURITE := $(REAL)/node_modules/.installed
PAGES := tests/pages
DMN := tests/dmn
FEEL := $(DMN)/node_modules/.installed
BROWSER := $(PAGES)/node_modules/.installed
INFRA := .venv-infra
AUDIT := .venv-audit
BENCH := .venv-bench
SPARK := .venv-bulk
CHECKER := $(INFRA)/.installed
TESTERS ?= 2

.PHONY: run test fast azurite azurite-run dmn browser lint docs lock infra-tools infra-check infra-draw audit bulk-tools bulk-test package package-test package-before roles \
	provision outputs migrate admit command deploy events smoke-deliver smoke-read health rollback model reliability night bench serve clean

run: $(INSTALLED) ## write a few invented deliveries, process them, explain one result
	@$(PY) -m development demo

test: $(INSTALLED) azurite dmn browser infra-tools bulk-tools ## everything that .ci/run checks
	@$(PY) -m pytest -n $(TESTERS) --dist loadgroup

fast: $(INSTALLED) ## the tests that take seconds
	@$(PY) -m pytest -n $(TESTERS) --dist loadgroup -m "not slow"

azurite-run: $(INSTALLED) azurite ## the main job on a real blob service and PostgreSQL, its bytes compared with make run
	@$(PY) -m tests.real.on_azure

azurite: ## install the blob service for tests; without node its tests are skipped, and fail where CI=true
	@command -v npm >/dev/null && $(MAKE) --silent $(AZURITE) || \
	echo "Azurite was not installed (is node here, and a package registry?): its tests will not run." >&2

dmn: ## install the engine that checks the routing table; without node its tests are skipped, and fail where CI=true
	@command -v npm >/dev/null && $(MAKE) --silent $(FEEL) || \
	echo "The engine for DMN was not installed (is node here, and a package registry?): its tests will not run." >&2

browser: ## install a browser, axe and the city's stylesheet for tests of the pages; without node these are skipped, and fail where CI=true
	@command -v npm >/dev/null && $(MAKE) --silent $(BROWSER) || \
	echo "The browser was not installed (is node here, and a package registry?): its tests will not run." >&2

bulk-tools: ## install Spark, in an environment of its own; without Java 17 its tests are skipped, and fail where CI=true
	@command -v java >/dev/null && $(MAKE) --silent $(SPARK)/.installed || \
	echo "Spark was not installed (is Java 17 here, and a package registry?): its tests will not run." >&2

bulk-test: $(INSTALLED) bulk-tools ## bulk re-scoring, also on a real cluster of which a worker is killed
	@$(PY) -m pytest tests/spark -n 0

serve: $(INSTALLED) ## the API and the pages on http://localhost:7071, with a login per role; `make run` fills them
	@$(PY) -m development serve

infra-tools: ## install what reads infra/; in an environment of its own
	@$(MAKE) --silent $(CHECKER)

infra-check: $(CHECKER) ## the infrastructure against every promise that can be checked without Azure
	@$(INFRA)/bin/python -m development.infra check

infra-draw: $(CHECKER) ## the drawing and the app roles, made anew from infra/ and the code
	@$(INFRA)/bin/python -m development.infra draw

audit: $(INSTALLED) $(AUDIT)/.installed ## known vulnerabilities in everything that is installed; needs pypi.org, and says so without
	@$(PY) -m development.supplychain $(AUDIT)/bin/pip-audit

package: $(INSTALLED) ## the zip of the Function App and its bill of materials, in werk/pakket
	@$(PY) -m development.deploying package

package-test: $(INSTALLED) ## build the package, and try it from its unpacked zip in an empty Python
	@$(PY) -m pytest tests/package -n $(TESTERS)

package-before: $(INSTALLED) ## does the package that runs now (PAKKET=its zip) work on the tables and settings of this tree?
	@test -f "$(PAKKET)" && VORIG_PAKKET="$(abspath $(PAKKET))" $(PY) -m pytest tests/package/test_before.py -n 0

# one environment each: OMGEVING=ontwikkel, test, acceptatie or productie, signed in with az login
roles provision outputs migrate admit command events smoke-deliver smoke-read health: $(INSTALLED) ## steps of a deployment; docs/uitrol.md has the order
	@sh tools/deploy.sh $@

deploy: $(INSTALLED) ## put the package in both apps of an environment
	@sh tools/deploy.sh code

rollback: $(INSTALLED) ## put the package before it back: PAKKET=its zip
	@test -f "$(PAKKET)" && sh tools/deploy.sh outputs && PAKKET="$(PAKKET)" sh tools/deploy.sh code

lint: $(INSTALLED) ## format and check
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports

docs: $(INSTALLED) ## write the pages that are made from code and tests
	@$(PY) -m development docs

model: $(INSTALLED) ## train on invented people and rebuild models/
	@$(PY) -m development model

reliability: $(INSTALLED) azurite ## every crash, fault and race in full, and docs/reliability.md anew; half an hour or more
	@run=nacht-$$$$; TESTNACHT=1 $(PY) -m pytest tests/reliability --timeout=0 -n $(TESTERS) --dist loadgroup \
	--testrunuid=$$run --deselect tests/reliability/test_page.py && $(PY) -m tests.reliability.report $$run --write

night: $(INSTALLED) azurite ## the long runs of canary, fuzzers and hostile deliveries; two hours or more. NACHT=1 to 5: another fifth of the faults
	@TESTNACHT=$(or $(NACHT),1) $(PY) -m pytest tests/canary tests/fuzz tests/hostile --timeout=0 -n $(TESTERS) --dist loadgroup

bench: $(INSTALLED) $(BENCH)/.installed ## how fast, light and large: every benchmark, and docs/performance.md anew; leave the machine alone
	@$(PY) -m benchmarks

lock: $(INSTALLED) ## pin every package by its hash; needs uv
	@uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.13 requirements.in -o requirements.txt
	@uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.13 --universal --no-emit-package colorama \
	requirements-dev.in -o requirements-dev.txt
	@uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.13 infra/requirements.in -o infra/requirements.txt
	@uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.13 tools/audit/requirements.in -o tools/audit/requirements.txt
	@uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.13 benchmarks/requirements.in -o benchmarks/requirements.txt
	@uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.13 bulk/requirements.in -o bulk/requirements.txt

clean:
	@rm -rf $(VENV) $(INFRA) $(AUDIT) $(BENCH) $(SPARK) $(REAL)/node_modules $(DMN)/node_modules $(PAGES)/node_modules werk

$(FEEL): $(DMN)/package-lock.json
	@npm ci --prefix $(DMN) --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

$(AZURITE): $(REAL)/package-lock.json
	@npm ci --prefix $(REAL) --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

$(BROWSER): $(PAGES)/package-lock.json
	@npm ci --prefix $(PAGES) --no-audit --no-fund --ignore-scripts --legacy-peer-deps --loglevel=error
	@touch $@

$(CHECKER): infra/requirements.txt
	@python=$$(sh tools/find_python.sh) && $$python -m venv --clear $(INFRA)
	@$(INFRA)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r infra/requirements.txt
	@touch $@

$(BENCH)/.installed: benchmarks/requirements.txt
	@python=$$(sh tools/find_python.sh) && $$python -m venv --clear $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.txt
	@touch $@

$(AUDIT)/.installed: tools/audit/requirements.txt
	@python=$$(sh tools/find_python.sh) && $$python -m venv --clear $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/audit/requirements.txt
	@touch $@

$(SPARK)/.installed: bulk/requirements.txt
	@python=$$(sh tools/find_python.sh) && $$python -m venv --clear $(SPARK)
	@sed -n '/^setuptools==/,/# via/p' $< > $(SPARK)/builds.txt
	@$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(SPARK)/builds.txt
	@$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r $<
	@touch $@

$(INSTALLED): requirements-dev.txt pyproject.toml
	@python=$$(sh tools/find_python.sh) && $$python -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
