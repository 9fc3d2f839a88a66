"""Changing many rows, each in its own way, by one statement.

The rows come as a table `given` whose columns are column1, column2 and so on: that is what SQLite calls the columns of
VALUES, which stand in `UPDATE … FROM` from 3.33 on. PostgreSQL reads them from one JSON text, so that the statement is
the same for any number of rows: psycopg keeps no translation of one with more than fifty parameters, and to make it
anew took longer than to run it.
"""

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from django.db import connection, connections
from django.db.models import CharField, IntegerField, Model, TextChoices, TextField

from taskqueue.engine.plain import Values, places, run, run_both

PLAIN = (CharField, TextField, IntegerField)
# Without a limit PostgreSQL expects a hundred rows, and reads the whole of a small table to find them.
RECORDS = "(SELECT * FROM json_to_recordset(%s::json) AS given ({columns}) LIMIT {count}) AS given"


def values_of(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Values:
    """Return a table `given` and its parameters: in each row the named fields' values, none None."""
    if connection.vendor == "postgresql":
        return _records_of(model, tuple(names), rows)
    row = f"({places(names)})"
    adapters = [_adapter(model._meta.get_field(name)) for name in names]
    adapted = [adapt(value) for given in rows for adapt, value in zip(adapters, given, strict=True)]
    return f"(VALUES {', '.join([row] * len(rows))}) AS given", adapted


def _records_of(
    model: type[Model], names: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> Values:
    columns, table = _table_of(model, names, len(rows))
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    return table, [json.dumps(records, default=_as_text)]


@lru_cache(maxsize=256)
def _table_of(model: type[Model], names: tuple[str, ...], count: int) -> tuple[list[str], str]:
    """Return the columns of `given`, and it as PostgreSQL reads it, with its types of the named fields."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = [f"column{n}" for n, _ in enumerate(fields, 1)]
    kinds = [field.cast_db_type(connection) for field in fields]
    typed = ", ".join(f"{column} {kind}" for column, kind in zip(columns, kinds, strict=True))
    return columns, RECORDS.format(columns=typed, count=count)


def _as_text(value: Any) -> str:
    if isinstance(value, uuid.UUID | datetime):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON-able.")


def update_each(
    model: type[Model],
    match: Sequence[str],
    change: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    where: dict[str, Any],
    to: dict[str, Any],
    grow: str = "",
    then: Values | None = None,
) -> dict[Any, int]:
    """Update the rows of `model` whose `match` fields are as given, setting the `change` fields to their own values.

    Each of `rows` holds first the values to match and then the values to set, none of them None. `where` must hold
    for all of them and `to` is set in all of them. The column `grow` grows by one; returned is what it has become, by
    the keys of the rows that changed. `then` is a statement about other rows, as `run_both` takes it.
    """
    if not rows:
        if then:
            run(*then)
        return {}
    table = model._meta.db_table
    values, given = values_of(model, [*match, *change], rows)
    pairs = [
        f"{_column(model, name)} = given.column{n}" for n, name in enumerate([*match, *change], 1)
    ]
    sets = pairs[len(match) :] + [f"{_column(model, name)} = %s" for name in to]
    sets += [f"{grow} = {grow} + 1"] if grow else []
    conditions = [f"{table}.{pair}" for pair in pairs[: len(match)]]
    conditions += [
        f"{table}.{_column(model, name)} = {_literal(value) or '%s'}"
        for name, value in where.items()
    ]
    sql = f"UPDATE {table} SET {', '.join(sets)} FROM {values} WHERE {' AND '.join(conditions)}"  # noqa: S608
    sql += f" RETURNING {model._meta.pk.column}, {grow}" if grow else ""
    others = {name: value for name, value in where.items() if not _literal(value)}
    given = [*_adapted(model, to), *given, *_adapted(model, others)]
    changed = run_both((sql, given), then) if then else run(sql, given)
    return {model._meta.pk.to_python(key): number for key, number in changed}


def _column(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def _literal(value: Any) -> str:
    """Return a constant of ours as it stands in a statement.

    PostgreSQL plans a statement anew each time if it hopes that the parameters of the day match few rows.
    """
    return f"'{value}'" if isinstance(value, TextChoices) else ""


def _adapted(model: type[Model], named: dict[str, Any]) -> list[Any]:
    return [_adapt(model._meta.get_field(name), value) for name, value in named.items()]


def _adapt(field: Any, value: Any) -> Any:
    return _adapter(field)(value)


def _adapter(field: Any) -> Callable[[Any], Any]:
    """Return what makes values of a field fit for the database; text and whole numbers are, so they cost nothing."""
    if isinstance(field.target_field if field.is_relation else field, PLAIN):
        return _as_it_is
    return partial(field.get_db_prep_save, connection=connections[connection.alias])


def _as_it_is(value: Any) -> Any:
    return value
