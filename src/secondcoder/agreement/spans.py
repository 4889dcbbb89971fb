"""Precision, recall and F1 of spans: how many of a reference's spans another coder found."""

import math
from collections.abc import Callable, Hashable, Iterable

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from secondcoder.agreement.estimates import Estimate, IntervalChoice, distinct_rows, ratio
from secondcoder.agreement.unitizing import Floats, Ints, Unit, UnitLike, as_unit, check_unit
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Statistic, Undefined
from secondcoder.schema.unitizing import SpanScores

_NO_SPAN = {
    "precision": "the other coder marked no span",
    "recall": "the reference marked no span",
    "f1": "neither marked a span",
}

_ROUNDING = 1e-12
"""An overlap that misses the threshold by less has rounding to blame."""


def span_scores(
    reference: Iterable[UnitLike],
    other: Iterable[UnitLike],
    *,
    iou: float | None = None,
    with_category: bool = False,
    interval: IntervalChoice = None,
) -> SpanScores:
    """Return precision, recall and F1 of the other's spans against the reference's.

    Spans are matched one to one within a continuum so that as many as possible have a partner.
    Posts are pooled: spans are counted over all of them.

    Args:
        reference: Coder (not looked at), start, end, category and, with several posts, the post.
        other: The same of the coder to score.
        iou: Spans match if what they share is at least this part of what they cover together;
            None: they match if they are the same.
        with_category: Spans match only if their categories are equal, too.
        interval: How to make intervals, the posts in which either has a span being the clusters.

    Raises:
        InputError: A span is empty, or `iou` is not above 0 and at most 1.

    >>> found = span_scores([("ann", 0, 10, "tea")], [("bob", 0, 8, "tea")], iou=0.5)
    >>> found.f1.value
    1.0
    """
    if iou is not None and not 0 < iou <= 1:
        raise InputError(f"iou is {iou}; it must be above 0 and at most 1")
    theirs = [as_unit(unit) for unit in reference]
    mine = [as_unit(unit) for unit in other]
    for unit in [*theirs, *mine]:
        check_unit(unit, (-math.inf, math.inf))
    places = {
        name: place
        for place, name in enumerate(dict.fromkeys(unit.continuum for unit in [*theirs, *mine]))
    }
    n = len(places)
    first = np.array([places[unit.continuum] for unit in theirs], np.int64)
    second = np.array([places[unit.continuum] for unit in mine], np.int64)
    matched = first[
        _matched(theirs, mine, (first, second), _fits(iou, with_category=with_category))
    ]
    n_reference, n_other, n_matched = (
        np.bincount(where, minlength=n).astype(float) for where in (first, second, matched)
    )
    return SpanScores(
        precision=_score("precision", n_matched, n_other, interval),
        recall=_score("recall", n_matched, n_reference, interval),
        f1=_score("f1", 2 * n_matched, n_reference + n_other, interval),
        n_reference=len(theirs),
        n_other=len(mine),
        n_matched=len(matched),
    )


_Fits = Callable[[Unit, Unit], bool]


def _fits(iou: float | None, *, with_category: bool) -> _Fits:
    """Return the test for two spans of one continuum to be partners."""

    def fits(one: Unit, two: Unit) -> bool:
        if with_category and one.category != two.category:
            return False
        if iou is None:
            return (one.start, one.end) == (two.start, two.end)
        common = min(one.end, two.end) - max(one.start, two.start)
        together = one.end - one.start + two.end - two.start - common
        return common >= iou * together - _ROUNDING

    return fits


def _matched(theirs: list[Unit], mine: list[Unit], at: tuple[Ints, Ints], fits: _Fits) -> Ints:
    """Return which of the reference's spans have a partner in a largest matching."""
    by_continuum: dict[Hashable, list[int]] = {}
    for place, continuum in enumerate(at[1]):
        by_continuum.setdefault(int(continuum), []).append(place)
    pairs = [
        (row, column)
        for row, continuum in enumerate(at[0])
        for column in by_continuum.get(int(continuum), ())
        if fits(theirs[row], mine[column])
    ]
    if not pairs:
        return np.zeros(0, np.int64)
    rows, columns = np.array(pairs).T
    graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(theirs), len(mine)))
    partner = maximum_bipartite_matching(graph, perm_type="column")
    return np.flatnonzero(partner >= 0)


def _score(name: str, part: Floats, whole: Floats, how: IntervalChoice) -> Statistic | Undefined:
    rows, kinds = distinct_rows(np.column_stack([part, whole]))
    return Estimate(
        name=name,
        formula=lambda sums: ratio(sums[:, 0], sums[:, 1]),
        rows=rows,
        kinds=kinds,
        n_units=int(whole.sum()),
        why_undefined="",
        why_empty=_NO_SPAN[name],
        bounds=(0.0, 1.0),
    ).result(how)
