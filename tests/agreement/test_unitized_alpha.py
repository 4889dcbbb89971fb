"""The u-alpha family: recomputed published examples, by hand, properties, degenerate, oracle."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise, permutations

import pytest
from agreement.unit_tables import (
    ALEX_PAUL_SUZAN,
    KRIPPENDORFF_2004,
    ONE_CATEGORY,
    THREE_CODERS,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement import (
    Interval,
    Statistic,
    Undefined,
    Unit,
    u_alpha,
    u_alpha_binary,
    u_alpha_by_category,
    u_alpha_coded,
)
from secondcoder.errors import InputError

ALEX_TO_SUSAN = [
    unit._replace(coder={"Suzan": "Susan"}.get(str(unit.coder), unit.coder))
    for unit in ALEX_PAUL_SUZAN
]

Family = Callable[..., Statistic | Undefined]
FAMILY: tuple[Family, ...] = (u_alpha, u_alpha_binary, u_alpha_coded)
LENGTH = 12


Strings = dict[Hashable, list[Hashable]]


def written_out(units: Sequence[Unit], length: int, *, merged: bool) -> Strings:
    """Return for each coder the value of every position, None for gaps."""
    strings: Strings = {}
    for unit in units:
        string = strings.setdefault(unit.coder, [None] * length)
        for place in range(int(unit.start), int(unit.end)):
            string[place] = "unit" if merged else unit.category
    return strings


def self_pairs(units: Sequence[Unit], strings: Strings, *, coded: bool) -> float:
    """Return how often units would meet themselves, and positions of gaps themselves."""
    if not coded:
        gaps = sum(string.count(None) for string in strings.values())
        return gaps + sum((unit.end - unit.start) ** 2 for unit in units)
    total = 0.0
    for unit in units:
        for other in strings.keys() - {unit.coder}:
            inside = strings[other][int(unit.start) : int(unit.end)]
            total += sum(value is not None for value in inside) ** 2
    return total / (len(strings) - 1)


def by_positions(units: Sequence[Unit], length: int, family: Family) -> float | None:
    """Return the coefficient position by position and pair by pair, as the paper writes it."""
    coded = family is u_alpha_coded
    strings = written_out(units, length, merged=family is u_alpha_binary)
    pairs: Counter[tuple[Hashable, Hashable]] = Counter()
    for one, two in permutations(strings.values(), 2):
        pairs.update(p for p in zip(one, two, strict=True) if not (coded and None in p))
    each = len(strings) - 1
    total = pairs.total() / each
    margins: Counter[Hashable] = Counter()
    for (value, _), count in pairs.items():
        margins[value] += count
    expected = sum(margins[one] * margins[two] for one, two in permutations(margins, 2)) / each**2
    selves = self_pairs(units, strings, coded=coded)
    alike = sum(margin**2 for margin in margins.values()) / each**2
    # Chance agreement below 0 is none.
    if not expected or alike < selves - 1e-9:
        return None
    observed = sum(count for (one, two), count in pairs.items() if one != two) / each
    return 1 - observed * (total**2 - selves) / (total * expected)


@st.composite
def unitizings(draw: st.DrawFn) -> list[Unit]:
    """Return units of two or three coders on `LENGTH` positions, apart for each coder."""
    units = []
    for coder in range(draw(st.integers(2, 3))):
        cuts = sorted(draw(st.sets(st.integers(0, LENGTH), min_size=2, max_size=6)))
        units.append(Unit(coder, cuts[0], cuts[1], draw(st.sampled_from("ab"))))
        for start, end in pairwise(cuts[1:]):
            if draw(st.booleans()):
                units.append(Unit(coder, start, end, draw(st.sampled_from("ab"))))
    return units


@pytest.mark.parametrize(
    ("units", "length", "expected"),
    [
        (ALEX_PAUL_SUZAN, 60, (0.5097, 0.4132, 0.7241)),
        (THREE_CODERS, 60, (0.398, 0.524, 0.357)),
        (ONE_CATEGORY, 56, (0.5645, 0.5645, None)),
        ([unit for unit in KRIPPENDORFF_2004 if unit.category == "c"], 300, (0.5163, 0.5163, None)),
    ],
)
def test_the_family_matches_the_recomputed_examples(
    units: list[Unit], length: int, expected: tuple[float | None, ...]
) -> None:
    """Figure 12.11 of Krippendorff (2019) prints .510 and .413; the rest by two implementations."""
    for family, value in zip(FAMILY, expected, strict=True):
        found = family(units, length).value
        assert found is None if value is None else found == pytest.approx(value, abs=5e-4)


def test_u_alpha_by_hand() -> None:
    """Ten positions, [0, 4) against [2, 6): 4 of 20 + 4 of 20 disagree, no unit pairs with itself.

    Observed disagreement 8 of 20. Margins 12 (gap) and 8 (unit), expected 2 * 12 * 8 of
    400 - 12 - 16 - 16 = 356. 1 - (8 / 20) / (192 / 356) = 0.2583.
    """
    found = u_alpha([("ann", 0, 4, "a"), ("bob", 2, 6, "a")], 10)
    assert found.value == pytest.approx(1 - (8 / 20) / (192 / 356))
    assert isinstance(found, Statistic)
    assert found.n_units == 2


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (ALEX_PAUL_SUZAN, {1: 1.0, 2: 0.0, 3: 0.0, 4: 0.0, 5: 1.0, 6: 1.0, 7: None}),
        (THREE_CODERS, {1: 0.3125, 2: 0.390625}),
    ],
)
def test_each_category_matches_the_recomputed_examples(
    units: list[Unit], expected: dict[int, float | None]
) -> None:
    """By the one definition that two implementations state, of 2016 and of 2019."""
    found = u_alpha_by_category(units, 60)
    assert {category: each.value for category, each in found.items()} == pytest.approx(expected)
    of_seven = found.get(7)
    assert of_seven is None or isinstance(of_seven, Undefined)


def test_a_category_by_hand() -> None:
    """Ann a[0, 2) b[2, 4), Bob a[0, 3) b[3, 4): lengths that met are 5 of a and 3 of b.

    Of a's 5, 1 met b. Squares left out: a 4 + 9 = 13. Expected with all 5 * 8 - 13 = 27, with b
    5 * 3 = 15, so a has 1 - (1 / 5) * (27 / 15).
    """
    units = [("ann", 0, 2, "a"), ("ann", 2, 4, "b"), ("bob", 0, 3, "a"), ("bob", 3, 4, "b")]
    found = u_alpha_by_category(units, 9)
    assert found["a"].value == pytest.approx(1 - (1 / 5) * (27 / 15))
    assert found["b"].value == pytest.approx(1 - (1 / 3) * ((3 * 8 - 5) / 15))


@given(unitizings())
@settings(deadline=None, max_examples=60)
def test_a_category_has_1_where_it_meets_itself_alone_and_0_or_less_where_it_never_does(
    units: list[Unit],
) -> None:
    """And at most 1 ever."""
    strings = written_out(units, LENGTH, merged=False)
    met = Counter(
        pair
        for one, two in permutations(strings.values(), 2)
        for pair in zip(one, two, strict=True)
        if None not in pair
    )
    for category, found in u_alpha_by_category(units, LENGTH).items():
        if found.value is None:
            continue
        others = sum(n for (one, two), n in met.items() if one == category != two)
        assert found.value <= 1 + 1e-12
        assert (found.value == pytest.approx(1)) == (others == 0)
        if not met[category, category]:
            assert found.value <= 1e-12


def test_a_category_can_have_no_value_and_an_interval() -> None:
    """One category alone, or a coder alone, leaves nothing to measure."""
    same = [("ann", 0, 4, "a"), ("bob", 0, 4, "a")]
    assert "only one value" in getattr(u_alpha_by_category(same, 9)["a"], "reason", "")
    scant = [("ann", 0, 1, "a"), ("bob", 1, 2, "a"), ("eve", 0, 1, "b")]
    assert "too little of it" in getattr(u_alpha_by_category(scant, 9)["a"], "reason", "")
    alone = u_alpha_by_category([("ann", 0, 4, "a")], 9, coders=("ann",))
    assert "seen by two coders" in getattr(alone["a"], "reason", "")
    units = [
        unit
        for post in range(30)
        for unit in (
            Unit("ann", 0, 10, "ab"[post % 2], post),
            Unit("bob", post % 5, 10, "ab"[post % 3 == 0], post),
        )
    ]
    lengths = dict.fromkeys(range(30), 20.0)
    found = u_alpha_by_category(units, lengths, interval="bootstrap")["a"]
    assert isinstance(found, Statistic)
    assert isinstance(found.interval, Interval)
    assert found.interval.low < found.value < found.interval.high <= 1


@given(unitizings())
@settings(deadline=None, max_examples=60)
def test_the_family_equals_counting_positions(units: list[Unit]) -> None:
    """The sums by intersections are the sums by positions."""
    for family in FAMILY:
        expected = by_positions(units, LENGTH, family)
        found = family(units, LENGTH).value
        assert found is None if expected is None else found == pytest.approx(expected, abs=1e-9)


@given(unitizings())
@settings(deadline=None, max_examples=40)
def test_order_and_names_are_irrelevant(units: list[Unit]) -> None:
    """Rows turned round, coders and categories renamed: the same value, at most 1."""
    renamed = [
        unit._replace(coder=f"coder {unit.coder}", category=(unit.category, "renamed"))
        for unit in units[::-1]
    ]
    for family in FAMILY:
        first, second = family(units, LENGTH).value, family(renamed[::-1], LENGTH).value
        assert (first is None) == (second is None)
        if first is not None:
            assert first == pytest.approx(second, abs=1e-9)
            assert first <= 1 + 1e-12


def test_posts_are_pooled_as_if_they_lay_end_to_end() -> None:
    """Two posts, or one of their joint length: the same, for gaps count position by position."""
    apart = [unit._replace(continuum=1) for unit in THREE_CODERS]
    apart += [unit._replace(continuum=2) for unit in ALEX_TO_SUSAN]
    joined = list(THREE_CODERS)
    joined += [unit._replace(start=unit.start + 60, end=unit.end + 60) for unit in ALEX_TO_SUSAN]
    for family in FAMILY:
        assert family(apart, {1: 60, 2: 60}).value == pytest.approx(family(joined, 120).value)


def test_a_post_that_a_coder_never_saw_counts_for_the_others() -> None:
    """A missing third coder leaves the pair; a post with one coder left adds nothing."""
    units = [unit._replace(continuum="p1") for unit in THREE_CODERS]
    pair = [unit for unit in units if unit.coder != "Susan"]
    for family in FAMILY:
        found = family(
            pair, {"p1": 60}, coders=["Alex", "Paul", "Susan"], missing={("Susan", "p1")}
        )
        assert found == family(pair, {"p1": 60})
        more = [*units, Unit("Alex", 0, 5, 1, "p2")]
        alone = {("Paul", "p2"), ("Susan", "p2")}
        assert family(more, {"p1": 60, "p2": 9}, missing=alone) == family(units, {"p1": 60})


def test_degenerate_unitizings_have_reasons() -> None:
    """No second coder, no unit, nothing in common, nothing but one unit everywhere.

    Where a third coder left out what two disagree on, 2 positions of each category count and
    16 / 2 pairs of each unit with itself are left out: more than the 4 + 4 there are.
    """
    cases: list[tuple[Family, list[Unit], tuple[str, ...], str]] = [
        (u_alpha, [Unit("ann", 0, 5, "a")], ("ann",), "seen by two coders"),
        (u_alpha, [], ("ann", "bob"), "no coder marked a unit"),
        (u_alpha_coded, [Unit("ann", 0, 5, "a"), Unit("bob", 5, 9, "a")], ("ann", "bob"), "no two"),
        (
            u_alpha_coded,
            [Unit("ann", 0, 4, "a"), Unit("bob", 0, 4, "b")],
            ("ann", "bob", "eve"),
            "too little of the units",
        ),
        (
            u_alpha,
            [Unit("ann", 0, 9, "a"), Unit("bob", 0, 9, "a")],
            ("ann", "bob"),
            "only one value",
        ),
    ]
    for family, units, coders, reason in cases:
        found = family(units, 9, coders=coders)
        assert isinstance(found, Undefined)
        assert reason in found.reason


def test_overlapping_units_of_one_coder_are_refused() -> None:
    """A position has one value per coder."""
    with pytest.raises(InputError, match="overlap, which u_alpha has no place for"):
        u_alpha([("ann", 0, 5, "a"), ("ann", 4, 6, "b"), ("bob", 0, 5, "a")], 9)


def test_the_interval_resamples_posts() -> None:
    """Posts alike give a spread; the same seed gives the same interval."""
    units: list[Unit] = []
    for post in range(30):
        units.append(Unit("ann", 0, 10, "ab"[post % 2], post))
        units.append(Unit("bob", post % 5, 10, "ab"[post % 3 == 0], post))
    lengths = dict.fromkeys(range(30), 20.0)
    for family in FAMILY:
        found = family(units, lengths, interval="bootstrap")
        assert found == family(units, lengths, interval="bootstrap")
        assert isinstance(found, Statistic)
        assert isinstance(found.interval, Interval)
        assert found.interval.low < found.value < found.interval.high <= 1
