PYTHON ?= python3
PORT ?= 8000
BIN = .venv/bin
INSTALLED = .venv/installed
TEMPLATES = $(shell find templates articles -name '*.html')

.PHONY: run test lint lock

run: export DEBUG ?= on
run: export SITE_ADDRESS ?= http://127.0.0.1:$(PORT)
run: $(INSTALLED)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo --port $(PORT)
	@exec $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

test: export DEBUG ?= on
test: $(INSTALLED)
	@$(BIN)/python -m pytest -q -n auto --maxprocesses 8 $(ARGS)

lint: export DEBUG ?= on
lint: $(INSTALLED)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djade --target-version 5.2 --check $(TEMPLATES)
	@$(BIN)/python manage.py makemigrations --check --dry-run --verbosity 0
	@$(BIN)/python manage.py check

lock:
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --group pyproject.toml:test pyproject.toml -o requirements.lock

$(INSTALLED): requirements.lock
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@
