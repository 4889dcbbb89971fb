"""Every form of a report holds all that was found: panel votes, definitions, notes and counts."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import docx
import pytest
from reporting.conftest import coding, post
from reporting.test_methods import proposed, with_book
from typing_extensions import override

import secondcoder
from secondcoder.errors import InputError
from secondcoder.induction.summarise import key_findings
from secondcoder.reporting.breakdown import ReportQuote, ThemeSection
from secondcoder.reporting.findings import Findings, findings
from secondcoder.reporting.html import html_report
from secondcoder.reporting.markdown import markdown_report
from secondcoder.reporting.pdf import pdf_of
from secondcoder.reporting.privacy import Private
from secondcoder.reporting.word import word_report
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings, PostCodings, Quoted
from secondcoder.schema.votes import Votes

LONG = ("One small thing we tried and kept, then the next one after it; " * 8)[:499] + "!"


class _Shown(HTMLParser):
    """What a page shows, less its style and script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.unseen = 0
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in {"style", "script"}

    @override
    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in {"style", "script"}

    @override
    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data)


def html(found: Findings) -> str:
    """Return what the page shows."""
    return " ".join(_Shown(html_report(found)).parts)


def markdown(found: Findings) -> str:
    """Return what is read in Markdown, less anchors and addresses of links."""
    return re.sub(r'<a id="[^"]*"></a>|(?<!\\)\]\([^)]*\)', " ", markdown_report(found))


def word(found: Findings) -> str:
    """Return what is read in Word."""
    document = docx.Document(io.BytesIO(word_report(found)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([*(one.text for one in document.paragraphs), *cells])


def plain(text: str) -> str:
    """Return the words alone, so that marks of a form do not part them."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} "


def rich(codings: Codings) -> Codings:
    """Return the codings with votes, notes, definitions and a quote of 500 characters."""
    book = codings.info.codebook
    themes = tuple(
        theme.model_copy(
            update={
                "definition": f"Whatever has to do with {theme.id}.",
                "key_finding": "In 31 wards data came late." if theme.id == "data" else None,
            }
        )
        for theme in book.themes
    )
    changed = Codebook(title=book.title, questions=book.questions, themes=themes)
    first = codings.posts[0]
    votes = Votes(n_cast=2, n_missing=1, n_for=2, n_quote=2, n_question=2, themes={"time": 2})
    voted = tuple(
        each.model_copy(update={"votes": votes, "note": "seen twice"}) for each in first.codings
    )
    long = post(11, "fay", LONG)
    posts = (
        PostCodings(post=first.post, outcome=Quoted(codings=voted)),
        *codings.posts[1:],
        PostCodings(post=long, outcome=Quoted(codings=(coding(long, LONG, "Q1", "time"),))),
    )
    return Codings(info=codings.info.model_copy(update={"codebook": changed}), posts=posts)


def everything(codings: Codings) -> Findings:
    """Return findings with votes, notes, a long quote and a sentence that is withheld."""
    full = rich(codings)
    return findings(full, key_findings(full))


def told(found: Findings) -> Iterator[str]:
    """Yield, in pieces, what every form has to tell."""
    opening = found.introduction
    yield from (opening.title, opening.held or "", *opening.figures, found.summary)
    yield from (found.breakdown.order, found.breakdown.amounts or "")
    yield from (f"{fact.name} {fact.value}" for fact in opening.made)
    for chart in found.charts:
        yield from (chart.title, chart.alt)
    for section in found.breakdown.questions:
        yield from (section.text, section.parent_text, section.tally.words)
        for theme in section.themes:
            yield from _of_theme(theme)
        for quote in section.other_ideas:
            yield from _of_quote(quote)
    for group in found.accounting.left_out:
        yield from (group.title, group.sentence, *(each.text or "" for each in group.posts))
    for each in (*found.accounting.abstained, *found.accounting.failed):
        yield from (each.text or "", each.why or "")
    for line in found.breakdown.withheld():
        yield line.words
    yield from (fact.value for fact in found.methods.facts)
    yield from found.methods.ethics
    yield from (f"{row.item} {row.answer}" for row in found.methods.checklist)


def _of_theme(theme: ThemeSection) -> Iterator[str]:
    yield from (theme.name, theme.definition, theme.tally.words)
    if theme.finding is not None:
        yield from (theme.finding.text, theme.finding.note or "")
        yield from (quote.text or "" for quote in theme.finding.cites)
    for quote in theme.quotes:
        yield from _of_quote(quote)


def _of_quote(quote: ReportQuote) -> Iterator[str]:
    yield f"quote {quote.number}"
    if quote.text is None:  # its number alone, in a line with others of its theme
        return
    yield from (quote.text, quote.author or "", quote.written or "")
    yield from (quote.votes or "", quote.note or "", *quote.also_under)
    if quote.confidence is not None:
        yield f"confidence {quote.confidence:.2f}"


def pdf(found: Findings) -> str:
    """Return what is read in a PDF that a browser, or else WeasyPrint, prints."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext on this machine")
    try:
        printed = pdf_of(html_report(found))
    except InputError as error:  # neither a browser nor WeasyPrint
        pytest.skip(str(error))
    # As it was written: else lines of neighbouring cells are read in turns.
    command = [reader, "-raw", "-", "-"]
    done = subprocess.run(command, input=printed, check=True, capture_output=True)  # noqa: S603
    return done.stdout.decode("utf-8")


@pytest.mark.parametrize("form", [html, markdown, word, pytest.param(pdf, marks=pytest.mark.slow)])
def test_every_form_tells_all_that_was_found(
    codings: Codings, form: Callable[[Findings], str]
) -> None:
    """Votes and definitions too, which Word once left out."""
    found = everything(codings)
    wanted = {piece for one in told(found) if (piece := plain(one)).strip()}
    assert plain("2 of 2 votes, 1 missing") in wanted
    assert plain("Whatever has to do with time.") in wanted
    assert any(plain("In 31 wards data came late.") in piece for piece in wanted)
    assert len(LONG) == 500
    assert plain(LONG) in wanted
    shown = plain(form(found))
    if form is pdf:  # which breaks long words, and turns letters behind a sign that asks for it
        shown = shown.replace(" ", "").replace("quotedlive", "quotedevil")
        wanted = {piece.replace(" ", "") for piece in wanted}
    assert [piece for piece in sorted(wanted) if piece not in shown] == []


@pytest.mark.parametrize("form", [html, markdown, word, pytest.param(pdf, marks=pytest.mark.slow)])
def test_every_form_says_once_how_many_are_not_shown(
    codings: Codings, form: Callable[[Findings], str]
) -> None:
    """Of five quotes about time two have no paraphrase: one line names both, and none is empty.

    Two greetings, of which one repeats the other, a repost, a post left to people and one that
    failed are counted and have no words.
    """
    full = rich(codings)
    hidden = Private(
        full, "Some are not shown.", lambda n, _: None if n in {None, 1, 3} else f"as told {n}"
    ).findings(everything(codings))
    wanted = {piece for one in told(hidden) if (piece := plain(one)).strip()}
    wanted |= {plain("2 quotes are not shown: quote 1, quote 3."), plain("as told 2")}
    printed = form(hidden)
    shown = plain(printed)
    assert [piece for piece in sorted(wanted) if piece not in shown] == []
    assert shown.count(" quotes are not shown ") == 1
    assert shown.count(" 1 post is not shown ") == 5
    assert printed.count("None") == form(everything(codings)).count("None")


@pytest.mark.parametrize("form", [html, markdown, word])
def test_every_form_tells_how_its_themes_came_about(
    codings: Codings, form: Callable[[Findings], str]
) -> None:
    """Who proposed which, from what, and what people changed; with what is left to fill in."""
    found = findings(with_book(codings, proposed(codings)))
    values = {fact.name: fact.value for fact in found.methods.facts}
    shown = plain(form(found))
    for name in (
        "Themes proposed by",
        "Posts read for themes",
        "Saturation",
        "Derivation of themes",
    ):
        assert plain(f"{name} {values[name]}") in shown
    for row in found.methods.checklist:
        assert plain(f"{row.item} {row.answer}") in shown


def test_the_json_of_a_report_is_the_findings_behind_the_other_forms(codings: Codings) -> None:
    """Read back, it is the very model that they print, whatever they make of it."""
    full = rich(codings)
    report = secondcoder.report(full, form="json")
    assert Findings.model_validate_json(report) == everything(codings)
    assert secondcoder.report(full) == markdown_report(everything(codings))
    assert secondcoder.report(full, form="html") == html_report(everything(codings))
