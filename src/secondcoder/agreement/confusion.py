"""Which theme was taken for which: a table in which sets of themes count whole."""

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.ratings import MISSING, Ratings
from secondcoder.agreement.sets import SetRow, read_sets, sets_of
from secondcoder.schema.comparisons import Confusion


def confusion(first: SetRow, second: SetRow) -> Confusion:
    """Return how often each theme of one coder met each theme of the other.

    A theme that both gave a unit meets itself. The themes only one gave are matched one to one
    with those only the other gave, all matchings counting alike; what is left over meets None, and
    two empty sets are None meeting None. So {a, b} and {a, c} are one a-a and one b-c; {a} and
    {b, c} are half a-b, half a-c, half None-b and half None-c. Rows then add up to the first
    coder's use of each theme, columns to the second's. Units that one did not rate are left out.

    Args:
        first: The themes one coder gave each unit; None where missing. Shape: (n_units,).
        second: The other's, of the same units.

    >>> confusion([{"a", "b"}, {"a"}], [{"a", "c"}, set()]).counts[1]
    (0.0, 0.0, 1.0, 0.0)
    """
    return confusion_of(read_sets([first, second]))


def confusion_of(ratings: Ratings) -> Confusion:
    """Return the table of the first two coders of ratings.

    >>> from secondcoder.agreement.ratings import read_ratings
    >>> confusion_of(read_ratings(["ab", "aa"])).counts
    ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    """
    sets = sets_of(ratings)
    themes = sorted({theme for held in sets for theme in held}, key=str)
    place_of = {theme: place for place, theme in enumerate(themes)}
    table = np.zeros((len(themes) + 1, len(themes) + 1))
    patterns = ratings.patterns(ordered=True)
    n_units = 0
    for codes, n in zip(patterns.codes, patterns.n_units, strict=True):
        if MISSING in codes[:2]:
            continue
        n_units += int(n)
        by_first, by_second = ({place_of[theme] for theme in sets[code]} for code in codes[:2])
        _add(table, by_first, by_second, float(n))
    return Confusion(
        themes=(*themes, None), counts=tuple(map(tuple, table.tolist())), n_units=n_units
    )


def _add(table: NDArray[np.float64], first: set[int], second: set[int], n: float) -> None:
    """Add a pair of sets, met in `n` units, to the table, whose last row and column are None."""
    nothing = len(table) - 1
    for theme in first & second:
        table[theme, theme] += n
    only_first, only_second = sorted(first - second), sorted(second - first)
    most = max(len(only_first), len(only_second))
    if not first and not second:
        table[nothing, nothing] += n
    if not most:
        return
    table[np.ix_(only_first, only_second)] += n / most
    table[only_first, nothing] += n * (1 - len(only_second) / most)
    table[nothing, only_second] += n * (1 - len(only_first) / most)
