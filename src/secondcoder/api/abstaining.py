"""Abstaining: what a calibration says is too unsure goes to people."""

from pathlib import Path
from typing import overload

from secondcoder.api.calibrating import name_of, read_calibration
from secondcoder.api.reading import read_codings
from secondcoder.api.sinks import refuse_losing
from secondcoder.coding.handing_over import Bar
from secondcoder.errors import CodingsError, InputError
from secondcoder.schema.calibration import Calibration
from secondcoder.schema.codings import Codings
from secondcoder.schema.readings import Note
from secondcoder.schema.statistics import Undefined
from secondcoder.schema.summaries import CodingsSummary, summarise
from secondcoder.store import files

PathLike = str | Path


@overload
def abstain(
    codings: Codings | PathLike,
    calibration: Calibration | PathLike,
    *,
    below: float | None = ...,
    output: None = ...,
) -> Codings: ...
@overload
def abstain(
    codings: Codings | PathLike,
    calibration: Calibration | PathLike,
    *,
    below: float | None = ...,
    output: PathLike,
) -> CodingsSummary: ...
def abstain(
    codings: Codings | PathLike,
    calibration: Calibration | PathLike,
    *,
    below: float | None = None,
    output: PathLike | None = None,
) -> Codings | CodingsSummary:
    """Return codings with calibrated confidence, unsure posts left to people.

    The codings that were given are not changed; each quote keeps the confidence its coder gave as
    `raw_confidence`, and the run names the calibration.

    Args:
        codings: Of the coder that was calibrated; of the same chat or another.
        calibration: What `calibrate` returned, or its .json.
        below: Posts of less confidence, as the coder gives it, go to people; None: the threshold
            that was chosen for the calibration's target.
        output: File for the codings; then their figures are returned.

    Raises:
        InputError: If the calibration has no threshold and none is given, or is another coder's.
        CodingsError: If the codings were calibrated before.
    """
    known = read_calibration(calibration)
    given = codings if isinstance(codings, Codings) else read_codings(codings)
    run = given.info.run
    if run.coder.id != known.coder:
        raise InputError(
            f"the calibration is of {known.coder}, the codings are of {run.coder.id}; a confidence "
            f"means what its own coder means by it: calibrate {run.coder.id}"
        )
    if any(coding.raw_confidence is not None for coding in given.quotes):
        raise CodingsError("the codings are calibrated already; give them as the coder made them")
    target = Path(output) if output is not None else None
    if target is not None:
        refuse_losing(target, Path(codings) if isinstance(codings, str | Path) else "", run)
    bar = _bar(known, below)
    posts = tuple(bar.apply(coded) for coded in given.posts)
    origin = {"calibration": name_of(known), "abstain_below": bar.abstain_below}
    named = {**run.parameters, **origin}
    if known.threshold is not None and below is None:
        named["abstain_for"] = bar.why
    info = given.info.model_copy(update={"run": run.model_copy(update={"parameters": named})})
    found = given.model_copy(update={"info": info, "posts": posts})
    if target is None:
        return found
    files.write_codings(found, target)
    notes = {"output": target, "notes": tuple(Note(message=each) for each in _notes(known, given))}
    return summarise(found).model_copy(update=notes)


def _bar(known: Calibration, below: float | None) -> Bar:
    """Return what a post has to reach.

    Raises:
        InputError: If the calibration has no threshold and none is given.
    """
    curve = None if isinstance(known.curve, Undefined) else known.curve
    if below is not None:
        return Bar(below, "that was asked for", curve)
    if known.threshold is None:
        if curve is None:
            raise InputError(
                "the calibration has neither curve nor threshold, so it changes nothing; give "
                "--below, or calibrate on more posts"
            )
        return Bar(None, "", curve)
    if isinstance(known.threshold, Undefined):
        raise InputError(
            f"the calibration has no {known.threshold.name}: {known.threshold.reason}; give "
            f"--below, or calibrate for another target"
        )
    return Bar(known.threshold.abstain_below, f"for {known.threshold.target.words}", curve)


def _notes(known: Calibration, given: Codings) -> list[str]:
    """Return what differs between the coding that was calibrated and this one."""
    run = given.info.run
    differs = {
        "codebook": known.codebook_sha256 != given.info.codebook.sha256,
        "prompt": known.prompt_sha256 != run.prompt_sha256,
    }
    return [
        f"the {what} is not the one that was calibrated; what confidence means may have changed"
        for what, is_other in differs.items()
        if is_other
    ]
