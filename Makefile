# `make run` and `make test` are all that is needed; the rest is for those who change the code.
# `make run PORT=8080` and `make run PYTHON=python3.12` choose another port and another Python; settings lie in .env.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

.PHONY: run test test-slow check check-vllm format web worker messages ocr
.DEFAULT_GOAL := run

$(VENV)/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

$(VENV)/installed-ocr: requirements-ocr.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-ocr.txt
	touch $@

# Tests with versions of their own of libraries that every page loads: kept apart. Three packages for sound and pictures,
# which come along, break the import.
VLLM ?= .venv-vllm
$(VLLM)/installed: requirements-vllm.txt requirements.txt
	$(PYTHON) -m venv $(VLLM)
	$(VLLM)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-vllm.txt
	$(VLLM)/bin/python -m pip uninstall --quiet --yes torchvision torchaudio torchcodec
	touch $@

MESSAGES := $(wildcard locale/*/LC_MESSAGES/*.po)

$(VENV)/messages: $(MESSAGES) $(VENV)/installed
	$(BIN)/pybabel --quiet compile --domain django --directory locale
	touch $@

PROPERTIES := $(shell grep -rlE --include='*.py' '@given|run_state_machine' tests)
# Compiled files are kept: without them every start compiles the whole application again.
unexport PYTHONDONTWRITEBYTECODE

run: $(VENV)/messages
	$(MANAGE) start

ocr: $(VENV)/installed-ocr

web: $(VENV)/messages
	$(MANAGE) serve

worker: $(VENV)/messages
	$(BIN)/celery --app arweb worker --loglevel WARNING

test: $(VENV)/installed-dev $(VENV)/messages
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-slow: $(VENV)/installed-dev $(VENV)/installed-ocr $(VENV)/messages
	$(BIN)/python -m pytest -m slow
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -n 2 --dist worksteal -k "not browser" $(PROPERTIES)

check: $(VENV)/installed-dev $(VENV)/messages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy arweb rules annotation inference
	$(BIN)/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) messages --check

# Takes 4 GB of disk the first time, and some minutes; for a nightly machine, not for CI.
check-vllm: $(VLLM)/installed
	$(VLLM)/bin/python -m pytest tests/llm
	$(VLLM)/bin/python benchmarks/check_vllm.py

messages: $(VENV)/installed
	$(MANAGE) messages

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
