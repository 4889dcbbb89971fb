"""A share of posts, its interval widened where a few authors wrote many of them."""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from scipy.special import stdtrit

from secondcoder.errors import InputError
from secondcoder.schema.statistics import Interval, Statistic, Undefined


def share(
    n_with: Sequence[int], n_of: Sequence[int], *, level: float = 0.95, name: str = "share"
) -> Statistic | Undefined:
    """Return which share of posts has something, with an interval over the authors.

    The interval is Wilson's with the effective number of posts in place of their number: posts
    of one author are no independent witnesses. The effective number is p(1 - p) / v, v being the
    linearised variance of a ratio over authors, made smaller by (z / t)^2 for few authors (Korn &
    Graubard 1998, Confidence intervals for proportions with small expected number of positive
    counts estimated from survey data, Survey Methodology 24), and never above the number of posts.
    Where no post or every post has it, v is 0 and says nothing: then each author counts as one
    post. Wilson's form is what Franco, Little, Louis & Slud (2019), Comparative study of
    confidence intervals for proportions in complex sample surveys, J. Surv. Stat. Methodol. 7,
    recommend for it. How often it covers the truth: `benchmarks/share_coverage.py`.

    Args:
        n_with: Posts that have it, by author. Shape: (n_authors,).
        n_of: All posts, by author. Shape: (n_authors,).
        level: Of the interval.
        name: Of the statistic.

    Raises:
        InputError: If the lengths differ, or an author has more posts with it than posts.

    >>> found = share([1, 0, 1, 0], [1, 1, 1, 1])
    >>> found.value, round(found.interval.low, 3), round(found.interval.high, 3)
    (0.5, 0.061, 0.939)
    """
    if len(n_with) != len(n_of):
        raise InputError(f"{len(n_with)} and {len(n_of)} counts are given; give two per author")
    has, of = np.asarray(n_with, dtype=float), np.asarray(n_of, dtype=float)
    if np.any(has > of) or np.any(has < 0):
        raise InputError("an author has more posts with it than posts; correct the counts")
    n_posts, n_authors = float(of.sum()), int((of > 0).sum())
    if not n_posts:
        return Undefined(name=name, reason="no post answers the question")
    value = float(has.sum()) / n_posts
    found: Interval | Undefined
    if n_authors < 2:  # noqa: PLR2004 - a spread takes two
        found = Undefined(name="interval", reason="one author can't show how authors differ")
    else:
        n_effective = _effective(has - value * of, value, n_posts, n_authors, level)
        low, high = _wilson(value, n_effective, level)
        found = Interval(low=low, high=high, level=level, method="Wilson, posts by author")
    return Statistic(name=name, value=value, n_units=int(n_posts), interval=found)


def _effective(
    deviations: "np.typing.NDArray[np.float64]",
    value: float,
    n_posts: float,
    n_authors: int,
    level: float,
) -> float:
    variance = n_authors / (n_authors - 1) * float(deviations @ deviations) / n_posts**2
    if value in {0.0, 1.0}:
        return n_authors
    if not variance:
        return n_posts
    tail = (1 + level) / 2
    shrunk = (NormalDist().inv_cdf(tail) / float(stdtrit(n_authors - 1, tail))) ** 2
    return min(n_posts, value * (1 - value) / variance * shrunk)


def _wilson(value: float, n: float, level: float) -> tuple[float, float]:
    """Return the interval's ends. Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212."""
    square = NormalDist().inv_cdf((1 + level) / 2) ** 2
    middle = (value + square / (2 * n)) / (1 + square / n)
    reach = math.sqrt(square * (value * (1 - value) / n + square / (4 * n**2))) / (1 + square / n)
    # Rounding may leave an end just past the value where that is 0 or 1.
    return max(0.0, min(value, middle - reach)), min(1.0, max(value, middle + reach))
