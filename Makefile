# `make demo` and `make test` each set up what they need on a fresh machine.
# RB_PYTHON names another interpreter; otherwise the newest supported one on the machine is used,
# because bandit cannot parse syntax newer than the Python that runs it.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(shell cat requirements/*.txt scripts/setup.sh pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)

.PHONY: setup demo test check bench clean
setup: $(READY)

$(READY):
	@sh scripts/setup.sh $(VENV)
	@rm -f $(VENV)/.ready-*; touch $@

demo: $(READY)
	@$(BIN)/reviewbot demo --keep demo-out

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: check
	$(BIN)/python -m pytest -n 2 --dist worksteal
	sh scripts/test-wheel.sh $(VENV)

# Needs root and Debian; asks no image registry. docs/image.md says what it makes.
.PHONY: image
image:
	@sh scripts/image.sh

bench: $(READY)
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) dist demo-out
