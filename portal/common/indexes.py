"""Indexes by which words are found anywhere in a column, as the search and the lists of the admin look for them, and
how an index is added to a table that is large by now."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.models import Index
from django.db.models.functions import Upper


def search_indexes(table: str, *columns: str) -> list[Index]:
    """One for each column, of its groups of three letters: what `icontains` asks of PostgreSQL."""
    return [
        GinIndex(OpClass(Upper(column), name="gin_trgm_ops"), name=f"{table}_{column}_words")
        for column in columns
    ]


class AddIndexBeside(AddIndexConcurrently):
    """An index that is made while people write, however long that takes; in a migration with `atomic = False`.

    When it is stopped half-way PostgreSQL keeps an index that is of no use: the next run begins anew.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        with schema_editor.connection.cursor() as cursor:
            # it waits for whoever is in a transaction, a backup for instance, and nobody waits for it
            cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        schema_editor.execute(self.index.remove_sql(model, schema_editor, concurrently=True))
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout; RESET lock_timeout")
