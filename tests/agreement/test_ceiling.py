"""People's agreement as the ceiling of a model's."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from secondcoder.agreement.alpha import alpha_estimate
from secondcoder.agreement.ceiling import human_ceiling
from secondcoder.agreement.estimates import Estimate
from secondcoder.agreement.pairs import PairTable, read_rows
from secondcoder.agreement.ratings import Ratings
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Interval, IntervalOptions, Statistic, Undefined

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: two observers, alpha 0.692; and
# Cohen's textbook table of 50 with kappa 0.4.
FIRST = list("aabbdcccedda")
SECOND = list("babbbcccEddd".lower())
KAPPA_FIRST = [1] * 25 + [0] * 25
KAPPA_SECOND = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15


def _noisy(seed: int, n: int = 80) -> list[list[str]]:
    chance = random.Random(seed)  # noqa: S311 # a test's data, not a secret
    truth = [chance.choice("abc") for _ in range(n)]
    return [
        [rating if chance.random() < sure else chance.choice("abc") for rating in truth]
        for sure in (0.9, 0.8, 0.85, 0.7)
    ]


def test_the_ceiling_of_two_people_is_their_published_alpha() -> None:
    """Krippendorff (2011), section B: 0.692; a model that copies the first shares it."""
    found = human_ceiling(FIRST, {"ana": FIRST, "ben": SECOND}, interval=None)
    assert found.people.value == pytest.approx(0.692, abs=5e-4)
    assert found.model.value == pytest.approx((1 + 0.692) / 2, abs=5e-4)
    assert found.difference.value == pytest.approx((1 - 0.692) / 2, abs=5e-4)
    assert found.coefficient == "krippendorff_alpha"


def test_a_table_by_hand() -> None:
    """Kappa of 0.4 between people; the model equals the second, so with her 1, with him 0.4."""
    found = human_ceiling(
        KAPPA_SECOND, [KAPPA_FIRST, KAPPA_SECOND], coefficient="cohen_kappa", interval=None
    )
    assert found.people.value == pytest.approx(0.4)
    assert found.model.value == pytest.approx(0.7)
    first, second = found.left_out
    # The first left out: the model is the second herself.
    assert first.model_with_rest.value == pytest.approx(1.0)
    assert first.person_with_rest.value == pytest.approx(0.4)
    assert first.difference.value == pytest.approx(0.6)
    assert second.difference.value == pytest.approx(0.0)


def test_means_over_pairs_equal_those_of_nltk() -> None:
    """Alpha of each pair by an independent package."""
    model, *people = _noisy(3)

    def alpha(one: list[str], two: list[str]) -> float:
        data = [("1", str(i), a) for i, a in enumerate(one)]
        data += [("2", str(i), b) for i, b in enumerate(two)]
        return float(AnnotationTask(data).alpha())

    found = human_ceiling(model, people, interval=None)
    ana, ben, cem = people
    among = (alpha(ana, ben) + alpha(ana, cem) + alpha(ben, cem)) / 3
    beside = sum(alpha(model, person) for person in people) / 3
    assert found.people.value == pytest.approx(among)
    assert found.model.value == pytest.approx(beside)
    assert found.difference.value == pytest.approx(beside - among)
    assert found.left_out[0].person_with_rest.value == pytest.approx(
        (alpha(ana, ben) + alpha(ana, cem)) / 2
    )


@settings(deadline=None, max_examples=25)
@given(st.permutations(range(80)), st.permutations([1, 2, 3]), st.permutations("abc"))
def test_order_and_names_do_not_matter(
    order: list[int], people: list[int], names: list[str]
) -> None:
    """Of units, of people, of themes; values stay in range."""
    rows = _noisy(4)
    named = dict(zip("abc", names, strict=True))
    plain = human_ceiling(rows[0], rows[1:], interval=None)
    moved = human_ceiling(
        [named[rows[0][i]] for i in order],
        [[named[rows[place][i]] for i in order] for place in people],
        interval=None,
    )
    assert moved.people.value == pytest.approx(plain.people.value)
    assert moved.model.value == pytest.approx(plain.model.value)
    assert plain.people.value is not None
    assert -1 <= plain.people.value <= 1


def test_the_difference_is_tighter_than_its_two_sides() -> None:
    """Same weights on both sides: what they share cancels. The value lies inside."""
    model, *people = _noisy(5, n=120)
    found = human_ceiling(model, people, interval=IntervalOptions(method="bootstrap", seed=1))
    widths = []
    for result in (found.people, found.model, found.difference):
        assert isinstance(result, Statistic)
        assert isinstance(result.interval, Interval)
        assert result.interval.low <= result.value <= result.interval.high
        widths.append(result.interval.high - result.interval.low)
    # Independent sides would give the root of the sum of squares.
    assert widths[2] < (widths[0] ** 2 + widths[1] ** 2) ** 0.5
    again = human_ceiling(model, people, interval=IntervalOptions(method="bootstrap", seed=1))
    assert again == found


def test_a_model_that_is_one_of_the_people_differs_by_exactly_nothing() -> None:
    """Against the people who remain, in every replicate."""
    _, *people = _noisy(6)
    found = human_ceiling(people[0], people, interval="bootstrap")
    left_out = found.left_out[0].difference
    assert left_out.value == pytest.approx(0.0, abs=1e-12)
    assert isinstance(left_out.interval, Undefined)


def test_units_the_model_did_not_rate_count_on_neither_side() -> None:
    """Else people would be judged on posts the model was spared."""
    model, *people = _noisy(7)
    whole = human_ceiling(model[:50], [row[:50] for row in people], interval="auto")
    spared = human_ceiling([*model[:50], *[None] * 30], people, interval="auto")
    assert spared.people == whole.people
    assert (spared.n_units, spared.n_without_model) == (50, 30)


def test_people_who_share_no_unit_are_no_pair() -> None:
    """Ana and ben each share units with cem only."""
    model, ana, ben, cem = _noisy(8)
    first, last = [*ana[:40], *[None] * 40], [*[None] * 40, *ben[40:]]
    found = human_ceiling(model, [first, last, cem], interval="bootstrap")
    assert isinstance(found.people, Statistic)
    assert found.people.n_units == 80
    alone = human_ceiling(model, [first, last], interval=None)
    assert isinstance(alone.people, Undefined)
    assert "rated a unit both" in alone.people.reason
    assert alone.model.is_defined
    assert isinstance(alone.difference, Undefined)
    assert isinstance(alone.left_out[0].person_with_rest, Undefined)


def test_a_pair_without_a_value_leaves_the_mean_without_one() -> None:
    """Ana and ben gave one theme throughout: no chance of disagreement, named as such."""
    found = human_ceiling(["a", "b", "a"], {"ana": ["a"] * 3, "ben": ["a"] * 3})
    assert isinstance(found.people, Undefined)
    assert found.people.reason.startswith("ana with ben: ")
    assert found.people.n_units == 3


def test_sets_and_posts_as_clusters() -> None:
    """Set-valued ratings, two quotes per post; posts are drawn, so repeating them adds nothing."""
    sets = {"a": {"x"}, "b": {"x", "y"}, "c": set()}
    model, *people = [[sets[rating] for rating in row] for row in _noisy(9, n=60)]
    options = IntervalOptions(method="jackknife-t")
    once = human_ceiling(model, people, coefficient="set_alpha", interval=options)
    twice = human_ceiling(
        [rating for rating in model for _ in range(2)],
        [[rating for rating in row for _ in range(2)] for row in people],
        coefficient="exact_match",
        clusters=[f"post {place // 2}" for place in range(120)],
        interval=options,
    )
    assert once.people.is_defined
    single = human_ceiling(model, people, coefficient="exact_match", interval=options)
    assert isinstance(single.difference.interval, Interval)
    assert isinstance(twice.difference.interval, Interval)
    assert twice.difference.interval.low == pytest.approx(single.difference.interval.low)


def test_an_own_coefficient_takes_part() -> None:
    """A function of the ratings of two coders, under its name."""

    def interval_alpha(ratings: Ratings) -> Estimate:
        return alpha_estimate(ratings, "interval")

    found = human_ceiling(
        [1, 2, 3, 4], [[1, 2, 3, 5], [1, 2, 4, 4]], coefficient=interval_alpha, interval=None
    )
    assert found.coefficient == "interval_alpha"
    assert found.people.is_defined


def test_clusters_that_tell_nothing_of_a_pair_are_not_drawn() -> None:
    """Twenty posts that only one person saw change neither value nor interval."""
    model, ana, ben, _ = _noisy(10, n=60)
    options = IntervalOptions(method="jackknife-t")
    padded = human_ceiling(
        [*model, *["a"] * 20], [[*ana, *["a"] * 20], [*ben, *[None] * 20]], interval=options
    )
    plain = human_ceiling(model, [ana, ben], interval=options)
    assert isinstance(padded.people.interval, Interval)
    assert padded.people.interval == plain.people.interval


def test_mistakes_of_the_caller_are_named() -> None:
    """An unknown coefficient, one person only."""
    with pytest.raises(InputError, match="no coefficient 'kapa'"):
        human_ceiling([1, 0], [[1, 0], [1, 1]], coefficient="kapa")
    with pytest.raises(InputError, match="2 are the least"):
        human_ceiling([1, 0], [[1, 0]])


def test_no_pair_at_all_has_a_reason() -> None:
    """The mean over nothing."""
    table = PairTable(read_rows([[1], [0]], None), ("ana", "ben"), "krippendorff_alpha")
    assert isinstance(table.mean("none", [], None), Undefined)
