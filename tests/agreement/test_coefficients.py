"""Every coefficient by its name, and differences on the same posts."""

import numpy as np
import pytest
from agreement import published

import secondcoder.agreement
from secondcoder.agreement import (
    COEFFICIENTS,
    Interval,
    Statistic,
    Undefined,
    estimate,
    estimate_difference,
    read_ratings,
)
from secondcoder.agreement.estimates import ratio
from secondcoder.errors import InputError


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_a_coefficient_has_the_name_of_its_function(name: str) -> None:
    """And gives the value the function gives."""
    ratings = read_ratings(published.COHEN_1960_45)
    found = estimate(name, ratings).result("bootstrap")
    assert isinstance(found.interval, Interval)
    public = getattr(secondcoder.agreement, name)
    if name in {"set_alpha", "exact_match"}:
        sets = [[{theme} for theme in row] for row in published.COHEN_1960_45]
        assert public(sets).value == pytest.approx(found.value)
    elif name == "cohen_kappa":
        assert public(*published.COHEN_1960_45).value == pytest.approx(found.value)
    else:
        assert public(ratings).value == found.value


def test_an_unknown_coefficient_is_refused() -> None:
    """The message lists those there are."""
    with pytest.raises(InputError, match="no coefficient 'rho'; choose from krippendorff_alpha"):
        estimate("rho", read_ratings(["ab", "ab"]))


def test_a_difference_is_paired() -> None:
    """A third coder copies the first but for a few units: little of the spread is left."""
    generator = np.random.default_rng(0)
    first = generator.integers(0, 3, 120)
    second = np.where(generator.random(120) < 0.7, first, generator.integers(0, 3, 120))
    third = np.where(np.arange(120) < 20, second, first)
    posts = np.arange(120) // 2
    one = estimate("krippendorff_alpha", read_ratings(np.array([first, second]), clusters=posts))
    two = estimate("krippendorff_alpha", read_ratings(np.array([third, second]), clusters=posts))
    found = estimate_difference(two, one)
    own = one.result("auto").interval
    assert isinstance(found, Statistic)
    assert isinstance(found.interval, Interval)
    assert isinstance(own, Interval)
    assert found.interval.high - found.interval.low < (own.high - own.low) / 2
    assert found.name == "alpha (nominal) minus alpha (nominal)"
    over_posts = secondcoder.agreement.paired_difference(two.replicable, one.replicable, 60)
    assert over_posts.value == pytest.approx(found.value)


def test_posts_that_say_nothing_are_not_drawn() -> None:
    """Fifty posts of which ten were coded twice: ten clusters, so a jackknife."""
    single = [*"aabbabbaab", *"a" * 40]
    double = [*"abbbabbabb", *([None] * 40)]
    ratings = read_ratings([single, double])
    found = estimate("krippendorff_alpha", ratings).result("auto").interval
    assert isinstance(found, Interval)
    assert found.n_replicates == 10
    alone = estimate("krippendorff_alpha", read_ratings([single[:10], double[:10]]))
    assert found == alone.result("auto").interval
    other = read_ratings([double, [*"aabbabbbbb", *([None] * 40)]])
    difference = estimate_difference(
        estimate("krippendorff_alpha", ratings), estimate("krippendorff_alpha", other)
    )
    assert isinstance(difference.interval, Interval)
    assert difference.interval.n_replicates == 10


def test_a_difference_needs_the_same_clusters() -> None:
    """Equally many, at the least."""
    one, two = (estimate("cohen_kappa", read_ratings([row, row])) for row in ("ab", "abc"))
    with pytest.raises(InputError, match="over 2 clusters and 'Cohen kappa' over 3"):
        estimate_difference(one, two)


def test_a_difference_from_an_undefined_statistic_is_undefined() -> None:
    """One category has no alpha."""
    one = estimate("krippendorff_alpha", read_ratings(["ab", "bb"]))
    two = estimate("krippendorff_alpha", read_ratings(["aa", "aa"]))
    found = estimate_difference(one, two)
    assert isinstance(found, Undefined)
    assert found.name == "alpha (nominal) minus alpha (nominal)"


def test_a_ratio_over_nearly_nothing_is_no_number() -> None:
    """Rounding is not a value."""
    assert np.isnan(ratio(np.array([1.0]), np.array([1e-13]))).all()


def test_full_agreement_has_no_interval_and_says_why() -> None:
    """Alpha is 1; how uncertain that is, resampling can't tell."""
    found = estimate("krippendorff_alpha", read_ratings(["ab" * 30, "ab" * 30])).result("auto")
    assert found.value == 1
    assert isinstance(found.interval, Undefined)
    assert "spread" in found.interval.reason


def test_a_post_that_says_something_of_one_of_two_is_drawn() -> None:
    """Ten posts for the first statistic, fourteen for the second, which hold the ten."""
    coder = [*"aabbabbaababba"]
    ten = read_ratings([coder, [*"abbbabbabb", *([None] * 4)]])
    fourteen = read_ratings([coder, [*"aabbabbbbbabaa"]])
    found = estimate_difference(
        estimate("krippendorff_alpha", ten), estimate("krippendorff_alpha", fourteen)
    )
    assert isinstance(found.interval, Interval)
    assert found.interval.n_replicates == 14
