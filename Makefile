# make run [ARGS="--port 8000"]    install what is needed and serve the screen
# make test                        install what tests need and run them all
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint
run: .venv/.run
	@$(BIN)/python app.py $(ARGS)

test: .venv/.test
	@$(BIN)/python -m pytest $(ARGS)

lint: .venv/.test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

.venv/.run: pyproject.toml constraints.txt
	@echo "Installing what Viva needs. The first time takes a few minutes."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.test: .venv/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	@touch $@
