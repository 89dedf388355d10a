# Patient Management System. `make` without a target prints the help.
.DEFAULT_GOAL := help
.PHONY: help venv up down clean status urls logs psql kafka dead-letters audit demo rotate-keys doctor shell test test-prod lint format bench bench-services bench-compare bench-flood soak contracts conformance lock
PYTHON_IN_VENV := .venv/bin/python
OPS := $(PYTHON_IN_VENV) -m ops

help: ## Print this help
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n%s\n", substr($$0, 4)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## Run it
up: venv ## Build, start and deploy everything; run it again after a change or an interruption
	@$(OPS) up
down: venv ## Remove the running system: containers, networks, volumes
	@$(OPS) down
clean: venv ## Remove the running system, images, caches, node_modules and .venv
	@$(OPS) clean && rm -rf .venv .state

## Look at it
status: venv ## Show stacks, services, databases, broker and API on one screen
	@$(OPS) status
urls: venv ## Show addresses, and how to sign in
	@$(OPS) urls
logs: venv ## Follow a service's log: SERVICE=auth (or localstack)
	@$(OPS) logs $(SERVICE)
psql: venv ## Open a service's database: SERVICE=patient
	@$(OPS) psql $(SERVICE)
kafka: venv ## Print a topic's events: TOPIC=pms.patient.v1 (without TOPIC: the list of topics)
	@$(OPS) kafka $(TOPIC) $(if $(LIMIT),--limit $(LIMIT))
dead-letters: venv ## List messages that a service could not process: SERVICE=billing (ARGS="replay --all"; show, discard)
	@$(OPS) dead-letters $(SERVICE) -- $(ARGS)
audit: venv ## Verify a service's audit log: SERVICE=patient (ARGS="patient <id>": who saw or changed their data)
	@$(OPS) audit $(SERVICE) -- $(ARGS)
demo: venv ## Fill the system with an invented clinic and print its accounts: SIZE=small|large (100,000 patients)
	@$(OPS) demo $(SIZE)
rotate-keys: venv ## Replace the key that signs tokens, which stay valid; takes 22 minutes (ARGS=--help)
	@$(OPS) rotate-keys $(ARGS)
doctor: venv ## Check this machine and name the remedies
	@$(OPS) doctor
shell: venv ## Start a shell in which awslocal, cdklocal and localstack are set up
	@$(OPS) shell

## Change it
test: venv ## Run every test; brings up what they need (ARGS="-k name" is passed on to pytest)
	@$(OPS) test -- $(ARGS)
test-prod: venv ## Run the end-to-end tests on the production stage, in LocalStack (after `make down`)
	@STAGE=prod $(OPS) test -- tests/e2e $(ARGS)
lint: venv ## Run ruff, mypy, import-linter, and the checks of generated files
	@$(OPS) lint
format: venv ## Format the code with ruff, and fix what it can fix
	@$(PYTHON_IN_VENV) -m ruff format . && $(PYTHON_IN_VENV) -m ruff check --fix .
bench: venv ## Measure the system: times, memory, gateway
	@$(OPS) bench
bench-services: venv ## Measure the services under load, with 1,000 and 100,000 patients (WRITE=1: into docs/performance.md)
	@$(OPS) bench-services $(if $(WRITE),--write)
bench-compare: venv ## Measure the services and another commit's in turns: BASE=commit (SECONDS=, SCENARIOS=a,b, WRITE=1)
	@$(OPS) bench-compare $(or $(BASE),$(error BASE=<commit> is missing)) \
	  $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SCENARIOS),--scenarios "$(SCENARIOS)") $(if $(WRITE),--write)
bench-flood: venv ## Measure what people notice of 50 anonymous sign-ins and registrations a second (RATE=, SECONDS=)
	@$(OPS) bench-flood $(if $(RATE),--per-second $(RATE)) $(if $(SECONDS),--seconds $(SECONDS))
soak: venv ## Write 10,000 patients while parts are killed 80 times, about ten minutes (WRITES=, ROUNDS=)
	@SOAK_WRITES=$(or $(WRITES),10000) SOAK_ROUNDS=$(or $(ROUNDS),20) $(PYTHON_IN_VENV) -m pytest -s tests/soak
contracts: venv ## Generate the gRPC stubs and publish the event schemas and OpenAPI documents again
	@$(PYTHON_IN_VENV) -m ops.contracts.generate && $(PYTHON_IN_VENV) -m ops.contracts.publish
conformance: venv ## Probe every operation of the local AWS services, and write the baseline and its page
	@cd localstack-engines && PYTHONPATH=src:tests ../$(PYTHON_IN_VENV) -m conformance --write
lock: venv ## Resolve ops/requirements.in again; the services and the plugin have locks of their own
	@$(PYTHON_IN_VENV) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --output-file ops/requirements.txt ops/requirements.in

venv: ## Create or update .venv
	@./ops/bootstrap.sh
