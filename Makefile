# Everything runs in .venv, made on first use; PYTHON chooses the interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ENGINES := $(VENV)/.engines
# The tests compile small programs, which XLA takes longer to optimize than to run.
QUICKLY := --xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true
# Two processes: more would compete for caches and memory on small machines.
PYTEST := $(BIN)/python -m pytest -n 2 --dist worksteal

.DEFAULT_GOAL := help

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(ENGINES): $(STAMP) requirements-engines.txt
	$(BIN)/python -m pip install --quiet -r requirements-engines.txt
	@touch $@

install: $(STAMP)  ## Create .venv and install the package in it

demo: $(STAMP)  ## Train a 2-D VAE in a minute or two and draw figures into demo/
	@rm -rf demo
	$(BIN)/keras-aae train vae --latent-dim 2 --epochs 40 --out demo
	@echo "The figures are in demo/figures: reconstructions.png, scatterplot.png, latent-sweep.png"

test: $(STAMP)  ## Run the tests on TensorFlow
	$(PYTEST)

test-engines: $(ENGINES)  ## Run the tests of models, losses and priors on JAX and PyTorch
	KERAS_BACKEND=jax XLA_FLAGS="$(QUICKLY)" $(PYTEST) tests/models tests/losses tests/priors tests/transforms
	KERAS_BACKEND=torch OMP_NUM_THREADS=1 $(PYTEST) tests/models tests/losses tests/priors tests/transforms
	$(PYTEST) -m engines

faults: $(ENGINES)  ## Inject thousands of faults into trainings and files
	PYTHONPATH=tests $(BIN)/python -m faults --write tests/faults/RESULTS.md

lint: $(STAMP)  ## Check style, types and the import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

figures: $(STAMP)  ## Train what is missing or outdated and write results/
	$(BIN)/keras-aae figures

bench: $(ENGINES)  ## Measure speed against hand-written loops
	$(BIN)/python -m benchmarks

clean:  ## Remove .venv, demo/ and caches, but not runs/
	rm -rf $(VENV) demo build *.egg-info .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help install demo test test-engines faults lint format figures bench clean
