"""Names that run from right to left leave the line that they stand in as it was."""

import io
from pathlib import Path

import docx
from docx.oxml.ns import qn
from reporting.conftest import IN_CHROMIUM
from selenium.webdriver import Chrome

from secondcoder.reporting.charts import apart
from secondcoder.reporting.findings import Findings, findings
from secondcoder.reporting.html import html_report
from secondcoder.reporting.word import word_report
from secondcoder.schema.codings import Codings
from secondcoder.schema.edits import CodebookEdit, EditKind
from secondcoder.schema.runs import Coder, CoderKind

SLOW, SKIPPED_WITHOUT = IN_CHROMIUM
TITLE, NAME, ASKED = "צעדים קטנים", "רות", "מה עוזר?"

# Of each wanted text, in the fact of that name that holds them all: where it begins on the screen.
STARTS = """
return arguments[0].map(([name, ...wanted]) => {
  const text = [...document.querySelectorAll('dl div')]
    .filter((each) => each.querySelector('dt').textContent === name)
    .map((each) => each.querySelector('dd').firstChild)
    .find((each) => wanted.every((words) => each.data.includes(words)));
  return wanted.map((words) => {
    const range = new Range();
    range.setStart(text, text.data.indexOf(words));
    range.setEnd(text, text.data.indexOf(words) + words.length);
    return range.getBoundingClientRect().left;
  });
});
"""


def hebrew(codings: Codings) -> Findings:
    """Return findings whose chat, codebook, coder and questions have Hebrew names."""
    book = codings.info.codebook
    edit = CodebookEdit(
        kind=EditKind.RENAME, before=("a",), after=("time",), reason=NAME, version="3", made_by=NAME
    )
    questions = tuple(one.model_copy(update={"text": ASKED}) for one in book.questions)
    chat = codings.info.chat.model_copy(update={"title": TITLE, "hashtag": NAME})
    run = codings.info.run.model_copy(update={"coder": Coder(id=NAME, kind=CoderKind.PERSON)})
    info = codings.info.model_copy(
        update={
            "chat": chat,
            "run": run,
            "codebook": book.changed(title=TITLE, questions=questions, edits=(edit,)),
        }
    )
    return findings(Codings(info=info, posts=codings.posts))


@SLOW
@SKIPPED_WITHOUT
def test_names_from_the_right_leave_facts_in_order(
    browser: Chrome, codings: Codings, tmp_path: Path
) -> None:
    """What stands behind a title, a coder or a question's words is to the right of them."""
    path = tmp_path / "report.html"
    path.write_text(html_report(hebrew(codings)), "utf-8")
    browser.get(path.as_uri())
    wanted = [
        ["Codebook", TITLE, ", version", ", hash"],
        ["Codebook", TITLE, ", 4 themes, SHA"],
        ["Coded by", NAME, "(people)"],
        ["Coded by", NAME, ", people, 6 March"],
        ["Questions asked", "Q1", "?", "Q2a"],
        ["Codebook edits", "version 3", "by"],
    ]
    starts = browser.execute_script(STARTS, wanted)
    for names, places in zip(wanted, starts, strict=True):
        assert places == sorted(places), names
    # The question mark ends words that run from the right: it stands to the left of them.
    mark, words = browser.execute_script(STARTS, [["Questions asked", "?", ASKED[:-1]]])[0]
    assert mark < words


def test_names_from_the_right_stand_apart_in_word(codings: Codings) -> None:
    """The line below the title runs from the left, as the names of authors leave theirs."""
    named = codings.posts[0].post.model_copy(update={"author": NAME})
    first = codings.posts[0].model_copy(update={"post": named})
    found = hebrew(Codings(info=codings.info, posts=(first, *codings.posts[1:])))
    document = docx.Document(io.BytesIO(word_report(found)))
    line = document.paragraphs[1]
    assert line.text == f"{apart(f'#{NAME}')} · 5 March 2026, 20:00 UTC"
    assert line.paragraph_format.element.pPr.find(qn("w:bidi")) is None
    assert any(one.text.startswith(f"— {apart(NAME)} · 20:01") for one in document.paragraphs)
    cells = [cell.text for table in document.tables for cell in table.columns[1].cells]
    assert f"{apart(NAME)} (people)" in cells
