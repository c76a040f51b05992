from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.chaos.booking")  # so that what differs is shown

from tests.chaos.harness import Chaos  # noqa: E402
from tests.chaos.harness import chaos as chaos_parts  # noqa: E402


@pytest.fixture
def chaos(transactional_db: None, tmp_path: Path) -> Iterator[Chaos]:
    """A real Redis and a mail sink that misbehaves on request; workers, beat and web on demand."""
    with chaos_parts(tmp_path) as parts:
        yield parts
        for process in parts.processes:  # shown when the scenario fails
            sys.stdout.write(f"---- {process.name}\n{process.output[-3000:]}\n")
