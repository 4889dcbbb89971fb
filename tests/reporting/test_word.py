"""The report as a Word document: opened by python-docx here, and by LibreOffice where it is."""

import io
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import RGBColor

import secondcoder
from secondcoder.errors import InputError
from secondcoder.induction.summarise import key_findings
from secondcoder.reporting.findings import findings
from secondcoder.reporting.markdown import markdown_report
from secondcoder.reporting.word import word_report
from secondcoder.reporting.word_page import Page
from secondcoder.schema.codings import Codings


def paragraphs(content: bytes) -> list[tuple[str, str]]:
    """Return style and text of every paragraph that holds any."""
    document = docx.Document(io.BytesIO(content))
    return [
        (str(one.style.name if one.style else ""), one.text)
        for one in document.paragraphs
        if one.text
    ]


def words(text: str) -> list[str]:
    """Return what a reader sees of Markdown or plain text, without marks and links."""
    plain = re.sub(
        r'<a id="[^"]*"></a>|\]\([^)]*\)|\[|^#+ |[\\*>|`]|---', " ", text, flags=re.MULTILINE
    )
    return sorted(re.findall(r"[^\W_]+", plain))


def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Altair be missing, as it is where `secondcoder[charts]` was not installed."""
    monkeypatch.setitem(sys.modules, "altair", None)
    monkeypatch.delitem(sys.modules, "secondcoder.reporting.altair_pictures", raising=False)


def test_word_and_markdown_say_the_same(codings: Codings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word of the one is in the other, as often: they are printed from one model.

    Where nothing draws pictures for Word, their tables stand in both.
    """
    without_the_extra(monkeypatch)
    tame = codings.model_copy(
        update={"posts": tuple(one for one in codings.posts if one.post.id != "p5")}
    )  # the hostile post is full of what the pattern takes for Markdown
    found = findings(tame, key_findings(tame))
    document = docx.Document(io.BytesIO(word_report(found)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said = "\n".join([*(one.text for one in document.paragraphs), *cells])
    assert words(said) == words(markdown_report(found))


def test_headings_quotes_and_sources_have_styles_of_their_own(codings: Codings) -> None:
    """A reader's navigation pane shows parts, questions and themes; quotes look like quotes."""
    content = word_report(findings(codings, key_findings(codings)))
    found = paragraphs(content)
    assert found[0] == ("Title", "Small steps")
    assert [text for style, text in found if style == "Heading 1"] == [
        "1. Introduction",
        "2. Key themes",
        "3. Breakdown of quotes by theme",
        "4. What was left out, and why",
        "5. For people to decide",
        "6. What failed",
        "7. Methods, for a journal and an audit",
    ]
    assert ("Heading 3", "Theme 1: No time") in found
    assert ("Quote", "No hours at all") in found


def test_text_from_the_right_runs_from_the_right(codings: Codings) -> None:
    """Hebrew is set from right to left; English with a Hebrew word in it is not."""
    hebrew, mixed = "שלום לכל העובדים כאן", "We say שלום to all of them"
    first = codings.posts[0]
    quote = first.codings[0].quote.model_copy(update={"text": hebrew})
    other = first.codings[1].quote.model_copy(update={"text": mixed})
    codings_of_post = tuple(
        coding.model_copy(update={"quote": text})
        for coding, text in zip(first.codings, (quote, other), strict=True)
    )
    outcome = first.outcome.model_copy(update={"codings": codings_of_post})
    post = first.model_copy(update={"outcome": outcome})
    one = codings.model_copy(update={"posts": (post,)})
    document = docx.Document(io.BytesIO(word_report(findings(one))))
    turned = {
        one.text: one.paragraph_format.element.pPr.find(qn("w:bidi")) is not None
        for one in document.paragraphs
        if one.text in {hebrew, mixed}
    }
    assert turned == {hebrew: True, mixed: False}


def footers(content: bytes) -> tuple[str, list[str | None]]:
    """Return what the foot of every page says, and what is counted there by who opens it."""
    foot = docx.Document(io.BytesIO(content)).sections[-1].footer
    counted = [
        field.get(qn("w:instr"))
        for one in foot.paragraphs
        for field in one.paragraph_format.element.iter(qn("w:fldSimple"))
    ]
    return "".join(one.text for one in foot.paragraphs), counted


def test_pages_of_ours_are_numbered_and_a_template_keeps_its_foot(
    codings: Codings, tmp_path: Path
) -> None:
    """A report of twenty pages is talked about by page; a letterhead has a foot of its own."""
    assert footers(word_report(findings(codings))) == (" / ", ["PAGE", "NUMPAGES"])
    template = docx.Document()
    template.sections[-1].footer.paragraphs[0].text = "Our trust"
    template.save(str(tmp_path / "ours.docx"))
    made = word_report(findings(codings), template=tmp_path / "ours.docx")
    assert footers(made) == ("Our trust", [])


def test_a_template_lends_its_styles_and_what_it_holds(codings: Codings, tmp_path: Path) -> None:
    """A letterhead stays in front; a style the template lacks is printed plainly."""
    template = docx.Document()
    template.add_paragraph("Our trust")
    styles = template.styles
    styles.element.remove(styles["Quote"].element)
    template.save(str(tmp_path / "ours.docx"))
    output = tmp_path / "report.docx"
    secondcoder.report(codings, output=output, template=tmp_path / "ours.docx")
    found = paragraphs(output.read_bytes())
    assert found[0][1] == "Our trust"
    assert ("Normal", "No hours at all") in found


def test_what_cannot_be_a_word_report_is_told(codings: Codings, tmp_path: Path) -> None:
    """No file to write; a template that is none; a template for a page."""
    with pytest.raises(InputError, match="name it with --output"):
        secondcoder.report(codings, form="word")
    (tmp_path / "t.docx").write_text("no zip", "utf-8")
    with pytest.raises(InputError, match="can't be read as a Word document"):
        secondcoder.report(codings, output=tmp_path / "r.docx", template=tmp_path / "t.docx")
    with pytest.raises(InputError, match="--template is for Word reports"):
        secondcoder.report(codings, output=tmp_path / "r.html", template=tmp_path / "t.docx")


def test_a_name_from_the_right_is_bold_and_leaves_the_words_around_it_in_order(
    codings: Codings,
) -> None:
    """Word has a switch of its own for bold letters of such scripts; isolates keep the order."""
    hebrew = "זמן להקשיב?"
    book = codings.info.codebook
    themes = tuple(
        theme.model_copy(update={"name": hebrew}) if theme.id == "time" else theme
        for theme in book.themes
    )
    questions = tuple(one.model_copy(update={"text": hebrew}) for one in book.questions)
    info = codings.info.model_copy(
        update={"codebook": book.changed(themes=themes, questions=questions)}
    )
    found = findings(Codings(info=info, posts=codings.posts))
    isolated = f"\N{FIRST STRONG ISOLATE}{hebrew}\N{POP DIRECTIONAL ISOLATE}"
    document = docx.Document(io.BytesIO(word_report(found)))
    texts = [one.text for one in document.paragraphs]
    assert f"Q1. {isolated}" in texts
    assert f"Theme 1: {isolated}" in texts
    (run,) = [
        run
        for one in document.paragraphs
        for run in one.runs
        if run.text == f"Theme 1: {isolated}. "
    ]
    assert run.bold
    assert run.font.cs_bold
    assert f"### Q1. {isolated}" in markdown_report(found)


def test_the_direction_stands_where_the_format_wants_it(codings: Codings) -> None:
    """Of an indented quote: behind its style, before its indent (ECMA-376, CT_PPrBase)."""
    hebrew = "שלום לכל העובדים כאן"
    found = findings(codings, key_findings(codings))
    section = found.breakdown.questions[0]
    finding = section.themes[1].finding
    assert finding is not None
    cites = tuple(quote.model_copy(update={"text": hebrew}) for quote in finding.cites)
    theme = section.themes[1].model_copy(
        update={"finding": finding.model_copy(update={"cites": cites})}
    )
    section = section.model_copy(update={"themes": (theme,)})
    questions = (section, *found.breakdown.questions[1:])
    breakdown = found.breakdown.model_copy(update={"questions": questions})
    content = word_report(found.model_copy(update={"breakdown": breakdown}))
    quote = next(one for one in docx.Document(io.BytesIO(content)).paragraphs if one.text == hebrew)
    properties = [child.tag.partition("}")[2] for child in quote.paragraph_format.element.pPr]
    assert properties == ["pStyle", "keepNext", "bidi", "ind"]


@pytest.mark.slow
def test_libreoffice_opens_it(codings: Codings, tmp_path: Path) -> None:
    """Its text, printed by LibreOffice, holds the hostile post's words as words."""
    office = shutil.which("soffice")
    pdftotext = shutil.which("pdftotext")
    if office is None or pdftotext is None:
        pytest.skip("no LibreOffice or pdftotext on this machine")
    secondcoder.report(codings, output=tmp_path / "report.docx")
    command = [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "report.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603
    text = subprocess.run(  # noqa: S603  # a tool of this machine
        [pdftotext, str(tmp_path / "report.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "<script>window.hacked" in text
    assert "Breakdown of quotes by theme" in text


def test_a_short_table_stays_on_one_page_and_a_long_one_repeats_its_head(tmp_path: Path) -> None:
    """Below most of a page of lines: five rows are not parted, and of eighty each page has a head.

    Read from the PDF that LibreOffice prints, page by page.
    """
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if office is None or reader is None:
        pytest.skip("no LibreOffice or pdftotext on this machine")
    for n_rows in (5, 80):
        page = Page(docx.Document(), None)
        for line in range(24):
            page.add(f"line {line}")
        rows = [
            (f"row{n:02}x", "words\nof\nthree lines" if n_rows < 10 else "") for n in range(n_rows)
        ]
        page.table(("headx", "said"), rows, (1, 1))
        (tmp_path / "table.docx").write_bytes(page.saved("Tables"))
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        convert = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
        subprocess.run([*convert, str(tmp_path / "table.docx")], check=True, capture_output=True)  # noqa: S603
        read = [reader, str(tmp_path / "table.pdf"), "-"]
        text = subprocess.run(read, check=True, capture_output=True, text=True).stdout  # noqa: S603
        holding = [each for each in text.split("\f") if "row" in each]
        assert (len(holding) == 1) == (n_rows == 5)
        assert all("headx" in each for each in holding)


def test_pictures_tell_what_they_show(codings: Codings) -> None:
    """Each chart is a picture whose description holds its sentences and all its numbers."""
    found = findings(codings)
    document = docx.Document(io.BytesIO(word_report(found)))
    told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]  # noqa: SLF001
    assert told == [f"{chart.title}. {chart.alt} {chart.line}" for chart in found.charts]
    assert "1. No time 3 3 · 2. Late data 1 1" in told[2]


def test_pictures_fit_between_the_margins(codings: Codings) -> None:
    """A picture is as wide as the text."""
    document = docx.Document(io.BytesIO(word_report(findings(codings))))
    page = document.sections[0]
    width = (page.page_width or 0) - (page.left_margin or 0) - (page.right_margin or 0)
    assert {shape.width for shape in document.inline_shapes} == {width}


@pytest.mark.slow
def test_pictures_reach_paper(codings: Codings, tmp_path: Path) -> None:
    """LibreOffice prints all five: poppler lists the mask of each (a picture may be in pieces)."""
    office, lister = shutil.which("soffice"), shutil.which("pdfimages")
    if office is None or lister is None:
        pytest.skip("LibreOffice or poppler is not on this machine")
    (tmp_path / "report.docx").write_bytes(word_report(findings(codings)))
    command = [
        *(office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
        *("--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "report.docx")),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603
    listed = subprocess.run(  # noqa: S603
        [lister, "-list", str(tmp_path / "report.pdf")], check=True, capture_output=True, text=True
    ).stdout
    assert len(re.findall(r" smask ", listed)) == len(findings(codings).charts)


def test_values_have_more_room_than_their_names(codings: Codings) -> None:
    """Of the table that tells how the report was made; in every row, as LibreOffice reads it."""
    document = docx.Document(io.BytesIO(word_report(findings(codings))))
    made = document.tables[1]
    assert made.rows[0].cells[0].text == "What"
    for row in made.rows:
        name, value = (cell.width or 0 for cell in row.cells)
        assert value > 2 * name > 0


def test_pages_are_a4_and_a_template_keeps_its_own(codings: Codings, tmp_path: Path) -> None:
    """210 by 297 mm; python-docx's own page, which stands in for a template, is US Letter."""
    template = docx.Document()
    template.save(str(tmp_path / "ours.docx"))
    sizes = {}
    for name, given in (("plain", None), ("theirs", tmp_path / "ours.docx")):
        secondcoder.report(codings, output=tmp_path / f"{name}.docx", template=given)
        page = docx.Document(str(tmp_path / f"{name}.docx")).sections[0]
        assert page.page_width is not None
        assert page.page_height is not None
        sizes[name] = (round(page.page_width.mm), round(page.page_height.mm))
    assert sizes == {"plain": (210, 297), "theirs": (216, 279)}


def test_what_stands_below_a_quote_is_quiet_in_every_template(
    codings: Codings, tmp_path: Path
) -> None:
    """Captions of this template are bold and blue; a template's own style of sources stays."""
    template = docx.Document()
    template.save(str(tmp_path / "plain.docx"))
    template.styles.add_style("Source", WD_STYLE_TYPE.PARAGRAPH).font.italic = True
    template.save(str(tmp_path / "ours.docx"))
    for name, italic in (("plain", None), ("ours", True)):
        output = tmp_path / f"{name}-report.docx"
        secondcoder.report(codings, output=output, template=tmp_path / f"{name}.docx")
        document = docx.Document(str(output))
        (source, *_) = [one for one in document.paragraphs if one.text.startswith("— Ann")]
        assert source.style is not None
        assert (source.style.name, source.style.font.italic) == ("Source", italic)
        assert not source.style.font.bold
        assert source.style.font.color.rgb != RGBColor(0x4F, 0x81, 0xBD)


def test_what_stands_above_the_first_quote_stays_with_it(codings: Codings) -> None:
    """Heading, counts and definition of a theme, and what a group of posts is."""
    document = docx.Document(io.BytesIO(word_report(findings(codings))))
    paragraphs = document.paragraphs
    firsts = [
        place
        for place, one in enumerate(paragraphs)
        if one.style is not None and one.style.name == "Quote"
    ]
    starts = 0
    for place in firsts:
        for above in reversed(paragraphs[:place]):
            assert above.style is not None
            if above.style.name != "Normal":
                starts += above.style.name.startswith("Heading")
                break
            assert above.paragraph_format.keep_with_next, above.text
    assert starts > 5


def test_a_themes_sentence_stays_with_its_quote(codings: Codings) -> None:
    """On the page of what stands below it; where nothing does, it pulls no other theme along."""
    document = docx.Document(io.BytesIO(word_report(findings(codings, key_findings(codings)))))
    themes = [
        (one, after)
        for one, after in pairwise(document.paragraphs)
        if one.style is not None and one.style.name == "List Bullet" and "Theme " in one.text
    ]
    assert len(themes) > 2
    for one, after in themes:
        is_cited = after.style is not None and after.style.name == "Quote"
        assert bool(one.paragraph_format.keep_with_next) is is_cited
