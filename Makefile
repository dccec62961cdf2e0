NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON ?= $(shell for python in $(PYTHONS); do $$python -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test faults soak lint types imports check train bench bench-gate lock revision clean

# The two commands of the README.
demo: $(VENV)/run.stamp
	$(BIN)/apel demo

# The processes that tests start need not compile the product anew.
test faults: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 2 --dist worksteal $(TEST_FLAGS)

# Every fault at every step; `make test` has one of each kind.
faults: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 2 --dist worksteal --every-fault tests/faults

# Random faults for so long; the summary of the last run stands in docs/performance.md.
SECONDS ?= 600
soak: $(VENV)/dev.stamp
	$(BIN)/python -m tests.faults.soak --seconds $(SECONDS) $(SOAK_FLAGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

imports: $(VENV)/dev.stamp
	$(BIN)/lint-imports

check: lint types imports test

# Beside the peers, on two cores that have nothing else to do: a quarter of an hour, and build/bench.md holds the tables.
bench: $(VENV)/bench.stamp
	$(BIN)/python -m tests.bench

# Under a minute; fails where ours is not as much faster than its peers as docs/performance.md says.
bench-gate: $(VENV)/bench.stamp
	$(BIN)/python -m tests.bench quick

# Locks carry hashes and no index address; the project itself is built from the checkout, nothing resolved.
$(VENV)/run.stamp: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Apel needs Python 3.11 or later: make PYTHON=/where/it/is"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(PIP) install --require-hashes -r requirements-dev.lock
	touch $@

$(VENV)/bench.stamp: requirements-bench.lock $(VENV)/dev.stamp
	$(PIP) install --require-hashes -r requirements-bench.lock
	touch $@

# After a change of content/knowledge/, of a regulation or of what is compared: the model of questions.
train: $(VENV)/dev.stamp
	$(BIN)/python -m content.training

# Needs uv at hand; run it when a dependency changes.
LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet
lock:
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) pyproject.toml --group bench -c requirements.lock -o requirements-bench.lock

# After a change of the models: make revision MESSAGE="Reports have a place"
revision: $(VENV)/dev.stamp
	$(BIN)/python -m storage.revise "$(MESSAGE)"

clean:
	rm -rf $(VENV) build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
