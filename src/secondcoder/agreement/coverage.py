"""Coverage and agreement: what is reached when a coder keeps its surest posts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.estimates import Estimate, IntervalChoice
from secondcoder.agreement.sets import exact_match_estimate, read_sets, set_alpha_estimate
from secondcoder.agreement.unit_table import Rating
from secondcoder.schema.calibration import (
    AbstentionThreshold,
    CoveragePoint,
    IsotonicCurve,
    PlattCurve,
    Target,
)
from secondcoder.schema.statistics import Result, Statistic, Undefined

Bools = NDArray[np.bool_]
Places = NDArray[np.int64]
Floats = NDArray[np.float64]

N_POINTS = 10
MOST_TRIED = 100
"""Thresholds looked at, spread over the posts."""
FEWEST_POSTS = 20
"""Posts a coder must keep for a threshold to be chosen by them. Our choice: agreement on fewer is
mostly luck, and a search finds the luckiest."""


@dataclass(frozen=True, eq=False)
class Kept:
    """Posts a coder could keep. A dataclass: it holds arrays, and nothing of it is stored."""

    confidence: Floats
    """The least of the post's quotes; NaN where the coder gave none. Shape: (n_posts,)."""
    n_all: int
    """Posts of which coverage is a share: those it left to people or failed on besides."""
    posts: Places
    """The post of each rating. Shape: (n_ratings,)."""
    coder: tuple[Rating, ...]
    """The themes the coder gave the post, once per person. Shape: (n_ratings,)."""
    people: tuple[Rating, ...]
    """The themes a person gave it. Shape: (n_ratings,)."""

    def above(self, threshold: float) -> Bools:
        """Return which posts are kept: of this confidence or more. Shape: (n_posts,)."""
        return self.confidence >= threshold

    def estimate(self, kept: Bools, name: str) -> Estimate:
        """Return the agreement on the kept posts.

        Args:
            kept: Shape: (n_posts,).
            name: `alpha` or `exact`.
        """
        places = np.flatnonzero(kept[self.posts])
        rows = [[side[place] for place in places] for side in (self.coder, self.people)]
        ratings = read_sets(rows, clusters=self.posts[places])
        return set_alpha_estimate(ratings) if name == "alpha" else exact_match_estimate(ratings)

    def agreement(self, kept: Bools, name: str, interval: IntervalChoice) -> Result:
        """Return the agreement on the kept posts, with its interval over posts."""
        return self.estimate(kept, name).result(interval)


def coverage_curve(posts: Kept, interval: IntervalChoice) -> tuple[CoveragePoint, ...]:
    """Return agreement at growing coverage, the last point all posts with a confidence.

    Args:
        posts: The posts.
        interval: How intervals are made; None: without.
    """
    return tuple(_point(posts, each, interval) for each in _thresholds(posts.confidence, N_POINTS))


def choose_threshold(
    posts: Kept,
    target: Target,
    folds: Places,
    curve: PlattCurve | IsotonicCurve | Undefined,
    interval: IntervalChoice,
) -> AbstentionThreshold | Undefined:
    """Return the threshold that keeps most posts and reaches the target.

    It is chosen again without each fold and tried on that fold: only these figures are what new
    posts would give.

    Args:
        posts: The posts.
        target: What to reach.
        folds: Fold of each post. Shape: (n_posts,).
        curve: To say the threshold as a chance, too.
        interval: How intervals are made; None: without.
    """
    everyone = np.ones(len(posts.confidence), np.bool_)
    found = _lowest(posts, everyone, target)
    if isinstance(found, Undefined):
        return found
    held_out = np.zeros(len(everyone), np.bool_)
    for fold in np.unique(folds):
        here = folds == fold
        without = _lowest(posts, ~here, target)
        if not isinstance(without, Undefined):
            held_out |= here & posts.above(without)
    kept = posts.above(found)
    return AbstentionThreshold(
        target=target,
        abstain_below=found,
        chance=None if isinstance(curve, Undefined) else curve.chance(found),
        coverage=int(kept.sum()) / posts.n_all,
        reached=posts.agreement(kept, target.name, interval),
        held_out=posts.agreement(held_out, target.name, interval),
        held_out_coverage=int(held_out.sum()) / posts.n_all,
    )


def _point(posts: Kept, threshold: float, interval: IntervalChoice) -> CoveragePoint:
    kept = posts.above(threshold)
    return CoveragePoint(
        abstain_below=threshold,
        coverage=int(kept.sum()) / posts.n_all,
        n_posts=int(kept.sum()),
        alpha=posts.agreement(kept, "alpha", interval),
        exact=posts.agreement(kept, "exact", interval),
    )


def _lowest(posts: Kept, among: Bools, target: Target) -> float | Undefined:
    """Return the lowest threshold that reaches the target on some of the posts."""
    best: tuple[float, int] | None = None
    known = posts.confidence[among & ~np.isnan(posts.confidence)]
    for threshold in reversed(_thresholds(known, MOST_TRIED)):
        kept = among & posts.above(threshold)
        if int(kept.sum()) < FEWEST_POSTS:
            break
        reached = posts.agreement(kept, target.name, None)
        if isinstance(reached, Statistic):
            if reached.value >= target.value:
                return threshold
            best = max(best or (-np.inf, 0), (reached.value, int(kept.sum())))
    name = f"threshold for {target.words}"
    if best is None:
        reason = (
            f"{len(known)} posts have a confidence and people's themes; at least {FEWEST_POSTS} "
            f"are needed, with themes that differ"
        )
        return Undefined(name=name, reason=reason, n_units=len(known))
    reason = (
        f"no share of the posts reaches it; the best is {best[0]:.2f}, on {best[1]} of "
        f"{len(known)} posts"
    )
    return Undefined(name=name, reason=reason, n_units=len(known))


def _thresholds(confidence: Floats, most: int) -> list[float]:
    """Return thresholds that keep growing shares of the posts, highest first.

    Args:
        confidence: Shape: (n_posts,); NaN is left aside.
        most: How many at most.
    """
    known = np.sort(confidence[~np.isnan(confidence)])[::-1]
    if not len(known):
        return []
    ends = np.ceil(np.arange(1, most + 1) / most * len(known)).astype(int) - 1
    return sorted(set(known[ends].tolist()), reverse=True)
