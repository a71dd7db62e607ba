# Every target does the set-up that it needs and is safe to run again.
#
#   make demo     learn the heater lab from a log and plan with guardrails; report in runs/demo
#   make demo-pixels  plan to pictures in two rooms with the model in Models/; moving picture in runs/demo-pixels
#   make test     all tests
#   make setup    libtorch and the library that Swift calls it through, into .torch/
#   make bench    speed beside others, in turns, on a machine that does nothing else; figures and page in runs/bench
#   make bench-engine  speed of matrix products and single operations
#   make format   lay the sources out; make lint checks only
#   make docs     the documentation of the library, into .build/documentation
#   make clean    remove what was built; make distclean removes .torch/ too

SWIFT ?= swift
SOURCES := Package.swift Sources Tests Examples Benchmarks/Package.swift Benchmarks/Sources

.PHONY: demo demo-pixels test setup check bench bench-engine format lint docs clean distclean

demo: setup
	$(SWIFT) build -c release --product foresight
	.build/release/foresight demo --out runs/demo

demo-pixels: setup
	$(SWIFT) build -c release --product foresight
	.build/release/foresight demo two-rooms

# What is tested is built as what is used, with optimisation: plants are simulated and models trained for minutes, which
# takes many times as long without. It has a place of its own, since tests see more of a module than programs do. Lines of
# sources are left out of it, which would be a part of what it takes to build, and so is what others' modules would add to the
# index that tests are found by; `swift test` without more has them.
UNINDEXED := -Xswiftc -index-ignore-system-modules \
	-Xswiftc -Xfrontend -Xswiftc -index-ignore-clang-modules -Xswiftc -Xfrontend -Xswiftc -index-ignore-stdlib
TESTED := -c release -Xswiftc -enable-testing -debug-info-format none $(UNINDEXED) --scratch-path .build/tested

# Some tests read our files with the packages that other people use: they are installed into the environment of set-up,
# where there is one. Without them those tests are left out, and say so.
VENV_PYTHON := .torch/venv/bin/python
test: setup check
	@test ! -x $(VENV_PYTHON) || $(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check \
		-r Tests/requirements.txt || echo "make: without these packages some tests are left out"
	$(SWIFT) build $(TESTED) --build-tests
	@FORESIGHT_PYTHON=$${FORESIGHT_PYTHON:-$$(ls $(VENV_PYTHON) 2>/dev/null || true)} SWIFT=$(SWIFT) \
		scripts/run-tests $(TESTED) --skip-build --disable-xctest

setup:
	@scripts/setup

# Generated files are checked in; this says when one is older than its source.
check:
	@scripts/generate-loader --check

bench: setup
	$(SWIFT) build -c release --product foresight
	for product in plan-speed picture-plan-speed control-speed csv-speed training-speed picture-training-speed bench-page; do \
		$(SWIFT) build -c release --package-path Benchmarks --product $$product || exit 1; done
	python3 Benchmarks/bench.py $(BENCH)

bench-engine: setup
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
