"""Rows as a data frame of whichever library is installed, through narwhals."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from secondcoder.errors import MissingExtraError

try:
    import narwhals as nw
except ImportError as error:
    raise MissingExtraError("frames", "a data frame") from error

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from narwhals.typing import IntoDataFrame

Rows = Sequence[tuple[object, ...]]
Columns = Mapping[str, type[str] | type[int] | type[float]]
"""Name of each column, in order, and what it holds; None is a missing value in any."""


def pandas_frame(rows: Rows, columns: Columns) -> "pd.DataFrame":
    """Return the rows as a pandas data frame."""
    return _frame(rows, columns, "pandas").to_pandas()


def polars_frame(rows: Rows, columns: Columns) -> "pl.DataFrame":
    """Return the rows as a Polars data frame."""
    return _frame(rows, columns, "polars").to_polars()


def _frame(
    rows: Rows, columns: Columns, library: Literal["pandas", "polars"]
) -> "nw.DataFrame[IntoDataFrame]":
    """Return the rows as a frame of the library.

    Raises:
        MissingExtraError: If the library is not installed.
    """
    types = {str: nw.String(), int: nw.Int64(), float: nw.Float64()}
    values = {name: [row[place] for row in rows] for place, name in enumerate(columns)}
    schema = {name: types[kind] for name, kind in columns.items()}
    if library == "pandas":
        # Its whole numbers have no missing value, its floats do.
        for name, kind in columns.items():
            if kind is int and None in values[name]:
                schema[name] = types[float]
    try:
        return nw.from_dict(values, schema, backend=library)
    except ImportError as error:
        raise MissingExtraError("frames", f"a data frame of {library}") from error
