"""The coefficients by name, each as a function of sums over clusters."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from secondcoder.agreement.alpha import alpha_estimate
from secondcoder.agreement.chance import (
    ac1_estimate,
    brennan_prediger_estimate,
    conger_estimate,
    fleiss_estimate,
    percent_estimate,
)
from secondcoder.agreement.estimates import Estimate
from secondcoder.agreement.ratings import Ratings
from secondcoder.agreement.sets import exact_match_estimate, set_alpha_estimate
from secondcoder.agreement.two_coders import cohen_estimate, scott_estimate
from secondcoder.errors import InputError

COEFFICIENTS: Mapping[str, Callable[[Ratings], Estimate]] = MappingProxyType({
    "krippendorff_alpha": alpha_estimate,
    "percent_agreement": percent_estimate,
    "cohen_kappa": cohen_estimate,
    "scott_pi": scott_estimate,
    "fleiss_kappa": fleiss_estimate,
    "conger_kappa": conger_estimate,
    "brennan_prediger": brennan_prediger_estimate,
    "gwet_ac1": ac1_estimate,
    "set_alpha": set_alpha_estimate,
    "exact_match": exact_match_estimate,
})
"""Nominal, and with MASI distance where ratings are sets."""


def estimate(name: str, ratings: Ratings) -> Estimate:
    """Return the coefficient of that name on ratings that were read.

    Args:
        name: One of `COEFFICIENTS`, the name of the public function.
        ratings: From `read_ratings`, or `read_sets` where ratings are sets of themes.

    Raises:
        InputError: If there is no such coefficient.

    >>> from secondcoder.agreement.ratings import read_ratings
    >>> estimate("percent_agreement", read_ratings(["ab", "aa"])).result().value
    0.5
    """
    if name not in COEFFICIENTS:
        raise InputError(f"there is no coefficient '{name}'; choose from {', '.join(COEFFICIENTS)}")
    return COEFFICIENTS[name](ratings)
