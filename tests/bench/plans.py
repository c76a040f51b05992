"""What a page or a task makes PostgreSQL read: each of its statements is explained, with what it really read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection

from portal.common.admin import MOST_COUNTED

LARGE = MOST_COUNTED + 1  # rows; a table below that may be read whole


@dataclass(frozen=True)
class Scan:
    """Rows of one table that one statement looked at, whether it kept them or not."""

    table: str
    node: str
    rows: int
    sql: str
    milliseconds: float

    @property
    def is_whole(self) -> bool:
        return self.node == "Seq Scan" and self.rows >= LARGE


@dataclass
class Asked:
    """The statements of a block. `explained` asks them once more: only what changes nothing."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") or sql.startswith("("):
            self.statements.append((sql, params))
        return execute(sql, params, many, context)

    def explained(self) -> list[Scan]:
        connection.ensure_connection()
        found = []
        with psycopg.ClientCursor(connection.connection) as cursor:
            for sql, params in self.statements:
                try:
                    cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                except psycopg.errors.SyntaxError:  # not asked by itself: a cursor, FOR UPDATE outside
                    continue
                plan = cursor.fetchone()[0]
                plan = json.loads(plan) if isinstance(plan, str) else plan
                found += [
                    Scan(
                        node["Relation Name"], node["Node Type"], _read(node), sql, plan[0]["Execution Time"]
                    )
                    for node in _nodes(plan[0]["Plan"])
                    if "Relation Name" in node
                ]
        return found


@contextmanager
def asked() -> Iterator[Asked]:
    found = Asked()
    with connection.execute_wrapper(found):
        yield found


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _read(node: dict[str, Any]) -> int:
    one = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    return round(node["Actual Loops"] * (node["Actual Rows"] + one))
