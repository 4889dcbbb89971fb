"""The HTML report: one page, escaped, agreeing with the Markdown."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from typing_extensions import override

from secondcoder.reporting.findings import findings
from secondcoder.reporting.html import html_report
from secondcoder.reporting.markdown import markdown_report
from secondcoder.reporting.pages import source_hash
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings

VOID = {"meta", "br", "input", "hr"}


class Element:
    """An element of a page: name, attributes, and what it holds in order."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        """Return the words inside, white space folded."""
        parts = (child if isinstance(child, str) else f" {child.text} " for child in self.children)
        return " ".join("".join(parts).split())

    def all(self, name: str | None = None, css_class: str = "") -> list["Element"]:
        """Return the elements inside of that name and class, in order."""
        found: list[Element] = []
        for child in self.children:
            if isinstance(child, Element):
                named = name is None or child.name == name
                if named and css_class in ["", *child.attributes.get("class", "").split()]:
                    found.append(child)
                found += child.all(name, css_class)
        return found

    def by_id(self, wanted: str) -> "Element":
        """Return the one element with that id."""
        (found,) = [each for each in self.all() if each.attributes.get("id") == wanted]
        return found


class Page(HTMLParser):
    """Builds the elements of a page, and insists that every element is closed in its turn."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.root = Element("page", {})
        self.open = [self.root]
        self.feed(source)
        self.close()
        assert self.open == [self.root]

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop().name == tag

    @override
    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@pytest.fixture
def page(codings: Codings) -> Element:
    """Return the elements of the report on the ten posts."""
    return Page(html_report(findings(codings))).root


def test_markdown_and_html_print_the_same_quotes_and_numbers(
    codings: Codings, page: Element
) -> None:
    """Headings, tallies, quotes, and the table that adds up, in the same order."""
    found = findings(codings)
    markdown = markdown_report(found)
    between = markdown.split("## 3. Breakdown")[1].split("## 4. What was")[0]
    rendered = Page(MarkdownIt("commonmark").render(between)).root
    breakdown = page.by_id("breakdown")
    assert [heading.text for heading in breakdown.all("h4")] == [
        heading.text.replace(":", "") for heading in rendered.all("h4")
    ]
    assert [quote.text for quote in breakdown.all("blockquote", "words")] == [
        " ".join(paragraph.text for paragraph in quote.all("p")[:-1])
        for quote in rendered.all("blockquote")
    ]
    tallies = [each.text for each in breakdown.all("p", "tally")]
    assert tallies == re.findall(r"^(?:No|\d+) quotes?.*\.$", between, re.MULTILINE)
    rows = [
        (row.all("th")[0].text, row.all("td")[0].text)
        for row in page.by_id("accounting").all("tr")[1:]
    ]
    assert rows == [(name, str(value)) for name, value in found.accounting.rows]
    assert all(f"| {name} | {value} |" in markdown for name, value in rows)
    assert all(sentence in markdown for sentence in [found.summary, page.by_id("summary").text])


def test_every_post_has_one_anchor_and_no_id_appears_twice(page: Element) -> None:
    """A quote can be traced by `#post-…`, and so can a post that gave none."""
    ids = [each.attributes["id"] for each in page.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    assert sorted(each for each in ids if each.startswith("post-")) == sorted(
        f"post-p{number}" for number in range(1, 11)
    )


def test_each_link_inside_the_page_leads_somewhere(page: Element) -> None:
    """Contents, key themes and reposts point to elements there are."""
    ids = {each.attributes.get("id") for each in page.all()}
    links = [each.attributes["href"] for each in page.all("a")]
    inside = [link.removeprefix("#") for link in links if link.startswith("#")]
    assert "post-p2" in inside
    assert set(inside) <= ids


def test_links_leave_only_by_http_and_tell_nothing_of_the_page(page: Element) -> None:
    """A `javascript:` address of a post is no link; the others carry rel."""
    outside = [each for each in page.all("a") if not each.attributes["href"].startswith("#")]
    assert {each.attributes["href"] for each in outside} == {
        "https://example.org/chat",
        *(f"https://example.org/status/{number}" for number in [1, 2, 3, 4, 6, 7, 90, 9, 10]),
    }
    assert all(each.attributes["rel"] == "noopener noreferrer" for each in outside)


def test_what_participants_wrote_stays_text(codings: Codings, page: Element) -> None:
    """The post with a script is shown with it; the page has its own script and no other."""
    hostile = codings.posts[4].post
    (quote,) = page.by_id("post-p5").all("blockquote")
    assert quote.children == [hostile.text.replace("&amp;", "&")]  # as its author saw it
    assert quote.attributes["dir"] == "ltr"
    assert len(page.all("script")) == 1
    assert page.by_id("post-p5").all("bdi", "author")[0].text == "<b>eve</b>"


def test_the_policy_admits_the_pages_own_style_and_script_alone(page: Element) -> None:
    """Hashes of what stands between the tags, and nothing else from anywhere."""
    (policy,) = [
        meta.attributes["content"] for meta in page.all("meta") if "http-equiv" in meta.attributes
    ]
    (style,), (script,) = page.all("style")[0].children, page.all("script")[0].children
    assert isinstance(style, str)
    assert isinstance(script, str)
    assert policy == (
        f"default-src 'none'; style-src '{source_hash(style)}'; "
        f"script-src '{source_hash(script)}'; base-uri 'none'; form-action 'none'"
    )


def test_the_page_asks_for_nothing(codings: Codings, page: Element) -> None:
    """No element that loads, no style attribute, no import or url() in the style."""
    loading = {"img", "link", "iframe", "object", "embed", "audio", "video", "source", "base"}
    assert not loading & {each.name for each in page.all()}
    assert not [each for each in page.all() if {"style", "src", "onclick"} & set(each.attributes)]
    source = html_report(findings(codings))
    assert "url(" not in source
    assert "@import" not in source


def test_every_control_has_a_label(page: Element) -> None:
    """Search, question and theme are named for those who cannot see them."""
    controls = [*page.all("input"), *page.all("select")]
    assert {control.attributes["id"] for control in controls} == {
        label.attributes["for"] for label in page.all("label")
    }


def test_the_report_is_the_same_each_time(codings: Codings, tmp_path: Path) -> None:
    """No clock and no chance: the bytes of two reports agree, and survive a file."""
    source = html_report(findings(codings))
    assert source.startswith("<!doctype html>")
    assert source == html_report(findings(codings))
    path = tmp_path / "report.html"
    path.write_text(source, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == source


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`. Source: WCAG 2.2, relative luminance."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("ink", "paper"),
        ("ink", "tint"),
        ("quiet", "paper"),
        ("quiet", "tint"),
        ("accent", "paper"),
        ("accent", "tint"),
        ("found-ink", "found"),
    ],
)
def test_words_stand_out_from_what_is_behind_them(
    page: Element, theme: int, front: str, back: str
) -> None:
    """Contrast is at least 4.5 to 1 in light (0) and dark (1), as WCAG 2.2 AA asks."""
    style = page.all("style")[0].text
    blocks = [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{([^}]*)\}", style)
    ]
    colours = {**blocks[0], **blocks[theme]}
    light, dark = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_words_of_another_language_are_marked_as_such(codings: Codings) -> None:
    """A reader aloud changes its voice for what was said, and reads the rest in English."""
    book = codings.info.codebook
    book = Codebook(language="nl", title=book.title, questions=book.questions, themes=book.themes)
    info = codings.info.model_copy(update={"codebook": book})
    page = Page(html_report(findings(Codings(info=info, posts=codings.posts)))).root
    quotes = page.all("blockquote")
    assert quotes
    assert {quote.attributes.get("lang") for quote in quotes} == {"nl"}
    assert page.by_id("h-introduction").attributes.get("lang") is None
    english = Page(html_report(findings(codings))).root
    assert {quote.attributes.get("lang") for quote in english.all("blockquote")} == {None}
