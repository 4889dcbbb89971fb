"""alpha_U of 1995/2004: published values, by hand, properties, degenerate cases, an oracle."""

from collections.abc import Sequence
from itertools import permutations, product

import numpy as np
import pytest
from agreement.unit_tables import KRIPPENDORFF_2004
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement import Interval, Statistic, Undefined, Unit, alpha_u, read_units
from secondcoder.agreement.alpha_u import alpha_u_estimate, disagreements
from secondcoder.errors import InputError

SMALL = [Unit("r0", 1, 9, "A"), Unit("r1", 2, 3, "A"), Unit("r1", 4, 5, "A"), Unit("r1", 6, 7, "A")]
"""Ten positions."""


Section = tuple[float, float, bool]
"""Start, end and whether it is a unit."""


def sections(units: Sequence[Unit], length: int) -> list[Section]:
    """Return one coder's units with the gaps between them."""
    row: list[Section] = []
    end = 0.0
    for unit in sorted(units, key=lambda unit: unit.start):
        row += [(end, unit.start, False)] if unit.start > end else []
        row.append((unit.start, unit.end, True))
        end = unit.end
    return row + ([(end, float(length), False)] if end < length else [])


def squared(a: Section, b: Section) -> float:
    """Return the squared difference of two coders' sections."""
    if a[2] and b[2] and max(a[0], b[0]) < min(a[1], b[1]):
        return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
    unit, gap = (a, b) if a[2] else (b, a)
    if a[2] != b[2] and gap[0] <= unit[0] and unit[1] <= gap[1]:
        return (unit[1] - unit[0]) ** 2
    return 0.0


def by_sections(units: Sequence[Unit], length: int) -> float:
    """Return alpha_U of one category section by section, gaps written out. Source: (2004)."""
    coders = sorted({unit.coder for unit in units}, key=str)
    rows = [sections([u for u in units if u.coder == coder], length) for coder in coders]
    m = len(rows)
    observed = sum(squared(*pair) for two in permutations(rows, 2) for pair in product(*two))
    everything = [section for row in rows for section in row]
    sizes = [end - start for start, end, is_unit in everything if is_unit]
    gaps = [end - start for start, end, is_unit in everything if not is_unit]
    top, bottom = 0.0, float(m * length * (m * length - 1))
    for size in sizes:
        bottom -= size * (size - 1)
        top += (len(sizes) - 1) / 3 * (2 * size**3 - 3 * size**2 + size)
        top += size**2 * sum(gap - size + 1 for gap in gaps if gap >= size)
    return 1 - observed / (m * (m - 1) * length**2) / (2 / length * top / bottom)


@pytest.mark.parametrize(
    ("categories", "expected"),
    [(["c"], 0.7286), (["k"], 1.0), (None, 0.8591), (["c", "k"], 0.8591)],
)
def test_alpha_u_matches_krippendorff_2004(categories: list[str] | None, expected: float) -> None:
    """Content Analysis, p. 254; a second implementation gives .729, 1.0 and .859."""
    found = alpha_u(KRIPPENDORFF_2004, 300, categories=categories)
    assert found.value == pytest.approx(expected, abs=5e-4)


def test_the_disagreements_match_krippendorff_2004() -> None:
    """D_o .0144 and D_e .0532 of c, 0 and .0490 of k; the small example D_o .9100, D_e .5351."""
    found = read_units(KRIPPENDORFF_2004, 300)
    assert disagreements(found, 0) == pytest.approx((0.0144, 0.0532), abs=5e-5)
    assert disagreements(found, 1) == pytest.approx((0.0, 0.0490), abs=5e-5)
    assert disagreements(read_units(SMALL, 10), 0) == pytest.approx((0.91, 0.5351), abs=1e-4)
    assert alpha_u(SMALL, 10).value == pytest.approx(-0.7003, abs=5e-5)


@pytest.mark.parametrize(
    ("ann", "bob", "difference"),
    [
        ([(5, 6)], [(4, 2)], 26),
        ([(5, 6)], [(5, 2)], 16),
        ([(5, 6)], [(6, 2)], 10),
        ([(5, 6)], [(7, 2)], 8),
        ([(5, 6)], [(6, 4)], 2),
        ([(5, 6)], [(5, 6)], 0),
        ([(225, 70)], [(220, 80)], 50),
        ([(370, 30)], [(355, 20)], 850),
        ([(100, 300)], [(100, 300), (400, 20)], 400),
        ([(5, 6)], [(2, 2)], 40),
    ],
)
def test_differences_are_squared_as_in_the_published_checks(
    ann: list[tuple[int, int]], bob: list[tuple[int, int]], difference: int
) -> None:
    """Start and length; two coders, so the mean over pairs is the one difference."""
    units = [Unit("ann", start, start + length, "X") for start, length in ann]
    units += [Unit("bob", start, start + length, "X") for start, length in bob]
    assert disagreements(read_units(units, 450), 0)[0] * 450**2 == pytest.approx(difference)


def test_alpha_u_by_hand() -> None:
    """Four positions, [0, 1) against [1, 2): each unit lies in a gap of the other.

    Observed: 2 ordered pairs twice 1, over 2 * 16, is 1/8. Expected: a gap of 3, and gaps of 1
    and 2: each unit fits in 3 + 1 + 2 ways, so 2/4 * 12 / (8 * 7) = 3/28. 1 - 28/24 = -1/6.
    """
    found = alpha_u([("ann", 0, 1, "X"), ("bob", 1, 2, "X")], 4)
    assert found.value == pytest.approx(-1 / 6)


@st.composite
def unitizings(draw: st.DrawFn) -> list[Unit]:
    """Return units of one category by two or three coders on 14 positions."""
    units = []
    for coder in range(draw(st.integers(2, 3))):
        cuts = sorted(draw(st.sets(st.integers(0, 14), min_size=2, max_size=6)))
        units += [Unit(coder, *pair, "X") for pair in zip(cuts[::2], cuts[1::2], strict=False)]
    return units


@given(unitizings())
@settings(deadline=None, max_examples=80)
def test_alpha_u_equals_the_definition_written_out(units: list[Unit]) -> None:
    """At most 1; order and names of coders are irrelevant."""
    found = alpha_u(units, 15)
    assert isinstance(found, Statistic)
    assert found.value == pytest.approx(by_sections(units, 15), abs=1e-9)
    assert found.value <= 1 + 1e-12
    renamed = [unit._replace(coder=str(unit.coder) + "!", category=9) for unit in units[::-1]]
    assert alpha_u(renamed, 15).value == pytest.approx(found.value, abs=1e-9)


def test_posts_are_pooled_end_to_end_but_gaps_end_with_their_post() -> None:
    """A unit between two posts would be longer than any gap there is."""
    posts = [Unit("ann", 0, 4, "X", 1), Unit("bob", 0, 4, "X", 1), Unit("ann", 2, 4, "X", 2)]
    joined = [Unit("ann", 0, 4, "X"), Unit("bob", 0, 4, "X"), Unit("ann", 10, 12, "X")]
    apart, together = alpha_u(posts, {1: 8, 2: 8}), alpha_u(joined, 16)
    assert isinstance(apart, Statistic)
    assert isinstance(together, Statistic)
    assert apart.value < together.value


@st.composite
def posts(draw: st.DrawFn) -> list[Unit]:
    """Return units of two coders and two categories in three posts of 14 positions."""
    return [
        unit._replace(category=category, continuum=post)
        for post in range(3)
        for category in "ab"
        for unit in draw(unitizings())
        if isinstance(unit.coder, int) and unit.coder < 2
    ]


@given(posts(), st.lists(st.integers(0, 2), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_a_replicate_is_alpha_u_of_the_posts_drawn(units: list[Unit], drawn: list[int]) -> None:
    """Posts by how often they are drawn, or written out that often: the same."""
    copies = [
        unit._replace(continuum=(unit.continuum, copy))
        for copy, post in enumerate(drawn)
        for unit in units
        if unit.continuum == post
    ]
    lengths = {(post, copy): 14.0 for copy, post in enumerate(drawn)}
    written_out = alpha_u(copies, lengths, coders=(0, 1))
    found = read_units(units, dict.fromkeys(range(3), 14.0), coders=(0, 1))
    estimate = alpha_u_estimate(found, range(len(found.categories)))
    weights = np.bincount(drawn, minlength=3)[None, :].astype(float)
    assert estimate.over_kinds(weights)[0] == pytest.approx(written_out.value, abs=1e-9)


def test_the_interval_resamples_posts() -> None:
    """Thirty posts: the value inside, the same seed the same interval; one post has none."""
    units = []
    for post in range(30):
        units.append(Unit("ann", 0, 10, "X", post))
        units.append(Unit("bob", post % 5, 10 + post % 3, "X", post))
    lengths = dict.fromkeys(range(30), 40.0)
    found = alpha_u(units, lengths, interval="bootstrap")
    assert found == alpha_u(units, lengths, interval="bootstrap")
    assert isinstance(found, Statistic)
    assert isinstance(found.interval, Interval)
    assert found.interval.low < found.value < found.interval.high <= 1
    one = alpha_u(KRIPPENDORFF_2004, 300, interval="auto")
    assert isinstance(one.interval, Undefined)


def test_degenerate_unitizings_have_reasons() -> None:
    """One coder, no unit, one position, a coder who misses a post."""
    assert isinstance(alpha_u([("ann", 0, 5, "a")], 9), Undefined)
    assert isinstance(alpha_u([], 9, coders=["ann", "bob"]), Undefined)
    full = alpha_u([("ann", 0, 9, "a"), ("bob", 0, 9, "a")], 9, categories=["b"])
    assert isinstance(full, Undefined)
    assert "no unit has any of the categories" in full.reason
    ragged = alpha_u(
        [("ann", 0, 5, "a", 1), ("bob", 0, 5, "a", 1)], {1: 9, 2: 9, 3: 9}, missing={("bob", 2)}
    )
    assert isinstance(ragged, Undefined)
    assert "never saw" in ragged.reason


def test_positions_are_whole_and_units_of_a_category_apart() -> None:
    """The definition counts positions; units of different categories may overlap."""
    with pytest.raises(InputError, match="whole numbers"):
        alpha_u([("ann", 0, 4.5, "a"), ("bob", 0, 5, "a")], 9)
    with pytest.raises(InputError, match="overlap"):
        alpha_u([("ann", 0, 5, "a"), ("ann", 4, 6, "a"), ("bob", 0, 5, "a")], 9)
    assert alpha_u([("ann", 0, 5, "a"), ("ann", 4, 6, "b"), ("bob", 0, 5, "a")], 9).is_defined
