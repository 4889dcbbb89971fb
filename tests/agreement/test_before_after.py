"""A coder's agreement with people before and after a change."""

from secondcoder.agreement.before_after import before_after
from secondcoder.schema.statistics import Interval, IntervalOptions, Statistic


def test_an_interval_holds_no_agreement_beyond_full() -> None:
    """Few clusters get t intervals, which know nothing of where a score ends."""
    people = [{"a"}, {"b"}] * 6
    before = [{"b"}, *people[1:]]
    after = [*people[:-1], {"a"}]
    clusters = [f"author {n}" for n in range(12)]
    found = before_after(people, before, after, clusters=clusters, interval=IntervalOptions())
    assert [score.name for score in found] == ["F1", "alpha"]
    for score in found:
        for side in (score.before, score.after):
            assert isinstance(side, Statistic)
            assert isinstance(side.interval, Interval)
            assert side.interval.low < side.value < 1.0
            assert side.interval.high == 1.0


def test_a_difference_may_be_as_wide_as_two_scores_are() -> None:
    """From no agreement to full: the difference is not cut at where one score would be."""
    people = [{"a"}] * 6
    after = [{"a"}] * 4 + [{"b"}] * 2
    found = before_after(
        people, [{"b"}] * 6, after, clusters=[*"uvwxyz"], interval=IntervalOptions()
    )
    difference = found[0].difference
    assert isinstance(difference, Statistic)
    assert isinstance(difference.interval, Interval)
    assert 0 < difference.interval.low < difference.value < difference.interval.high <= 1
