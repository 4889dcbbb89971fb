"""The report: codings become Markdown or a page."""

from pathlib import Path
from typing import Literal

from secondcoder.api.drafting import drafting
from secondcoder.api.loops import finish
from secondcoder.api.writing import refuse_overwriting
from secondcoder.errors import InputError
from secondcoder.induction.summarise import draft_key_findings, key_findings
from secondcoder.reporting.breakdown import ThemeOrder
from secondcoder.reporting.findings import Findings, findings
from secondcoder.schema.codings import Codings
from secondcoder.schema.key_findings import KeyFinding
from secondcoder.schema.options import ModelOptions
from secondcoder.store.files import read_codings, write_text

ReportForm = Literal["markdown", "html", "json"]

FORMS: dict[str, ReportForm] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
}
STARTS: dict[ReportForm, str] = {"markdown": "# ", "html": "<!doctype html>", "json": "{\n"}
"""How each form starts, so that nothing but an earlier report is overwritten."""


def report(  # noqa: PLR0913  # all but the codings by keyword, each with a default
    codings: Codings | str | Path,
    *,
    form: ReportForm | None = None,
    output: str | Path | None = None,
    order: ThemeOrder = "authors",
    coder: str | None = None,
    options: ModelOptions | None = None,
    ledger: str | Path | None = None,
) -> str:
    """Return the report on codings; with `output`, write it there too, whole or not at all.

    Each theme gets a key finding: the codebook's own sentence, else a model's where one is named,
    else a sentence from counts. Also works inside a running event loop.

    Args:
        codings: Codings or their file.
        form: `markdown`, `html` (one self-contained page) or `json` (the findings behind both).
            Default: by the ending of `output`; Markdown without one.
        output: File to write.
        order: Which themes come first: those with most distinct `authors`, or the codebook's
            `numbers`.
        coder: A model that writes the key findings that the codebook lacks, such as
            `openai/gpt-5-mini`. Default: none is asked.
        options: How the model is reached and asked.
        ledger: SQLite file that keeps what the model wrote. Default: `secondcoder-ledger.sqlite`
            beside `output`, or in this folder.

    Raises:
        InputError: If the form can't be told from the output's name.
    """
    target = Path(output) if output is not None else None
    if form is None:
        form = FORMS.get(target.suffix.lower()) if target else "markdown"
    if form is None:
        raise InputError(f"{target}: name a file that ends in .md, .html or .json")
    if target is not None:
        refuse_overwriting(target, unless_it_starts_with=STARTS[form])
    coded = codings if isinstance(codings, Codings) else read_codings(Path(codings))
    if coder is None:
        found = key_findings(coded)
    else:
        store = Path(ledger) if ledger is not None else None
        found = finish(_drafted(coded, coder, options, store, beside=target))
    text = _render(findings(coded, found, order=order), form)
    if target is not None:
        write_text(target, text)
    return text


async def _drafted(
    codings: Codings,
    coder: str,
    options: ModelOptions | None,
    ledger: Path | None,
    *,
    beside: Path | None,
) -> tuple[KeyFinding, ...]:
    async with drafting(coder, options, ledger, beside=beside) as asker:
        return await draft_key_findings(codings, asker)


def _render(found: Findings, form: ReportForm) -> str:
    match form:
        case "json":
            return found.model_dump_json(indent=2) + "\n"
        case "markdown":
            from secondcoder.reporting.markdown import markdown_report  # noqa: PLC0415  # one form

            return markdown_report(found)
        case "html":
            from secondcoder.reporting.html import html_report  # noqa: PLC0415  # loads Jinja2

            return html_report(found)
