"""Handing over: confidence is calibrated, and posts that are too unsure go to people."""

from typing import NamedTuple

from secondcoder.schema.calibration import IsotonicCurve, PlattCurve
from secondcoder.schema.codings import Abstention, Coding, PostCodings, Quoted


class Bar(NamedTuple):
    """What a post has to reach to stay with its coder, and what confidence is worth."""

    abstain_below: float | None
    """As the coder gives confidence; None: every post stays."""
    why: str
    """What the bar was chosen for, in words."""
    curve: PlattCurve | IsotonicCurve | None = None
    """From confidence to chance; None: confidence stays as it is."""

    def apply(self, coded: PostCodings) -> PostCodings:
        """Return the post with calibrated confidence, or handed to people.

        A post is as sure as the least sure of its quotes; one without any confidence is not sure
        enough for any bar. Posts that were not quoted stay as they are.
        """
        if not isinstance(coded.outcome, Quoted):
            return coded
        known = [each.confidence for each in coded.codings if each.confidence is not None]
        if self.abstain_below is not None:
            if not known:
                note = (
                    f"no confidence was given, and {self.abstain_below:.2f} is the least {self.why}"
                )
                return coded.model_copy(update={"outcome": Abstention(note=note)})
            if min(known) < self.abstain_below:
                return coded.model_copy(update={"outcome": self._abstention(min(known))})
        codings = tuple(self._calibrated(each) for each in coded.codings)
        return coded.model_copy(update={"outcome": Quoted(codings=codings)})

    def _abstention(self, confidence: float) -> Abstention:
        chance = confidence if self.curve is None else self.curve.chance(confidence)
        least = f"{self.abstain_below:.2f}, the least {self.why}"
        note = f"confidence {confidence:.2f} is below {least}"
        return Abstention(note=note, confidence=chance)

    def _calibrated(self, coding: Coding) -> Coding:
        if self.curve is None or coding.confidence is None:
            return coding
        chance = self.curve.chance(coding.confidence)
        return coding.model_copy(update={"confidence": chance, "raw_confidence": coding.confidence})
