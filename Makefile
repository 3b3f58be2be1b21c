# `make test` is everything, as CI runs it; it installs what it needs.
CARGO_TARGET_DIR ?= $(HOME)/.cache/jindu/target
export CARGO_TARGET_DIR
TOOLS := tests/.tools
PYTHON ?= python3

.PHONY: test setup format lint check bench

test: setup format lint check

# Formatting and lints are part of the tests.
format:
	cargo fmt --check

lint:
	cargo clippy --release --locked --all-targets -- -D warnings

# The project's own check first: it is what a user runs first.
check:
	cargo build --release --locked
	$(CARGO_TARGET_DIR)/release/jindu check --lang en
	cargo test --release --locked -- --test-threads=2

# A Python with the Delta and DuckDB readers, and a browser for the page tests.
setup: $(TOOLS)/venv/done $(TOOLS)/browser

$(TOOLS)/venv/done: tests/interop/requirements.txt
	$(PYTHON) -m venv $(TOOLS)/venv
	$(TOOLS)/venv/bin/pip install --quiet --disable-pip-version-check -r tests/interop/requirements.txt
	touch $@

$(TOOLS)/browser:
	command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium)
	fc-list :lang=zh | grep -q . || (apt-get update -qq && apt-get install -y -qq fontconfig fonts-noto-cjk)
	touch $@

bench:
	bench/night 20000
