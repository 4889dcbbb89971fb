"""How far coders agree: codings, theirs or ours, become figures with intervals."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from secondcoder.api.beside import read_together
from secondcoder.api.tabular import Tabular
from secondcoder.api.writing import refuse_overwriting
from secondcoder.errors import CodingsError, InputError
from secondcoder.reporting.agreement_rows import COLUMNS, AgreementRow, agreement_rows
from secondcoder.schema.agreement import Agreement, Counting, Selection, UnitKind, post_mark
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Coding, Codings, LeftOut, LeftOutReason, Quoted
from secondcoder.schema.options import ChatFile
from secondcoder.schema.statistics import IntervalMethod, IntervalOptions
from secondcoder.store.files import write_text

if TYPE_CHECKING:
    from rich.table import Table

PathLike = str | Path

GAMMA_LIMIT = 200_000
"""Stretches up to which gamma is computed by default; 27,000 of three coders take seconds."""

_STARTS = {".html": "<!doctype html>", ".md": "# ", ".json": "{"}
"""How each form starts, so that nothing but an earlier report is overwritten."""


class AgreementReport(Agreement, Tabular):
    """How far coders agree about a chat, as a table, a data frame, or the figures themselves."""

    def rows(self) -> tuple[AgreementRow, ...]:
        """Return every figure as one row: what it is about, its value, interval and n."""
        return agreement_rows(self)

    def columns(self) -> Mapping[str, type[str] | type[int] | type[float]]:
        """Return what each column of the rows holds, in order."""
        return COLUMNS

    def table(self) -> "Table":
        """Return one line per theme, for a terminal: print it with rich, or show it in a notebook.

        The command `agree` prints it between sentences that say what was compared.
        """
        from secondcoder.reporting.tables import theme_table  # noqa: PLC0415 # loads Rich

        return theme_table(self)


def agree(  # noqa: PLR0913  # all but the codings by keyword, each with a default
    *codings: Codings | PathLike,
    reference: str | None = None,
    unit: UnitKind = "posts",
    question: str | None = None,
    themes: Sequence[str] | None = None,
    posts: Sequence[str] | None = None,
    quotes: Callable[[Coding], bool] | None = None,
    counting: Counting | None = None,
    mapping: Mapping[str, str | None] | None = None,
    overlap: float = 0.5,
    gamma_limit: int = GAMMA_LIMIT,
    interval: IntervalOptions | IntervalMethod | None = "auto",
    seed: int = 0,
    chat: Chat | ChatFile | PathLike | None = None,
    codebook: Codebook | PathLike | None = None,
    output: PathLike | None = None,
) -> AgreementReport:
    """Return how far two or more coders agree, every figure with an interval over posts.

    docs/agreement.md says what each figure means, and what counts as a rating. Codings that are not
    about the same posts and themes are a `CodingsError`.

    Args:
        *codings: Codings of one chat, or their files; a sheet may hold several coders.
        reference: Id of the coder the others are scored against; it then comes first.
        unit: `posts`, each with all its themes, or `quotes` that coders both marked.
        question: Only the posts, quotes and themes of this question.
        themes: Only these themes.
        posts: Only the posts of these ids.
        quotes: Only the quotes for which this is true, such as those of a certain length; a post
            that loses all of them counts as left out.
        counting: What counts as a rating; by default what a coder decided, "no theme" included.
        mapping: Theme ids of one codebook to those they are compared as; None leaves one out.
        overlap: Least overlap of two matched quotes, intersection over union.
        gamma_limit: Stretches up to which gamma is computed.
        interval: How intervals are made; None: without.
        seed: Of the replicates. Interval options that are given have their own.
        chat: The chat that sheets are about, where no file of codings is compared with them.
        codebook: The codebook of sheets, likewise.
        output: File to write: .html, .md or .json.

    >>> agree("ann.jsonl", "bob.jsonl", unit="words")
    Traceback (most recent call last):
    secondcoder.errors.InputError: unit 'words': choose posts or quotes
    """
    _check(unit, overlap, gamma_limit)
    target = Path(output) if output is not None else None
    form = _form(target)
    from secondcoder.agreement.accounts import coder_accounts  # noqa: PLC0415 # NumPy
    from secondcoder.agreement.figures import Method, figures  # noqa: PLC0415 # NumPy and SciPy
    from secondcoder.agreement.shared_posts import share_posts  # noqa: PLC0415 # as above

    found, read_notes = read_together(codings, chat, codebook)
    found = _reference_first(found, reference)
    if quotes is not None:
        found, set_aside = _with_quotes(found, quotes)
        read_notes = [*read_notes, *set_aside]
    if interval is not None:
        interval = IntervalOptions.of(interval, seed=seed)
    selection = Selection(
        question=question,
        themes=tuple(themes) if themes is not None else None,
        posts=tuple(posts) if posts is not None else None,
    )
    method = Method(unit, counting or Counting(), interval, overlap, gamma_limit, seed)
    with _collector_paused():
        shared = share_posts(found, selection, mapping)
        result = figures(shared, method, has_reference=reference is not None)
    report = AgreementReport(
        title=found[0].info.chat.title,
        unit=unit,
        selection=selection,
        counting=method.counting,
        interval=interval,
        overlap=overlap,
        reference=shared.names[0] if reference is not None else None,
        coders=coder_accounts(shared, [each.info.run.coder for each in found]),
        n_posts=len(shared.posts),
        post_marks=tuple(post_mark(each.post) for each in shared.posts),
        n_unselected=shared.n_unselected,
        notes=(*shared.notes, *read_notes),
        overall=result.overall,
        pairs=result.pairs,
        questions=result.questions,
        scores=result.scores,
    )
    if target is not None:
        _write(report, target, form)
    return report


def _reference_first(codings: list[Codings], reference: str | None) -> list[Codings]:
    if reference is None:
        return codings
    ids = [each.info.run.coder.id for each in codings]
    if reference not in ids:
        raise CodingsError(
            f"there is no coder '{reference}' to take as reference; the coders are {_listed(ids)}"
        )
    place = ids.index(reference)
    return [codings[place], *codings[:place], *codings[place + 1 :]]


def _with_quotes(
    codings: list[Codings], keep: Callable[[Coding], bool]
) -> tuple[list[Codings], list[str]]:
    """Return codings with the quotes that are to be kept, and how many were set aside of whose."""
    found, notes = [], []
    for each in codings:
        posts, n_dropped = [], 0
        for coded in each.posts:
            kept = tuple(coding for coding in coded.codings if keep(coding))
            n_dropped += len(coded.codings) - len(kept)
            if len(kept) == len(coded.codings):
                posts.append(coded)
                continue
            nothing = LeftOut(reason=LeftOutReason.NO_IDEA, note="its quotes were filtered out")
            outcome = Quoted(codings=kept) if kept else nothing
            posts.append(coded.model_copy(update={"outcome": outcome}))
        found.append(each.model_copy(update={"posts": tuple(posts)}))
        noun = "quote" if n_dropped == 1 else "quotes"
        notes.append(f"{each.info.run.coder.id}: {n_dropped:,} {noun} set aside by the filter")
    return found, notes


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking all codings each time many small tuples were made.

    On 30,000 posts that took as long as the laying side by side; no cycles arise here.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check(unit: str, overlap: float, gamma_limit: int) -> None:
    if unit not in {"posts", "quotes"}:
        raise InputError(f"unit '{unit}': choose posts or quotes")
    if not 0 < overlap <= 1:
        raise InputError(f"overlap {overlap:g}: it must be above 0 and at most 1")
    if gamma_limit < 0:
        raise InputError(f"gamma_limit {gamma_limit}: it must be 0 or more")


def _form(target: Path | None) -> str:
    form = target.suffix.lower() if target is not None else ""
    if target is not None and form not in _STARTS:
        raise InputError(f"{target}: name a file that ends in .html, .md or .json")
    if target is not None:
        refuse_overwriting(target, unless_it_starts_with=_STARTS[form])
    return form


def _write(report: AgreementReport, target: Path, form: str) -> None:
    match form:
        case ".json":
            text = report.model_dump_json(indent=2) + "\n"
        case ".md":
            from secondcoder.reporting.agreement_markdown import (  # noqa: PLC0415 # one form
                agreement_markdown,
            )

            text = agreement_markdown(report)
        case _:
            from secondcoder.reporting.agreement_html import (  # noqa: PLC0415 # loads Jinja2
                agreement_html,
            )

            text = agreement_html(report)
    write_text(target, text)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
