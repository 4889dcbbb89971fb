"""The rule that leaves a theme to a model, has a person check it, or keeps it for people."""

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from secondcoder.schema.model_beside_people import Delegation, DelegationRule

Vector = NDArray[np.float64]


class Bounds(NamedTuple):
    """What the rule looks at, one entry per sample; NaN decides nothing. Shapes: (n_samples,)."""

    people_high: Vector
    """Upper bound of people's agreement with each other."""
    model_low: Vector
    """Lower bound of the model's agreement with people."""
    model_high: Vector
    difference_low: Vector
    """Lower bound of the model's agreement less people's."""
    difference_high: Vector
    recall_low: Vector
    recall_high: Vector
    n_given: Vector
    """Posts that at least one person gave the theme."""
    n_positives: Vector
    """Posts that most people gave the theme."""


class Decisions(NamedTuple):
    """What the rule says of each sample; all False is undecided. Shapes: (n_samples,)."""

    no_standard: NDArray[np.bool_]
    """People do not agree enough to measure a model against."""
    misses: NDArray[np.bool_]
    """The model misses more than checking its finds could restore."""
    alone: NDArray[np.bool_]
    checked: NDArray[np.bool_]
    """It finds what people find; whether it may go unchecked is not shown, or is ruled out."""
    never_alone: NDArray[np.bool_]
    """Checking is needed for good: the model is shown to agree less than the rule asks."""

    @property
    def settled(self) -> NDArray[np.bool_]:
        """Return which samples more posts would hardly change."""
        return self.no_standard | self.misses | self.alone | self.never_alone

    def first(self) -> Delegation:
        """Return the decision on the first sample."""
        if self.no_standard[0] or self.misses[0]:
            return Delegation.PEOPLE
        if self.alone[0]:
            return Delegation.MODEL
        return Delegation.CHECKED if self.checked[0] else Delegation.UNDECIDED


def decide(bounds: Bounds, rule: DelegationRule) -> Decisions:
    """Return what the rule says.

    1. *People*: at least `min_positives` posts were given the theme by some person, and the upper
       bound of people's agreement lies below `min_agreement`; or most people gave it to as many
       posts, and the upper bound of the model's recall on these lies below `min_recall`.
    2. Otherwise, with `min_positives` such posts and a lower bound of recall of `min_recall` or
       more: *model alone* where the lower bound of its agreement with people reaches
       `min_agreement` and the lower bound of the difference reaches -`margin`; else *with a person
       checking*, who takes back what was given wrongly.
    3. Otherwise *undecided*.
    """
    seen = bounds.n_positives >= rule.min_positives
    low_ceiling = bounds.people_high < rule.min_agreement
    no_standard = (bounds.n_given >= rule.min_positives) & low_ceiling
    misses = ~no_standard & seen & (bounds.recall_high < rule.min_recall)
    finds = ~no_standard & seen & (bounds.recall_low >= rule.min_recall)
    near = bounds.difference_low >= -rule.margin
    alone = finds & near & (bounds.model_low >= rule.min_agreement)
    far = bounds.difference_high < -rule.margin
    never_alone = finds & (far | (bounds.model_high < rule.min_agreement))
    return Decisions(no_standard, misses, alone, finds & ~alone, never_alone)


def wilson(n_found: Vector, n: Vector, level: float) -> tuple[Vector, Vector]:
    """Return the interval of a share; NaN where n is 0. It has a width at 0 and 1 too.

    Source: Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference;
    recommended by Brown, Cai & DasGupta (2001), Interval Estimation for a Binomial Proportion.

    >>> low, high = wilson(np.array([10.0]), np.array([10.0]), 0.95)
    >>> round(float(low[0]), 4), float(high[0])
    (0.7225, 1.0)
    """
    z = normal_quantile(level)
    some = np.where(n > 0, n, math.nan)
    share = n_found / some
    middle = (share + z**2 / (2 * some)) / (1 + z**2 / some)
    reach = z / (1 + z**2 / some) * np.sqrt(share * (1 - share) / some + z**2 / (4 * some**2))
    # Rounding alone would keep a bound from 0 or 1.
    return (
        np.where(share == 0, 0.0, np.maximum(0.0, middle - reach)),
        np.where(share == 1, 1.0, np.minimum(1.0, middle + reach)),
    )


def normal_quantile(level: float) -> float:
    """Return how many standard errors a two-sided interval reaches.

    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    return NormalDist().inv_cdf((1 + level) / 2)
