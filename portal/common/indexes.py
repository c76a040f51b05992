"""Indexes by which words are found anywhere in a column, as the search and the lists of the admin look for them."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import Index
from django.db.models.functions import Upper


def search_indexes(table: str, *columns: str) -> list[Index]:
    """One for each column, of its groups of three letters: what `icontains` asks of PostgreSQL."""
    return [
        GinIndex(OpClass(Upper(column), name="gin_trgm_ops"), name=f"{table}_{column}_words")
        for column in columns
    ]
