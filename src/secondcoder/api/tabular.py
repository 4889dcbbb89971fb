"""What the API returns as rows, it returns as a data frame too."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


class HasRows(Protocol):
    """A result whose figures are rows."""

    def rows(self) -> tuple[tuple[object, ...], ...]:
        """Return the figures, one named tuple per row."""
        ...

    def columns(self) -> Mapping[str, type[str] | type[int] | type[float]]:
        """Return what each column of the rows holds, in order."""
        ...


class Tabular:
    """A mixin for models that have rows."""

    def to_pandas(self: HasRows) -> "pd.DataFrame":
        """Return the rows as a pandas data frame.

        A `MissingExtraError` is raised if narwhals or pandas is not installed.
        """
        from secondcoder.reporting.frames import pandas_frame  # noqa: PLC0415 # an extra

        return pandas_frame(self.rows(), self.columns())

    def to_polars(self: HasRows) -> "pl.DataFrame":
        """Return the rows as a Polars data frame.

        A `MissingExtraError` is raised if narwhals or Polars is not installed.
        """
        from secondcoder.reporting.frames import polars_frame  # noqa: PLC0415 # an extra

        return polars_frame(self.rows(), self.columns())
