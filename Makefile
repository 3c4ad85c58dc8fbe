# `make run` and `make test` are all that is needed; the rest is for those who change the code.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

.PHONY: run test test-slow check format web worker messages clean
.DEFAULT_GOAL := run

$(VENV)/installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

MESSAGES := $(wildcard locale/*/LC_MESSAGES/*.po)

$(VENV)/messages: $(MESSAGES) $(VENV)/installed
	$(BIN)/pybabel --quiet compile --domain django --directory locale
	touch $@

run: $(VENV)/messages
	PORT=$(PORT) $(MANAGE) start

web: $(VENV)/messages
	PORT=$(PORT) $(MANAGE) serve

worker: $(VENV)/messages
	$(BIN)/celery --app arweb worker --loglevel WARNING

test: $(VENV)/installed-dev $(VENV)/messages
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: $(VENV)/installed-dev $(VENV)/messages
	$(BIN)/python -m pytest -m slow

check: $(VENV)/installed-dev $(VENV)/messages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy arweb rules annotation inference
	$(BIN)/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) messages --check

messages: $(VENV)/installed
	$(MANAGE) messages

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
