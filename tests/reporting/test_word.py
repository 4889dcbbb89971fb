"""The report as a Word document: opened by python-docx here, and by LibreOffice where it is."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

import secondcoder
from secondcoder.errors import InputError
from secondcoder.induction.summarise import key_findings
from secondcoder.reporting.findings import findings
from secondcoder.reporting.markdown import markdown_report
from secondcoder.reporting.word import word_report
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


def test_word_and_markdown_say_the_same(codings: Codings) -> None:
    """Every word of the one is in the other, as often: they are printed from one model."""
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
