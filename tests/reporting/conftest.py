"""One small coding of a chat, of which every number in these tests was counted by hand.

And a browser that opens the pages on it.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from secondcoder.schema.chat import ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Codings,
    CodingsInfo,
    Failure,
    LeftOut,
    LeftOutReason,
    Outcome,
    PostCodings,
    Quoted,
)
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run

START = datetime(2026, 3, 5, 20, tzinfo=UTC)
HOSTILE = (
    "# <script>window.hacked = 1</script> [tea](javascript:alert(1)) | *bold* `code`\n"
    "- a list &amp; https://example.org\n\n> quoted \u202eevil " + "w" * 120
)
QUESTIONS = (
    Question(id="Q1", text="What gets in the way?"),
    Question(id="Q2", text="How do we learn?"),
    Question(id="Q2a", text="What helps?", parent="Q2"),
    Question(id="Q2b", text="Where do lessons go?", parent="Q2"),
)
THEMES = (
    Theme(id="data", name="Late data", questions=("Q1",)),
    Theme(id="time", name="No time", questions=("Q1",), key_finding="Time decides."),
    Theme(id="safety", name="Safe to be wrong", questions=("Q2",)),
    Theme(id="thanks", name="Thanks"),
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMEDRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage"
)
IN_CHROMIUM = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None or CHROMEDRIVER is None,
        reason="chromium and chromedriver are not installed",
    ),
]
"""What every test that opens a page is marked with."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Yield a browser with a profile of its own that logs its console and its requests."""
    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with Chrome(options=options, service=Service(CHROMEDRIVER)) as chrome:
        yield chrome


def coding(post: Post, words: str, question_id: str | None, *theme_ids: str) -> Coding:
    """Return the coding of the words where they first stand in the post."""
    start = post.text.index(words)
    span = Span(start=start, end=start + len(words))
    return Coding(
        quote=Quote.cut(post, [span]), question_id=question_id, theme_ids=theme_ids, confidence=0.5
    )


def post(number: int, author: str | None, text: str, *, repost_of: str | None = None) -> Post:
    """Return post `p<number>`, written that many minutes after the start."""
    return Post(
        id=f"p{number}",
        text=text,
        author=author,
        created_at=START + timedelta(minutes=number),
        url=f"https://example.org/status/{number}",
        repost_of=repost_of,
        is_repost=repost_of is not None,
    )


@pytest.fixture
def codings() -> Codings:
    """Return ten posts: five quoted, three left out, one abstained on, one failed.

    Eight quotes, one of them under two themes: p1 to p3 give two each, p4 and p5 one each.
    """
    p1 = post(1, "Ann", "A1 No hours left, and the numbers come in June")
    p2 = post(2, "bo", "No hours at all. Admit your own mistakes")
    p3 = post(3, "ANN", "Thank the night shift. Rotas are a puzzle")
    p4 = post(4, "cy", "We all just love cake 🎂")
    p5 = post(5, "<b>eve</b>", HOSTILE).model_copy(update={"url": "javascript:alert(1)"})
    p6 = post(6, "bo", "Hello all")
    p7 = post(7, "dee", "RT @bo: No hours at all", repost_of="p2")
    p8 = post(90, "bo", "Hello all").model_copy(update={"id": "p8"})
    p9 = post(9, "eli", "Hmm, time or data?")
    p10 = post(10, "eli", "Words that broke the machine")
    outcomes: list[tuple[Post, Outcome]] = [
        (p1, Quoted(codings=(coding(p1, "No hours left", "Q1", "time"),
                             coding(p1, "the numbers come in June", "Q1", "data", "time")))),
        (p2, Quoted(codings=(coding(p2, "No hours at all", "Q1", "time"),
                             coding(p2, "Admit your own mistakes", "Q2a", "safety")))),
        (p3, Quoted(codings=(coding(p3, "Thank the night shift", None, "thanks"),
                             coding(p3, "Rotas are a puzzle", "Q1")))),
        (p4, Quoted(codings=(coding(p4, p4.text, None),))),
        (p5, Quoted(codings=(coding(p5, p5.text, "Q1", "time"),))),
        (p6, LeftOut(reason=LeftOutReason.GREETING)),
        (p7, LeftOut(reason=LeftOutReason.REPOST, same_as="p2")),
        (p8, LeftOut(reason=LeftOutReason.DUPLICATE, same_as="p6")),
        (p9, Abstention(note="two themes are as likely")),
        (p10, Failure(error="ResponseError", detail="segment 9 of 2")),
    ]  # fmt: skip
    book = Codebook(title="Starting small", version="3", questions=QUESTIONS, themes=THEMES)
    return Codings(
        info=CodingsInfo(
            chat=ChatInfo(
                title="Small steps",
                hashtag="smallsteps",
                source_url="https://example.org/chat",
                starts_at=START,
            ),
            codebook=book,
            run=Run(
                id="r1",
                coder=Coder(id="embedded", kind=CoderKind.EMBEDDED),
                started_at=START + timedelta(days=1),
                codebook_sha256=book.sha256,
            ),
        ),
        posts=tuple(PostCodings(post=each, outcome=outcome) for each, outcome in outcomes),
    )
