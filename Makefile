# Everything a newcomer or CI runs. Needs Python 3.11+, make and a package registry; no compiler.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DATA   ?= ../shared/data
SERVICES ?= $(CURDIR)/.services

.DEFAULT_GOAL := help
.PHONY: help demo demo-web screenshots services readers peers test check lint types layers docs bench-quality bench-speed bench bench-check kills mutation fuzz wheel image clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "corpuskit needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/core: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,dev]'
	@touch $@ $(VENV)/core

demo: $(VENV)/core  ## Build a real Khmer corpus from the pages in examples/demo and show it
	$(BIN)/python examples/demo/run.py

screenshots: $(VENV)/dev  ## Picture the demo's report: phone and desktop, light and dark (needs Chromium)
	$(BIN)/corpuskit build examples/demo/khmer.toml --out builds/khmer-demo
	$(BIN)/python tools/screenshots.py builds/screenshots builds/khmer-demo/report.html $(PAGES)

services: $(BIN)/python  ## Install the servers that some tests talk to (they are skipped without)
	sh tools/services.sh $(SERVICES) $(abspath $(BIN)/python)

readers: $(BIN)/python  ## Install an older Hugging Face datasets, with which a test opens a corpus
	sh tools/readers.sh $(SERVICES) $(abspath $(BIN)/python)

$(VENV)/web: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[web]'
	@touch $@ $(VENV)/core

demo-web: $(VENV)/web  ## Crawl three local sites of real pages and build a corpus from them
	$(BIN)/python examples/demo/web.py

test: $(VENV)/dev  ## Run every test that CI runs
	@$(MAKE) --no-print-directory services || echo "tests that need these servers are skipped"
	@$(MAKE) --no-print-directory readers || echo "the test with an older datasets is skipped"
	CORPUSKIT_SERVICES=$(SERVICES) $(BIN)/python -m pytest -n 3 --dist loadgroup

check: lint types layers  ## Lint, types and the layering contract

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev
	$(BIN)/mypy

layers: $(VENV)/dev
	$(BIN)/lint-imports

docs: $(VENV)/core  ## Write the generated pages of docs/ anew
	$(BIN)/python tools/make_docs.py

bench-quality: $(VENV)/dev  ## Print extraction, identification, filter and duplicate quality per language
	CORPUSKIT_DATA=$${CORPUSKIT_DATA:-$(DATA)} $(BIN)/python benchmarks/quality.py

bench-speed: $(VENV)/dev  ## Time the stages side by side with their peers
	CORPUSKIT_DATA=$${CORPUSKIT_DATA:-$(DATA)} $(BIN)/python benchmarks/speed.py

ROUNDS ?= 3
SIZE   ?= large
BENCH   = CORPUSKIT_DATA=$${CORPUSKIT_DATA:-$(DATA)} $(BIN)/python -m benchmarks.performance.run \
          --peers $(SERVICES) --rounds $(ROUNDS) --size $(SIZE)

peers: $(BIN)/python  ## Install what `make bench` compares with, in an environment of its own
	sh tools/peers.sh $(SERVICES) $(abspath $(BIN)/python)

bench: $(VENV)/dev  ## Measure whole builds beside datatrove (docs/performance.md; ROUNDS=1 SIZE=small)
	@$(MAKE) --no-print-directory peers || echo "rows that need datatrove are printed without it"
	$(BENCH)

bench-check: $(VENV)/dev  ## Fail when a ratio of the bench fell by more than a quarter
	@$(MAKE) --no-print-directory peers || echo "rows that need datatrove are not compared"
	$(BENCH) --check

MODULE ?= corpuskit.*

mutation: $(VENV)/dev  ## Test the core's tests by mutation (docs/mutation.md; MODULE='corpuskit.store.*')
	$(BIN)/python -m mutmut run --max-children 2 '$(MODULE)'
	$(BIN)/python tools/mutation.py --survivors

SECONDS ?= 60
SEED    ?=

fuzz: $(VENV)/dev  ## Fuzz every connector and stage (docs/field-cases.md; SECONDS=600 SEED=7)
	$(BIN)/python -m tools.fuzz --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

RUNS ?= 200

kills: $(VENV)/dev  ## Kill builds at random and compare what comes of them (docs/scale.md; RUNS=20)
	CORPUSKIT_SERVICES=$(SERVICES) CORPUSKIT_DATA=$${CORPUSKIT_DATA:-$(abspath $(DATA))} \
	  PYTHONPATH=$(CURDIR)/tests $(BIN)/python -m kills --runs $(RUNS)

wheel: $(VENV)/dev  ## Build the wheel and the source distribution in dist/
	$(BIN)/python -m build

image:  ## Build the Docker image (docs/installing.md)
	docker build -t corpuskit .

clean:  ## Remove the environment and what was built (not builds/)
	rm -rf $(VENV) $(SERVICES) dist mutants fuzz-failures .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
