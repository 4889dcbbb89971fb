"""Calibrating: how far a coder's confidence can be believed, and which posts it may keep."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

import secondcoder
from secondcoder.api.beside import not_of_people, read_beside, refuse_other_codebook
from secondcoder.api.tabular import Tabular
from secondcoder.api.writing import refuse_overwriting
from secondcoder.errors import CodingsError, InputError
from secondcoder.reporting.calibration_rows import COLUMNS, CoverageRow, coverage_rows
from secondcoder.schema.agreement import Selection
from secondcoder.schema.calibration import Calibration, CurveMethod, Target, TargetName
from secondcoder.schema.codings import Codings
from secondcoder.schema.identity import sha256
from secondcoder.schema.statistics import IntervalOptions
from secondcoder.store.files import write_text

if TYPE_CHECKING:
    from rich.table import Table

PathLike = str | Path
_STARTS = {".html": "<!doctype html>", ".json": '{\n  "kind": "calibration"'}
"""How each form starts, so that nothing but an earlier calibration is overwritten."""
_TARGETS: tuple[TargetName, ...] = ("alpha", "exact")


class CalibrationReport(Calibration, Tabular):
    """A calibration, as a table of coverage, a data frame, or the record itself."""

    def rows(self) -> tuple[CoverageRow, ...]:
        """Return one row per coverage: the threshold, the posts kept, the agreement reached."""
        return coverage_rows(self)

    def columns(self) -> Mapping[str, type[str] | type[int] | type[float]]:
        """Return what each column of the rows holds, in order."""
        return COLUMNS

    def table(self) -> "Table":
        """Return one line per coverage, for a terminal: print it with rich."""
        from secondcoder.reporting.tables import calibration_table  # noqa: PLC0415 # loads Rich

        return calibration_table(self)


def calibrate(  # noqa: PLR0913  # all but the codings by keyword, each with a default
    codings: Codings | PathLike,
    *people: Codings | PathLike,
    target: Target | str | None = None,
    method: CurveMethod = "auto",
    level: float = 0.95,
    seed: int = 0,
    output: PathLike | None = None,
) -> CalibrationReport:
    """Return how far a coder's confidence can be believed, beside people's codings of some posts.

    Args:
        codings: The coder's codings, with a confidence: the embedded coder's, a panel's or those of
            repeated samples.
        *people: Codings of one person or more, of some of the posts; a sheet may hold several.
        target: What kept posts have to reach, such as `alpha=.8` or `exact=.7`; the threshold that
            keeps most posts and reaches it is chosen.
        method: `platt`, `isotonic`, or `auto` by the number of judgements.
        level: Of all intervals.
        seed: Of intervals, and of how posts are dealt into folds.
        output: File to write: .json, which `abstain` takes, or .html.

    Raises:
        CodingsError: If the coder gave no confidence on any post that people coded, or if its
            confidence was calibrated before.

    A number out of its range is an `InputError`.
    """
    wanted = target if isinstance(target, Target) or target is None else _target(target)
    place = Path(output) if output is not None else None
    if place is not None:
        _check(place)
    options = _options(level, seed)
    from secondcoder.agreement.confidence import weigh_confidence  # noqa: PLC0415 # scikit-learn
    from secondcoder.agreement.judgements import judge  # noqa: PLC0415 # NumPy and SciPy
    from secondcoder.agreement.shared_posts import share_posts  # noqa: PLC0415 # as above

    model, of_people, notes = read_beside(codings, people)
    for each in of_people:
        refuse_other_codebook(model, each)
    who = model.info.run.coder.id
    if any(coding.raw_confidence is not None for coding in model.quotes):
        raise CodingsError(
            f"the confidence of {who} is calibrated already; give the codings as "
            f"the coder made them"
        )
    judged = judge(model, share_posts([model, *of_people], Selection()))
    if not judged.judgements:
        raise CodingsError(
            f"{who} gave no confidence on any post that people coded. A model gives none by "
            f"itself: ask it several times (--samples 3), or seat it in a panel"
        )
    found = weigh_confidence(judged, options, method=method, target=wanted)
    report = CalibrationReport(
        title=model.info.chat.title,
        coder=who,
        people=tuple(dict.fromkeys(each.info.run.coder.id for each in of_people)),
        codebook_sha256=model.info.codebook.sha256,
        prompt_sha256=model.info.run.prompt_sha256,
        secondcoder_version=secondcoder.__version__,
        seed=seed,
        level=level,
        n_posts=judged.kept.n_all,
        n_kept=len({each.post_id for each in judged.judgements}),
        n_left_out=judged.n_left_out,
        n_left_out_quoted=judged.n_left_out_quoted,
        notes=(*notes, *not_of_people(of_people)),
        **found._asdict(),
    )
    if place is not None:
        write_text(place, _render(report, place.suffix.lower()))
    return report


def read_calibration(calibration: Calibration | PathLike) -> Calibration:
    """Return the calibration of a file that `calibrate` wrote.

    Raises:
        InputError: If it can't be read or is something else.
    """
    if isinstance(calibration, Calibration):
        return calibration
    path = Path(calibration)
    try:
        return Calibration.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"{path} can't be read: {error.strerror}; name what 'secondcoder calibrate' wrote"
        ) from error
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"]) or "the file"
        raise InputError(
            f"{path} is no calibration: {where}: {problem['msg']}; name the .json that "
            f"'secondcoder calibrate' wrote"
        ) from error


def name_of(calibration: Calibration) -> str:
    """Return the start of the hash of all that a calibration says, to name it by."""
    return sha256(Calibration.model_validate(dict(calibration)))[:12]


def _target(words: str) -> Target:
    """Return the target that words such as `alpha=.8` name.

    Raises:
        InputError: If they name none.
    """
    name, _, number = words.partition("=")
    for known in _TARGETS:
        if name == known:
            try:
                return Target(name=known, value=float(number))
            except ValueError as error:
                raise InputError(
                    f"--target {words}: '{number}' is no number above 0 and up to 1"
                ) from error
    raise InputError(f"--target {words}: write alpha=.8, or exact=.7")


def _options(level: float, seed: int) -> IntervalOptions:
    """Return how intervals are made.

    Raises:
        InputError: If the level or the seed is out of its range.
    """
    try:
        return IntervalOptions(level=level, seed=seed)
    except ValidationError as error:
        problem = error.errors()[0]
        raise InputError(f"{problem['loc'][0]} {problem['input']}: {problem['msg']}") from error


def _check(place: Path) -> None:
    start = _STARTS.get(place.suffix.lower())
    if start is None:
        raise InputError(f"{place}: name a file that ends in .json or .html")
    refuse_overwriting(place, unless_it_starts_with=start)


def _render(report: CalibrationReport, suffix: str) -> str:
    if suffix == ".json":
        return report.model_dump_json(indent=2) + "\n"
    from secondcoder.reporting.calibration_html import (  # noqa: PLC0415 # loads Jinja2
        calibration_html,
    )

    return calibration_html(report)
