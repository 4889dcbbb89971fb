"""Making the findings of a report: who is left out, what was found, what is shown of people."""

import csv
import io
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from secondcoder.api.drafting import drafting
from secondcoder.coding.prompts import load_template
from secondcoder.coding.pseudonyms import Pseudonyms
from secondcoder.errors import InputError
from secondcoder.induction.paraphrases import paraphrases
from secondcoder.induction.summarise import draft_key_findings, key_findings
from secondcoder.reporting.breakdown import ThemeOrder
from secondcoder.reporting.findings import Findings, findings
from secondcoder.reporting.methods import PromptText
from secondcoder.reporting.names import Names
from secondcoder.reporting.opting_out import without_authors
from secondcoder.reporting.privacy import NOT_SHOWN, SAID, Private, QuoteMode
from secondcoder.schema.agreement import Agreement
from secondcoder.schema.codings import Codings, Failure
from secondcoder.schema.drafting import Asker
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.runs import Run
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


class Writer(NamedTuple):
    """A model that writes, and where its drafts are kept."""

    model: str
    options: ModelOptions | None
    ledger: Path | None
    beside: Path | None


async def findings_of(codings: Codings, wanted: Wanted, writer: Writer | None) -> Findings:
    """Return everything that a report prints.

    Args:
        codings: What was coded.
        wanted: What to show.
        writer: Writes key findings and paraphrases; None: no model is asked.

    Raises:
        InputError: If paraphrases are wanted and nobody writes them.
    """
    if wanted.quotes == "paraphrased" and (writer is None or wanted.private is None):
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
    async with AsyncExitStack() as stack:
        asker: Asker | None = None
        if writer is not None:
            asker = await stack.enter_async_context(
                drafting(writer.model, writer.options, writer.ledger, beside=writer.beside)
            )
        found = (
            key_findings(kept.codings)
            if asker is None
            else await draft_key_findings(kept.codings, asker)
        )
        made = findings(
            kept.codings,
            found,
            order=wanted.order,
            prompts=_prompts(codings.info.run),
            agreement=wanted.agreement,
        ).saying(kept.sentence)
        match wanted.quotes:
            case "verbatim":
                return made
            case "masked":
                return _masked(kept.codings).findings(made)
            case "paraphrased":
                return await _paraphrased(kept.codings, made, wanted, asker)


def _prompts(run: Run) -> list[PromptText]:
    """Return the prompts that the runs used, as far as this version still has the same texts."""
    found: dict[str, PromptText] = {}
    for each in (run, *run.members):
        task, _, version = (each.prompt_version or "").partition("/v")
        if not version.isdecimal():
            continue
        template = load_template(task, version=int(version))
        if template.sha256 == each.prompt_sha256:
            found[template.name] = PromptText(
                name=template.name, sha256=template.sha256, text=template.text
            )
    return list(found.values())


def _masked(codings: Codings) -> Private:
    people = Pseudonyms(everyone="@someone")
    book = codings.info.codebook
    said = (question.text for question in book.questions)
    known = [*said, *(theme.name for theme in book.themes)]
    names = Names((coded.post.text for coded in codings.posts), known=known)
    return Private(codings, SAID["masked"], lambda _, text: names.hide(people.hide(text)))


async def _paraphrased(
    codings: Codings, made: Findings, wanted: Wanted, asker: Asker | None
) -> Findings:
    assert asker is not None  # noqa: S101  # paraphrases without a model were refused
    assert wanted.private is not None  # noqa: S101  # as above
    whose = {quote.number: (quote.post_id, quote.author, quote.text) for quote in made.quotes()}
    texts = [text for _, _, text in whose.values()]
    language = codings.info.codebook.language
    written = await paraphrases(texts, language=language, asker=asker)
    shown = {
        number: NOT_SHOWN if isinstance(one, Failure) else one
        for number, one in zip(whose, written, strict=True)
    }
    write_text(wanted.private, _private(whose, shown))
    wanted.private.chmod(0o600)  # for the eyes of whoever made the report
    n_failed = sum(isinstance(one, Failure) for one in written)
    failed = f" {n_failed:,} could not be paraphrased and are not shown." if n_failed else ""
    hidden = Private(
        codings,
        SAID["paraphrased"] + failed,
        lambda number, _: NOT_SHOWN if number is None else shown[number],
    )
    return hidden.findings(made)


def _private(whose: Mapping[int, tuple[str, str | None, str]], shown: Mapping[int, str]) -> str:
    """Return which quote of the report is whose, as CSV."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(_PRIVATE_COLUMNS)
    for number, (post_id, author, text) in whose.items():
        rows.writerow((number, post_id, author or "", text, shown[number]))
    return file.getvalue()
