"""Sets of themes: MASI and Jaccard distance, their alpha, exact match."""

from collections.abc import Callable

import pytest
from agreement import published
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import jaccard_distance, masi_distance

from secondcoder.agreement import (
    Interval,
    Statistic,
    Undefined,
    exact_match,
    krippendorff_alpha,
    read_ratings,
    read_sets,
    set_alpha,
)
from secondcoder.agreement.sets import sets_of
from secondcoder.agreement.weights import SetDistance, set_distances
from secondcoder.errors import InputError

Themes = frozenset[object]
SETS = st.frozensets(st.sampled_from("ABCD"))
STUDIES = st.lists(st.tuples(SETS, SETS, st.none() | SETS), min_size=1, max_size=10)


def passonneau_2004(first: Themes, second: Themes) -> float:
    """Return 0 for equal sets, 1/3 where one holds the other (any holds the empty one), 2/3, 1."""
    if first == second:
        return 0
    if first <= second or second <= first:
        return 1 / 3
    return 2 / 3 if first & second else 1


def dkpro_masi(first: Themes, second: Themes) -> float:
    """Return what DKPro calls MASI: the Jaccard distance times Passonneau's of 2004."""
    if first == second:
        return 0
    return (1 - len(first & second) / len(first | second)) * passonneau_2004(first, second)


@pytest.mark.parametrize(
    ("first", "second", "masi", "jaccard"),
    [
        ("12", "1234", 2 / 3, 1 / 2),
        ("A", "AB", 2 / 3, 1 / 2),
        ("AB", "BC", 8 / 9, 2 / 3),
        ("A", "B", 1, 1),
        ("AB", "AB", 0, 0),
        ("", "", 0, 0),
        ("", "A", 1, 1),
    ],
)
def test_distances_are_passonneaus(first: str, second: str, masi: float, jaccard: float) -> None:
    """Passonneau (2006): 1 - J·M. DKPro's 1/6 for {A} and {A, B} is another thing."""
    sets = [frozenset(first), frozenset(second)]
    assert set_distances(sets, "masi")[0, 1] == pytest.approx(masi)
    assert set_distances(sets, "jaccard")[1, 0] == pytest.approx(jaccard)


@pytest.mark.parametrize(
    ("distance", "value"),
    [
        ("nominal", 0.2388),
        ("masi", 0.2731),
        ("jaccard", 0.3156),
        (passonneau_2004, 0.1862),
        (dkpro_masi, 0.2529),
    ],
)
def test_alpha_of_nine_items(distance: SetDistance, value: float) -> None:
    """The study of nine items, with each distance, the two that are not ours included."""
    found = set_alpha(published.SETS_OF_NINE, distance)
    assert found.value == pytest.approx(value, abs=5e-5)


def test_alpha_of_three_units_by_hand() -> None:
    """a/a, ab/a, none/none: 2/9 observed; 20/30 expected."""
    ratings = [[{"a"}, {"a", "b"}, set()], [{"a"}, {"a"}, set()]]
    assert set_alpha(ratings).value == pytest.approx(1 - (2 / 9) / (20 / 30))
    assert exact_match(ratings).value == pytest.approx(2 / 3)
    assert exact_match(ratings).name == "exact match"


@settings(deadline=None, max_examples=60)
@given(STUDIES, st.sampled_from(["masi", "jaccard", "nominal"]))
def test_order_and_names_of_themes_do_not_matter(
    study: list[tuple[Themes, Themes, Themes | None]], distance: SetDistance
) -> None:
    """Coders, units and themes in any order, themes by any name."""
    rows = [list(coder) for coder in zip(*study, strict=True)]
    name = {"A": 4, "B": 3, "C": 2, "D": 1}
    renamed = [
        [None if themes is None else {name[str(theme)] for theme in themes} for themes in row[::-1]]
        for row in rows[::-1]
    ]
    first = set_alpha(rows, distance)
    second = set_alpha(renamed, distance)
    assert first.is_defined == second.is_defined
    if isinstance(first, Statistic):
        assert second.value == pytest.approx(first.value)
        assert -1 - 1e-9 <= first.value <= 1 + 1e-9
    match = exact_match(rows)
    assert match.value == pytest.approx(exact_match(renamed).value)


@settings(deadline=None, max_examples=40)
@given(STUDIES)
def test_nltk_agrees_where_it_can(study: list[tuple[Themes, Themes, Themes | None]]) -> None:
    """Its distances divide by zero for two empty sets, so they are told what those are."""
    rows = [list(coder) for coder in zip(*study, strict=True)]
    data = [
        (str(coder), str(unit), themes)
        for coder, row in enumerate(rows)
        for unit, themes in enumerate(row)
        if themes is not None
    ]
    oracles: tuple[tuple[SetDistance, Callable[[Themes, Themes], float]], ...] = (
        ("masi", masi_distance),
        ("jaccard", jaccard_distance),
    )
    for name, theirs in oracles:

        def guarded(
            first: Themes, second: Themes, theirs: Callable[[Themes, Themes], float] = theirs
        ) -> float:
            return 0 if first == second else float(theirs(first, second))

        found = set_alpha(rows, name)
        if isinstance(found, Statistic):
            task = AnnotationTask(data=data, distance=guarded)
            assert found.value == pytest.approx(task.alpha())
        else:
            assert len({themes for _, _, themes in data}) == 1


def test_an_empty_set_is_a_rating_and_none_is_missing() -> None:
    """So a unit with an empty set and None has one rating."""
    found = set_alpha([[{"a"}, set(), set()], [{"a"}, set(), None]])
    assert isinstance(found, Statistic)
    assert (found.n_units, found.value) == (2, 1)


@pytest.mark.parametrize("distance", ["masi", "jaccard", "nominal"])
def test_one_set_everywhere_has_no_alpha(distance: SetDistance) -> None:
    """Not even where it is the empty set; exact match is 1."""
    ratings: list[list[set[object]]] = [[set(), set()], [set(), set()]]
    found = set_alpha(ratings, distance)
    assert isinstance(found, Undefined)
    assert "same" in found.reason
    assert exact_match(ratings).value == 1


def test_nothing_to_compare_in_sets() -> None:
    """No unit has two sets."""
    for found in (set_alpha([[{"a"}, None], [None, {"a"}]]), exact_match([[None], [None]])):
        assert isinstance(found, Undefined)
        assert "two coders" in found.reason


def test_a_word_is_not_a_set_of_letters() -> None:
    """It is refused, with its place."""
    with pytest.raises(InputError, match="no distance 'dice'; choose masi"):
        set_alpha([[{"tea"}], [{"tea"}]], "dice")  # type: ignore[arg-type]  # a slip
    with pytest.raises(InputError, match="coder 2, unit 1: 'trust' is not a set of themes"):
        set_alpha([[{"trust"}], ["trust"]])  # type: ignore[list-item] # what a user might do


def test_sets_of_one_theme_have_nominal_alpha() -> None:
    """With any distance; and ratings that were read may be used again."""
    single = ["aabbc", "abbbc"]
    sets = read_sets([[{theme} for theme in row] for row in single])
    nominal = krippendorff_alpha(single).value
    distances: tuple[SetDistance, ...] = ("masi", "jaccard", "nominal")
    for distance in distances:
        assert set_alpha(sets, distance).value == pytest.approx(nominal)
    assert sets_of(read_ratings(single)) == [frozenset("a"), frozenset("b"), frozenset("c")]
    assert sets_of(sets) == [frozenset("a"), frozenset("b"), frozenset("c")]


def test_set_alpha_has_an_interval_over_posts() -> None:
    """Nine items in four posts."""
    posts = ["p", "p", "q", "q", "q", "r", "r", "s", "s"]
    found = set_alpha(published.SETS_OF_NINE, clusters=posts, interval="auto")
    assert isinstance(found.interval, Interval)
    assert found.interval.n_replicates == 4
