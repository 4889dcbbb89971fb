"""A calibration in sentences: what was compared, what confidence is worth, what may be kept."""

from secondcoder.reporting.agreement_wording import number
from secondcoder.reporting.wording import count, joined
from secondcoder.schema.calibration import (
    AbstentionThreshold,
    Calibration,
    IsotonicCurve,
    PlattCurve,
)
from secondcoder.schema.statistics import Undefined


def compared(found: Calibration) -> list[str]:
    """Return what was laid beside what."""
    said = [
        f"{found.coder} quoted or left to people {count(found.n_posts, 'post')} that "
        f"{joined(list(found.people))} coded; on {found.n_kept:,} it gave a confidence.",
        f"{count(found.n_judgements, 'judgement')}: a quote with a confidence is right where a "
        f"person gave the same words every theme it has; {found.n_right:,} are "
        f"({_percent(found.n_right / found.n_judgements)}).",
    ]
    if found.n_left_out:
        said.append(
            f"{count(found.n_left_out, 'post')} it left out have no confidence and are not "
            f"counted; a person quoted {found.n_left_out_quoted:,} of them."
        )
    return said


def worth(found: Calibration) -> list[str]:
    """Return how near confidences are to the share that is right, as given and calibrated."""
    given = found.as_given
    said = [f"As given: Brier score {number(given.brier)}, ECE {number(given.ece)}."]
    if isinstance(found.calibrated, Undefined):
        said.append(f"Calibrated: no figures, since {found.calibrated.reason}.")
    else:
        after = found.calibrated
        said.append(
            f"Calibrated, each post by a curve that has not seen it: Brier score "
            f"{number(after.brier)}, ECE {number(after.ece)}."
        )
    said.append(_curve(found))
    if found.is_better is False:
        said.append("The curve brings no gain here: the confidence as given is as near.")
    return said


def kept(found: Calibration) -> list[str]:
    """Return which posts the coder may keep for the target."""
    threshold = found.threshold
    if threshold is None:
        return ["No target was given; --target alpha=.8 chooses a threshold."]
    if isinstance(threshold, Undefined):
        return [f"No {threshold.name}: {threshold.reason}."]
    return [_threshold(threshold)]


def _threshold(threshold: AbstentionThreshold) -> str:
    name = threshold.target.name
    chance = "" if threshold.chance is None else f" (a chance of {threshold.chance:.2f})"
    said = (
        f"For {threshold.target.words}: code the surest {_percent(threshold.coverage)}, of "
        f"confidence "
        f"{threshold.abstain_below:.2f}{chance} and more, at {name} {number(threshold.reached)}; "
        f"give people the rest. On posts that had no part in the choice: "
        f"{_percent(threshold.held_out_coverage)} at {name} {number(threshold.held_out)}."
    )
    held_out = threshold.held_out.value
    if held_out is not None and held_out < threshold.target.value:
        said += " Expect less than the target of new posts."
    return said


def _curve(found: Calibration) -> str:
    match found.curve:
        case PlattCurve(intercept=intercept, slope=slope):
            said = f"Curve: chance = 1 / (1 + exp(-({intercept:.3f} + {slope:.3f} * confidence)))."
            if slope <= 0:
                said += " It does not rise: this confidence does not tell right from wrong."
            return said
        case IsotonicCurve(confidences=confidences):
            return f"Curve: isotonic, {count(len(confidences), 'point')}."
        case Undefined(reason=reason):
            return f"No curve: {reason}."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
