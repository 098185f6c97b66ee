# make run    sets everything up and serves the sample township
# make test   runs every test
# `make help` lists the rest.

PORT ?= 8000
export PYTHON

.DEFAULT_GOAL := help
.PHONY: run setup test check bench lock messages pictures clean help

run: setup ## set up, load the sample township if there is no data, and serve on 127.0.0.1 (PORT=8001 make run)
	@.venv/bin/shiliu sample --if-empty
	@exec .venv/bin/shiliu serve --port $(PORT)

setup: ## prepare .venv, database, static files and keys, without serving
	@tools/setup.sh

test: ## run all tests: on SQLite, on PostgreSQL, in a browser
	@tools/setup.sh dev
	@.venv/bin/python tools/test.py

check: ## lint, format, types, import rules, migrations, translations, lock
	@tools/setup.sh dev
	@.venv/bin/python tools/check.py

bench: ## measure: start, memory, import, the cost of an action
	@tools/setup.sh dev
	@for script in bench/[!_]*.py; do echo "== $$script"; .venv/bin/python "$$script" || exit; done

lock: ## pin the newest versions that pyproject.toml allows, with hashes (make lock UPGRADE=--upgrade)
	@tools/setup.sh dev
	@tools/lock.sh $(UPGRADE)

messages: ## bring the translation catalogue up to date with the source
	@tools/setup.sh dev
	@.venv/bin/python tools/translations.py extract

pictures: ## make the pictures of the README anew, from a running sample
	@tools/setup.sh dev
	@.venv/bin/python tools/pictures.py

clean: ## remove what was made from the source; data/ stays
	@rm -rf .venv .test-databases .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache
	@find shiliu tests tools sample bench -name __pycache__ -prune -exec rm -rf {} +
	@find shiliu/locale* -name '*.mo' -delete

help: ## this list
	@sed -n 's/^\([a-z]*\):.* ## /\1 /p' Makefile | while read -r name text; do printf '%-10s %s\n' "$$name" "$$text"; done
