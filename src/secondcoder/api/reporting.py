"""The report: codings become Markdown or a page."""

from pathlib import Path
from typing import Literal

from secondcoder.api.writing import refuse_overwriting
from secondcoder.errors import InputError
from secondcoder.reporting.findings import findings
from secondcoder.schema.codings import Codings
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


def report(
    codings: Codings | str | Path,
    *,
    form: ReportForm | None = None,
    output: str | Path | None = None,
) -> str:
    """Return the report on codings; with `output`, write it there too, whole or not at all.

    Args:
        codings: Codings or their file.
        form: `markdown`, `html` (one self-contained page) or `json` (the findings behind both).
            Default: by the ending of `output`; Markdown without one.
        output: File to write.

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
    text = _render(codings if isinstance(codings, Codings) else read_codings(Path(codings)), form)
    if target is not None:
        write_text(target, text)
    return text


def _render(codings: Codings, form: ReportForm) -> str:
    found = findings(codings)
    match form:
        case "json":
            return found.model_dump_json(indent=2) + "\n"
        case "markdown":
            from secondcoder.reporting.markdown import markdown_report  # noqa: PLC0415  # one form

            return markdown_report(found)
        case "html":
            from secondcoder.reporting.html import html_report  # noqa: PLC0415  # loads Jinja2

            return html_report(found)
