"""How many more posts to double-code until the rule of delegation decides, by simulation."""

import numpy as np

from secondcoder.agreement.delegation_rule import Bounds, Vector, decide, normal_quantile, wilson
from secondcoder.agreement.double_coded import N_UNSEEN, DoubleCoded
from secondcoder.schema.model_beside_people import DelegationRule
from secondcoder.schema.statistics import IntervalOptions

POWER = 0.8
"""Share of simulated samples that must decide: the usual power (Cohen 1988, Statistical Power
Analysis for the Behavioral Sciences)."""

N_SIMULATIONS = 200
"""Samples drawn of each size: a share of 0.8 is known to about 0.03."""

_FIRST, _GROWTH = 5, 1.25
"""Sizes tried: 5 more posts, then a quarter more each time; halved between the last two."""

_NO_SPREAD = 1e-12


def n_more_posts(
    sample: DoubleCoded, rule: DelegationRule, options: IntervalOptions, max_more: int
) -> int | None:
    """Return the smallest number of further posts with which 80 % of samples decide.

    Larger samples are drawn with replacement from the posts at hand: what is looked for is as
    common, and coders are as good, as in these. The intervals of a simulated sample are its value
    plus and minus normal quantiles of the spread between the samples of its size.

    Args:
        sample: The posts at hand; pairs of people and of the model must share posts.
        rule: The rule of delegation.
        options: Level of the intervals, and seed.
        max_more: The largest number to try; None comes back where it does not do.
    """
    # The last posts are the unseen misses; they are drawn never, and looked at where all is well.
    wide = sample.with_unseen

    def does(n_more: int) -> bool:
        bounds = _simulated(wide, sample.n_posts + n_more, options)
        return float(decide(bounds, rule).settled.mean()) >= POWER

    below, size = 0, min(_FIRST, max_more)
    while not does(size):
        if size >= max_more:
            return None
        below, size = size, min(max_more, int(size * _GROWTH) + 1)
    while size - below > max(1, size // 50):
        middle = (below + size) // 2
        below, size = (below, middle) if does(middle) else (middle, size)
    return size


def _simulated(wide: DoubleCoded, n_posts: int, options: IntervalOptions) -> Bounds:
    """Return the bounds of simulated samples of that many posts."""
    kinds = wide.table.of_cluster
    n_kinds = len(wide.table.counts)
    unseen = np.bincount(kinds[-N_UNSEEN:], minlength=n_kinds).astype(float)
    shares = (wide.table.counts - unseen) / (wide.n_posts - N_UNSEEN)
    rng = np.random.default_rng([options.seed, n_posts])
    drawn = rng.multinomial(n_posts, shares, size=N_SIMULATIONS).astype(float)
    values = wide.agreement(drawn)
    worst = wide.agreement((shares * n_posts + unseen)[None, :])
    z = normal_quantile(options.level)
    (_, people_high), (model_low, model_high), (difference_low, difference_high) = (
        _around(value, low, z) for value, low in zip(values, worst, strict=True)
    )
    first_of_kind = np.unique(kinds, return_index=True)[1]
    given, positive, found, _, _ = (drawn @ wide.tallies[first_of_kind]).T
    recall_low, recall_high = wilson(found, positive, options.level)
    return Bounds(
        people_high=people_high,
        model_low=model_low,
        model_high=model_high,
        difference_low=difference_low,
        difference_high=difference_high,
        recall_low=recall_low,
        recall_high=recall_high,
        n_given=given,
        n_positives=positive,
    )


def _around(values: Vector, worst: Vector, z: float) -> tuple[Vector, Vector]:
    defined = values[~np.isnan(values)]
    spread = float(defined.std(ddof=1)) if len(defined) > 1 else 0.0
    if spread < _NO_SPREAD:
        return np.where(np.isnan(values), np.nan, worst[0]), values
    return values - z * spread, values + z * spread
