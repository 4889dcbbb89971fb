"""A page of a Word document: paragraphs, tables and pictures in styles that it has."""

import io
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from secondcoder.errors import InputError, MissingExtraError
from secondcoder.reporting.charts import Chart, told_cell
from secondcoder.reporting.wording import runs_right_to_left

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_A4 = 7_560_000, 10_692_000
"""Width and height of a page of ours, or of one that gives none, in the units below."""

_SIDE = 720_000
"""Its margins left and right: 20 mm, so that five chats stand side by side."""

SOURCE = "Source"
"""Style of what stands below a quote; a template that has none gets ours."""

_AFTER_DIRECTION = ("w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")
"""What the format wants behind the direction of a paragraph, as far as we write it."""

_INDENT = 457_200
"""Half an inch, in the English Metric Units of the format: where a list item's text begins."""

_FEW_ROWS = 12
"""Of a table that is not broken over two pages."""

Painter = Callable[[Chart], bytes]
"""Draws a chart as a PNG file."""


class Page:
    """Adds paragraphs in styles that the document has."""

    def __init__(self, document: "Document", painter: Painter | None) -> None:
        self._document = document
        self._painter = painter
        page = document.sections[-1]
        sides = (page.left_margin or 0) + (page.right_margin or 0)
        self._width = (page.page_width or _A4[0]) - sides
        # By id, which is what a paragraph holds: python-docx looks a name up among all styles.
        self._styles = {str(style.name): style.style_id for style in document.styles}

    @classmethod
    def opened(cls, template: Path | None) -> Self:
        """Return the page of a new document, in the styles of a template where one is given.

        Raises:
            MissingExtraError: If python-docx is not installed.
            InputError: If the template can't be read.
        """
        try:
            import docx  # noqa: PLC0415  # an extra
            from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415  # as above
            from docx.shared import Emu  # noqa: PLC0415  # as above
        except ImportError as error:
            raise MissingExtraError("docx", "A Word report") from error
        try:
            document = docx.Document(str(template) if template else None)
        except (OSError, KeyError, ValueError, PackageNotFoundError) as error:
            raise InputError(
                f"template {template} can't be read as a Word document ({error}); save it as .docx"
            ) from error
        if template is None:  # python-docx's own page is US Letter
            page = document.sections[-1]
            page.page_width, page.page_height = map(Emu, _A4)
            page.left_margin = page.right_margin = Emu(_SIDE)
            _number(page.footer.paragraphs[0])
        _with_sources(document)
        return cls(document, _painter())

    def saved(self, title: str) -> bytes:
        """Return the document as a .docx file."""
        about = self._document.core_properties
        about.title = title
        about.author = "Second Coder"
        # The template's say when, and by what, that was made.
        about.comments = ""
        about.created = about.modified = datetime.now(UTC)
        file = io.BytesIO()
        self._document.save(file)
        return file.getvalue()

    def add(self, text: str, style: str | None = None, *, indent: bool = False) -> "Paragraph":
        """Add a paragraph, from right to left where its first strong character says so.

        A quote stays on the page of what stands behind it.
        """
        paragraph = self._document.add_paragraph(printable(text))
        properties = paragraph.paragraph_format.element.get_or_add_pPr()
        properties.style = self._styles.get(style or "")
        if style == "Quote":
            paragraph.paragraph_format.keep_with_next = True
        if indent:
            paragraph.paragraph_format.left_indent = _INDENT
        if runs_right_to_left(text):
            properties.insert_element_before(_element("w:bidi"), *_AFTER_DIRECTION)
        return paragraph

    def lead(self, text: str) -> None:
        """Add a paragraph that stays on the page of what stands behind it."""
        self.add(text).paragraph_format.keep_with_next = True

    def heading(self, text: str, level: int) -> None:
        """Add a heading; level 0 is the title."""
        self.add(text, f"Heading {level}" if level else "Title")

    def table(
        self,
        head: tuple[str, ...],
        rows: Iterable[tuple[str, ...]],
        widths: tuple[int, ...],
        *,
        is_tall: bool = False,
    ) -> None:
        """Add a table, its head repeated on each page.

        Args:
            head: Names of the columns.
            rows: Their cells.
            widths: Parts of the page's width.
            is_tall: Whether rows take several lines, so that a page breaks between them.
        """
        table = self._document.add_table(rows=1, cols=len(head))
        for column, cell, part in zip(table.columns, table.rows[0].cells, widths, strict=True):
            column.width = cell.width = self._width * part // sum(widths)
        if "Table Grid" in self._styles:
            table.style = "Table Grid"
        for cell, text in zip(table.rows[0].cells, head, strict=True):
            cell.text = text
            for run in cell.paragraphs[0].runs:
                run.bold = True
        table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))  # noqa: SLF001
        told = list(rows)
        for row in told:
            added = table.add_row()
            # A row that fits a page is not cut in two.
            added._tr.get_or_add_trPr().append(_element("w:cantSplit"))  # noqa: SLF001
            for cell, text in zip(added.cells, row, strict=True):
                cell.text = printable(text)
        # A short table stays on one page, and the head of a long one on that of its first row.
        is_short = len(told) <= _FEW_ROWS and not is_tall
        together = table.rows[:-1] if is_short else table.rows[:1]
        for kept in together:
            for cell in kept.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        self._document.add_paragraph()

    def charts(self, charts: tuple[Chart, ...]) -> None:
        """Add pictures where they can be drawn, else their tables."""
        for chart in charts:
            caption = self.add("")
            caption.add_run(printable(f"{chart.title}. ")).bold = True
            caption.add_run(printable(chart.alt))
            caption.paragraph_format.keep_with_next = True
            if self._painter is not None:
                self._picture(self._painter(chart), f"{chart.title}. {chart.alt} {chart.line}")
            elif chart.is_told_in_a_line:
                self.add(chart.line)
            if self._painter is None or chart.n_drawn < len(chart.rows):
                cells = (tuple(map(told_cell, row)) for row in chart.rows)
                if not chart.is_told_in_a_line:
                    self.table(chart.columns, cells, (4, *(2 for _ in chart.columns[1:])))

    def _picture(self, content: bytes, alt: str) -> None:
        """Add a picture as wide as the text, with its description for those who can't see it."""
        picture = self.add("").add_run().add_picture(io.BytesIO(content), width=self._width)
        picture._inline.docPr.set("descr", printable(alt))  # noqa: SLF001


def _number(paragraph: "Paragraph") -> None:
    """Let a footer say which page this is, and of how many; the reader's program counts."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415  # an extra
    from docx.oxml import OxmlElement  # noqa: PLC0415  # as above
    from docx.oxml.ns import qn  # noqa: PLC0415  # as above

    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for words, counted in (("", "PAGE"), (" / ", "NUMPAGES")):
        paragraph.add_run(words)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), counted)
        paragraph._p.append(field)  # noqa: SLF001


def _with_sources(document: "Document") -> None:
    """Let what stands below a quote be quiet, where a template has no style for it.

    Not the style of captions: of many templates, python-docx's among them, it is bold and blue.
    """
    from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415  # an extra
    from docx.shared import Pt, RGBColor  # noqa: PLC0415  # as above

    if any(style.name == SOURCE for style in document.styles):
        return
    style = document.styles.add_style(SOURCE, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles.default(WD_STYLE_TYPE.PARAGRAPH)
    style.font.size, style.font.bold, style.font.cs_bold = Pt(9), False, False
    style.font.color.rgb = RGBColor(0x50, 0x56, 0x5C)
    style.paragraph_format.space_after = Pt(10)


def _painter() -> Painter | None:
    """Return what draws a chart as a PNG file; None without the extra `charts`."""
    try:
        from secondcoder.reporting.altair_pictures import png  # noqa: PLC0415  # an extra
    except ImportError:
        return None
    return png


def printable(text: str) -> str:
    """Return the text without control characters, which a .docx can't hold."""
    return "".join(
        letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc"
    )


def _element(name: str) -> object:
    from docx.oxml import OxmlElement  # noqa: PLC0415  # an extra

    return OxmlElement(name)
