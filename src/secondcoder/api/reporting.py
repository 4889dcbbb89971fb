"""The report: codings become Markdown or a page."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from secondcoder.api.loops import finish
from secondcoder.api.report_making import PRIVATE_START, Wanted, Writer, findings_of
from secondcoder.api.writing import refuse_overwriting
from secondcoder.errors import InputError
from secondcoder.reporting.breakdown import ThemeOrder
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.privacy import QuoteMode
from secondcoder.schema.agreement import Agreement
from secondcoder.schema.codings import Codings
from secondcoder.schema.options import ModelOptions
from secondcoder.store.files import read_codings, write_bytes, write_text

ReportForm = Literal["markdown", "html", "json", "word", "pdf"]

FORMS: dict[str, ReportForm] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".docx": "word",
    ".pdf": "pdf",
}
STARTS: dict[ReportForm, str] = {
    "markdown": "# ",
    "html": "<!doctype html>",
    "json": "{\n",
    "word": "PK",
    "pdf": "%PDF",
}
"""How each form starts, so that nothing but an earlier report is overwritten."""


def report(  # noqa: PLR0913  # all but the codings by keyword, each with a default
    codings: Codings | str | Path,
    *,
    form: ReportForm | None = None,
    output: str | Path | None = None,
    template: str | Path | None = None,
    order: ThemeOrder = "authors",
    quotes: QuoteMode = "verbatim",
    opt_out: Iterable[str] | Path = (),
    private: str | Path | None = None,
    agreement: Agreement | str | Path | None = None,
    coder: str | None = None,
    options: ModelOptions | None = None,
    ledger: str | Path | None = None,
) -> str:
    """Return the report on codings; with `output`, write it there, whole or not at all.

    Of a Word or PDF file, which is no text, the same report as Markdown is returned.

    Each theme gets a key finding: the codebook's own sentence, else a model's where one is named,
    else a sentence from counts. Also works inside a running event loop.

    Args:
        codings: Codings or their file.
        form: `markdown`, `html` (one self-contained page), `json` (the findings behind all forms),
            `word` (extra `docx`) or `pdf` (printed by Chromium or WeasyPrint). Default: by the
            ending of `output`; Markdown without one.
        output: File to write.
        template: Word document whose styles the report takes.
        order: Which themes come first: those with most distinct `authors`, or the codebook's
            `numbers`.
        quotes: `verbatim`; `masked`: handles, links and likely names hidden, authors numbered, no
            ids, times or links; `paraphrased` by the model, the original words in `private`.
        opt_out: Authors who asked to be left out, or a file with one a line.
        private: CSV file that tells which quote is whose. Default for paraphrases: beside `output`.
        agreement: What `agree` found of these codings and others, or its .json file; the methods
            state it.
        coder: A model that writes the key findings that the codebook lacks, such as
            `openai/gpt-5-mini`. Default: none is asked.
        options: How the model is reached and asked.
        ledger: SQLite file that keeps what the model wrote. Default: `secondcoder-ledger.sqlite`
            beside `output`, or in this folder.

    Raises:
        InputError: If the form can't be told from the output's name, or a Word or PDF file has
            none.
    """
    target = Path(output) if output is not None else None
    if form is None:
        form = FORMS.get(target.suffix.lower()) if target else "markdown"
    if form is None:
        raise InputError(f"{target}: name a file that ends in {', '.join(FORMS)}")
    if target is None and form in {"word", "pdf"}:
        raise InputError("a Word or PDF report is a file; name it with --output")
    if template is not None and form != "word":
        raise InputError("--template is for Word reports; name an output that ends in .docx")
    if target is not None:
        refuse_overwriting(target, unless_it_starts_with=STARTS[form])
    store = Path(ledger) if ledger is not None else None
    keep = Path(private) if private is not None else None
    if quotes == "paraphrased" and keep is None and target is not None:
        keep = target.with_name(f"{target.name}.private.csv")
    if keep is not None:
        refuse_overwriting(keep, unless_it_starts_with=PRIVATE_START)
    found = finish(
        findings_of(
            codings if isinstance(codings, Codings) else read_codings(Path(codings)),
            Wanted(order, quotes, _names(opt_out), keep, _agreement(agreement)),
            Writer(coder, options, store, target) if coder is not None else None,
        )
    )
    if target is not None and form in {"word", "pdf"}:
        write_bytes(target, _printed(found, form, Path(template) if template else None))
        return _render(found, "markdown")
    text = _render(found, form)
    if target is not None:
        write_text(target, text)
    return text


def _printed(found: Findings, form: ReportForm, template: Path | None) -> bytes:
    if form == "word":
        from secondcoder.reporting.word import word_report  # noqa: PLC0415  # an extra

        return word_report(found, template=template)
    from secondcoder.reporting.pdf import pdf_of  # noqa: PLC0415  # one form

    return pdf_of(_render(found, "html"))


def _agreement(given: Agreement | str | Path | None) -> Agreement | None:
    """Return what `agree` found, from the file it wrote where one is named.

    Raises:
        InputError: If the file is none of `agree`.
    """
    if given is None or isinstance(given, Agreement):
        return given
    try:
        return Agreement.model_validate_json(Path(given).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{given} is no file of agreement; 'secondcoder agree … -o agreement.json' writes one"
        ) from error


def _names(opt_out: Iterable[str] | Path) -> tuple[str, ...]:
    """Return names given as such, or one a line in a file; `#` starts a comment.

    Raises:
        InputError: If the file can't be read.
    """
    if not isinstance(opt_out, Path):
        return tuple(opt_out)
    try:
        lines = opt_out.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{opt_out} can't be read ({error}); give one name a line") from error
    return tuple(name for line in lines if (name := line.partition("#")[0].strip()))


def _render(found: Findings, form: ReportForm) -> str:
    if form == "json":
        return found.model_dump_json(indent=2) + "\n"
    if form == "html":
        from secondcoder.reporting.html import html_report  # noqa: PLC0415  # loads Jinja2

        return html_report(found)
    from secondcoder.reporting.markdown import markdown_report  # noqa: PLC0415  # one form

    return markdown_report(found)
