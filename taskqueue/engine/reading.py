"""Making instances of a model from the rows of a plain statement, as `raw()` does, for half of the time."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


class Reading(Generic[M]):
    """Reads the `columns` of a model but those of the fields in `without`, which are read when they are asked for."""

    def __init__(self, model: type[M], without: Collection[str] = ()) -> None:
        self._model = model
        fields: Sequence[Any] = model._meta.concrete_fields
        self._fields = [field for field in fields if field.name not in without]
        self._names = frozenset(field.attname for field in self._fields)
        self.columns = ", ".join(field.column for field in self._fields)

    def read(self, rows: Iterable[Sequence[Any]]) -> list[M]:
        """Return an instance for each row, whose values stand in the order of `columns`."""
        return [self._instance(row) for row in rows]

    def _instance(self, row: Sequence[Any]) -> M:
        pairs = zip(self._converters, row, strict=True)
        values = [convert(value) if convert else value for convert, value in pairs]
        return self._model.from_db(connection.alias, self._names, values)

    @cached_property
    def _converters(self) -> list[Callable[[Any], Any] | None]:
        return [self._converter(field) for field in self._fields]

    def _converter(self, field: Any) -> Callable[[Any], Any] | None:
        """Return what makes a value of the database one of the field, if they differ."""
        column = field.get_col(self._model._meta.db_table)
        steps: list[Any] = [
            *connection.ops.get_db_converters(column),
            *field.get_db_converters(connection),
        ]

        def convert(value: Any) -> Any:
            for step in steps:
                value = step(value, column, connection)
            return value

        return convert if steps else None
