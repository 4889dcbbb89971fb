"""Run charts: the median, and the rules of Perla and of Anhøj, on series done by hand."""

import runpy
from fractions import Fraction
from pathlib import Path

import pytest

from secondcoder.agreement.run_chart import ALARMS, all_signals, fewest_crossings, run_chart
from secondcoder.schema.chats_over_time import RunRule, RunRules
from secondcoder.schema.statistics import Undefined


def rules(*numbers: int | None) -> RunRules:
    """Return what the rules say of a series, which must have enough points."""
    found = run_chart([None if one is None else Fraction(one, 100) for one in numbers]).rules
    assert isinstance(found, RunRules)
    return found


def signals(*numbers: int | None) -> dict[RunRule, tuple[int, ...]]:
    """Return which rules a series meets, and where."""
    return {signal.rule: signal.chats for signal in rules(*numbers).signals}


def test_a_series_without_points_has_no_median() -> None:
    """Gaps alone say nothing."""
    found = run_chart([None, None])
    assert found.n_points == 0
    assert isinstance(found.median, Undefined)
    assert isinstance(found.rules, Undefined)
    assert found.rules.name == "rules"


def test_nine_points_off_the_median_are_not_judged() -> None:
    """Eleven points, two of them on the median: nine are too few, however they run."""
    found = run_chart([Fraction(n, 100) for n in (1, 2, 3, 4, 5, 50, 50, 95, 96, 97, 98, 99)])
    assert isinstance(found.rules, RunRules)
    found = run_chart([Fraction(n, 100) for n in (1, 2, 3, 4, 50, 50, 96, 97, 98, 99)])
    assert isinstance(found.rules, Undefined)
    assert found.rules.n_units == 10


def test_ups_and_downs_give_no_signal() -> None:
    """Eleven crossings of twelve points are nothing unusual to few-crossings, shift or trend."""
    found = rules(1, 9, 2, 8, 1, 9, 2, 8, 1, 9, 2, 8)
    assert (found.n_useful, found.n_crossings, found.longest_run) == (12, 11, 1)
    assert found.signals == ()


def test_a_point_on_the_median_neither_adds_to_a_shift_nor_ends_it() -> None:
    """Six above with the median between them are a shift; a gap is passed over as well."""
    found = signals(5, 9, 8, 5, 9, None, 8, 9, 8, 1, 2, 1, 6, 2, 1, 2, 1)
    assert found[RunRule.SHIFT] == (2, 3, 5, 7, 8, 9)


def test_of_equal_points_in_a_row_one_counts_for_a_trend() -> None:
    """1 2 2 3 4 5 is a trend of five; 1 2 2 3 4 none."""
    rest = (9, 1, 9, 1, 9, 1, 9)
    assert signals(1, 2, 2, 3, 4, 5, 1, *rest)[RunRule.TREND] == (1, 2, 4, 5, 6)
    assert RunRule.TREND not in signals(1, 2, 2, 3, 4, 1, *rest)


def test_a_run_of_seven_among_ten_useful_points_is_long() -> None:
    """The limit for ten is round(log2(10) + 3) = 6."""
    found = rules(1, 1, 2, 3, 3, 9, 9, 9, 9, 9, 9, 9, 2, 2)
    assert found.longest_run_limit == 7
    assert RunRule.LONG_RUN not in {signal.rule for signal in found.signals}
    longer = rules(*(1, 2) * 4, *(9, 8) * 4)
    assert (longer.longest_run, longer.longest_run_limit, longer.n_crossings) == (8, 7, 1)
    assert [signal.rule for signal in longer.signals].count(RunRule.LONG_RUN) == 2


@pytest.mark.parametrize(
    ("n_useful", "fewest"), [(10, 2), (11, 2), (12, 3), (20, 6), (24, 8), (30, 10)]
)
def test_the_least_crossings_are_those_of_the_binomial_quantile(n_useful: int, fewest: int) -> None:
    """As tabulated for Anhøj's rules: qbinom(0.05, n - 1, 0.5)."""
    assert fewest_crossings(n_useful) == fewest


def test_long_series_are_judged_by_limits_that_grow() -> None:
    """Six in a row and a trend of five among 24 chats are chance; among 20 they are told."""
    few = (1, 2, 3, 4, 5, 4, 9, 8, 9, 8, 9, 8, *(1, 9) * 4)
    assert set(signals(*few)) == {RunRule.SHIFT, RunRule.TREND}
    assert rules(*few, 1, 9, 1, 9).signals == ()
    assert {one.rule for one in all_signals([Fraction(n, 9) for n in (*few, 1, 9, 1, 9)])} == {
        RunRule.SHIFT,
        RunRule.TREND,
    }


@pytest.mark.parametrize("n", [12, 20, 24])
def test_what_chance_alone_gives_is_what_the_benchmark_measures(n: int) -> None:
    """On 2,000 invented series in which nothing changes; the report prints it beside signals."""
    script = Path(__file__).parents[2] / "benchmarks" / "run_chart_alarms.py"
    _, reported, _ = runpy.run_path(str(script))["rates"](n)
    assert ALARMS[n] == pytest.approx(reported, abs=1e-3)
    assert rules(*range(n)).by_chance == ALARMS[n]
