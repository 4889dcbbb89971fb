"""The figures of a run add up, and name what they count."""

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
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage
from secondcoder.schema.summaries import Tally, ThemeSummary, summarise

BOOK = Codebook(
    questions=(Question(id="Q1"), Question(id="Q2")),
    themes=(
        Theme(id="time", name="Time", questions=("Q1",)),
        Theme(id="tea", name="Tea", questions=("Q2",)),
        Theme(id="trust", name="Trust"),
    ),
)
INFO = CodingsInfo(
    chat=ChatInfo(title="A chat"),
    codebook=BOOK,
    run=Run(id="r", coder=Coder(id="ann", kind=CoderKind.PERSON)),
)


def coded(post_id: str, outcome: Outcome | None = None, *places: tuple[str | None, str | None],
          author: str | None = None) -> PostCodings:  # fmt: skip
    """Return a post with an outcome, or with a quote for each (question, theme)."""
    post = Post(id=post_id, text="a" * 20, author=author)
    if outcome is None:
        outcome = Quoted(
            codings=tuple(
                Coding(
                    quote=Quote.cut(post, [Span(start=number, end=number + 1)]),
                    question_id=question_id,
                    theme_ids=(theme_id,) if theme_id else (),
                )
                for number, (question_id, theme_id) in enumerate(places)
            )
        )
    given = Attribution(question_ids=("Q1",), rule=AttributionRule.GIVEN)
    return PostCodings(post=post, attribution=given, outcome=outcome)


POSTS = (
    coded("1", None, ("Q1", "time"), ("Q1", "trust"), author="Sam"),
    coded("2", None, ("Q1", "time"), author="@sam"),
    coded("3", None, ("Q1", "time"), ("Q1", None)),
    coded("4", None, ("Q1", "tea"), (None, "trust")),
    coded("5", LeftOut(reason=LeftOutReason.GREETING)),
    coded("6", LeftOut(reason=LeftOutReason.GREETING)),
    coded("7", Abstention(note="unsure")),
    *(coded(str(n), Failure(error="ResponseError", detail="empty")) for n in range(8, 15)),
)


def test_every_post_is_counted_once() -> None:
    """Fourteen posts: four quoted, two left out, one for people, seven failed."""
    summary = summarise(Codings(info=INFO, posts=POSTS))
    assert summary.n_posts == 14
    assert (summary.n_quoted, summary.n_abstained, summary.n_failed) == (4, 1, 7)
    assert summary.left_out == {"greeting": 2}
    assert (summary.n_quotes, summary.n_other_ideas) == (7, 1)


def test_only_the_first_failures_are_kept_in_words() -> None:
    """A provider that is down must not fill the screen."""
    summary = summarise(Codings(info=INFO, posts=POSTS))
    assert len(summary.failures) == Tally.SHOWN
    assert summary.failures[0] == "post 8: ResponseError: empty"


def test_themes_are_in_the_codebooks_order_with_distinct_authors() -> None:
    """Sam and @sam are one; a post without author adds none.

    A question's own theme that nobody gave shows zero, a general one is not listed there.

    A theme given under a question that is not its own comes last and is not lost.
    """
    summary = summarise(Codings(info=INFO, posts=POSTS))
    rows = [(row.question_id, row.theme_id, row.n_quotes, row.n_authors) for row in summary.themes]
    assert rows == [
        ("Q1", "time", 3, 1),
        ("Q1", "trust", 1, 1),
        ("Q1", None, 1, 0),
        ("Q2", "tea", 0, 0),
        (None, "trust", 1, 0),
        ("Q1", "tea", 1, 0),
    ]
    assert summary.themes[2] == ThemeSummary(
        question_id="Q1", theme_id=None, name="Other ideas", n_quotes=1, n_authors=0
    )


def test_progress_counts_what_has_passed() -> None:
    """After five posts: four quoted with seven quotes, one left out."""
    tally = Tally(INFO.chat)
    for post in POSTS[:5]:
        tally.add(post)
    state = tally.progress(14, Usage(n_requests=2))
    assert (state.n_posts, state.n_done, state.n_quotes, state.n_left_out) == (14, 5, 7, 1)
    assert (state.n_abstained, state.n_failed, state.usage.n_requests) == (0, 0, 2)


def test_who_moderated_is_none_of_the_authors() -> None:
    """Named, or the author of a post that asks a question, whichever post comes first."""
    chat = ChatInfo(
        moderators=("@Hal",), questions=(Question(id="Q1", asked_by="9"),), title="A chat"
    )
    posts = (
        coded("1", None, ("Q1", "time"), author="hal"),
        coded("2", None, ("Q1", "time"), author="@IDA"),
        coded("3", None, ("Q1", "time"), author="sam"),
        coded("4", None, ("Q1", "trust"), author="ida"),
        coded("9", LeftOut(reason=LeftOutReason.GREETING), author="ida"),
    )
    info = INFO.model_copy(update={"chat": chat})
    themes = summarise(Codings(info=info, posts=posts)).themes
    told = [(row.theme_id, row.n_quotes, row.n_authors, row.n_moderators) for row in themes]
    assert told[:2] == [("time", 3, 1, 2), ("trust", 1, 0, 1)]
