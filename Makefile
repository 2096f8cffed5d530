# Two commands: `make run` opens the dashboard, `make test` installs what tests need and runs them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: chromium setup run demo test slow check gallery bench screenshot readme
.DEFAULT_GOAL := run

setup: $(VENV)/installed

$(VENV)/bin/python:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq python3-venv; \
	  else echo "Python's venv is missing: sudo apt-get install python3-venv" >&2; exit 1; fi; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --disable-pip-version-check -q -r requirements.txt
	$(BIN)/pip install --disable-pip-version-check -q --no-deps -e .
	-@$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null 2>&1
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/pip install --disable-pip-version-check -q -r requirements-dev.txt
	-@$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null 2>&1
	@touch $@

run: setup
	$(BIN)/genmodels dashboard --port $(PORT)

demo: setup
	$(BIN)/genmodels dashboard --demo --port $(PORT)

chromium:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium; \
	  else echo "Chromium is missing: sudo apt-get install chromium" >&2; exit 1; fi; }

test: $(VENV)/installed-dev chromium
	$(BIN)/python -m pytest -n 2 --dist loadfile

slow: $(VENV)/installed-dev chromium
	$(BIN)/python -m pytest -m slow

check: $(VENV)/installed-dev
	$(BIN)/ruff check genmodels dashboard pages tests
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py tests/test_readme.py

gallery: setup
	$(BIN)/python -m genmodels.commands.make_gallery

.venv-torch/bin/python:
	$(PYTHON) -m venv .venv-torch
	.venv-torch/bin/pip install --disable-pip-version-check -q torch==2.13.0 numpy==2.4.6 fcd==1.2.2 rdkit==2026.9.1 || echo "PyTorch can't be installed here; its benches are skipped." >&2

.venv-ppi/bin/python:
	$(PYTHON) -m venv .venv-ppi
	.venv-ppi/bin/pip install --disable-pip-version-check -q ppi-python==0.2.3 || echo "ppi-python can't be installed here; its comparison is skipped." >&2

bench: $(VENV)/installed-dev .venv-torch/bin/python .venv-ppi/bin/python
	$(BIN)/genmodels bench

readme: $(VENV)/installed-dev
	$(BIN)/python -m tests.readme_tables

screenshot: $(VENV)/installed-dev chromium
	$(BIN)/python -m tests.screenshot
