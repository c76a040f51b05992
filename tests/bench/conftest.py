from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.bench import report
from tests.chaos.harness import Chaos, chaos
from tests.factories.bookings import first_coach


@pytest.fixture(scope="session", autouse=True)
def _report(request: pytest.FixtureRequest) -> Iterator[None]:
    """Write the figures of a whole run; a part of one is only shown."""
    yield
    if not request.config.option.keyword and not request.session.testsfailed:
        report.write()


@pytest.fixture
def parts(tmp_path: Path, transactional_db: None) -> Iterator[Chaos]:
    with chaos(tmp_path) as running:
        call_command("load_instrument", verbosity=0)
        first_coach()
        yield running
        for process in running.processes:  # shown when the figures fail
            sys.stdout.write(f"---- {process.name}\n{process.output[-3000:]}\n")
