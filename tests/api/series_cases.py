"""Small invented chats of known counts, for reports over several chats."""

from datetime import UTC, datetime, timedelta

from secondcoder.schema.chat import Attribution, AttributionRule, ChatInfo, Post, Question
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

START = datetime(2026, 1, 5, 20, tzinfo=UTC)
BOOK = Codebook(
    title="Tea",
    questions=(Question(id="Q1", text="What helps?"), Question(id="Q2", text="What hinders?")),
    themes=(
        Theme(id="time", number=1, name="Time", definition="Having time.", questions=("Q1",)),
        Theme(id="tea", number=2, name="Tea", definition="Hot drinks.", questions=("Q1",)),
        Theme(id="noise", number=3, name="Noise", definition="Loud rooms.", questions=("Q2",)),
    ),
)
ABSTAINED, FAILED = Abstention(note="unsure"), Failure(error="ResponseError", detail="no reply")
NO_IDEA = LeftOut(reason=LeftOutReason.NO_IDEA)
NOT_CODED = LeftOut(reason=LeftOutReason.NOT_CODED)
Said = tuple[str | None, str | None, str | Outcome]
"""Author, question, and themes joined by `+` ("" is other ideas) or what became of the post."""


def chat(
    month: int | None,
    *said: Said,
    book: Codebook = BOOK,
    title: str = "Chat",
    coder: str = "embedded",
    run: dict[str, object] | None = None,
) -> Codings:
    """Return codings of a chat held on the fifth of a month of 2026; None: nobody knows when."""
    at = None if month is None else START.replace(month=month)
    posts = []
    for place, (author, question_id, found) in enumerate(said, 1):
        text = f"Words {place} of {title} {month}"
        post = Post(
            id=f"{title}-{month}-{place}".replace(" ", "-"),
            text=text,
            author=author,
            created_at=at + timedelta(minutes=place) if at else None,
        )
        outcome = found if not isinstance(found, str) else _quoted(post, question_id, found)
        rule = (
            Attribution(question_ids=(question_id,), rule=AttributionRule.LABEL)
            if question_id
            else Attribution()
        )
        posts.append(PostCodings(post=post, attribution=rule, outcome=outcome))
    kind = CoderKind.EMBEDDED if coder == "embedded" else CoderKind.MODEL
    fields = {"id": "r", "coder": Coder(id=coder, kind=kind), "codebook_sha256": book.sha256}
    info = CodingsInfo(
        chat=ChatInfo(title=title), codebook=book, run=Run.model_validate(fields | (run or {}))
    )
    return Codings(info=info, posts=tuple(posts))


def _quoted(post: Post, question_id: str | None, themes: str) -> Quoted:
    quote = Quote.cut(post, [Span(start=0, end=len(post.text))])
    ids = tuple(themes.split("+")) if themes else ()
    return Quoted(codings=(Coding(quote=quote, question_id=question_id, theme_ids=ids),))


def said(n_with: int, n_without: int, theme: str = "time", other: str = "tea") -> list[Said]:
    """Return posts on Q1 of as many authors, some with a theme and the rest with another."""
    given: list[Said] = [(f"w{n}", "Q1", theme) for n in range(n_with)]
    return [*given, *((f"o{n}", "Q1", other) for n in range(n_without))]
