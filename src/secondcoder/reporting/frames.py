"""Rows as a data frame of whichever library is installed, through narwhals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from secondcoder.errors import MissingExtraError
from secondcoder.reporting.agreement_rows import AgreementRow

try:
    import narwhals as nw
except ImportError as error:
    raise MissingExtraError("frames", "a data frame") from error

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from narwhals.typing import IntoDataFrame


def pandas_frame(rows: Sequence[AgreementRow]) -> "pd.DataFrame":
    """Return the rows as a pandas data frame."""
    return _frame(rows, "pandas").to_pandas()


def polars_frame(rows: Sequence[AgreementRow]) -> "pl.DataFrame":
    """Return the rows as a Polars data frame."""
    return _frame(rows, "polars").to_polars()


def _frame(
    rows: Sequence[AgreementRow], library: Literal["pandas", "polars"]
) -> "nw.DataFrame[IntoDataFrame]":
    """Return the rows as a frame of the library.

    Raises:
        MissingExtraError: If the library is not installed.
    """
    columns = {name: [getattr(row, name) for row in rows] for name in AgreementRow._fields}
    schema = {
        name: nw.Float64() if name in {"value", "low", "high"} else nw.String()
        for name in AgreementRow._fields
    } | {"n_units": nw.Int64()}
    try:
        return nw.from_dict(columns, schema, backend=library)
    except ImportError as error:
        raise MissingExtraError("frames", f"a data frame of {library}") from error
