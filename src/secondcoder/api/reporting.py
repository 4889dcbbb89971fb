"""The report: codings become Markdown or a page."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from secondcoder.api.agreement_files import agreement_on
from secondcoder.api.chats_over_time import chats_over_time
from secondcoder.api.estimating import WorkEstimateReport
from secondcoder.api.loops import finish
from secondcoder.api.name_lists import lines_of, to_mask
from secondcoder.api.readers import CoderReader, PlanningReader, Work
from secondcoder.api.report_making import findings_of, plan_findings
from secondcoder.api.report_quotes import PRIVATE_START, Wanted
from secondcoder.api.series_forms import ReportForm, refuse_options_of_one, written_series
from secondcoder.api.writing import refuse_overwriting
from secondcoder.errors import InputError
from secondcoder.reporting.breakdown import ThemeOrder
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.privacy import QuoteMode
from secondcoder.schema.agreement import Agreement
from secondcoder.schema.codings import Codings
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.progress import Listener, Progress
from secondcoder.store.files import read_codings, write_bytes, write_text

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
    codings: Codings | str | Path | Sequence[Codings | str | Path],
    *,
    form: ReportForm | None = None,
    output: str | Path | None = None,
    title: str | None = None,
    template: str | Path | None = None,
    order: ThemeOrder = "authors",
    quotes: QuoteMode = "verbatim",
    opt_out: Iterable[str] | Path = (),
    mask_also: Iterable[str] | Path = (),
    private: str | Path | None = None,
    agreement: Agreement | str | Path | None = None,
    coder: str | None = None,
    options: ModelOptions | None = None,
    ledger: str | Path | None = None,
    progress: Listener | None = None,
) -> str:
    """Return the report on codings; with `output`, write it there, whole or not at all.

    Codings of several chats give one report of themes over time: counts and shares of each chat,
    and run charts. It shows no quotes; its JSON is a `ChatsOverTime`.

    Of a Word or PDF file, which is no text, the same report as Markdown is returned.

    Each theme gets one key finding: the codebook's own sentence, else a model's where one is named,
    else a sentence from counts. One that says how many and what was coded does not is withheld:
    the sentence from counts stands in its place. Also works inside a running event loop. A form
    that can't be told from the output's name, and an option that the report has no use for, are an
    `InputError`.
    Before more than the options' budget would be spent, a `BudgetError` ends the run; the same call
    with a larger budget goes on from there.

    Args:
        codings: Codings or their file; several, for a report over several chats.
        form: `markdown`, `html` (one self-contained page), `json` (the findings behind all forms),
            `word` (extra `docx`) or `pdf` (printed by Chromium or WeasyPrint). Default: by the
            ending of `output`; Markdown without one.
        output: File to write.
        title: What the report is called. Default: the chat's title; of several, their titles.
        template: Word document whose styles the report takes.
        order: Which themes come first: those with most distinct `authors`, or the codebook's
            `numbers`.
        quotes: `verbatim`; `masked`: handles, links and likely names hidden, authors numbered, no
            ids, times or links; `paraphrased` by the model, with names hidden as in masked
            quotes, the original words in `private`.
        opt_out: Authors who asked to be left out, or a file with one a line.
        mask_also: Names, places and other words to hide where names are, wherever and however they
            stand, or a file with one a line.
        private: CSV file that tells which quote is whose. Default for paraphrases: beside `output`.
        agreement: What `agree` found of these codings and others, or its .json file; the methods
            state it. One on none of these posts is refused.
        coder: A model that writes the key findings that the codebook lacks, such as
            `openai/gpt-5-mini`. Default: none is asked.
        options: How the model is reached and asked.
        ledger: SQLite file that keeps what the model wrote. Default: `secondcoder-ledger.sqlite`
            beside `output`, or in this folder.
        progress: Told of every sentence that is withheld from the findings, and why, of themes
            without their names, and of quotes without a paraphrase; what a model failed to write
            counts as `n_failed` there.
    """
    several = _several(codings)
    target = Path(output) if output is not None else None
    form = _form(form, target, has_template=template is not None)
    if target is not None:
        refuse_overwriting(target, unless_it_starts_with=STARTS[form])
    style = Path(template) if template else None
    if len(several) > 1:
        refuse_options_of_one(
            paraphrases=quotes == "paraphrased",
            private=private is not None,
            agreement=agreement is not None,
            coder=coder is not None,
            ledger=ledger is not None,
            base_url=options is not None and options.base_url is not None,
            budget=options is not None and options.budget_usd is not None,
        )
        series = chats_over_time(
            [_read(one) for one in several],
            order=order,
            opt_out=lines_of(opt_out),
            mask_also=to_mask(mask_also, quotes),
            is_masked=quotes == "masked",
        )
        series = series.model_copy(update={"title": title or series.title})
        return written_series(series, form, target, template=style)
    keep = _private_file(private, quotes, target)
    if keep is not None:
        refuse_overwriting(keep, unless_it_starts_with=PRIVATE_START)
    hidden = to_mask(mask_also, quotes)
    coded = _read(several[0])
    agreed = agreement_on(coded, agreement) if agreement is not None else None
    shown = finish(
        findings_of(
            coded,
            Wanted(order, quotes, lines_of(opt_out), keep, agreed, hidden),
            CoderReader(_work(coder, options, ledger, target)) if coder is not None else None,
        )
    )
    found = shown.findings.called(title or shown.findings.introduction.title)
    if progress is not None:
        for sentence in shown.unnamed:
            progress(Progress(note=sentence))
        for line in found.breakdown.withheld():
            progress(Progress(note=line.words, n_failed=int(line.is_failure)))
        if shown.why is not None:
            progress(Progress(note=shown.why, n_failed=shown.n_failed))
    if target is not None and form in {"word", "pdf"}:
        write_bytes(target, _printed(found, form, style))
        return _render(found, "markdown")
    text = _render(found, form)
    if target is not None:
        write_text(target, text)
    return text


def estimate_report(  # noqa: PLR0913  # as `report`
    codings: Codings | str | Path | Sequence[Codings | str | Path],
    *,
    coder: str,
    options: ModelOptions | None = None,
    output: str | Path | None = None,
    order: ThemeOrder = "authors",
    quotes: QuoteMode = "verbatim",
    opt_out: Iterable[str] | Path = (),
    private: str | Path | None = None,
    ledger: str | Path | None = None,
) -> WorkEstimateReport:
    """Return what `report` with the same arguments would ask a model, and what that would cost.

    Nothing is sent or written, and no key is needed. Sentences and paraphrases are counted as of
    ordinary length. A report over several chats asks no model: that is an `InputError`.

    Args:
        codings: Codings or their file.
        coder: The model that would write, such as `openai/gpt-5-mini`.
        options: How the model would be reached and asked.
        output: Where the report would be written: the ledger is looked for beside it.
        order: As for `report`; paraphrases are asked for in the order of the report.
        quotes: As for `report`; paraphrases are asked for too.
        opt_out: Authors who would be left out, or a file with one a line.
        private: Where the original words of paraphrases would be kept.
        ledger: What the model wrote already is not asked for again.
    """
    several = _several(codings)
    if len(several) > 1:
        refuse_options_of_one(coder=True)
    target = Path(output) if output is not None else None
    keep = _private_file(private, quotes, target)
    reader = PlanningReader(_work(coder, options, ledger, target))
    wanted = Wanted(order, quotes, lines_of(opt_out), keep)
    finish(plan_findings(_read(several[0]), wanted, reader))
    return WorkEstimateReport.model_validate(dict(reader.estimate))


def _work(
    coder: str, options: ModelOptions | None, ledger: str | Path | None, beside: Path | None
) -> Work:
    return Work("report", coder, options, Path(ledger) if ledger is not None else None, beside)


def _private_file(
    private: str | Path | None, quotes: QuoteMode, target: Path | None
) -> Path | None:
    """Return where the original words of paraphrases are kept.

    Raises:
        InputError: If nothing is paraphrased.
    """
    if private is not None and quotes != "paraphrased":
        raise InputError(
            f"--private keeps the original words of paraphrased quotes, and these are {quotes}; "
            f"add --quotes paraphrased, or leave it out"
        )
    if private is None and quotes == "paraphrased" and target is not None:
        return target.with_name(f"{target.name}.private.csv")
    return Path(private) if private is not None else None


def _form(form: ReportForm | None, target: Path | None, *, has_template: bool) -> ReportForm:
    """Return the form of the report: as given, else by the ending of its file.

    Raises:
        InputError: If it can't be told, a Word or PDF report has no file, or a template is given
            for another form.
    """
    if form is None:
        form = FORMS.get(target.suffix.lower()) if target else "markdown"
    if form is None:
        raise InputError(f"{target}: name a file that ends in {', '.join(FORMS)}")
    if target is None and form in {"word", "pdf"}:
        raise InputError("a Word or PDF report is a file; name it with --output")
    if has_template and form != "word":
        raise InputError("--template is for Word reports; name an output that ends in .docx")
    return form


def _several(
    codings: Codings | str | Path | Sequence[Codings | str | Path],
) -> Sequence[Codings | str | Path]:
    """Return codings in a list, however many were given.

    Raises:
        InputError: If none are.
    """
    several = [codings] if isinstance(codings, Codings | str | Path) else list(codings)
    if not several:
        raise InputError("no codings are given; name one file, or one of each chat")
    return several


def _read(codings: Codings | str | Path) -> Codings:
    return codings if isinstance(codings, Codings) else read_codings(Path(codings))


def _printed(found: Findings, form: ReportForm, template: Path | None) -> bytes:
    if form == "word":
        from secondcoder.reporting.word import word_report  # noqa: PLC0415  # an extra

        return word_report(found, template=template)
    from secondcoder.reporting.pdf import pdf_of  # noqa: PLC0415  # one form

    return pdf_of(_render(found, "html"))


def _render(found: Findings, form: ReportForm) -> str:
    if form == "json":
        return found.model_dump_json(indent=2) + "\n"
    if form == "html":
        from secondcoder.reporting.html import html_report  # noqa: PLC0415  # loads Jinja2

        return html_report(found)
    from secondcoder.reporting.markdown import markdown_report  # noqa: PLC0415  # one form

    return markdown_report(found)
