"""How far a coder's confidence can be believed, and which posts it may keep."""

import math
from bisect import bisect_right
from typing import Annotated, Literal

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.record import Record
from secondcoder.schema.statistics import Result, Undefined

CurveMethod = Literal["auto", "isotonic", "platt"]
"""How confidence becomes a chance; `auto` is by the number of judgements."""
TargetName = Literal["alpha", "exact"]
"""What the kept posts have to reach: alpha of their sets of themes, or the share that is equal."""


class PlattCurve(Record):
    """chance = 1 / (1 + exp(-(intercept + slope * confidence))): two numbers, for small samples."""

    kind: Literal["platt"] = "platt"
    intercept: float
    slope: float

    def chance(self, confidence: float) -> float:
        """Return the chance that a coding of this confidence is right.

        >>> PlattCurve(intercept=-2, slope=4).chance(0.5)
        0.5
        """
        return 1 / (1 + math.exp(-(self.intercept + self.slope * confidence)))


class IsotonicCurve(Record):
    """Rises with confidence and is otherwise free: straight lines between points."""

    kind: Literal["isotonic"] = "isotonic"
    confidences: tuple[float, ...] = Field(min_length=1, description="Rising.")
    chances: tuple[float, ...] = Field(min_length=1, description="Never falling; as many.")

    def chance(self, confidence: float) -> float:
        """Return the chance that a coding of this confidence is right.

        >>> round(IsotonicCurve(confidences=(0.2, 0.6), chances=(0.1, 0.5)).chance(0.4), 9)
        0.3
        """
        xs, ys = self.confidences, self.chances
        place = bisect_right(xs, confidence)
        if place == 0 or place == len(xs):
            return ys[0] if place == 0 else ys[-1]
        share = (confidence - xs[place - 1]) / (xs[place] - xs[place - 1])
        return ys[place - 1] + share * (ys[place] - ys[place - 1])


Curve = Annotated[PlattCurve | IsotonicCurve | Undefined, Field(discriminator="kind")]
"""From confidence to chance, or why there is none."""


class ReliabilityBin(Record):
    """Judgements of like confidence, and how many of them are right."""

    n: int = Field(ge=1, description="Judgements.")
    low: float = Field(description="Least confidence in the bin.")
    high: float = Field(description="Greatest confidence in the bin.")
    mean_confidence: float
    share_right: Result


class Reliability(Record):
    """How near confidences are to the share that is right."""

    bins: tuple[ReliabilityBin, ...] = Field(description="Equally many judgements each, about.")
    brier: Result = Field(description="Mean squared distance of confidence from right or wrong.")
    ece: Result = Field(description="Mean distance of bins; never below 0, so too high on average.")


class CoveragePoint(Record):
    """What is reached when a coder keeps its surest posts and people get the rest."""

    abstain_below: float = Field(description="Posts of less confidence go to people.")
    coverage: float = Field(ge=0, le=1, description="Share of the posts that the coder keeps.")
    n_posts: int = Field(ge=0, description="Posts it keeps.")
    alpha: Result = Field(description="Of sets of themes (MASI), the coder and people.")
    exact: Result = Field(description="Share of kept posts with the same themes.")


class Target(Record):
    """What the kept posts have to reach."""

    name: TargetName = "alpha"
    value: float = Field(gt=0, le=1)

    @property
    def words(self) -> str:
        """Return the target as it is written on the command line.

        >>> Target(value=0.8).words
        'alpha=0.8'
        """
        return f"{self.name}={self.value:g}"


class AbstentionThreshold(Record):
    """The least confidence that reaches a target."""

    kind: Literal["threshold"] = "threshold"
    target: Target
    abstain_below: float = Field(description="As the coder gives confidence.")
    chance: float | None = Field(description="The same, calibrated; None: no curve.")
    coverage: float = Field(ge=0, le=1)
    reached: Result = Field(description="On the posts it was chosen by: the best of many.")
    held_out: Result = Field(
        description="On posts that had no part in the choice: what to expect of new ones."
    )
    held_out_coverage: float = Field(ge=0, le=1)


Threshold = Annotated[AbstentionThreshold | Undefined, Field(discriminator="kind")]


class Calibration(Record):
    """A coder's confidence beside what people gave the same posts."""

    kind: Literal["calibration"] = "calibration"
    title: str
    coder: Identifier
    people: tuple[Identifier, ...]
    codebook_sha256: str
    prompt_sha256: str | None = None
    secondcoder_version: str
    seed: int
    level: float = Field(gt=0, lt=1, description="Of all intervals.")
    n_posts: int = Field(
        ge=0, description="Posts the coder quoted or left to people, and people coded."
    )
    n_kept: int = Field(ge=0, description="Of these, posts the coder quoted with a confidence.")
    n_left_out: int = Field(ge=0, description="Posts it left out: no confidence, and not counted.")
    n_left_out_quoted: int = Field(ge=0, description="Of those, posts a person quoted.")
    n_judgements: int = Field(ge=0, description="Quotes with a confidence, once per person.")
    n_right: int = Field(ge=0)
    n_folds: int = Field(ge=2, description="Of the cross-fitting; a post is in one fold.")
    curve: Curve
    as_given: Reliability = Field(description="Of the confidence as the coder gives it.")
    calibrated: Reliability | Undefined = Field(
        description="Of the calibrated one, each judged by a curve that has not seen its post."
    )
    coverage: tuple[CoveragePoint, ...] = Field(description="From few posts to all.")
    threshold: Threshold | None = Field(default=None, description="None: no target was given.")
    notes: tuple[str, ...] = ()

    @property
    def is_better(self) -> bool | None:
        """Return whether the calibrated confidence is nearer; None where one is not known."""
        if isinstance(self.calibrated, Undefined):
            return None
        before, after = self.as_given.brier.value, self.calibrated.brier.value
        return None if before is None or after is None else after < before
