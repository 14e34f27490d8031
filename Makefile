# Two commands do everything on a machine that has only python3, make and git:
#   make run     the demo           make test    what every change must pass

.PHONY: venv run demo lint format test promises window screenshots selftest live bench lock clean

BIN := .venv/bin

venv:  ## the virtual environment, from the lock
	@tools/venv

run: venv  ## the living demo
	@tools/display
	@$(BIN)/relconsole demo

demo: venv  ## the demo's night without a window, to its end
	@$(BIN)/relconsole demo --headless

lint: venv
	@tools/timed "make lint" python3 tools/lint.py

format: venv
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

test: venv  ## checks, tests without foreign servers, promises at a tenth: at most 6 minutes
	@tools/timed "make test" tools/test

promises: venv  ## the harnesses at the counts of every change: at most 15 minutes
	@tools/timed "make promises" tools/promises --full

window: venv  ## the real application on displays of its own: at most 10 minutes
	@tools/timed "make window" tools/window

screenshots: venv  ## pictures of every state of the window, in docs/screens
	@tools/timed "make screenshots" tools/screenshots

selftest: venv  ## the harnesses at the counts before a release
	@tools/timed "make selftest" tools/promises --release
	@tools/timed "make selftest" tools/window --release

live: venv  ## real servers on loopback: at most 12 minutes
	@tools/timed "make live" tools/live

bench: venv  ## measures, prints a table and keeps it in benchmarks/results
	@tools/timed "make bench" $(BIN)/python -m benchmarks

lock: venv  ## the lock files anew; `tools/lock --upgrade` moves versions
	@tools/lock

clean:  ## everything that was made, the virtual environment too
	@rm -rf .venv .venv-live dist build .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
