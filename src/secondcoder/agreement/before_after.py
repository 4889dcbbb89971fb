"""Whether a coder comes nearer to people: its agreement with them before and after, paired."""

from collections.abc import Sequence

from secondcoder.agreement.pairs import Coefficient, IntervalChoice, PairTable
from secondcoder.agreement.scores import micro_f1_estimate
from secondcoder.agreement.sets import SetRow, read_sets
from secondcoder.schema.refinements import BeforeAfter

_SCORES: tuple[tuple[str, Coefficient], ...] = (("F1", micro_f1_estimate), ("alpha", "set_alpha"))
_NAMES = ("people", "before", "after")


def before_after(
    people: SetRow,
    before: SetRow,
    after: SetRow,
    *,
    clusters: Sequence[str],
    interval: IntervalChoice | None = None,
) -> tuple[BeforeAfter, ...]:
    """Return F1 over all themes and alpha of sets (MASI), each with its paired difference.

    Args:
        people: The themes people gave each unit; an empty set is no theme. Shape: (n_units,).
        before: The coder's, of the same units.
        after: The coder's after the change.
        clusters: What each unit comes from, such as its author. Shape: (n_units,).
        interval: How to make intervals; None: without.

    >>> found = before_after([{"a"}, {"b"}], [{"a"}, {"a"}], [{"a"}, {"b"}], clusters=["x", "y"])
    >>> [found[0].before.value, found[0].after.value, found[0].difference.value]
    [0.5, 1.0, 0.5]
    """
    ratings = read_sets([people, before, after], clusters=clusters)
    found = []
    for name, coefficient in _SCORES:
        table = PairTable(ratings, _NAMES, coefficient)
        found.append(
            BeforeAfter(
                name=name,
                before=table.mean(f"{name} before", [(0, 1)], interval),
                after=table.mean(f"{name} after", [(0, 2)], interval),
                difference=table.difference(
                    f"{name} after minus before", [(0, 2)], [(0, 1)], interval
                ),
            )
        )
    return tuple(found)
