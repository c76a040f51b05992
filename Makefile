# The two commands that matter: `make up` runs the whole portal here, `make test` proves it.
# Everything else is for who works on the code. Needs Python 3.11+ and a network for packages.

.DEFAULT_GOAL := up
.PHONY: up setup demo manage test faults elsewhere test-next check tidy audit bench bench-years bench-scale pictures lock messages clean rehearse chaos run-env dev-env chaos-mutants chaos-report

# The first Python on PATH that is new enough; an old `python3` may stand before a newer one.
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$python"; break; }; done)
VENV := .venv/bin/python
LOCAL := $(VENV) -m portal.local
# even on two cores: half of the time a test waits for a process, a mail or a page
SPREAD := -n 4 --dist worksteal
NEXT := var/next/bin/python
QUICK := "not (browser or race or chaos or local or real_clock or demo)"

run-env dev-env:
	@test -n "$(PYTHON)" || { echo "Draagkracht needs Python 3.11 or newer on PATH; found: $$(python3 --version 2>&1 | head -n 1)." >&2; exit 1; }
	@$(PYTHON) portal/local/bootstrap.py $(@:-env=)

up: run-env  ## the whole portal on http://localhost:8000; PORT=8001 for another port
	@exec $(LOCAL) up

setup: run-env  ## the set-up of `make up`, without starting it
	@exec $(LOCAL) setup

demo: run-env  ## fill it with the last months of a practice; SCALE=10 or 100 for more, CLEAN=1 takes them away
	@exec $(LOCAL) manage -- demo $(if $(SCALE),--scale $(SCALE)) $(if $(CLEAN),--remove)

manage: run-env  ## a management command on the data of `make up`, whether it runs or not: make manage ARGS="showmigrations"
	@exec $(LOCAL) manage -- $(ARGS)

test: dev-env  ## rules, pages, mails and journeys, four tests at once; ARGS="-k words" for a part of all tests, one by one; ELSEWHERE=2028-02-29T12:00+01:00 for the quick part at another date
	@$(LOCAL) test -- $(or $(ARGS),$(SPREAD) -m $(if $(ELSEWHERE),$(QUICK),"not (chaos or race)"))

faults: dev-env  ## the rest of the suite: processes killed, hung or starved, and crowds on one time
	@$(LOCAL) test -- $(SPREAD) -m chaos
	@$(LOCAL) test -- -m race  # crowds have the machine for themselves

elsewhere: dev-env  ## a third of the quick part at another date: one of four at which programs go wrong, another each run
	@chosen=$$($(VENV) -m tests.clock) && \
		echo "Elsewhere in time. Again: make test $$chosen; all of it: without THIRD" && \
		$(MAKE) --no-print-directory test $$chosen

test-next: var/next/.installed  ## the suite without browser on the next Django, 6.1, and Python 3.12; ARGS as with `make test`
	@$(NEXT) -m portal.local test -- $(or $(ARGS),$(SPREAD) -m "not (browser or race)")

var/next/.installed: requirements-dev.txt
	@python3.12 -c "" 2>/dev/null || { echo "Django 6.1 needs Python 3.12: put python3.12 on PATH and run make test-next again." >&2; exit 1; }
	@echo "Making var/next, with Django 6.1 …"
	@rm -rf var/next && python3.12 -m venv var/next
	@$(NEXT) -m pip install --quiet --require-hashes -r requirements-dev.txt
	@$(NEXT) -m pip install --quiet "django>=6.1,<6.2"  # after the others: 5.2 is pinned
	@touch $@

check: dev-env  ## linters, types, import order, missing migrations, deployment settings
	@exec $(LOCAL) check

tidy: dev-env  ## what ruff and djade can mend by themselves
	@.venv/bin/ruff check --quiet --fix --exit-zero . && .venv/bin/ruff format --quiet .
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} + || true

audit: run-env  ## a step of a release: known weaknesses of what the lock files pin; "not checked" without a network
	@exec $(LOCAL) audit

bench: dev-env  ## the figures of docs/benchmarks.md
	@exec $(LOCAL) test -- tests/bench/figures.py tests/bench/mails.py tests/bench/ratios.py tests/bench/contacts.py tests/bench/numbers.py tests/bench/memory.py -p no:randomly -p no:tests.clock -q -s $(ARGS)

bench-years: dev-env  ## five years of a practice, and of one ten times as busy: the figures of docs/reliability.md
	@exec $(LOCAL) test -- tests/bench/five_years.py -p no:randomly -p no:tests.clock -q -s $(ARGS)

bench-scale: dev-env  ## what one machine carries, in four minutes on a quiet one: as above
	@exec $(LOCAL) test -- tests/bench/carries.py -p no:randomly -p no:tests.clock -q -s $(ARGS)

chaos: dev-env  ## runs with people, a coach and faults, each checked: SEEDS=3 of them FROM=1, AT_ONCE=2; SEED=17 for one; MUTANT=name
	@exec $(VENV) -m tests.reliability $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS)) \
		$(if $(FROM),--from $(FROM)) $(if $(AT_ONCE),--at-once $(AT_ONCE)) $(if $(MUTANT),--mutant $(MUTANT))

chaos-mutants: dev-env  ## the teeth of the chaos run: each mutant until it is found; MUTANT=name for one, SEEDS=20 at most
	@$(VENV) -m tests.reliability.teeth $(if $(MUTANT),--mutant $(MUTANT)) $(if $(SEEDS),--seeds $(SEEDS))

chaos-report: dev-env  ## the tables of docs/reliability.md, from the folders of runs: make chaos-report RUNS="var/chaos/…"
	@$(VENV) -m tests.reliability.report $(RUNS)

pictures: dev-env  ## take the pictures of the README and of docs/coach again, from the demo
	@exec $(LOCAL) test -- tests/e2e/pictures.py -q $(ARGS)

rehearse: dev-env  ## a clean Debian in a folder, docs/install.md followed in it, and calls booked there over HTTPS; needs root; ARGS="--only caddy" for a part
	@exec $(VENV) -m tests.rehearsal $(ARGS)

messages: dev-env  ## collect new texts into locale/nl
	@exec $(LOCAL) run -- $(VENV) manage.py update_translations

lock:  ## pin the dependencies of pyproject.toml again; needs uv; ARGS=--upgrade takes the newest
	uv pip compile pyproject.toml $(ARGS) --generate-hashes --universal --python-version 3.11 --no-emit-index-url --custom-compile-command "make lock" -o requirements.txt
	uv pip compile pyproject.toml $(ARGS) --group dev -c requirements.txt --generate-hashes --universal --python-version 3.11 --no-emit-index-url --custom-compile-command "make lock" -o requirements-dev.txt

clean:  ## throw away the local database, mail, logs and the virtual environment
	@test ! -x $(VENV) || $(LOCAL) clean
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
