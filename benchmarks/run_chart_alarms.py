"""How often a run chart of nothing but chance gives a signal, by rule and number of points.

Each chat has 40 posts on a question, of which a theme's share is 0.2 throughout; authors write one
post each. Printed: the share of series in which each rule is met, in which any of those that the
report applies is, and in which any would be if all were applied at every length. Then the same
where the share rises to 0.4 halfway: how often a change that is there is seen.

    python benchmarks/run_chart_alarms.py
"""

from fractions import Fraction

import numpy as np

from secondcoder.agreement.run_chart import all_signals, run_chart
from secondcoder.schema.chats_over_time import RunRule, RunRules

N_SERIES = 2000
POINTS = (*range(10, 21), 24, 30, 50, 100)
N_POSTS, SHARE, LATER = 40, 0.2, 0.4


def main() -> None:
    """Print a row per length, without a change and with one."""
    names = " | ".join(rule.value for rule in RunRule)
    print(f"| change | chats | {names} | as reported | all rules always |")
    print("|---|---|" + "---|" * (len(RunRule) + 2))
    for later in (SHARE, LATER):
        for n in POINTS:
            rules, reported, ever = rates(n, later)
            cells = " | ".join(f"{rate:.3f}" for rate in (*rules.values(), reported, ever))
            print(f"| {'none' if later == SHARE else f'{SHARE} to {later}'} | {n} | {cells} |")


def rates(n: int, later: float = SHARE) -> tuple[dict[RunRule, float], float, float]:
    """Return how often series meet each rule, one of those reported, and any at all.

    Args:
        n: Chats in a series; its seed, too, so that a length can be measured alone.
        later: The share from halfway on.
    """
    rng = np.random.default_rng(n)
    shares = np.where(np.arange(n) < n // 2, SHARE, later)
    seen = dict.fromkeys(RunRule, 0)
    reported = ever = 0
    for _ in range(N_SERIES):
        values = [Fraction(int(k), N_POSTS) for k in rng.binomial(N_POSTS, shares)]
        found = run_chart(values).rules
        met = {signal.rule for signal in all_signals(values)}
        for rule in met:
            seen[rule] += 1
        ever += bool(met)
        reported += isinstance(found, RunRules) and bool(found.signals)
    rules = {rule: times / N_SERIES for rule, times in seen.items()}
    return rules, reported / N_SERIES, ever / N_SERIES


if __name__ == "__main__":
    main()
