"""What a run used, put together from its decisions and its requests."""

from secondcoder.coding.monitor import Monitor
from secondcoder.schema.runs import Usage


def test_requests_without_a_decision_are_added_and_nothing_is_lost() -> None:
    """Which replies were of no use only decisions tell; a small request is counted once."""
    monitor = Monitor()
    decided = Usage(n_requests=2, n_reused=1, n_unusable=1, prompt_tokens=20, cost_usd=0.5)
    for tally, n in ((monitor.total, 3), (monitor.pings, 1)):
        for _ in range(n):
            tally.sent(has_price=True)
            tally.used(10, 0, 0, 0.25)
    told = decided.model_copy(update={"n_requests": 3, "prompt_tokens": 30, "cost_usd": 0.75})
    assert monitor.complete(decided) == told
    undecided = Usage(n_requests=1, n_reused=1, n_unusable=1, prompt_tokens=10, cost_usd=0.25)
    assert monitor.complete(undecided) == told
    by_workers = Usage(n_requests=9, cost_usd=2.0)
    assert monitor.complete(by_workers).n_requests == 10
