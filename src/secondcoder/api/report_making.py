"""Making the findings of a report: who is left out, what was found, what is shown of people."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from secondcoder.api.readers import CoderReader, PlanningReader
from secondcoder.coding.prompts import load_template
from secondcoder.coding.pseudonyms import Pseudonyms
from secondcoder.errors import InputError, PromptError
from secondcoder.induction.paraphrases import paraphrases
from secondcoder.induction.summarise import draft_key_findings, key_findings, unrepeated
from secondcoder.reporting.breakdown import ThemeOrder
from secondcoder.reporting.findings import Findings, findings
from secondcoder.reporting.methods import PromptText
from secondcoder.reporting.names import Names
from secondcoder.reporting.opting_out import WithoutSome, without_authors
from secondcoder.reporting.privacy import SAID, Private, QuoteMode
from secondcoder.reporting.told_edits import with_told_edits, without_names
from secondcoder.reporting.withholding import Withholding
from secondcoder.reporting.wording import count, is_or_are
from secondcoder.schema.agreement import Agreement
from secondcoder.schema.codings import Codings, CodingsInfo, Failure
from secondcoder.schema.copies import Said
from secondcoder.schema.runs import PromptUsed, Run
from secondcoder.store.files import write_text

_PRIVATE_COLUMNS = ("quote", "post_id", "author", "verbatim", "paraphrase")
PRIVATE_START = ",".join(_PRIVATE_COLUMNS)
"""How our own file of original words starts."""


class Wanted(NamedTuple):
    """What a report is to show, and of whom."""

    order: ThemeOrder
    quotes: QuoteMode
    opt_out: tuple[str, ...]
    private: Path | None
    agreement: Agreement | None = None
    mask_also: tuple[str, ...] = ()


Writer = CoderReader | PlanningReader
"""A model that writes, or one whose cost is told."""
_Written = list[str | Failure]


async def findings_of(codings: Codings, wanted: Wanted, writer: Writer | None) -> Findings:
    """Return everything that a report prints.

    Args:
        codings: What was coded.
        wanted: What to show.
        writer: Writes key findings and paraphrases; None: no model is asked.
    """
    kept = _kept(codings, wanted, has_writer=writer is not None)
    with writer or nullcontext():
        made, written = await _made(codings, kept, wanted, writer)
    shown = made
    if wanted.quotes == "masked":
        shown = _masked(kept.codings, wanted).findings(made)
    elif wanted.quotes == "paraphrased":
        shown = _paraphrased(kept.codings, made, wanted, written)
    return Withholding(kept.codings, kept.said).without_ids(shown)


async def plan_findings(codings: Codings, wanted: Wanted, writer: PlanningReader) -> None:
    """Let who only counts be asked for all that a report asks a model for; nothing is written.

    Args:
        codings: What was coded.
        wanted: What would be shown.
        writer: Counts.
    """
    kept = _kept(codings, wanted, has_writer=True)
    with writer:
        await _made(codings, kept, wanted, writer)


def _kept(codings: Codings, wanted: Wanted, *, has_writer: bool) -> WithoutSome:
    """Return the codings without those who opted out.

    Raises:
        InputError: If paraphrases are wanted and nobody writes them, or somebody who opted out is
            unknown.
    """
    if wanted.quotes == "paraphrased" and (not has_writer or wanted.private is None):
        raise InputError(
            "paraphrases are written by a model and need a file for the original words: name "
            "--coder, and --output or --private; --quotes masked asks no model"
        )
    kept = without_authors(codings, wanted.opt_out)
    if kept.unknown:
        raise InputError(
            f"no post is by {', '.join(kept.unknown)}, who should be left out; correct the name, "
            f"so that nobody is shown who asked not to be"
        )
    return kept._replace(codings=_with_told_edits(kept, wanted))


def _with_told_edits(kept: WithoutSome, wanted: Wanted) -> Codings:
    """Return the codings with the record of their codebook as the report tells it."""
    codings = with_told_edits(
        kept.codings,
        repeats=kept.said.is_quoted_in,
        people=kept.keys,
        words_of=without_names(kept.keys),
    )
    if wanted.quotes == "verbatim":
        return codings
    return with_told_edits(
        codings,
        repeats=Said(coded.post.text for coded in codings.posts).is_in,
        people={key for coded in codings.posts if (key := coded.post.author_key) is not None},
        words_of=Pseudonyms(everyone="@someone").hide,
    )


async def _made(
    codings: Codings, kept: WithoutSome, wanted: Wanted, writer: Writer | None
) -> tuple[Findings, _Written]:
    """Return the findings with people's own words, and paraphrases of the quotes if wanted."""
    withholding = Withholding(kept.codings, kept.said)
    if writer is None:
        sentences = key_findings(withholding.asked_about())
    else:
        async with writer.drafting("key findings") as asker:
            sentences = await draft_key_findings(withholding.asked_about(), asker)
    if wanted.quotes == "paraphrased":
        sentences = unrepeated(sentences, withholding.asked_about())

    def found() -> Findings:
        run = writer.run if isinstance(writer, CoderReader) else None
        made = findings(
            kept.codings,
            withholding.told(sentences),
            order=wanted.order,
            prompts=_prompts(codings.info, run),
            agreement=wanted.agreement,
            writer=run,
        )
        return withholding.findings(made).saying(kept.sentence)

    made = found()
    if writer is None or wanted.quotes != "paraphrased":
        return made, []
    texts = [text for _, _, text in _whose(made).values()]
    language = codings.info.codebook.language
    async with writer.drafting("paraphrases") as asker:
        written = await paraphrases(texts, language=language, asker=asker)
    return found(), written  # its methods tell of the paraphrases, too


def _prompts(info: CodingsInfo, writer: Run | None) -> list[PromptText]:
    """Return the prompts that were used, as far as this version still has the same texts.

    Those of the runs that coded, then those by which themes were proposed or reworded, then those
    of the report's own sentences.
    """
    used = [
        PromptUsed(name=run.prompt_version, sha256=run.prompt_sha256)
        for run in (info.run, *info.run.members)
        if run.prompt_version and run.prompt_sha256
    ]
    for edit in info.codebook.edits:
        for how in (edit.proposed, edit.refined):
            used += how.prompts if how is not None else ()
    used += writer.prompts if writer is not None else ()
    found: dict[str, PromptText] = {}
    for each in used:
        task, _, version = each.name.partition("/v")
        if not version.isdecimal():
            continue
        try:
            template = load_template(task, version=int(version))
        except PromptError:  # of another version of the program
            continue
        if template.sha256 == each.sha256:
            found[template.name] = PromptText(
                name=template.name, sha256=template.sha256, text=template.text
            )
    return list(found.values())


def _masked(codings: Codings, wanted: Wanted) -> Private:
    people = Pseudonyms(everyone="@someone")
    book = codings.info.codebook
    authors = (coded.post.author for coded in codings.posts)
    names = Names(
        (coded.post.text for coded in codings.posts),
        known=[question.text for question in book.questions],
        themes=[theme.name for theme in book.themes],
        people=(*filter(None, authors), *codings.info.chat.moderators, *wanted.opt_out),
        also=wanted.mask_also,
    )

    def masked(text: str) -> str:
        return names.hide(people.hide(text))

    return Private(codings, SAID["masked"], lambda _, text: masked(text), masked)


def _paraphrased(codings: Codings, made: Findings, wanted: Wanted, written: _Written) -> Findings:
    assert wanted.private is not None  # noqa: S101  # paraphrases without a file were refused
    whose = _whose(made)
    shown = {
        number: None if isinstance(one, Failure) else one
        for number, one in zip(whose, written, strict=True)
    }
    write_text(wanted.private, _private(whose, shown))
    wanted.private.chmod(0o600)  # for the eyes of whoever made the report
    hidden = Private(
        codings,
        " ".join((SAID["paraphrased"], *_unshown(made, shown))),
        lambda number, _: None if number is None else shown[number],
    )
    return hidden.findings(made)


def _whose(made: Findings) -> dict[int, tuple[str, str | None, str]]:
    """Return post, author and words of every quote by its number, each once."""
    return {
        quote.number: (quote.post_id, quote.author, quote.text)
        for quote in made.quotes()
        if quote.text is not None
    }


def _unshown(made: Findings, shown: Mapping[int, str | None]) -> Iterator[str]:
    """Yield in sentences what a report with paraphrases counts and does not show."""
    if n_failed := sum(one is None for one in shown.values()):
        what = count(n_failed, "quote")
        yield f"{what} could not be paraphrased and {is_or_are(n_failed)} not shown."
    n_unquoted = made.accounting.n_posts - made.accounting.n_quoted
    unquoted = [f"{count(n_unquoted, 'post')} that gave no quote"] if n_unquoted else []
    notes = ["coders' notes"] if any(quote.note for quote in made.quotes()) else []
    if what := " and of ".join(unquoted + notes):
        yield f"Of {what} no words are shown."


def _private(
    whose: Mapping[int, tuple[str, str | None, str]], shown: Mapping[int, str | None]
) -> str:
    """Return which quote of the report is whose, as CSV."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(_PRIVATE_COLUMNS)
    for number, (post_id, author, text) in whose.items():
        paraphrase = shown[number]
        told = "(not shown)" if paraphrase is None else paraphrase
        rows.writerow((number, post_id, author or "", text, told))
    return file.getvalue()
