"""Gamma and gamma-cat: published values, by hand, properties, degenerate cases."""

import math

import numpy as np
import pytest
from agreement.unit_tables import ALEX_PAUL_SUZAN
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement import (
    Interval,
    Statistic,
    Undefined,
    Unit,
    gamma,
    gamma_cat,
    gamma_report,
    krippendorff_alpha,
    read_units,
)
from secondcoder.agreement.gamma_candidates import Dissimilarity
from secondcoder.agreement.gamma_sampling import Arena
from secondcoder.agreement.gamma_tally import tally
from secondcoder.errors import InputError

PAIR = [Unit("ann", 1, 5, "a"), Unit("ann", 6, 10, "b"), Unit("ann", 11, 15, "a")]
SHIFTED = [Unit("bob", unit.start + 1, unit.end + 1, unit.category) for unit in PAIR]


def chat(n_posts: int) -> tuple[list[Unit], dict[object, float]]:
    """Return posts in which two coders mark much the same, and their lengths."""
    units = []
    for post in range(n_posts):
        units.append(Unit("ann", 0, 40, "ab"[post % 2], post))
        units.append(Unit("bob", post % 7, 40, "ab"[post % 2], post))
        if post % 3:
            units.append(Unit("ann", 45, 80, "c", post))
        if post % 4:
            units.append(Unit("bob", 45, 82, "c" if post % 5 else "a", post))
    return units, dict.fromkeys(range(n_posts), 90.0)


def test_gamma_matches_pygammas_alex_paul_suzan() -> None:
    """With shuffled continua: gamma .44 to .47; gamma-cat .38 to .42 with units left alone."""
    report = gamma_report(ALEX_PAUL_SUZAN, alpha=3, n_samples=300)
    assert report.observed_disorder.value == pytest.approx(0.960625)
    assert report.n_alignments == 6
    assert 0.44 < float(report.gamma.value or 0) < 0.47
    counted = gamma_cat(ALEX_PAUL_SUZAN, alpha=3, n_samples=300, counts_unaligned=True)
    assert 0.38 < float(counted.value or 0) < 0.42


def test_gamma_by_hand() -> None:
    """Three pairs 1/16 apart, three units each: observed 1/16; gamma one less its share."""
    report = gamma_report(PAIR + SHIFTED, 16)
    assert report.observed_disorder.value == pytest.approx(1 / 16)
    expected = report.expected_disorder.value
    assert expected is not None
    assert report.gamma.value == pytest.approx(1 - (1 / 16) / expected)
    assert (report.n_samples, report.n_alignments) == (30, 3)


def test_gamma_cat_by_hand() -> None:
    """Three pairs of weight 1 - 1/16, one differing: observed a third of what weighs 45/16."""
    units = read_units([*PAIR, *SHIFTED[:2], SHIFTED[2]._replace(category="b")], 16)
    found = tally(Arena(units, 2).observed(), Dissimilarity(), np.array([0]), 1)
    assert (found.differing.tolist(), found.aligned.tolist()) == ([15 / 16], [45 / 16])
    assert gamma_cat(PAIR + SHIFTED, 16).value == 1


def test_units_left_alone_count_for_gamma_cat_on_demand() -> None:
    """One pair that agrees, weight 1, and one unit alone, weight and difference 1."""
    units = read_units([*PAIR[:2], PAIR[0]._replace(coder="bob")], 16)
    costs = Dissimilarity(counts_unaligned=True)
    found = tally(Arena(units, 2).observed(), costs, np.array([0]), 1)
    assert (found.differing.tolist(), found.aligned.tolist()) == ([1], [2])


def test_on_units_given_beforehand_gamma_cat_is_like_alpha() -> None:
    """As the paper's abstract says, even with missing values; counting units alone is not."""
    rng = np.random.default_rng(0)
    shares = [0.45, 0.25, 0.15, 0.1, 0.05]
    truth = rng.choice(5, 400, p=shares)
    rows = []
    for _ in range(2):
        strays, missing = rng.random((2, 400)) < [[0.3], [0.2]]
        given = np.where(strays, rng.choice(5, 400, p=shares), truth).tolist()
        rows.append([None if gone else each for each, gone in zip(given, missing, strict=True)])
    units = [
        Unit(coder, 10 * place, 10 * place + 10, category)
        for coder, row in enumerate(rows)
        for place, category in enumerate(row)
        if category is not None
    ]
    alpha = krippendorff_alpha(rows).value
    found = gamma_cat(units, 4000, n_samples=60)
    assert found.value == pytest.approx(alpha, abs=0.04)
    alone = gamma_cat(units, 4000, n_samples=60, counts_unaligned=True)
    assert float(alone.value or 0) < float(alpha or 0) - 0.1


def test_posts_are_pooled_by_adding_costs_and_units() -> None:
    """1/16 over one unit and 2 over one: disorder 33/16 over 2."""
    units = [
        Unit("ann", 1, 5, "a", "p1"),
        Unit("bob", 2, 6, "a", "p1"),
        Unit("ann", 0, 5, "a", "p2"),
        Unit("bob", 50, 55, "a", "p2"),
    ]
    report = gamma_report(units, {"p1": 10, "p2": 60})
    assert report.observed_disorder.value == pytest.approx((1 / 16 + 2) / 2)


def test_agreement_is_1_and_categories_given_at_random_have_none() -> None:
    """Identical coders; categories drawn by lot over thirty units in place."""
    same = [*PAIR, *(unit._replace(coder="bob") for unit in PAIR)]
    assert gamma(same, 16).value == 1
    rng = np.random.default_rng(1)
    units = [
        Unit(coder, 10 * place, 10 * place + 8, int(rng.integers(4)))
        for coder in ("ann", "bob")
        for place in range(60)
    ]
    assert gamma_cat(units, 600).value == pytest.approx(0, abs=0.25)


@given(
    st.lists(
        st.tuples(st.sampled_from("xyz"), st.integers(0, 30), st.integers(1, 9), st.integers(0, 2)),
        min_size=3,
        max_size=10,
    ),
    st.sampled_from([0.5, 10.0]),
)
@settings(deadline=None, max_examples=25)
def test_order_names_and_unit_of_measurement_are_irrelevant(
    rows: list[tuple[str, int, int, int]], scale: float
) -> None:
    """Rows turned round and stretched: the same disorder; gamma at most 1."""
    units = [Unit(coder, start, start + length, what) for coder, start, length, what in rows]
    turned = [
        unit._replace(start=unit.start * scale, end=unit.end * scale, category=f"n{unit.category}")
        for unit in reversed(units)
    ]
    first, second = gamma_report(units, 40), gamma_report(turned, 40 * scale)
    if isinstance(first.observed_disorder, Undefined):
        assert isinstance(second.observed_disorder, Undefined)
        return
    assert second.observed_disorder.value == pytest.approx(first.observed_disorder.value)
    assert first.gamma.value is None or first.gamma.value <= 1


def test_a_coder_who_found_nothing_counts_and_a_missing_one_does_not() -> None:
    """Empty: every unit lacks a partner. Missing: the post says nothing."""
    units, lengths = chat(4)
    alone = [*units, Unit("ann", 0, 10, "a", "new")]
    lengths |= {"new": 20.0}
    missing = gamma_report(alone, lengths, missing={("bob", "new")})
    without = gamma_report(units, {post: lengths[post] for post in range(4)})
    assert missing == without
    empty = gamma_report(alone, lengths)
    assert float(empty.observed_disorder.value or 0) > float(without.observed_disorder.value or 0)


def test_posts_with_different_numbers_of_coders_are_pooled() -> None:
    """Three coders on some posts, two on others; a post without length or units adds nothing."""
    units, lengths = chat(6)
    units += [Unit("eve", 1, 41, "ab"[post % 2], post) for post in range(3)]
    missing = {("eve", post) for post in range(3, 6)}
    found = gamma_report(units, lengths, missing=missing)
    assert isinstance(found.gamma, Statistic)
    assert found.gamma.n_units == len(units)
    assert gamma_report(units, lengths | {"empty": 0.0}, missing=missing) == found


def test_a_coder_without_any_unit_leaves_random_continua_with_some() -> None:
    """Random continua in which nobody marked anything are drawn again."""
    found = gamma_report([Unit("ann", 0, 5, "a")], 9, coders=["ann", "bob"])
    assert found.observed_disorder.value == 2
    assert found.n_samples == 30


def test_random_continua_keep_lengths_and_numbers_of_units() -> None:
    """Each random coder is a real one moved on; units too long for distance may lie anywhere."""
    arena = Arena(read_units(PAIR + SHIFTED, 16), 2)
    rng = np.random.default_rng(0)
    for _ in range(20):
        drawn = arena.random(rng)
        assert np.bincount(drawn.slot).tolist() == [3, 3]
        assert (drawn.end - drawn.start).tolist() == pytest.approx([4.0] * 6)
        assert drawn.start.min() >= 0
        assert drawn.start.max() < 16
    whole = [Unit(coder, 0, 16, "a") for coder in ("ann", "bob", "eve")]
    assert len(Arena(read_units(whole, 16), 3).random(rng).start) == 3


def test_more_samples_are_drawn_until_the_precision_is_reached() -> None:
    """The expected disorder's coefficient of variation says how many. Same seed, same result.

    Of the thirty drawn first: (variation * t / precision) squared, t of 29 degrees of freedom.
    """
    first = gamma_report(PAIR + SHIFTED, 16).expected_disorder
    assert isinstance(first, Statistic)
    assert isinstance(first.interval, Interval)
    half = (first.interval.high - first.interval.low) / 2
    needed = math.ceil(30 * (half / first.value / 0.05) ** 2)
    assert gamma_report(PAIR + SHIFTED, 16, precision=0.05).n_samples == needed
    rough = gamma_report(PAIR + SHIFTED, 16, precision=0.9)
    fine = gamma_report(PAIR + SHIFTED, 16, precision=0.05)
    assert rough.n_samples == 30 < fine.n_samples
    assert fine == gamma_report(PAIR + SHIFTED, 16, precision=0.05)
    assert fine != gamma_report(PAIR + SHIFTED, 16, precision=0.05, seed=1)
    assert isinstance(fine.expected_disorder, Statistic)
    known = fine.expected_disorder.interval
    assert isinstance(known, Interval)
    assert known.high - known.low < 0.1 * fine.expected_disorder.value * 1.3
    assert fine.sampling_range is not None
    assert fine.sampling_range.low < float(fine.gamma.value or 0) < fine.sampling_range.high


def test_degenerate_units_have_reasons() -> None:
    """One coder, no units, nothing that costs, nothing aligned, one category."""
    for found in (gamma([("ann", 0, 5, "a")]), gamma([], 9, coders=["ann", "bob"])):
        assert isinstance(found, Undefined)
    free = gamma_report(PAIR + SHIFTED, 16, alpha=0, beta=0, precision=0.1)
    assert isinstance(free.gamma, Undefined)
    assert "no disorder" in free.gamma.reason
    assert free.sampling_range is None
    apart = [Unit("ann", 0, 5, "a"), Unit("bob", 90, 95, "b")]
    for units in (apart, [*PAIR[:1], *SHIFTED[:1]]):
        found = gamma_cat(units, 100)
        assert isinstance(found, Undefined)
        assert "no units are aligned" in found.reason
    two = gamma_report([*PAIR[:1], *SHIFTED[:2]], 16, n_samples=2, seed=0)
    assert two.sampling_range is None


@pytest.mark.parametrize("setting", [{"n_samples": 1}, {"n_samples": 10_001}, {"precision": 1.0}])
def test_settings_out_of_range_are_refused(setting: dict[str, float]) -> None:
    """The message says the range."""
    with pytest.raises(InputError, match="must"):
        gamma(PAIR + SHIFTED, 16, **setting)  # type: ignore[arg-type]  # a dict has no known keys


def test_the_interval_resamples_posts() -> None:
    """Gamma and gamma-cat lie inside theirs."""
    units, lengths = chat(60)
    report = gamma_report(units, lengths, interval="bootstrap")
    for found in (report.gamma, report.gamma_cat):
        assert isinstance(found, Statistic)
        assert isinstance(found.interval, Interval)
        assert found.interval.low < found.value < found.interval.high
    one = gamma(PAIR + SHIFTED, 16, interval="auto")
    assert isinstance(one.interval, Undefined)
