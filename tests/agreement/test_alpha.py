"""Krippendorff's alpha: published values, by hand, properties, degenerate, nltk as oracle."""

import math

import numpy as np
import pytest
from agreement import published
from agreement.published import rows
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from secondcoder.agreement import Interval, Statistic, Undefined, krippendorff_alpha, read_ratings
from secondcoder.agreement.alpha import Level, alpha_estimate, mid_ranks
from secondcoder.agreement.weights import Weighting
from secondcoder.errors import InputError

LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")


def tables(values: st.SearchStrategy[int]) -> st.SearchStrategy[published.Rows]:
    """Return tables of two to four coders with missing ratings."""
    rating = st.none() | values
    return st.tuples(st.integers(2, 4), st.integers(1, 12)).flatmap(
        lambda shape: st.lists(
            st.lists(rating, min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        )
    )


TABLES = tables(st.integers(0, 4))


def close(first: Statistic | Undefined, second: Statistic | Undefined) -> bool:
    """Return whether both have the same value, or neither has one."""
    if isinstance(first, Undefined) or isinstance(second, Undefined):
        return first.is_defined == second.is_defined
    return math.isclose(first.value, second.value, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("ratings", "level", "value", "digits"),
    [
        (published.KRIPPENDORFF_2011_A, "nominal", 0.095, 3),
        (published.KRIPPENDORFF_2011_B, "nominal", 0.692, 3),
        (published.KRIPPENDORFF_2011_C, "nominal", 0.743421, 6),
        (published.KRIPPENDORFF_2011_C, "ordinal", 0.815, 3),
        (published.KRIPPENDORFF_2011_C, "interval", 0.849107, 6),
        (published.KRIPPENDORFF_2011_C, "ratio", 0.7974, 4),
        (published.WIKIPEDIA, "nominal", 0.691358, 6),
        (published.WIKIPEDIA, "interval", 0.810845, 6),
        (published.KRIPPENDORFF_2004_227, "nominal", 0.734, 3),
        (published.COHEN_1960_37, "nominal", -0.0953, 4),
        (published.COHEN_1960_45, "nominal", 0.4885, 4),
        (published.from_table([[20, 5], [10, 15]]), "nominal", 0.400, 3),
        (published.ARTSTEIN_POESIO_2008, "nominal", 0.3440, 4),
        (published.FLEISS_1971, "nominal", 0.43341, 5),
    ],
)
def test_alpha_is_the_published_value(
    ratings: published.Rows, level: Level, value: float, digits: int
) -> None:
    """Krippendorff (2011; 2004, pages 224 and 227) and recomputations of the kappa papers."""
    assert krippendorff_alpha(ratings, level).value == pytest.approx(value, abs=0.51 * 10**-digits)


@pytest.mark.parametrize(
    ("weights", "value", "digits"),
    [
        ("identity", 0.743, 3),
        ("bipolar", 0.835, 3),
        ("circular", 0.790, 3),
        ("linear", 0.800, 3),
        ("quadratic", 0.84911, 5),
        ("ordinal", 0.83364, 5),
    ],
)
def test_alpha_with_weights_is_what_irrcac_prints(
    weights: Weighting, value: float, digits: int
) -> None:
    """The weights `ordinal` are not the level `ordinal`, .815."""
    found = krippendorff_alpha(published.GWET_2014, weights=weights)
    assert found.value == pytest.approx(value, abs=0.51 * 10**-digits)


def test_disagreements_on_page_224_and_227() -> None:
    """Krippendorff (2004): Do .400, De .442 and Do .1667, De .6268."""
    for ratings, observed, expected in (
        (published.KRIPPENDORFF_2011_A, 0.400, 0.442),
        (published.KRIPPENDORFF_2004_227, 0.1667, 0.6268),
    ):
        found = alpha_estimate(read_ratings(ratings))
        sums = found.counts @ found.rows
        n = sums[1:].sum()
        assert sums[0] / n == pytest.approx(observed, abs=5e-4)
        assert (n**2 - (sums[1:] ** 2).sum()) / (n * (n - 1)) == pytest.approx(expected, abs=5e-4)


def test_ordinal_distances_are_those_of_krippendorff_2004() -> None:
    """Six categories used 9, 13, 10, 5, 0 and 3 times: the printed distances, unsquared."""
    ranks = mid_ranks(np.array([[9.0, 13, 10, 5, 0, 3]]))[0]
    printed = [
        [0, 11, 22.5, 30, 32.5, 34],
        [11, 0, 11.5, 19, 21.5, 23],
        [22.5, 11.5, 0, 7.5, 10, 11.5],
        [30, 19, 7.5, 0, 2.5, 4],
        [32.5, 21.5, 10, 2.5, 0, 1.5],
        [34, 23, 11.5, 4, 1.5, 0],
    ]
    assert np.abs(ranks[:, None] - ranks[None, :]).tolist() == printed


def test_alpha_of_three_units_by_hand() -> None:
    """Units aa, ab, bb: one of three units disagrees, two of six ratings; 18 of 30 pairs would."""
    assert krippendorff_alpha(["aab", "abb"]).value == pytest.approx(1 - (2 / 6) / (18 / 30))


def test_a_unit_with_one_rating_does_not_count() -> None:
    """Unit 12 of Krippendorff's example has one: 11 units, 40 ratings."""
    found = krippendorff_alpha(published.KRIPPENDORFF_2011_C)
    assert isinstance(found, Statistic)
    assert found.n_units == 11
    estimate = alpha_estimate(read_ratings(published.KRIPPENDORFF_2011_C))
    assert (estimate.counts @ estimate.rows)[1:].sum() == 40


@settings(deadline=None, max_examples=60)
@given(TABLES, st.integers(0, 99), st.sampled_from(LEVELS))
def test_order_and_labels_do_not_matter(table: published.Rows, seed: int, level: Level) -> None:
    """Coders and units may come in any order; nominal categories may be called anything."""
    generator = np.random.default_rng(seed)
    units, coders = generator.permutation(len(table[0])), generator.permutation(len(table))
    moved = [[table[coder][unit] for unit in units] for coder in coders]
    first = krippendorff_alpha(table, level)
    assert close(first, krippendorff_alpha(moved, level))
    named = [[None if value is None else f"theme {value}" for value in row] for row in table]
    assert close(krippendorff_alpha(table), krippendorff_alpha(named))
    if isinstance(first, Statistic):
        assert -1 - 1e-9 <= first.value <= 1 + 1e-9


@settings(deadline=None, max_examples=60)
@given(TABLES, st.sampled_from(LEVELS))
def test_what_is_missing_everywhere_changes_nothing(table: published.Rows, level: Level) -> None:
    """A coder without ratings, and a unit with one rating, add nothing."""
    alone: list[object] = [3, *([None] * (len(table) - 1))]
    more = [[*row, value] for row, value in zip(table, alone, strict=True)]
    more.append([None] * len(more[0]))
    assert close(krippendorff_alpha(table, level), krippendorff_alpha(more, level))


@settings(deadline=None, max_examples=40)
@given(TABLES)
def test_interval_alpha_does_not_change_with_origin_and_unit(table: published.Rows) -> None:
    """Celsius or Fahrenheit."""
    moved = [[None if v is None else 1.8 * float(str(v)) + 32 for v in row] for row in table]
    assert close(krippendorff_alpha(table, "interval"), krippendorff_alpha(moved, "interval"))


@settings(deadline=None, max_examples=60)
@given(TABLES)
def test_nltk_agrees_on_nominal_alpha(table: published.Rows) -> None:
    """It computes the coincidences in another way; where it has no value it raises or says 1."""
    paired = [unit for unit in zip(*table, strict=True) if sum(v is not None for v in unit) > 1]
    data = [
        (str(coder), str(place), value)
        for place, unit in enumerate(paired)
        for coder, value in enumerate(unit)
        if value is not None
    ]
    found = krippendorff_alpha(table)
    if len({value for _, _, value in data}) < 2:
        assert isinstance(found, Undefined)
        return
    assert found.value == pytest.approx(AnnotationTask(data=data).alpha())


@pytest.mark.parametrize("level", LEVELS)
def test_alpha_is_undefined_when_every_rating_is_the_same(level: Level) -> None:
    """Neither 0 nor 1: no disagreement could be expected."""
    found = krippendorff_alpha(rows("111", "1.1"), level, interval="auto")
    assert isinstance(found, Undefined)
    assert "same" in found.reason
    assert found.n_units == 2


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("ratings", [rows("12.", "..1"), rows("", ""), rows("..", "..")])
def test_alpha_is_undefined_without_a_unit_two_coders_rated(
    ratings: published.Rows, level: Level
) -> None:
    """The reason says so."""
    found = krippendorff_alpha(ratings, level)
    assert isinstance(found, Undefined)
    assert "two coders" in found.reason


def test_a_level_that_needs_numbers_refuses_others() -> None:
    """Words have no distance, and ratio data no negative numbers."""
    with pytest.raises(InputError, match="rank or value"):
        krippendorff_alpha(["ab", "ab"], "ordinal")
    with pytest.raises(InputError, match="rank or value"):
        krippendorff_alpha(["ab", "ab"], "interval")
    with pytest.raises(InputError, match="no level 'Nominal'; choose from nominal, ordinal"):
        krippendorff_alpha([[1, 2], [1, 1]], "Nominal")  # type: ignore[arg-type]  # a slip
    with pytest.raises(InputError, match="infinity has none"):
        krippendorff_alpha([[1, float("inf")], [1, 1]], "interval")
    with pytest.raises(InputError, match="interval 'boot': choose from auto, bootstrap"):
        krippendorff_alpha([[1, 2], [1, 1]], interval="boot")  # type: ignore[arg-type]  # a slip
    with pytest.raises(InputError, match="from 0 up"):
        krippendorff_alpha([[-1, 1], [1, 1]], "ratio")


@pytest.mark.parametrize("level", LEVELS)
def test_replicates_are_what_alpha_says_of_the_drawn_units(level: Level) -> None:
    """A unit of weight two is a unit that occurs twice; of weight zero, one that is not there."""
    generator = np.random.default_rng(1)
    table = generator.integers(1, 5, (3, 9)).astype(float)
    table[0, 4] = np.nan
    posts = [0, 0, 1, 1, 1, 2, 3, 3, 3]
    estimate = alpha_estimate(read_ratings(table, clusters=posts), level)
    weights = np.array([[2.0, 0, 1, 1]])
    drawn = np.concatenate([table[:, [0, 1]], table[:, [0, 1]], table[:, 5:]], axis=1)
    expected = krippendorff_alpha(drawn, level).value
    assert estimate.replicable(weights)[0] == pytest.approx(expected)


def test_the_interval_is_of_the_clusters() -> None:
    """Twelve units in four posts: the jackknife leaves out four."""
    posts = [unit // 3 for unit in range(12)]
    found = krippendorff_alpha(published.GWET_2014, clusters=posts, interval="jackknife-t").interval
    assert isinstance(found, Interval)
    assert found.n_replicates == 4
    assert found.low < 0.743 < found.high <= 1


def test_many_categories_are_kept_sparse() -> None:
    """Three thousand names, two coders: the same value as by formula."""
    generator = np.random.default_rng(0)
    first = generator.integers(0, 3000, 4000)
    second = np.where(generator.random(4000) < 0.5, first, generator.integers(0, 3000, 4000))
    counts = np.bincount(np.concatenate([first, second]))
    n = counts.sum()
    expected = 1 - (first != second).mean() * n * (n - 1) / (n**2 - (counts**2).sum())
    assert krippendorff_alpha(np.array([first, second])).value == pytest.approx(expected)
    posts = np.arange(4000) // 2
    found = krippendorff_alpha(np.array([first, second]), clusters=posts, interval="bootstrap")
    assert found.value == pytest.approx(expected)
    assert isinstance(found.interval, Interval)
