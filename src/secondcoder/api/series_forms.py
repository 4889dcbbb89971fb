"""The forms of a report over several chats, and the options that it has no use for."""

from pathlib import Path
from typing import Literal

from secondcoder.errors import InputError
from secondcoder.schema.chats_over_time import ChatsOverTime
from secondcoder.store.files import write_bytes, write_text

ReportForm = Literal["markdown", "html", "json", "word", "pdf"]

_WHY = {
    "paraphrases": ("--quotes paraphrased", "it shows no quotes"),
    "private": ("--private", "it shows no quotes"),
    "agreement": ("--agreement", "agreement is of the coders of one chat"),
    "coder": ("--coder", "its sentences are counts, and no model is asked"),
    "ledger": ("--ledger", "no model is asked"),
    "base_url": ("--base-url", "no model is asked"),
    "budget": ("--budget", "no model is asked"),
}


def refuse_options_of_one(**given: bool) -> None:
    """Refuse options that only a report on one chat has a use for.

    Args:
        given: Whether each option is given, by name.

    Raises:
        InputError: Naming the option and why it has no use.

    >>> refuse_options_of_one(coder=False)
    """
    for name, is_given in given.items():
        option, why = _WHY[name]
        if is_given:
            raise InputError(
                f"{option}: a report over several chats has no use for it, since {why}; leave it "
                f"out, or report on one chat"
            )


def written_series(
    series: ChatsOverTime, form: ReportForm, target: Path | None, *, template: Path | None
) -> str:
    """Return the report as text, written where a target is named; of Word and PDF, as Markdown."""
    text = _text(series, form)
    if target is None:
        return text
    if form == "word":
        from secondcoder.reporting.series_word import series_word  # noqa: PLC0415  # an extra

        write_bytes(target, series_word(series, template=template))
    elif form == "pdf":
        from secondcoder.reporting.pdf import pdf_of  # noqa: PLC0415  # one form

        write_bytes(target, pdf_of(_text(series, "html")))
    else:
        write_text(target, text)
    return text


def _text(series: ChatsOverTime, form: ReportForm) -> str:
    match form:
        case "json":
            return series.model_dump_json(indent=2) + "\n"
        case "html":
            from secondcoder.reporting.series_html import series_html  # noqa: PLC0415  # Jinja2

            return series_html(series)
        case "markdown" | "word" | "pdf":
            from secondcoder.reporting.series_markdown import (  # noqa: PLC0415  # one form
                series_markdown,
            )

            return series_markdown(series)
