"""Ways to correct a model's share of posts by a sample that people coded.

Each gives a value and what each post adds to the value's error; the variance is the sum of squares
of these over posts, or over clusters of posts. `prevalence` names the sources.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from secondcoder.errors import InputError

PrevalenceMethod = Literal["dsl", "ppi", "ppi++", "rogan-gladen", "naive"]
"""How a model's errors are corrected; `naive` is not at all."""

Vector = NDArray[np.float64]

SAME = 1e-12
"""Numbers closer than this are equal but for rounding."""


@dataclass(frozen=True, eq=False)
class Sample:
    """All posts by the model, some of them by people."""

    model: Vector
    """Shape: (n_posts,)."""
    people: Vector
    """NaN where people did not code the post."""
    labelled: NDArray[np.bool_]
    weights: Vector
    """One over the sampling probability of a labelled post, 0 for the others."""
    is_simple: bool
    """Every labelled post had the same probability."""


class Corrected(NamedTuple):
    """A value, and what each post adds to its error."""

    value: float
    errors: Vector
    """Shape: (n_posts,)."""
    is_sample_variance: bool
    """Its published variance divides by n - 1 clusters."""


class NoValue(NamedTuple):
    """Why a method gives no value."""

    text: str


def correct(sample: Sample, method: PrevalenceMethod) -> Corrected | NoValue:
    """Return the corrected share, or why there is none.

    >>> people = np.array([1.0, 0.0, np.nan, np.nan])
    >>> labelled = ~np.isnan(people)
    >>> sample = Sample(np.array([1.0, 1, 1, 0]), people, labelled, labelled * 2.0, is_simple=True)
    >>> correct(sample, "dsl").value
    0.25
    """
    if not len(sample.model):
        return NoValue("there are no posts")
    if method == "naive":
        value = float(sample.model.mean())
        errors = (sample.model - value) / len(sample.model)
        return Corrected(value, errors, is_sample_variance=True)
    if not sample.labelled.any():
        return NoValue("people coded no post, so the model's errors are not known")
    if method == "dsl":
        return _dsl(sample)
    if method == "rogan-gladen":
        return _rogan_gladen(sample)
    return _ppi(sample, is_tuned=method == "ppi++")


def _dsl(sample: Sample) -> Corrected:
    missed = np.where(sample.labelled, sample.people - sample.model, 0.0)
    outcome = sample.model + sample.weights * missed
    value = float(outcome.mean())
    return Corrected(value, (outcome - value) / len(outcome), is_sample_variance=True)


def _ppi(sample: Sample, *, is_tuned: bool) -> Corrected | NoValue:
    if not sample.is_simple:
        raise InputError(
            "ppi and ppi++ need a simple random sample, and these sampling probabilities differ; "
            "use method 'dsl'"
        )
    labelled, n_posts = sample.labelled, len(sample.labelled)
    n, n_others = int(labelled.sum()), int((~labelled).sum())
    by_people, by_model = sample.people[labelled], sample.model[labelled]
    if not n_others:
        # Nothing is left to predict: the mean of what people say.
        value = float(by_people.mean())
        return Corrected(value, (sample.people - value) / n, is_sample_variance=False)
    weight = 1.0
    if is_tuned:
        spread = float(np.var(sample.model, ddof=1)) if n_posts > 1 else 0.0
        shared = float(np.mean((by_people - by_people.mean()) * (by_model - by_model.mean())))
        # A model that says the same of all posts adds nothing, whatever its weight.
        weight = min(1.0, max(0.0, shared / ((1 + n / n_others) * spread))) if spread else 0.0
    others = sample.model[~labelled]
    missed = by_people - weight * by_model
    errors = np.empty(n_posts)
    errors[labelled] = (missed - missed.mean()) / n
    errors[~labelled] = weight * (others - others.mean()) / n_others
    value = float(weight * others.mean() + missed.mean())
    return Corrected(value, errors, is_sample_variance=False)


def _rogan_gladen(sample: Sample) -> Corrected | NoValue:
    if not np.isin(sample.model, (0.0, 1.0)).all():
        raise InputError("rogan-gladen needs the model's ratings as 0 or 1; use method 'dsl'")
    by_people, weights = np.nan_to_num(sample.people), sample.weights
    n_present, n_absent = float(weights @ by_people), float(weights @ (1 - by_people))
    if not n_present or not n_absent:
        what = "with" if not n_present else "without"
        return NoValue(
            f"people coded no post {what} the theme, so the model's errors are not known"
        )
    sensitivity = float(weights @ (by_people * sample.model)) / n_present
    specificity = float(weights @ ((1 - by_people) * (1 - sample.model))) / n_absent
    better = sensitivity + specificity - 1
    if better <= SAME:
        return NoValue(
            f"sensitivity {sensitivity:.2f} and specificity {specificity:.2f} are no better than "
            f"chance, which can't be corrected"
        )
    share = float(sample.model.mean())
    value = (share + specificity - 1) / better
    # The derivatives of the value by share, sensitivity and specificity.
    errors = (sample.model - share) / len(sample.model)
    errors -= value * weights * by_people * (sample.model - sensitivity) / n_present
    errors += (1 - value) * weights * (1 - by_people) * (1 - sample.model - specificity) / n_absent
    return Corrected(value, errors / better, is_sample_variance=True)
