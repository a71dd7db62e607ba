# Every target does the set-up that it needs and is safe to run again.
#
#   make demo     learn the heater lab from a log and plan with guardrails; report in runs/demo
#   make test     all tests
#   make setup    libtorch and the library that Swift calls it through, into .torch/
#   make bench    speed of the engine on this machine
#   make format   lay the sources out; make lint checks only
#   make docs     the documentation of the library, into .build/documentation
#   make clean    remove what was built; make distclean removes .torch/ too

SWIFT ?= swift
SOURCES := Package.swift Sources Tests Examples Benchmarks/Package.swift Benchmarks/Sources

.PHONY: demo test setup check bench format lint docs clean distclean

demo: setup
	$(SWIFT) build -c release --product foresight
	.build/release/foresight demo --out runs/demo

# Tests that read our files with the packages that other people use find them in the environment of set-up.
test: export FORESIGHT_PYTHON ?= $(wildcard .torch/venv/bin/python)
test: setup check
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest

setup:
	@scripts/setup

# Generated files are checked in; this says when one is older than its source.
check:
	@scripts/generate-loader --check

bench: setup
	$(SWIFT) run -c release --package-path Benchmarks engine-benchmark

format:
	$(SWIFT) format --in-place --recursive --parallel $(SOURCES)

lint:
	$(SWIFT) format lint --recursive --parallel --strict $(SOURCES)

docs:
	$(SWIFT) package --allow-writing-to-directory .build/documentation generate-documentation \
		--product Foresight --enable-experimental-combined-documentation --output-path .build/documentation

clean:
	rm -rf .build Benchmarks/.build

distclean: clean
	rm -rf .torch
