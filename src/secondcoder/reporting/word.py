"""The report as a Word document, in the styles of a template of the user's or of Word itself."""

import io
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from secondcoder.errors import InputError, MissingExtraError
from secondcoder.reporting.accounting import Accounting, UnquotedPost
from secondcoder.reporting.breakdown import CitedQuote, Finding, ReportQuote, ThemeSection
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.introduction import Introduction
from secondcoder.reporting.methods import Methods
from secondcoder.reporting.wording import count, number, time_of

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_STRONG = {"L": False, "R": True, "AL": True}
"""Which characters give a text its direction, and whether it runs from right to left."""

_INDENT = 457_200
"""Half an inch, in the English Metric Units of the format: where a list item's text begins."""


def word_report(findings: Findings, *, template: Path | None = None) -> bytes:
    """Return the report as a .docx file.

    Args:
        findings: What to print.
        template: A .docx or .dotx file whose styles, page and header are taken; what it holds
            stays in front. It should know Word's own style names: Title, Heading 1 to 4, Quote,
            List Bullet, Caption and Table Grid; a style it lacks is printed as plain text.

    Raises:
        MissingExtraError: If python-docx is not installed.
        InputError: If the template can't be read.
    """
    try:
        import docx  # noqa: PLC0415  # an extra
        from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415  # as above
    except ImportError as error:
        raise MissingExtraError("docx", "A Word report") from error
    try:
        document = docx.Document(str(template) if template else None)
    except (OSError, KeyError, ValueError, PackageNotFoundError) as error:
        raise InputError(
            f"template {template} can't be read as a Word document ({error}); save it as .docx"
        ) from error
    page = _Page(document)
    _introduction(page, findings.introduction, findings)
    _key_themes(page, findings)
    _breakdown(page, findings)
    _appendix(page, findings.accounting)
    _methods(page, findings.methods)
    document.core_properties.title = findings.introduction.title
    document.core_properties.author = "Second Coder"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


class _Page:
    """Adds paragraphs in styles that the document has."""

    def __init__(self, document: "Document") -> None:
        self._document = document
        self._styles = {style.name for style in document.styles}

    def add(self, text: str, style: str | None = None, *, indent: bool = False) -> "Paragraph":
        """Add a paragraph, from right to left where its first strong character says so.

        A quote stays on the page of what stands behind it.
        """
        known = style if style in self._styles else None
        paragraph = self._document.add_paragraph(_printable(text), style=known)
        paragraph.paragraph_format.keep_with_next = True if style == "Quote" else None
        if indent:
            paragraph.paragraph_format.left_indent = _INDENT
        if runs_right_to_left(text):
            paragraph.paragraph_format.element.get_or_add_pPr().append(_bidi())
        return paragraph

    def heading(self, text: str, level: int) -> None:
        """Add a heading; level 0 is the title."""
        self.add(text, f"Heading {level}" if level else "Title")

    def table(self, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        """Add a table, its head repeated on each page."""
        table = self._document.add_table(rows=1, cols=len(head))
        if "Table Grid" in self._styles:
            table.style = "Table Grid"
        for cell, text in zip(table.rows[0].cells, head, strict=True):
            cell.text = text
            for run in cell.paragraphs[0].runs:
                run.bold = True
        table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))  # noqa: SLF001
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = _printable(text)
        self._document.add_paragraph()


def runs_right_to_left(text: str) -> bool:
    """Return whether a text's first strong character is of a script that runs from the right.

    Source: Unicode Standard Annex 9, rules P2 and P3.

    >>> runs_right_to_left("1. \u05e9\u05dc\u05d5\u05dd"), runs_right_to_left("tea \u05d0")
    (True, False)
    """
    kinds = (_STRONG.get(unicodedata.bidirectional(letter)) for letter in text)
    return next((kind for kind in kinds if kind is not None), False)


def _introduction(page: _Page, introduction: Introduction, findings: Findings) -> None:
    page.heading(introduction.title, 0)
    about = [f"#{introduction.hashtag}"] if introduction.hashtag else []
    about += [time_of(introduction.starts_at)] if introduction.starts_at else []
    if about:
        page.add(" · ".join(about), "Subtitle")
    page.heading("1. Introduction", 1)
    page.add(" ".join(introduction.figures))
    page.add(findings.summary)
    if introduction.source_url:
        page.add(f"The chat can be read at {introduction.source_url}.")
    elif introduction.source:
        page.add(f"The posts were read from {introduction.source}.")
    page.heading("What became of the posts", 2)
    rows = ((name, number(value)) for name, value in findings.accounting.rows)
    page.table(("Posts", "Number"), rows)
    page.heading("How it was made", 2)
    page.table(("What", "Value"), ((fact.name, fact.value) for fact in introduction.made))


def _key_themes(page: _Page, findings: Findings) -> None:
    page.heading("2. Key themes", 1)
    page.add(findings.breakdown.order)
    for question in findings.breakdown.questions:
        page.heading(question.heading, 2)
        page.add(question.tally.sentence)
        for theme in question.themes:
            item = page.add("", "List Bullet")
            item.add_run(_printable(f"{_named(theme)}. ")).bold = True
            sentence = f"{theme.finding.text} " if theme.finding else ""
            item.add_run(_printable(f"{sentence}({theme.tally.words})"))
            if theme.finding:
                _rests_on(page, theme.finding)
        if question.other_ideas:
            item = page.add("", "List Bullet")
            item.add_run("Other ideas. ").bold = True
            item.add_run(f"({question.other_tally.words})")


def _rests_on(page: _Page, finding: Finding) -> None:
    if finding.typical:
        page.add(finding.typical.text, "Quote", indent=True)
        page.add(f"typical: {_cited(finding.typical)}", "Caption", indent=True)
    elif finding.rests_on:
        page.add(f"Rests on {', '.join(map(_cited, finding.rests_on))}.", "Caption", indent=True)
    if finding.note:
        page.add(f"Note: {finding.note}", "Caption", indent=True)


def _cited(quote: CitedQuote) -> str:
    return f"quote {quote.number}"


def _breakdown(page: _Page, findings: Findings) -> None:
    page.heading("3. Breakdown of quotes by theme", 1)
    for question in findings.breakdown.questions:
        page.heading(question.heading, 2)
        if question.parent_text:
            page.add(f"Part of: {question.parent_text}")
        if not question.tally.n_quotes:
            page.add(question.nothing)
            continue
        for theme in question.themes:
            page.heading(_named(theme), 3)
            page.add(theme.tally.sentence)
            _quotes(page, theme.quotes)
        if question.other_ideas:
            page.heading("Other ideas", 3)
            page.add(question.other_tally.sentence)
            _quotes(page, question.other_ideas)


def _quotes(page: _Page, quotes: tuple[ReportQuote, ...]) -> None:
    for quote in quotes:
        page.add(quote.text, "Quote")
        details = [*_source(quote), f"quote {quote.number}"]
        if quote.confidence is not None:
            details.append(f"confidence {quote.confidence:.2f}")
        if quote.also_under:
            details.append(f"also under {', '.join(quote.also_under)}")
        if quote.note:
            details.append(f"note: {quote.note}")
        page.add(f"— {' · '.join(details)}", "Caption")


def _appendix(page: _Page, account: Accounting) -> None:
    page.heading("4. What was left out, and why", 1)
    if account.left_out:
        page.add(f"{count(account.n_left_out, 'post')} gave no quote.")
    else:
        page.add("No post was left out.")
    for group in account.left_out:
        page.heading(f"{group.title} ({number(len(group.posts))})", 2)
        page.add(group.sentence)
        _unquoted(page, group.posts)
    page.heading("5. For people to decide", 1)
    if account.abstained:
        page.add("The coder looked and declined to decide; people should.")
        _unquoted(page, account.abstained)
    else:
        page.add("The coder left no post to people.")
    page.heading("6. What failed", 1)
    if account.failed:
        page.add("These posts were not coded because of a fault; nothing was decided.")
        _unquoted(page, account.failed)
    else:
        page.add("No post failed.")


def _methods(page: _Page, found: Methods) -> None:
    page.heading("7. Methods, for a journal and an audit", 1)
    page.table(("What", "Value"), ((fact.name, fact.value) for fact in found.facts))
    page.heading("Ethics, to be filled in", 2)
    for line in found.ethics:
        page.add(f"{line}: …", "List Bullet")
    page.heading("Checklist", 2)
    page.table(
        ("Guideline", "Item", "Answer"),
        ((row.guideline, row.item, row.answer) for row in found.checklist),
    )
    for prompt in found.prompts:
        page.heading(f"Prompt {prompt.name}", 2)
        page.add(f"SHA-256 {prompt.sha256}")
        page.add(prompt.text)


def _unquoted(page: _Page, posts: tuple[UnquotedPost, ...]) -> None:
    for post in posts:
        page.add(post.text, "Quote")
        details = list(_source(post))
        if post.same_as:
            details.append(f"repeats post {post.same_as}")
        if post.why:
            details.append(post.why)
        page.add(f"— {' · '.join(details)}", "Caption")


def _source(post: ReportQuote | UnquotedPost) -> Iterable[str]:
    if post.author:
        yield post.author
    if post.written:
        yield post.written
    yield f"post {post.post_id}"


def _named(theme: ThemeSection) -> str:
    return f"Theme {theme.number}: {theme.name}"


def _printable(text: str) -> str:
    """Return the text without control characters, which a .docx can't hold."""
    return "".join(
        letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc"
    )


def _bidi() -> object:
    return _element("w:bidi")


def _element(name: str) -> object:
    from docx.oxml import OxmlElement  # noqa: PLC0415  # an extra

    return OxmlElement(name)
