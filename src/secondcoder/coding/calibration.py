"""Confidence: the chance that the best theme is right, from how far it leads.

One logistic curve over the lead (the best theme's share less the second's). It was chosen over
curves that also see nearness, the number of themes and the number of examples: held-out questions
were predicted no better with them, see docs/decisions/0003-embedded-coder.md.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from secondcoder.schema.similarity import FloatArray

_STEPS = 50
_SMALL = 1e-10


class Calibration(NamedTuple):
    """A logistic curve: confidence = 1 / (1 + exp(-(intercept + slope * lead)))."""

    intercept: float
    slope: float

    def confidence(self, leads: FloatArray) -> FloatArray:
        """Return the chance that the best theme is right. Same shape as `leads`.

        >>> Calibration(0.0, 10.0).confidence(np.array([0.0])).tolist()
        [0.5]
        """
        logits = np.clip(self.intercept + self.slope * leads, -30, 30)
        return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float64)


SHIPPED = Calibration(intercept=-0.667, slope=15.330)
"""Printed by `python -m evals.embedded --calibrate` on part 1 of the QI-hour report."""


def fit_calibration(lead: FloatArray, is_right: NDArray[np.bool_]) -> Calibration:
    """Return the curve that fits outcomes best: logistic regression by Newton's method.

    Outcomes that a lead tells apart without error have no such curve; two made-up outcomes, one of
    each kind at the mean lead, keep the result finite.

    Args:
        lead: Leads of quotes whose themes are known, each weighed without itself. Shape: (n,).
        is_right: Whether the best theme was among the known ones. Shape: (n,).
    """
    middle = float(lead.mean())
    features = np.column_stack([np.ones(len(lead) + 2), np.append(lead, [middle, middle])])
    target = np.append(is_right, [0.0, 1.0])
    curve = np.zeros(2)
    for _ in range(_STEPS):
        chance = Calibration(*curve).confidence(features[:, 1])
        bend = (features * (chance * (1 - chance))[:, None]).T @ features
        step = np.linalg.solve(bend + _SMALL * np.eye(2), features.T @ (chance - target))
        curve = curve - step
        if float(np.abs(step).max()) < _SMALL:
            break
    return Calibration(float(curve[0]), float(curve[1]))
