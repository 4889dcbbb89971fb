"""Records of a model beside people say themselves in words."""

import pytest
from pydantic import ValidationError

from secondcoder.schema.model_beside_people import (
    AlternativeAnnotatorTest,
    Delegation,
    DelegationRule,
    Prevalence,
    ThemePlan,
    ThemesConfused,
)
from secondcoder.schema.statistics import Interval, Result, Statistic, Undefined

NONE = Undefined(name="x", reason="no post was coded")


def _prevalence(estimate: Result, model: float | None = 0.25) -> Prevalence:
    alone = NONE if model is None else Statistic(name="model", value=model, n_units=200)
    return Prevalence(
        theme="tea",
        method="dsl",
        estimate=estimate,
        model_alone=alone,
        people_alone=NONE,
        n_posts=200,
        n_labelled=50,
        is_sampling_assumed=False,
    )


def test_a_prevalence_reads_as_a_sentence() -> None:
    """Share, interval and what the model alone says, in whole percent."""
    interval = Interval(low=0.131, high=0.238, method="linearisation")
    found = _prevalence(Statistic(name="dsl", value=0.18, n_units=200, interval=interval))
    assert found.statement == "tea: 18 % of posts (13\u201324 %), the model alone says 25 %"
    assert (found.value, found.interval) == (0.18, interval)


def test_a_prevalence_without_interval_or_value_says_so() -> None:
    """No made-up width; no made-up share."""
    found = _prevalence(Statistic(name="dsl", value=0.18, n_units=200, interval=NONE))
    assert found.statement == "tea: 18 % of posts (no interval), the model alone says 25 %"
    found = _prevalence(NONE, model=None)
    assert found.statement == "tea: no corrected share (no post was coded)"
    assert found.value is None
    assert found.interval is None


def _test_of(rate: Result) -> AlternativeAnnotatorTest:
    return AlternativeAnnotatorTest(
        winning_rate=rate,
        advantage=Statistic(name="rho", value=0.7, n_units=60),
        people=(),
        score="accuracy",
        epsilon=0.2,
        q=0.05,
        is_clustered=False,
    )


@pytest.mark.parametrize(("rate", "passes"), [(0.5, True), (0.49, False)])
def test_half_of_the_people_is_enough_to_pass(rate: float, *, passes: bool) -> None:
    """The paper's threshold."""
    found = _test_of(Statistic(name="omega", value=rate, n_units=4))
    assert found.passes is passes
    assert found.value == rate
    assert found.interval is None


def test_without_a_rate_nothing_passes_or_fails() -> None:
    """None, not False."""
    assert _test_of(NONE).passes is None


def _plan(*, is_settled: bool, n_more: int | None) -> ThemePlan:
    return ThemePlan(
        theme="tea",
        decision=Delegation.CHECKED,
        reason="why",
        is_settled=is_settled,
        prevalence=NONE,
        people=NONE,
        model=NONE,
        difference=NONE,
        recall=NONE,
        precision=NONE,
        n_posts=60,
        n_positives=9,
        n_more=n_more,
        n_more_searched=500,
    )


def test_a_plan_reads_as_a_sentence() -> None:
    """Settled, to be settled, and beyond what was searched."""
    said = "tea: with a person checking (why)"
    assert _plan(is_settled=True, n_more=None).statement == said
    more = "; about 40 more double-coded posts should settle it"
    assert _plan(is_settled=False, n_more=40).statement == said + more
    beyond = "; more than 500 more double-coded posts would be needed"
    assert _plan(is_settled=False, n_more=None).statement == said + beyond


def test_thresholds_are_shares() -> None:
    """A recall of 80 is a slip of the unit."""
    with pytest.raises(ValidationError):
        DelegationRule(min_recall=80)


def test_confusions_count_their_units() -> None:
    """None listed, none counted."""
    empty = ThemesConfused(
        theme="a", other=None, n_first=0, n_second=0, n_agreed=0, to_clarify="x", disagreements=()
    )
    assert empty.n_units == 0
