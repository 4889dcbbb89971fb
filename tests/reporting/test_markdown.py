"""The Markdown report: participants' words are shown, and none of them is markup."""

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from typing_extensions import override

from secondcoder.reporting.breakdown import WITHHELD
from secondcoder.reporting.findings import findings
from secondcoder.reporting.markdown import escaped, markdown_report, quoted
from secondcoder.schema.chat import ChatInfo
from secondcoder.schema.codings import Codings, PostCodings, Quoted
from secondcoder.schema.key_findings import FindingOrigin, KeyFinding, Withheld

MARKUP = "#-*_`[]()<>|!&;:~=+.\\/ \n\t\"'$@{}^0123456789aAhHtTpPsSwW"


class Words(HTMLParser):
    """Collects the words of a page, apart where an element stands between, and the elements."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: set[str] = set()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.elements.add(tag)
        self.words.append(" ")

    @override
    def handle_endtag(self, tag: str) -> None:
        del tag
        self.words.append(" ")

    @override
    def handle_data(self, data: str) -> None:
        self.words.append(data)


def shown(markdown: str) -> tuple[str, set[str]]:
    """Return what a reader of the Markdown sees, and the elements it became."""
    page = Words()
    page.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))
    page.close()
    return " ".join("".join(page.words).split()), page.elements


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet=MARKUP, max_size=60))
def test_a_quote_is_shown_as_written_and_is_never_markup(text: str) -> None:
    """Whatever the post holds, a reader sees its characters inside a block quotation."""
    words, elements = shown("\n".join(quoted(text)))
    assert words == " ".join(text.split())
    assert elements <= {"blockquote", "p", "br"}


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=MARKUP, max_size=40))
def test_a_line_is_shown_as_written_in_headings_and_tables(text: str) -> None:
    """Theme names and settings stand inside our own markup, and stay words there."""
    wanted = " ".join(f"x {text} y".split())
    assert shown(f"## {escaped(f'x {text} y')}") == (wanted, {"h2"})
    words, elements = shown(f"| a |\n| --- |\n| {escaped(f'x {text} y')} |")
    assert words == f"a {wanted}"
    assert elements <= {"table", "thead", "tbody", "tr", "th", "td"}


def test_addresses_in_posts_do_not_become_links() -> None:
    """Readers that link bare addresses find none."""
    assert escaped("see https://example.org or www.example.org") == (
        r"see https\://example.org or www\.example.org"
    )


def test_line_breaks_of_a_post_stay_inside_the_quotation(codings: Codings) -> None:
    """Each line of the hostile post is a line of the quotation."""
    lines = quoted(codings.posts[4].post.text)
    assert len(lines) == 4
    assert all(line.startswith(">") for line in lines)
    assert lines[0].startswith(r"> \# \<script\>window.hacked")


def test_a_quote_links_to_its_post_only_over_http(codings: Codings) -> None:
    """The address of p1 is a link; the script in place of p5's address is nowhere."""
    report = markdown_report(findings(codings))
    assert '<a id="post-p1"></a>Ann · 20:01 · [post p1](https://example.org/status/1)' in report
    assert "](javascript" not in report.replace(r"\]", "")
    assert r"\<b\>eve\</b\> · 20:05 · post p5" in report


def test_the_report_has_its_parts_in_order_and_ends_with_a_line_break(codings: Codings) -> None:
    """Seven parts: the people's report with its appendix, and the methods."""
    report = markdown_report(findings(codings))
    assert report.endswith("\n")
    assert not report.endswith("\n\n")
    assert re.findall(r"^## (.+)$", report, re.MULTILINE) == [
        "1. Introduction",
        "2. Key themes",
        "3. Breakdown of quotes by theme",
        "4. What was left out, and why",
        "5. For people to decide",
        "6. What failed",
        "7. Methods, for a journal and an audit",
    ]
    assert "- **Theme 1: No time.** (4 quotes from 3 authors)" in report


def test_a_key_finding_stands_under_its_theme_with_what_it_rests_on(codings: Codings) -> None:
    """A person's sentence shows the typical quote, a model's its citations; both lead to posts."""
    p1, p2 = (codings.posts[place].codings[0].quote for place in (0, 1))
    found = [
        KeyFinding(
            question_id="Q1",
            theme_id="time",
            text="Time *decides*.",
            origin=FindingOrigin.CODEBOOK,
            cites=(p2,),
            withheld=Withheld(origin=FindingOrigin.MODEL, why="it *names* 7"),
        ),
        KeyFinding(
            question_id="Q1",
            theme_id="data",
            text="Numbers come late.",
            origin=FindingOrigin.MODEL,
            cites=(p2, p1),
        ),
    ]
    report = markdown_report(findings(codings, found))
    assert (
        "- **Theme 1: No time.** Time \\*decides\\*. (4 quotes from 3 authors)\n"
        "\n"
        "  > No hours at all\n"
        "  >\n"
        "  > — typical: [quote 3](#post-p2)\n"
        "\n"
        "  Note: The model's sentence is withheld; the methods say why.\n"
        "- **Theme 2: Late data.** Numbers come late. (1 quote from 1 author)\n"
        "  Rests on [quote 3](#post-p2), [quote 1](#post-p1).\n"
    ) in report
    assert (
        "### Sentences withheld from the findings\n"
        "\n"
        f"{WITHHELD}\n"
        "\n"
        "- Q1, theme 1. The model's sentence is withheld: it \\*names\\* 7.\n"
    ) in report
    assert "No post gave a quote to this question." in report
    assert "repeats [post p2](#post-p2)" in report
    assert "ResponseError: segment 9 of 2" in report


def test_what_is_known_of_a_quote_is_printed_and_what_is_not_is_left_away(
    codings: Codings,
) -> None:
    """A note is shown; no author, time or address leaves the id; the file stands for a source."""
    first = codings.posts[0]
    bare = first.post.model_copy(update={"author": None, "created_at": None, "url": None})
    noted = first.codings[0].model_copy(update={"note": "an *odd* one", "confidence": None})
    outcome = Quoted(codings=(noted,))
    info = codings.info.model_copy(update={"chat": ChatInfo(source="chat_1.csv")})
    post = PostCodings(post=bare, outcome=outcome)
    report = markdown_report(findings(Codings(info=info, posts=(post,))))
    assert r'> — <a id="post-p1"></a>post p1 · quote 1 · note: an \*odd\* one' in report
    assert r"The posts were read from chat\_1.csv." in report
    assert report.startswith("# Chat\n\n## 1. Introduction")


def test_an_empty_chat_says_that_nothing_was_left_out(codings: Codings) -> None:
    """No heading of the appendix stands without a sentence."""
    report = markdown_report(findings(Codings(info=codings.info)))
    assert "No post was left out." in report
    assert "The coder left no post to people." in report
    assert "No post failed." in report
