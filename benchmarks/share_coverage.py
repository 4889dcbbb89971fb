"""How often intervals of a theme's share cover the truth, posts being clustered by author.

Authors differ in how often they speak of a theme (beta-distributed, so that two posts of one author
correlate by `RHO`) and in how many posts they write (1 + geometric). Printed per setting: the share
of 95 % intervals that cover the true share, and their mean width. Where a method gives no interval,
the truth counts as not covered; how often that is stands beside.

    python benchmarks/share_coverage.py
"""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np

from secondcoder.agreement import interval
from secondcoder.agreement.share import share
from secondcoder.schema.statistics import Interval, Statistic

RHO = 0.3
N_DRAWS = 2000
AUTHORS = (5, 10, 20, 40)
SHARES = (0.05, 0.2, 0.5)
Counts = Sequence[int]
Ends = tuple[float, float] | None


def by_author(n_with: Counts, n_of: Counts) -> Ends:
    """Return the ends of the report's interval."""
    found = share(n_with, n_of)
    if not isinstance(found, Statistic) or not isinstance(found.interval, Interval):
        return None
    return found.interval.low, found.interval.high


def plain(n_with: Counts, n_of: Counts) -> Ends:
    """Return Wilson's ends, every post an independent witness."""
    n = sum(n_of)
    square, value = NormalDist().inv_cdf(0.975) ** 2, sum(n_with) / n
    middle = (value + square / (2 * n)) / (1 + square / n)
    reach = math.sqrt(square * (value * (1 - value) / n + square / (4 * n**2))) / (1 + square / n)
    return middle - reach, middle + reach


def jackknife(n_with: Counts, n_of: Counts) -> Ends:
    """Return the ends of the interval that `agree` takes below fifty clusters."""
    has, of = np.array(n_with, float), np.array(n_of, float)
    found = interval(
        lambda weights: (weights @ has) / (weights @ of), len(of), "jackknife-t", bounds=(0, 1)
    )
    return (found.low, found.high) if isinstance(found, Interval) else None


METHODS: dict[str, Callable[[Counts, Counts], Ends]] = {
    "Wilson, posts by author": by_author,
    "Wilson, posts alone": plain,
    "jackknife-t by author": jackknife,
}


def main() -> None:
    """Print a row per setting and method."""
    rng = np.random.default_rng(0)
    print("| authors | true share | method | covered | mean width | no interval |")
    print("|---|---|---|---|---|---|")
    for n_authors in AUTHORS:
        for truth in SHARES:
            scale = 1 / RHO - 1
            drawn = []
            for _ in range(N_DRAWS):
                of = rng.geometric(0.5, n_authors)
                has = rng.binomial(of, rng.beta(truth * scale, (1 - truth) * scale, n_authors))
                drawn.append((has.tolist(), of.tolist()))
            for name, method in METHODS.items():
                ends = [method(has, of) for has, of in drawn]
                known = [each for each in ends if each is not None]
                covered = sum(low <= truth <= high for low, high in known) / N_DRAWS
                width = sum(high - low for low, high in known) / max(1, len(known))
                print(
                    f"| {n_authors} | {truth:.2f} | {name} | {covered:.3f} | {width:.2f} "
                    f"| {1 - len(known) / N_DRAWS:.2f} |"
                )


if __name__ == "__main__":
    main()
