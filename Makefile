# Every target needs only Python (with venv), make and git; the rest is installed into .venv and a cache.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/ready
ARGS ?=
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help

help: ## Explain every target
	@$(PYTHON) -c 'import re; [print(f"  {n:14} {t}") for n, t in re.findall(r"^([a-z][a-z0-9-]*):.*## (.*)", open("Makefile").read(), re.M)]'

# -- running ---------------------------------------------------------------------------------------
demo: $(READY) ## Start the city on this machine and play one round of visits and hazards, live
	@$(PY) -m deploy.demo $(ARGS)

up: $(READY) ## Start the engines and every service in the background
	@$(PY) -m deploy.embedded up

down: $(READY) ## Stop everything; nothing is lost
	@$(PY) -m deploy.embedded down

reset: $(READY) ## Stop, and delete the data directory
	@$(PY) -m deploy.embedded reset

status: $(READY) ## What runs, on which engines, and whether it is well
	@$(PY) -m deploy.embedded status

logs: $(READY) ## The logs of all parts, or of one: make logs NAME=dispatch
	@$(PY) -m deploy.embedded logs $(NAME)

board: $(READY) ## The live board of an area: make board AREA=420303002
	@$(PY) -m deploy.tools.board --area $(or $(AREA),420303) $(ARGS)

ops: $(READY) ## The operator's page: services, lag, outbox, parked, alarms
	@$(PY) -m deploy.tools.ops $(ARGS)

trace: $(READY) ## Event, cause and effect across the services: make trace ID=hazard-…
	@$(PY) -m deploy.tools.trace $(ID)

token: $(READY) ## A development token: make token AS=D0001
	@$(PY) -m deploy.tools.token $(AS) $(ARGS)

clock: $(READY) ## Shift the development clock: make clock FORWARD=2h, or SPEED=60
	@$(PY) -m deploy.tools.clock $(if $(FORWARD),--forward $(FORWARD)) $(if $(SPEED),--speed $(SPEED))

engines-fast: $(READY) ## Build the faster embedded store once, where cargo is
	@$(PY) -m deploy.embedded engines-fast

# -- checking --------------------------------------------------------------------------------------
test: check contract e2e ## Every test: check, contract, e2e and the README's own lines

check: $(READY) ## Format, lint, strict types, import contracts, house lints, scenarios: under two minutes
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(PY) -m deploy.catalogue --check
	@$(PY) -m pytest tests -n 2 --ignore tests/contract --ignore tests/engines --ignore tests/e2e --ignore tests/faults --ignore tests/bench

contract: $(READY) ## The fakes and the real engines, held to one suite
	@$(PY) -m pytest tests/contract tests/engines

e2e: $(READY) ## The loop on the running system, and the README's lines
	@$(PY) -m pytest tests/e2e

simulate: $(READY) ## The kernel in a deterministic simulation: make simulate ARGS="--seeds 10000"
	@$(PY) -m tests.simulation $(if $(QUICK),--seconds 60,--seconds 180) $(ARGS)

faults: $(READY) ## Kill real processes under load and count what was lost (nothing)
	@$(PY) -m tests.faults $(if $(QUICK),--quick) $(ARGS)

bench: $(READY) ## Speed, as ratios within one run
	@$(PY) -m tests.bench $(if $(QUICK),--quick) $(ARGS)

newcomer: $(READY) ## A fresh clone, an empty home, a bare path: the README's two commands
	@$(PY) -m deploy.tools.newcomer $(if $(QUICK),--quick)

# -- keeping ---------------------------------------------------------------------------------------
events: $(READY) ## Write the event catalogue and the AsyncAPI file
	@$(PY) -m deploy.catalogue

docs: events ## All generated documents

fix: $(READY) ## Format and mend what can be mended
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

lock: $(READY) ## Lock the dependencies anew, with hashes and without index addresses
	@for name in requirements requirements-dev requirements-store; do \
	  $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-header $$name.in -o $$name.txt || exit 1; done

$(READY): requirements.txt requirements-dev.txt requirements-store.txt
	@echo "installing what is locked into $(VENV) (once; a minute or two)"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; there is " + sys.version)'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-store.txt
	@touch $@

.PHONY: help demo up down reset status logs board ops trace token clock engines-fast test check contract e2e \
	simulate faults bench newcomer events docs fix lock
