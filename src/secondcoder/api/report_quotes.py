"""What a report shows of people's words: as they are, masked by rule, or in a model's words."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from secondcoder.api.masking import masking
from secondcoder.induction.paraphrases import why_missing
from secondcoder.reporting.breakdown import ThemeOrder
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.introduction import Fact
from secondcoder.reporting.opting_out import WithoutSome
from secondcoder.reporting.privacy import SAID, Private, QuoteMode
from secondcoder.reporting.wording import count, is_or_are
from secondcoder.schema.agreement import Agreement
from secondcoder.schema.codings import Failure
from secondcoder.store.files import write_text

_PRIVATE_COLUMNS = ("quote", "post_id", "author", "verbatim", "paraphrase")
PRIVATE_START = ",".join(_PRIVATE_COLUMNS)
"""How our own file of original words starts."""

Written = list[str | Failure]
"""Paraphrases of the quotes, in their order, or why there is none."""


class Wanted(NamedTuple):
    """What a report is to show, and of whom."""

    order: ThemeOrder
    quotes: QuoteMode
    opt_out: tuple[str, ...]
    private: Path | None
    agreement: Agreement | None = None
    mask_also: tuple[str, ...] = ()


def masked(kept: WithoutSome, made: Findings, wanted: Wanted) -> Findings:
    """Return the findings with likely names masked in everything that people or models wrote.

    Args:
        kept: What is reported, without those who asked to be left out.
        made: The findings in people's own words.
        wanted: What to show.
    """
    hide = _hiding(kept, wanted)
    hidden = Private(
        kept.codings, SAID["masked"], lambda _, text: hide(text), hide, shows_words=True
    )
    return hidden.findings(made)


class Shown(NamedTuple):
    """Findings as they are shown, and what could not be made of them."""

    findings: Findings
    n_failed: int = 0
    """How many quotes have no paraphrase."""
    why: str | None = None
    """That in a sentence, with the reasons."""
    unnamed: tuple[str, ...] = ()
    """Sentences on names and definitions of themes that are not shown."""


def paraphrased(kept: WithoutSome, made: Findings, wanted: Wanted, written: Written) -> Shown:
    """Return the findings with a model's words for each quote, and keep the originals in a file.

    A model may keep a name of the quote in its own words, or in a sentence on a theme: both are
    masked as people's words would be.

    Args:
        kept: What is reported, without those who asked to be left out.
        made: The findings in people's own words.
        wanted: What to show, and the file.
        written: The paraphrases, of the quotes that `whose` tells, in their order.
    """
    assert wanted.private is not None  # noqa: S101  # paraphrases without a file were refused
    hide = _hiding(kept, wanted)
    owners = whose(made)
    shown = {
        number: None if isinstance(one, Failure) else hide(one)
        for number, one in zip(owners, written, strict=True)
    }
    write_text(wanted.private, _private(owners, shown))
    wanted.private.chmod(0o600)  # for the eyes of whoever made the report
    missing = [one for one in written if isinstance(one, Failure)]
    hidden = Private(
        kept.codings,
        " ".join((SAID["paraphrased"], *_unshown(made, len(missing)))),
        lambda number, _: None if number is None else shown[number],
        hide,
        shows_words=False,
    )
    found = hidden.findings(made)
    if not missing:
        return Shown(found)
    of = f"{len(missing):,} of {count(len(written), 'quote')}"
    why = f"{of} could not be paraphrased: {why_missing(missing)}."
    told = found.methods.stating(Fact(name="Quotes without a paraphrase", value=why))
    return Shown(found.model_copy(update={"methods": told}), len(missing), why)


def whose(made: Findings) -> dict[int, tuple[str, str | None, str]]:
    """Return post, author and words of every quote by its number, each once."""
    return {
        quote.number: (quote.post_id, quote.author, quote.text)
        for quote in made.quotes()
        if quote.text is not None
    }


def _hiding(kept: WithoutSome, wanted: Wanted) -> Callable[[str], str]:
    """Return what hides handles, links and likely names of the chat in a text."""
    codings = kept.codings
    authors = (coded.post.author for coded in codings.posts)
    hide = masking(
        (coded.post.text for coded in codings.posts),
        codings.info.codebook,
        people=(*filter(None, authors), *codings.info.chat.moderators, *wanted.opt_out),
        also=wanted.mask_also,
    )
    return lambda text: hide(kept.words_of(text))


def _unshown(made: Findings, n_failed: int) -> Iterator[str]:
    """Yield in sentences what a report with paraphrases counts and does not show."""
    if n_failed:
        what = count(n_failed, "quote")
        yield f"{what} could not be paraphrased and {is_or_are(n_failed)} not shown."
    n_unquoted = made.accounting.n_posts - made.accounting.n_quoted
    unquoted = [f"{count(n_unquoted, 'post')} that gave no quote"] if n_unquoted else []
    notes = ["coders' notes"] if any(quote.note for quote in made.quotes()) else []
    if what := " and of ".join(unquoted + notes):
        yield f"Of {what} no words are shown."


def _private(
    owners: Mapping[int, tuple[str, str | None, str]], shown: Mapping[int, str | None]
) -> str:
    """Return which quote of the report is whose, as CSV; no paraphrase is an empty field."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(_PRIVATE_COLUMNS)
    for number, (post_id, author, text) in owners.items():
        rows.writerow((number, post_id, author or "", text, shown[number] or ""))
    return file.getvalue()
