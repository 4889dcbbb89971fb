"""Disagreements grouped by the themes that coders confuse."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement.disagreements import disagreements
from secondcoder.errors import InputError

ANA = [{"tea"}, {"tea"}, {"time"}, {"tea"}, set(), {"time", "trust"}, None]
BEN = [{"time"}, {"time"}, {"tea"}, {"tea"}, {"trust"}, {"time", "trust"}, {"tea"}]
TEXTS = ["a cup", "a mug", "an hour", "a pot", "in them", "both", "unseen"]


def test_pairs_of_themes_come_by_how_often_they_are_confused() -> None:
    """Three units swap tea and time, one adds trust; both codings and the words stand by."""
    found = disagreements(ANA, BEN, TEXTS, coders=("ana", "ben"))
    assert (found.n_units, found.n_different) == (6, 4)
    swapped, added = found.confusions
    assert (swapped.theme, swapped.other, swapped.n_units) == ("tea", "time", 3)
    assert (swapped.n_first, swapped.n_second, swapped.n_agreed) == (3, 2, 1)
    assert [(case.unit, case.text) for case in swapped.disagreements] == [
        ("1", "a cup"),
        ("2", "a mug"),
        ("3", "an hour"),
    ]
    assert (swapped.disagreements[0].first, swapped.disagreements[0].second) == (
        ("tea",),
        ("time",),
    )
    assert (added.theme, added.other, added.n_units) == ("trust", None, 1)


def test_sentences_say_the_counts_and_no_more() -> None:
    """Names of themes and of coders; once, twice and never."""
    found = disagreements(ANA, BEN, TEXTS, coders=("ana", "ben"), names={"tea": "Hot tea"})
    assert [confusion.to_clarify for confusion in found.confusions] == [
        "twice ana gave 'Hot tea' where ben gave 'time' and once ana gave 'time' where ben gave "
        "'Hot tea'; both gave 'Hot tea' in 1 unit and 'time' in 1 unit. Say in the codebook which "
        "of the two applies, and when both do.",
        "once ben alone gave 'trust' with nothing else in its place; both gave it in 1 unit. Say "
        "in the codebook what is enough to give 'trust'.",
    ]


def test_one_direction_alone_is_said_alone() -> None:
    """Ana gives a, ben b, never the other way; no unit has both."""
    found = disagreements([{"a"}, {"a"}], [{"b"}, {"b"}], ["x", "y"], units=["p1", "p2"])
    assert found.confusions[0].to_clarify.startswith(
        "twice the first coder gave 'a' where the second coder gave 'b'; both gave 'a' in 0 units"
    )
    assert found.confusions[0].disagreements[1].unit == "p2"


def test_a_unit_with_several_pairs_stands_under_each() -> None:
    """Two themes against one: two pairs; what both gave is confused with nothing."""
    found = disagreements([{"a", "b", "d"}], [{"c", "d"}], ["x"])
    assert [(pair.theme, pair.other) for pair in found.confusions] == [("a", "c"), ("b", "c")]
    assert found.n_different == 1


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(*[st.frozensets(st.sampled_from("abc"))] * 2), max_size=12))
def test_coders_may_be_swapped(rows: list[tuple[frozenset[str], frozenset[str]]]) -> None:
    """The same pairs with the same units; the counts of the two change places."""
    first, second = [one for one, _ in rows], [two for _, two in rows]
    texts = ["x"] * len(rows)
    found, back = disagreements(first, second, texts), disagreements(second, first, texts)
    assert found.n_different == sum(one != two for one, two in rows)
    assert [(c.theme, c.other, c.n_units, c.n_first) for c in found.confusions] == [
        (c.theme, c.other, c.n_units, c.n_second) for c in back.confusions
    ]
    assert [[d.unit for d in c.disagreements] for c in found.confusions] == [
        [d.unit for d in c.disagreements] for c in back.confusions
    ]


def test_nothing_in_common_gives_nothing_and_uneven_rows_are_refused() -> None:
    """A coder who saw no unit differs in none."""
    assert disagreements([None], [{"a"}], ["x"]).confusions == ()
    assert disagreements([], [], []).n_units == 0
    with pytest.raises(InputError, match="1 and 2 units, with 2 texts and 2 ids"):
        disagreements([None], [None, None], ["x", "y"])
    with pytest.raises(InputError, match="1 id;"):
        disagreements([None, None], [None, None], ["x", "y"], units=["p1"])
