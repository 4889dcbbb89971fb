"""A calibration as one HTML file that asks the network for nothing: two charts and their tables."""

from typing import NamedTuple

from secondcoder.reporting import calibration_wording as wording
from secondcoder.reporting.agreement_wording import number
from secondcoder.reporting.pages import page
from secondcoder.schema.calibration import Calibration, Reliability
from secondcoder.schema.statistics import Interval, Result, Undefined

SIDE = 200
"""Length of a chart's axes; both run from 0 to 1."""


class Mark(NamedTuple):
    """A point of a chart with its interval, in the chart's own units."""

    x: float
    y: float
    low: float
    high: float
    words: str


def calibration_html(found: Calibration) -> str:
    """Return the page: what confidence is worth, and what is reached at which coverage.

    Names are escaped; the page's policy forbids scripts and every request.
    """
    reliabilities = [("As given", found.as_given)]
    if not isinstance(found.calibrated, Undefined):
        reliabilities.append(("Calibrated, cross-fitted", found.calibrated))
    return page(
        "calibration.html.jinja",
        ("report.css", "calibration.css"),
        {
            "found": found,
            "compared": wording.compared(found),
            "worth": wording.worth(found),
            "kept": wording.kept(found),
            "reliabilities": [
                (title, each, reliability_marks(each)) for title, each in reliabilities
            ],
            "coverage": coverage_marks(found),
            "side": SIDE,
        },
        filters={"figure": number},
    )


def reliability_marks(reliability: Reliability) -> list[Mark]:
    """Return a point per bin: confidence across, the share that is right upwards."""
    return [
        mark
        for each in reliability.bins
        if (mark := _mark(each.mean_confidence, each.share_right)) is not None
    ]


def coverage_marks(found: Calibration) -> list[Mark]:
    """Return a point per coverage with its alpha upwards; below 0 is drawn at 0."""
    return [
        mark for each in found.coverage if (mark := _mark(each.coverage, each.alpha)) is not None
    ]


def _mark(across: float, upwards: Result) -> Mark | None:
    """Return the point; None where there is no value."""
    if isinstance(upwards, Undefined):
        return None
    interval = upwards.interval
    low, high = upwards.value, upwards.value
    if isinstance(interval, Interval):
        low, high = interval.low, interval.high
    words = f"{across:.2f}: {number(upwards)}"
    return Mark(across * SIDE, _height(upwards.value), _height(low), _height(high), words)


def _height(value: float) -> float:
    return SIDE * (1 - min(1.0, max(0.0, value)))
