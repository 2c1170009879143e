# Two commands: `make run` shows what this is about, `make test` checks it.
#
# Each makes its virtual environment first, from what is pinned in constraints.txt, and
# a second call finds it there. PYTHON names the interpreter, VENV the directory.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 3
BIN = $(VENV)/bin

# The tests start a thousand processes. Where nothing may be kept of what was compiled,
# each of them would compile the whole toolkit again.
unexport PYTHONDONTWRITEBYTECODE

RUN_STAMP = $(VENV)/.installed-run
DEV_STAMP = $(VENV)/.installed-dev

.DEFAULT_GOAL := help

.PHONY: help
help:  ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Expected Python 3.11 or newer; name one with make PYTHON=..." >&2; exit 3; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Expected the venv module; on Debian: apt install python3-venv" >&2; exit 3; }

# Not quiet: it takes a while, and shows what it brings. What is never imported need not
# be compiled.
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --no-compile

$(RUN_STAMP): $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) -c constraints.txt -e ".[apps]"
	@touch $@

$(DEV_STAMP): $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) -c constraints.txt -e ".[dev]"
	@touch $@ $(RUN_STAMP)

.PHONY: run
run: $(RUN_STAMP)  ## Drive every implementation in process and on two servers, and compare
	@$(BIN)/asgi-compare run $(ARGS)

.PHONY: serve
serve: $(RUN_STAMP)  ## Start every implementation on a real server, until Ctrl-C
	@$(BIN)/asgi-compare serve $(ARGS)

.PHONY: test
test: $(DEV_STAMP) lint  ## Lint, check types, run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

.PHONY: coverage
coverage: $(DEV_STAMP)  ## Run all tests, the slow ones as well, and measure the coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadgroup -m "" --timeout 600 \
	  --ignore tests/packaging $(ARGS)
	@# What is empty is of a process that was killed before it wrote anything.
	@find . -maxdepth 1 -name '.coverage.*' -empty -delete
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

.PHONY: lint
lint: $(DEV_STAMP)  ## Lint and check types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# With the newest Django that each interpreter can have; Python 3.11 is `make test`.
# Found on the path, or where a version manager keeps them.
.PHONY: test-all
test-all: test  ## The tests on every newer interpreter that is here as well
	@for version in 3.12 3.13 3.14; do \
	  for python in $$(command -v python$$version) \
	      "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$version*/bin/python; do \
	    "$$python" -c '' 2>/dev/null || continue; \
	    $(MAKE) --no-print-directory test-newest VENV=.venv-$$version PYTHON="$$python" \
	      || exit 1; \
	    break; \
	  done; \
	done

.PHONY: test-newest
test-newest: $(BIN)/python  ## The tests with the newest Django that the interpreter can have
	@grep -viE '^(django|django-stubs.*|asgiref)==' constraints.txt > $(VENV)/constraints.txt
	$(INSTALL) -c $(VENV)/constraints.txt --upgrade django -e ".[dev]"
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

# Installed from the wheel, in projects of others: with the oldest and with the newest of
# what is supported. Each makes its own virtual environment and downloads what it needs.
.PHONY: test-packaging
test-packaging: $(DEV_STAMP)  ## Build the wheel, and use it in projects of others
	$(BIN)/python -m pytest -m slow tests/packaging $(ARGS)

.PHONY: test-oldest
test-oldest: ARGS = -k oldest
test-oldest: test-packaging  ## The wheel beside Django 4.2 and Starlette 0.37

.PHONY: test-thorough
test-thorough: $(DEV_STAMP)  ## The slow tests as well, and ten times the random examples
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "" \
	  --hypothesis-profile thorough --timeout 600 $(ARGS)

.PHONY: bench-drivers
bench-drivers: $(DEV_STAMP)  ## What driving costs: ours beside the test clients of the field
	@$(BIN)/python -m tools.bench_drivers $(ARGS)

# asgion, the other inspector of the field, wants Python 3.12 or newer: a virtual
# environment of its own, where there is such an interpreter.
.PHONY: bench-validator
bench-validator: $(DEV_STAMP)  ## What the live validator costs: ours beside asgion and wsgiref
	@for version in 3.12 3.13 3.14; do \
	  for python in $$(command -v python$$version) \
	      "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$version*/bin/python; do \
	    "$$python" -c '' 2>/dev/null || continue; \
	    [ -x .venv-asgion/bin/python ] || "$$python" -m venv .venv-asgion; \
	    break 2; \
	  done; \
	done; \
	[ ! -x .venv-asgion/bin/python ] || .venv-asgion/bin/python -m pip install \
	  --quiet --disable-pip-version-check asgion || true; \
	$(BIN)/python -m tools.bench_validator --other .venv-asgion/bin/python $(ARGS)

.PHONY: pictures
pictures: $(DEV_STAMP)  ## Take the pictures of the README in Chromium
	@$(BIN)/python -m tools.pictures

.PHONY: bench-dashboard
bench-dashboard: $(DEV_STAMP)  ## What the dashboard's page costs a browser
	@$(BIN)/python -m tools.bench_dashboard $(ARGS)

.PHONY: prove-load
prove-load: $(DEV_STAMP)  ## Prove the load client against wrk and arithmetic
	@$(BIN)/python -m tools.prove_load $(ARGS)

.PHONY: prove-bench
prove-bench: $(DEV_STAMP)  ## Prove that `bench --against` does not cry wolf
	@$(BIN)/python -m tools.prove_bench

.PHONY: docs
docs: $(DEV_STAMP)  ## Write the generated documents and parts of documents anew
	@$(BIN)/python -m tools.step_pages write
	@$(BIN)/python -m tools.rule_pages write
	@$(BIN)/python -m tools.data_page write
	@$(BIN)/python -m tools.docs write

.PHONY: docs-site
docs-site: $(DEV_STAMP)  ## Build the documentation as a site, into site/, and check its links
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

# On a quiet machine: it takes three minutes, and says how quiet it was.
.PHONY: docs-measure
docs-measure: $(DEV_STAMP)  ## Measure again what Django adds, and write it down
	@$(BIN)/python -m asgi_compare.measure.ladder.check write docs/what-django-adds.json
	@$(BIN)/python -m tools.docs write

.PHONY: docs-check
docs-check: $(DEV_STAMP)  ## Check the generated parts, and measure what they say again
	@$(BIN)/python -m tools.step_pages check
	@$(BIN)/python -m tools.rule_pages check
	@$(BIN)/python -m tools.data_page check
	@$(BIN)/python -m tools.docs check
	@$(BIN)/python -m asgi_compare.measure.ladder.check check docs/what-django-adds.json

.PHONY: clean
clean:  ## Remove what the other targets have made
	rm -rf .venv .venv-* build dist report site *.egg-info .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
