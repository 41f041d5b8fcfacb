# Thin on purpose: finds uv, or installs it into .uv/, and hands over to it.

PYTHON ?= python3
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .uv/bin/uv)

.DEFAULT_GOAL := help
.PHONY: help run test slow lint lock browser

# Its fifty seeds wait for Airtable's five requests a second, and hardly use the machine.
CROWD := tests/e2e/airtable/test_crowd.py

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(UV) ## Start the server on http://127.0.0.1:8000 with two sample venues
	@$(UV) run --no-dev anfitrion serve

test: $(UV) browser ## Run the test suite, all but what is marked slow
	@$(UV) run pytest -n auto -m "not slow"

slow: $(UV) browser ## Run the tests that are marked slow
	@$(UV) run pytest -n 2 -m slow --ignore $(CROWD); slow=$$?; \
	  $(UV) run pytest -n 6 -m slow $(CROWD) && exit $$slow

# The pages are tried in a real browser; without one those tests are skipped and say what installs it.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || [ "$$(id -u)" != 0 ] \
	  || ! command -v apt-get >/dev/null \
	  || { echo "Installing chromium" >&2; apt-get update -qq; apt-get install -y -qq chromium; } >/dev/null || true

lint: $(UV) ## Check style, types and architecture
	@$(UV) run ruff check
	@$(UV) run ruff format --check
	@$(UV) run mypy
	@$(UV) run lint-imports

lock: $(UV) ## Pin the newest versions that pyproject.toml allows, there and in requirements.lock
	@$(UV) run --no-sync python .ci/lock.py $(UV)

# A system without python3-venv still has pip, which may write into a folder of ours even where the
# system's own packages are off limits.
.uv/bin/uv:
	@echo "Installing uv into .uv/"
	@{ $(PYTHON) -m venv .uv && .uv/bin/python -m pip install --quiet uv; } >/dev/null 2>&1 \
	  || { rm -rf .uv && $(PYTHON) -m pip install --quiet --target .uv uv; }
