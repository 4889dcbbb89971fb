"""A coder's confidence beside people's codings: curve, reliability, coverage, threshold."""

from typing import NamedTuple

import numpy as np

from secondcoder.agreement.coverage import choose_threshold, coverage_curve
from secondcoder.agreement.curves import N_FOLDS, cross_fitted, fit_curve, folds_of
from secondcoder.agreement.judgements import Judged
from secondcoder.agreement.reliability import reliability
from secondcoder.schema.calibration import (
    AbstentionThreshold,
    CoveragePoint,
    CurveMethod,
    IsotonicCurve,
    PlattCurve,
    Reliability,
    Target,
)
from secondcoder.schema.statistics import IntervalOptions, Undefined


class Confidence(NamedTuple):
    """What people's codings say about a coder's confidence."""

    n_judgements: int
    n_right: int
    n_folds: int
    curve: PlattCurve | IsotonicCurve | Undefined
    as_given: Reliability
    calibrated: Reliability | Undefined
    coverage: tuple[CoveragePoint, ...]
    threshold: AbstentionThreshold | Undefined | None


def weigh_confidence(
    judged: Judged, options: IntervalOptions, *, method: CurveMethod, target: Target | None
) -> Confidence:
    """Return the figures.

    Args:
        judged: The coder's quotes and posts beside people's.
        options: How intervals are made; the seed deals posts into folds, too.
        method: Of the curve.
        target: What a threshold is to reach; None: none is chosen.
    """
    posts = [each.post_id for each in judged.judgements]
    given = np.array([each.confidence for each in judged.judgements], np.float64)
    right = np.array([each.is_right for each in judged.judgements], np.bool_)
    fold_of = dict(
        zip(judged.post_ids, folds_of(judged.post_ids, options.seed).tolist(), strict=True)
    )
    folds = np.array([fold_of[post_id] for post_id in posts], np.int64)
    curve = fit_curve(given, right, method)
    chances = cross_fitted(given, right, folds, method)
    threshold = None
    if target is not None:
        of_posts = np.array([fold_of[post_id] for post_id in judged.post_ids], np.int64)
        threshold = choose_threshold(judged.kept, target, of_posts, curve, options)
    return Confidence(
        n_judgements=len(posts),
        n_right=int(right.sum()),
        n_folds=N_FOLDS,
        curve=curve,
        as_given=reliability(given, right, clusters=posts, interval=options),
        calibrated=chances
        if isinstance(chances, Undefined)
        else reliability(chances, right, clusters=posts, interval=options),
        coverage=coverage_curve(judged.kept, options),
        threshold=threshold,
    )
