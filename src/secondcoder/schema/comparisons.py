"""Two coders theme by theme: scores against a reference, and which theme was taken for which."""

from collections.abc import Hashable

from pydantic import Field

from secondcoder.schema.record import Record
from secondcoder.schema.statistics import Result


class ThemeScores(Record):
    """How far one coder's use of a theme is the reference's."""

    theme: Hashable = Field(description="Its id; `micro` or `macro` over all themes.")
    precision: Result
    recall: Result
    f1: Result


class Scores(Record):
    """Scores of each theme, of all hits together (micro), and the themes' mean (macro)."""

    per_theme: tuple[ThemeScores, ...]
    micro: ThemeScores
    macro: ThemeScores


class Confusion(Record):
    """How often the first coder's theme met the second's, None standing for no theme.

    A row adds up to the units to which the first coder gave the theme, a column to the second's.
    """

    themes: tuple[Hashable, ...] = Field(
        description="Of rows and columns; None, the last, is none."
    )
    counts: tuple[tuple[float, ...], ...] = Field(description="Rows: first coder's themes.")
    n_units: int = Field(ge=0, description="Units that both rated.")
