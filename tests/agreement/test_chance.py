"""Percent agreement, Fleiss, Conger, Brennan-Prediger and AC1/AC2."""

from collections.abc import Callable

import numpy as np
import pytest
from agreement import published
from agreement.published import Rows, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from scipy.special import stdtrit

from secondcoder.agreement import (
    Interval,
    Statistic,
    Undefined,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac1,
    percent_agreement,
    read_ratings,
)
from secondcoder.agreement.weights import Weighting

Coefficient = Callable[..., Statistic | Undefined]
ALL: tuple[Coefficient, ...] = (
    percent_agreement,
    fleiss_kappa,
    conger_kappa,
    brennan_prediger,
    gwet_ac1,
)
CORRECTED = ALL[1:]
TABLES = st.tuples(st.integers(2, 4), st.integers(1, 10)).flatmap(
    lambda shape: st.lists(
        st.lists(st.none() | st.integers(0, 3), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


@pytest.mark.parametrize(
    ("coefficient", "ratings", "value", "digits"),
    [
        (percent_agreement, published.KRIPPENDORFF_2011_A, 0.600, 3),
        (percent_agreement, published.COHEN_1960_37, 0.29, 3),
        (percent_agreement, published.COHEN_1960_45, 0.70, 3),
        (percent_agreement, published.ARTSTEIN_POESIO_2008, 0.70, 3),
        (percent_agreement, published.GWET_PARADOX, 0.85, 3),
        (percent_agreement, published.GWET_2014, 0.81818, 5),
        (percent_agreement, published.FLEISS_1971, 0.5556, 4),
        (brennan_prediger, published.ARTSTEIN_POESIO_2008, 0.40, 3),
        (brennan_prediger, published.from_table([[12, 9, 9], [9, 14, 9], [9, 9, 20]]), 0.190, 3),
        (brennan_prediger, published.from_table([[12, 18, 18], [0, 14, 18], [0, 0, 20]]), 0.190, 3),
        (brennan_prediger, published.GWET_2014, 0.773, 3),
        (gwet_ac1, published.COHEN_1960_37, -0.04797, 5),
        (gwet_ac1, published.COHEN_1960_45, 0.5760, 4),
        (gwet_ac1, published.GWET_PARADOX, 0.808, 3),
        (gwet_ac1, published.from_table([[8, 1], [0, 1]]), 0.8658, 4),
        (gwet_ac1, published.GWET_2014, 0.77544, 5),
        (fleiss_kappa, published.FLEISS_1971, 0.43024, 5),
        (fleiss_kappa, published.FLEISS_WIKIPEDIA, 0.2099, 4),
        (fleiss_kappa, published.GWET_2014, 0.76117, 5),
        (conger_kappa, published.GWET_2014, 0.763, 3),
        (conger_kappa, published.KRIPPENDORFF_2011_C, 0.76207, 5),
    ],
)
def test_coefficients_are_the_published_values(
    coefficient: Coefficient, ratings: Rows, value: float, digits: int
) -> None:
    """Cohen (1960), Fleiss (1971), Krippendorff (2004), Artstein & Poesio (2008), Gwet (2014)."""
    assert coefficient(ratings).value == pytest.approx(value, abs=0.51 * 10**-digits)


@pytest.mark.parametrize(
    ("coefficient", "weights", "value", "digits"),
    [
        (gwet_ac1, "bipolar", 0.90037, 5),
        (gwet_ac1, "circular", 0.830, 3),
        (gwet_ac1, "linear", 0.859, 3),
        (gwet_ac1, "ordinal", 0.899, 3),
        (gwet_ac1, "quadratic", 0.914, 3),
        (fleiss_kappa, "bipolar", 0.853, 3),
        (fleiss_kappa, "circular", 0.807, 3),
        (fleiss_kappa, "linear", 0.818, 3),
        (conger_kappa, "bipolar", 0.845, 3),
        (conger_kappa, "circular", 0.805, 3),
        (conger_kappa, "linear", 0.814, 3),
        (brennan_prediger, "bipolar", 0.888, 3),
        (brennan_prediger, "circular", 0.824, 3),
        (brennan_prediger, "linear", 0.848, 3),
    ],
)
def test_weighted_coefficients_are_what_irrcac_prints(
    coefficient: Coefficient, weights: Weighting, value: float, digits: int
) -> None:
    """On the four coders of Gwet (2014)."""
    found = coefficient(published.GWET_2014, weights=weights)
    assert found.value == pytest.approx(value, abs=0.51 * 10**-digits)
    assert found.name.endswith(f"({weights} weights)")


def test_ac2_of_cohens_table() -> None:
    """Cohen (1960), page 37, quadratic: .1831."""
    found = gwet_ac1(published.COHEN_1960_37, weights="quadratic")
    assert found.value == pytest.approx(0.1831, abs=5e-5)
    assert found.name == "AC2 (quadratic weights)"


def test_quadratic_ac2_hardly_changes_with_the_last_unit() -> None:
    """The reference's .914 was re-run on Krippendorff's table, whose last unit differs."""
    found = gwet_ac1(published.KRIPPENDORFF_2011_C, weights="quadratic")
    assert found.value == pytest.approx(0.914, abs=5.1e-4)


def test_fleiss_kappa_of_each_category() -> None:
    """Fleiss (1971), table 2: present or absent, category by category."""
    ratings = read_ratings(published.FLEISS_1971)
    values = [fleiss_kappa(ratings.present(category)).value for category in range(5)]
    assert values == pytest.approx([0.248, 0.248, 0.517, 0.470, 0.565], abs=5e-3)


def test_the_parts_of_fleiss_by_hand() -> None:
    """Fleiss (1971): Po .5556, Pe .2201; so kappa is their quotient."""
    found = fleiss_kappa(published.FLEISS_1971).value
    assert found == pytest.approx((0.5556 - 0.2201) / (1 - 0.2201), abs=1e-4)


def test_coefficients_of_four_units_by_hand() -> None:
    """Table [2 1; 0 1]: agreement 3/4, shares 5/8 and 3/8."""
    ratings = published.from_table([[2, 1], [0, 1]])
    both, one = 0.75, 5 / 8
    assert percent_agreement(ratings).value == both
    chance = one**2 + (1 - one) ** 2
    assert fleiss_kappa(ratings).value == pytest.approx((both - chance) / (1 - chance))
    chance = 3 / 4 * 1 / 2 + 1 / 4 * 1 / 2
    assert conger_kappa(ratings).value == pytest.approx((both - chance) / (1 - chance))
    assert brennan_prediger(ratings).value == pytest.approx(2 * both - 1)
    chance = 2 * one * (1 - one)
    assert gwet_ac1(ratings).value == pytest.approx((both - chance) / (1 - chance))


@settings(deadline=None, max_examples=60)
@given(TABLES, st.sampled_from(ALL), st.integers(0, 99))
def test_order_and_labels_do_not_matter_to_any(
    table: Rows, coefficient: Coefficient, seed: int
) -> None:
    """Coders and units in any order, categories by any name; and every value in range.

    With missing ratings chance is reckoned from more units than agreement is, so that a table of
    two units can fall below -1.
    """
    generator = np.random.default_rng(seed)
    units, coders = generator.permutation(len(table[0])), generator.permutation(len(table))
    moved = [[table[coder][unit] for unit in units] for coder in coders]
    named = [[None if value is None else f"theme {value}" for value in row] for row in moved]
    first, second = coefficient(table), coefficient(named)
    assert first.is_defined == second.is_defined
    if isinstance(first, Statistic) and isinstance(second, Statistic):
        assert first.value == pytest.approx(second.value)
        lowest = -np.inf if any(None in row for row in table) else -1 - 1e-9
        assert lowest <= first.value <= 1 + 1e-9


@settings(deadline=None, max_examples=40)
@given(TABLES, st.sampled_from(ALL))
def test_a_coder_without_ratings_changes_nothing(table: Rows, coefficient: Coefficient) -> None:
    """Such as one who never saw these posts."""
    more = [*table, [None] * len(table[0])]
    first, second = coefficient(table), coefficient(more)
    assert first.is_defined == second.is_defined
    if isinstance(first, Statistic):
        assert second.value == pytest.approx(first.value)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*[st.integers(0, 2)] * 2), min_size=2, max_size=12))
def test_conger_is_cohen_for_two_coders(pairs: list[tuple[int, int]]) -> None:
    """Conger (1980) generalises Cohen (1960)."""
    first, second = (list(coder) for coder in zip(*pairs, strict=True))
    ours, cohens = conger_kappa([first, second]), cohen_kappa(first, second)
    assert ours.is_defined == cohens.is_defined
    if isinstance(ours, Statistic):
        assert ours.value == pytest.approx(cohens.value)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=3, max_size=12))
def test_nltk_agrees_on_fleiss_s_and_agreement(units: list[tuple[int, int, int]]) -> None:
    """The oracle's multi-pi is Fleiss' kappa, its S is Brennan and Prediger's."""
    table = [list(coder) for coder in zip(*units, strict=True)]
    data = [
        (str(coder), str(place), value)
        for coder, row in enumerate(table)
        for place, value in enumerate(row)
    ]
    task = AnnotationTask(data=data)
    assert percent_agreement(table).value == pytest.approx(task.avg_Ao())
    if len({value for unit in units for value in unit}) > 1:
        assert brennan_prediger(table).value == pytest.approx(task.S())
        assert fleiss_kappa(table).value == pytest.approx(task.pi())


@pytest.mark.parametrize("coefficient", CORRECTED)
def test_one_category_leaves_nothing_to_correct(coefficient: Coefficient) -> None:
    """Neither 1 nor 0: chance alone would agree fully."""
    found = coefficient(rows("1111", "1.11"), interval="auto")
    assert isinstance(found, Undefined)
    assert "chance" in found.reason
    assert percent_agreement(rows("1111", "1.11")).value == 1


@pytest.mark.parametrize("coefficient", [brennan_prediger, gwet_ac1])
def test_a_category_nobody_gave_counts_where_it_is_named(coefficient: Coefficient) -> None:
    """Full agreement on one of two possible categories is 1 for AC1 and Brennan-Prediger."""
    assert coefficient(rows("1111", "1111"), categories=[0, 1]).value == 1


@pytest.mark.parametrize("coefficient", ALL)
@pytest.mark.parametrize("ratings", [rows("12.", "..1"), rows("", ""), rows("..", "..")])
def test_nothing_to_compare_is_undefined(coefficient: Coefficient, ratings: Rows) -> None:
    """No unit was rated by two coders."""
    found = coefficient(ratings)
    assert isinstance(found, Undefined)
    assert "two coders" in found.reason


def gwet_interval(table: Rows) -> tuple[float, float, float]:
    """Return AC1's standard error and interval by the closed form of Gwet (2008; irrCAC)."""
    codes = np.array([[np.nan if v is None else float(str(v)) for v in row] for row in table]).T
    counts = np.stack([(codes == value).sum(axis=1) for value in range(1, 6)], axis=1)
    n_rated = counts.sum(axis=1)
    paired, n, q = n_rated > 1, len(codes), 5
    shares = (counts / n_rated[:, None]).mean(axis=0)
    agreeing = (counts * (counts - 1)).sum(axis=1) / np.maximum(n_rated * (n_rated - 1), 1)
    chance = (shares * (1 - shares)).sum() / (q - 1)
    value = (agreeing[paired].mean() - chance) / (1 - chance)
    each = n / paired.sum() * (agreeing - chance * paired) / (1 - chance)
    by_unit = (counts / n_rated[:, None] * (1 - shares)).sum(axis=1) / (q - 1)
    moved = each - 2 * (1 - value) * (by_unit - chance) / (1 - chance)
    error = float(np.sqrt(((moved - value) ** 2).sum() / (n * (n - 1))))
    t = float(stdtrit(n - 1, 0.975))
    return error, value - t * error, min(1.0, value + t * error)


def test_the_closed_form_of_gwet_gives_irrcacs_interval() -> None:
    """AC1 .77544: standard error .14295, interval .46081 to 1."""
    assert gwet_interval(published.GWET_2014) == pytest.approx((0.14295, 0.46081, 1), abs=6e-6)


def test_linearisation_is_gwets_closed_form_where_nothing_is_missing() -> None:
    """With missing ratings Gwet holds the number of pairable units fixed; we let it vary."""
    complete = [row[1:9] for row in published.GWET_2014]
    found = gwet_ac1(complete, categories=range(1, 6), interval="linear-t").interval
    _, low, high = gwet_interval(complete)
    assert isinstance(found, Interval)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-5)


@pytest.mark.parametrize("coefficient", ALL)
def test_replicates_are_what_the_coefficient_says_of_the_drawn_units(
    coefficient: Coefficient,
) -> None:
    """Leaving out one unit of twelve by hand gives the jackknife's values.

    AC1 and Brennan-Prediger are told the categories: leaving out the one unit with a 5 would
    otherwise change how many there are.
    """
    table, told = published.GWET_2014, {}
    if coefficient in {brennan_prediger, gwet_ac1}:
        told = {"categories": range(1, 6)}
    # A unit with a single rating adds nothing to percent agreement, which is then over eleven.
    n = 11 if coefficient is percent_agreement else 12
    values = np.array(
        [coefficient([row[:u] + row[u + 1 :] for row in table], **told).value for u in range(n)],
        dtype=float,
    )
    error = np.sqrt(((values - values.mean()) ** 2).sum() * (n - 1) / n)
    found = coefficient(table, interval="jackknife-t", **told)
    assert isinstance(found, Statistic)
    assert isinstance(found.interval, Interval)
    assert found.interval.n_replicates == n
    assert found.interval.low == pytest.approx(found.value - stdtrit(n - 1, 0.975) * error)
