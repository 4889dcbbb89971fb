"""Evaluating: coders are tried on a task, scored, compared, and the result kept."""

import hashlib
import json
import platform
import shlex
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from secondcoder.api import evaluation_plans as plans
from secondcoder.api.evaluation_plans import Plan
from secondcoder.api.evaluation_runs import CoderMaker, Ran, run_plan, why_left_out
from secondcoder.api.injection_plans import injection_plans
from secondcoder.api.packing_plans import packing_plans
from secondcoder.api.tabular import Tabular
from secondcoder.api.writing import refuse_overwriting
from secondcoder.errors import InputError, StoreError
from secondcoder.ingest.evaluation_tasks import MATERIAL, missing_material, read_task
from secondcoder.reporting.evaluation_rows import COLUMNS, EvaluationRow, evaluation_rows
from secondcoder.schema.codings import Abstention, Failure
from secondcoder.schema.evaluation import (
    CoderRun,
    ConditionLeftOut,
    EvaluationResult,
    EvaluationTask,
    Score,
    Skipped,
    TaskKind,
)
from secondcoder.schema.identity import sha256
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.progress import Listener
from secondcoder.schema.statistics import IntervalOptions
from secondcoder.store.files import write_text
from secondcoder.version import __version__

if TYPE_CHECKING:
    from rich.table import Table

PathLike = str | Path
HISTORY = "history.jsonl"
_PLANS = {
    TaskKind.CHAT: plans.chat_plans,
    TaskKind.REPORT: plans.report_plans,
    TaskKind.SPLICED: plans.spliced_plans,
    TaskKind.INJECTION: injection_plans,
    TaskKind.STABILITY: plans.stability_plans,
    TaskKind.PACKING: packing_plans,
}
_OPTIONS = {
    "base_url": "--base-url",
    "posts_per_request": "--pack",
    "concurrency": "--concurrency",
    "mode": "--mode",
    "prompt_version": "--prompt-version",
    "likelihoods": "--likelihoods",
    "temperature": "--temperature",
    "timeout_s": "--timeout",
}
"""What the command line takes of how a model is asked, as far as it is not the usual."""


class EvaluationReport(EvaluationResult, Tabular):
    """How coders did on a task, as a table, a data frame, or the result itself."""

    def rows(self) -> tuple[EvaluationRow, ...]:
        """Return every score and difference as one row."""
        return evaluation_rows(self)

    def columns(self) -> Mapping[str, type[str] | type[int] | type[float]]:
        """Return what each column of the rows holds, in order."""
        return COLUMNS

    def table(self) -> "Table":
        """Return one line per score and per difference, for a terminal: print it with rich."""
        from secondcoder.reporting.tables import evaluation_table  # noqa: PLC0415 # loads Rich

        return evaluation_table(self)


def evaluate(  # noqa: PLR0913  # all but the task by keyword, each with a default
    task: PathLike,
    *,
    coders: Sequence[str] | Mapping[str, str | CoderMaker] = ("embedded",),
    against: EvaluationResult | PathLike | None = None,
    minima: Mapping[str, float] | None = None,
    data: Mapping[str, PathLike] | None = None,
    sample: int | None = None,
    conditions: Sequence[str] = (),
    output: PathLike | None = None,
    options: ModelOptions | None = None,
    interval: IntervalOptions | None = None,
    progress: Listener | None = None,
) -> EvaluationReport | Skipped:
    """Return how coders do on a task, or why it was skipped.

    Args:
        task: The task's YAML file; docs/evaluation.md describes it.
        coders: Names (`embedded`, `embedded-decides`, either with `:FOLDER` of an embedding model
            on this machine behind, `PROVIDER/MODEL`), or coders of your own by name, each made of
            a codebook.
        against: An earlier result; the same coders are compared with it, post by post.
        minima: Least value by score: `theme_hit` everywhere, `CONDITION/theme_hit`, or
            `CODER/CONDITION/theme_hit`. What is not reached is named in the result's `unmet`.
        data: Files to use in place of those the task names: `report`, `chat`, …
        sample: Quotations of a report task, pairs of a spliced one or posts of a packing one, drawn
            by the task's seed, in place of its own number: for models that take long.
        conditions: Those of the task's that coders are tried under, by name; none: all of them.
        output: Folder for the result as JSON and HTML, and a history of all results; a model's
            answers are kept there too. None: nothing is written but a model's answers, here.
        options: How a model is reached and asked.
        interval: How intervals are made.
        progress: Told if a ledger there is of an earlier version, and brought up to date first, and
            when a provider is down.

    Raises:
        InputError: If no coder is named.
    """
    path = Path(task)
    asked = read_task(path, {key: Path(file) for key, file in (data or {}).items()})
    asked = asked if sample is None else asked.sampled(sample)
    if (missing := missing_material(asked)) is not None:
        remedy = asked.missing or "put the file there, or name another with --data"
        return Skipped(task=asked.name, reason=f"{missing} is not there; {remedy}")
    named = coders if isinstance(coders, Mapping) else {name: name for name in coders}
    if not named:
        raise InputError("name a coder: embedded, or PROVIDER/MODEL")
    folder = Path(output) if output is not None else Path()
    _make(folder)
    earlier = _earlier(against, asked)
    started_at = datetime.now(UTC)
    how = interval or IntervalOptions()
    every_plan = _only(conditions, _PLANS[asked.kind](asked))
    ran = {
        name: {
            plan.condition: run_plan(plan, coder, folder=folder, options=options, progress=progress)
            for plan in every_plan
            if why_left_out(plan, coder, options) is None
        }
        for name, coder in named.items()
    }
    from secondcoder.api.evaluation_scores import score  # noqa: PLC0415  # NumPy and SciPy

    coded = {
        name: {condition: done.coded for condition, done in by_condition.items()}
        for name, by_condition in ran.items()
    }
    scored = score(asked, every_plan, coded, how, earlier)
    result = EvaluationReport(
        task=asked,
        task_sha256=sha256(path.read_text(encoding="utf-8")),
        files=_hashes(asked),
        secondcoder_version=__version__,
        python_version=platform.python_version(),
        command=_command(path, named, data or {}, options, _parts(sample, conditions)),
        started_at=started_at,
        finished_at=datetime.now(UTC),
        interval=how,
        runs=tuple(
            _coder_run(name, condition, done)
            for name, by_condition in ran.items()
            for condition, done in by_condition.items()
        ),
        left_out=tuple(
            ConditionLeftOut(coder=name, condition=plan.condition, reason=reason)
            for name, coder in named.items()
            for plan in every_plan
            if (reason := why_left_out(plan, coder, options)) is not None
        ),
        scores=scored.scores,
        differences=scored.differences,
        compared_with=str(against) if isinstance(against, str | Path) else None,
        notes=_notes(asked, every_plan, earlier),
        tallies=scored.tallies,
        unmet=_unmet(scored.scores, minima or {}),
    )
    if output is not None:
        _write(result, folder)
    return result


def _only(conditions: Sequence[str], every_plan: Sequence[Plan]) -> list[Plan]:
    """Return the plans of these conditions, compared with each other alone; all, if none is named.

    Raises:
        InputError: If the task has no such condition.
    """
    if not conditions:
        return list(every_plan)
    there = [plan.condition for plan in every_plan]
    for name in conditions:
        if name not in there:
            raise InputError(f"--condition '{name}': the task has {', '.join(map(repr, there))}")
    return [
        plan._replace(against=tuple(one for one in plan.against if one in conditions))
        for plan in every_plan
        if plan.condition in conditions
    ]


def _make(folder: Path) -> None:
    """Make the folder where it is missing.

    Raises:
        StoreError: If it can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"folder {folder} can't be made: {error.strerror}") from error


def _earlier(
    against: EvaluationResult | PathLike | None, task: EvaluationTask
) -> EvaluationResult | None:
    """Return the earlier result.

    Raises:
        InputError: If the file holds none, or one of another task.
    """
    if against is None or isinstance(against, EvaluationResult):
        earlier = against
    else:
        path = Path(against)
        try:
            earlier = EvaluationResult.model_validate_json(path.read_bytes())
        except OSError as error:
            raise InputError(f"{path} can't be read: {error.strerror}") from error
        except ValidationError as error:
            raise InputError(
                f"{path} is no result of 'secondcoder eval'; name the .json of an earlier one"
            ) from error
    if earlier is not None and earlier.task.name != task.name:
        raise InputError(
            f"the earlier result is of task '{earlier.task.name}', this one is '{task.name}'"
        )
    return earlier


def _coder_run(name: str, condition: str, done: Ran) -> CoderRun:
    outcomes = [coded.outcome for coded in done.coded.values()]
    return CoderRun(
        coder=name,
        condition=condition,
        run=done.run,
        n_posts=len(outcomes),
        n_abstained=sum(isinstance(outcome, Abstention) for outcome in outcomes),
        n_failed=sum(isinstance(outcome, Failure) for outcome in outcomes),
    )


def _unmet(scores: Sequence[Score], minima: Mapping[str, float]) -> tuple[str, ...]:
    """Return in words which bars were not reached.

    Raises:
        InputError: If no score has a bar's name.
    """
    unmet: list[str] = []
    for name, least in minima.items():
        meant = [score for score in scores if f"/{score.path}".endswith(f"/{name}")]
        if not meant:
            known = ", ".join(dict.fromkeys(score.name for score in scores))
            raise InputError(f"--min {name}: there is no such score; the scores are {known}")
        for score in meant:
            value = score.result.value
            if value is None:
                unmet.append(f"{score.path} has no value, and {least:g} is the least")
            elif value < least:
                unmet.append(f"{score.path} is {value:.3f}, below {least:g}")
    return tuple(unmet)


def _hashes(task: EvaluationTask) -> dict[str, str]:
    return {
        key: hashlib.sha256(file.read_bytes()).hexdigest()
        for key in MATERIAL
        if (file := getattr(task, key)) is not None and file.is_file()
    }


def _parts(sample: int | None, conditions: Sequence[str]) -> list[str]:
    """Return the options that make a task smaller."""
    parts = [] if sample is None else ["--sample", str(sample)]
    return parts + [word for name in conditions for word in ("--condition", name)]


def _command(
    path: Path,
    coders: Mapping[str, object],
    data: Mapping[str, PathLike],
    options: ModelOptions | None,
    parts: Sequence[str],
) -> str:
    words = ["secondcoder", "eval", str(path)]
    for name in coders:
        words += ["--coder", name]
    for key, file in data.items():
        words += ["--data", f"{key}={file}"]
    words += parts
    usual = ModelOptions()
    for field, option in _OPTIONS.items():
        value = getattr(options or usual, field)
        if value is True:
            words.append(option)
        elif value != getattr(usual, field):
            words += [option, str(value)]
    return shlex.join(words)


def _notes(
    task: EvaluationTask, every_plan: Sequence[Plan], earlier: EvaluationResult | None
) -> tuple[str, ...]:
    n_items = sum(len(batch.items) for batch in every_plan[0].batches)
    posts = "1 post" if n_items == 1 else f"{n_items:,} posts"
    notes = [f"{posts} in condition '{every_plan[0].condition}'"]
    if earlier is not None and earlier.files != _hashes(task):
        notes.append("the material has changed since the earlier result; posts of one id compare")
    return tuple(notes)


def _write(result: EvaluationResult, folder: Path) -> None:
    """Write the result as JSON and HTML, and add a line to the history.

    Raises:
        StoreError: If a file of the folder is another's work, or can't be written.
    """
    from secondcoder.reporting.evaluation_html import evaluation_html  # noqa: PLC0415  # Jinja2

    page, figures = folder / f"{result.task.name}.html", folder / f"{result.task.name}.json"
    refuse_overwriting(page, unless_it_starts_with="<!doctype html>")
    refuse_overwriting(figures, unless_it_starts_with='{\n  "kind": "evaluation"')
    write_text(page, evaluation_html(result))
    write_text(figures, result.model_dump_json(indent=2) + "\n")
    line = {
        "finished_at": result.finished_at.isoformat(),
        "task": result.task.name,
        "task_sha256": result.task_sha256,
        "files": dict(result.files),
        "secondcoder_version": result.secondcoder_version,
        "command": result.command,
        "scores": {score.path: score.result.value for score in result.scores},
    }
    history = folder / HISTORY
    try:
        with history.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise StoreError(f"{history} can't be written: {error.strerror}") from error
