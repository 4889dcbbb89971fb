"""Units are read into arrays, and what can't be units is refused with what to change."""

import pandas as pd
import pytest

from secondcoder.agreement.unitizing import (
    UnitLike,
    comparable,
    read_units,
    refuse_overlaps,
    why_not_comparable,
)
from secondcoder.errors import InputError


def test_units_are_sorted_by_continuum_coder_and_start() -> None:
    """The order of the rows is of no consequence beyond who and what comes first."""
    rows: list[UnitLike] = [
        ("ann", 5, 8, "b", "p1"),
        ("bob", 0, 2, "a", "p2"),
        ("ann", 1, 3, "a", "p1"),
    ]
    found = read_units(rows, {"p1": 10, "p2": 4})
    assert (found.ids, found.coders, found.categories) == (("p1", "p2"), ("ann", "bob"), ("b", "a"))
    assert found.start.tolist() == [1, 5, 0]
    assert found.category.tolist() == [1, 0, 1]
    assert found.n_pairable == 3


def test_a_coder_without_units_found_nothing_unless_flagged_missing() -> None:
    """Empty is not missing (reference, section 6)."""
    rows: list[UnitLike] = [("ann", 1, 3, "a", "p1"), ("ann", 1, 3, "a", "p2")]
    empty = read_units(rows, {"p1": 5, "p2": 5}, coders=["ann", "bob"])
    assert empty.present.all()
    missing = read_units(rows, {"p1": 5, "p2": 5}, missing={("bob", "p2")})
    assert missing.coders == ("ann", "bob")
    assert missing.n_present.tolist() == [2, 1]
    assert comparable(missing).ids == ("p1",)
    assert missing.n_pairable == 1


def test_without_a_length_the_continuum_spans_its_units() -> None:
    """From the first start to the last end."""
    found = read_units([("ann", 3, 7, "a"), ("bob", 4, 9, "a")])
    assert (found.lows.tolist(), found.lengths.tolist()) == ([3], [6])


@pytest.mark.parametrize(
    ("units", "lengths", "reason"),
    [
        ([("ann", 3, 3, "a")], 9, r"\[3, 3\) has no length"),
        ([("ann", 4, 3, "a")], 9, "has no length"),
        ([("ann", 0, float("nan"), "a")], 9, "has no length"),
        ([("ann", 0, 10, "a")], 9, r"reaches outside the continuum \[0, 9\)"),
        ([("ann", -1, 5, "a")], 9, "reaches outside"),
        ([("ann", 0, 5, "a", "p1")], {"p2": 9}, "'p1' has units and no length"),
        ([("ann", 0, 5, "a", "p1"), ("ann", 0, 5, "a", "p2")], None, "on 2 continua"),
        ([("ann", 0, 5, "a", "p1"), ("ann", 0, 5, "a", "p2")], 9, "on 2 continua"),
        ([], -1, "has length -1"),
        ([("ann", "0", 5, "a")], 9, "'0' is no number to start or end at; a unit is coder, start"),
        ([("ann", 0)], 9, "is no unit; a unit is coder, start, end"),
        (pd.DataFrame({"coder": ["ann"], "start": [0]}), 9, r"frame.itertuples\(index=False\)"),
    ],
)
def test_what_is_no_unit_is_refused(
    units: list[UnitLike], lengths: float | dict[str, float] | None, reason: str
) -> None:
    """Zero-length spans have no mass; the message says where and what to change."""
    with pytest.raises(InputError, match=reason):
        read_units(units, lengths)


def test_a_unit_by_a_coder_who_never_saw_the_continuum_is_refused() -> None:
    """Missing and present contradict each other."""
    with pytest.raises(InputError, match="'ann' is missing from continuum 'p1'"):
        read_units([("ann", 0, 5, "a", "p1")], {"p1": 9}, missing={("ann", "p1")})
    with pytest.raises(InputError, match="missing names continuum 'p2'"):
        read_units([("ann", 0, 5, "a", "p1")], {"p1": 9}, missing={("ann", "p2")})
    with pytest.raises(InputError, match="'ann' is not among coders"):
        read_units([("ann", 0, 5, "a")], 9, coders=["bob"])


def test_nothing_at_all_is_not_comparable() -> None:
    """No units and no lengths: no continuum."""
    assert why_not_comparable(read_units([])) == "no continuum was seen by two coders"
    assert why_not_comparable(read_units([], 5, coders=["ann", "bob"])) is not None


def test_overlaps_are_named() -> None:
    """The first overlap is shown; touching units and other coders' are fine."""
    fine = read_units([("ann", 0, 5, "a"), ("ann", 5, 8, "b"), ("bob", 4, 9, "a")], 9)
    refuse_overlaps(fine, statistic="u_alpha")
    crossed = read_units([("ann", 0, 5, "a"), ("ann", 4, 8, "b")], 9)
    refuse_overlaps(crossed, statistic="alpha_u", within_category=True)
    with pytest.raises(InputError, match=r"\[0, 5\) and \[4, 8\) overlap, which u_alpha"):
        refuse_overlaps(crossed, statistic="u_alpha")
