"""Codings: every post accounted for once, every quote verbatim, every id known."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

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
    PostCodings,
    Quoted,
)
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run

BOOK = Codebook(
    questions=(Question(id="Q1"),),
    themes=(Theme(id="T1", name="Tea"), Theme(id="T2", name="Time", questions=("Q1",))),
)
INFO = CodingsInfo(
    chat=ChatInfo(title="Garden"),
    codebook=BOOK,
    run=Run(id="r", coder=Coder(id="ana", kind=CoderKind.PERSON)),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


def _quoted(
    post: Post, *, theme_ids: str = "", question_id: str | None = None, within: Span | None = None
) -> PostCodings:
    """Return the post quoted once: whole, or within a span."""
    coding = Coding(
        quote=Quote.cut(post, [within or Span(start=0, end=len(post.text))]),
        question_id=question_id,
        theme_ids=tuple(theme_ids.split()),
    )
    return PostCodings(post=post, outcome=Quoted(codings=(coding,)))


@st.composite
def many_codings(draw: st.DrawFn) -> Codings:
    """Draw codings with every kind of outcome."""
    posts = []
    for n, text in enumerate(draw(st.lists(TEXTS, max_size=5))):
        post = Post(id=f"p{n}", text=text)
        end = draw(st.integers(1, len(text)))
        start = draw(st.integers(0, end - 1))
        themes = " ".join(draw(st.lists(st.sampled_from(["T1", "T2"]), unique=True)))
        coded = _quoted(post, theme_ids=themes, within=Span(start=start, end=end))
        outcome = draw(
            st.sampled_from([
                coded.outcome,
                LeftOut(reason=LeftOutReason.GREETING),
                Abstention(note="unclear", confidence=0.5),
                Failure(error="ResponseError", detail="no JSON"),
            ])
        )
        given_question = Attribution(question_ids=("Q1",), rule=AttributionRule.GIVEN)
        attribution = draw(st.sampled_from([Attribution(), given_question]))
        posts.append(PostCodings(post=post, attribution=attribution, outcome=outcome))
    return Codings(info=INFO, posts=tuple(posts))


@settings(deadline=None, max_examples=60)
@given(many_codings())
def test_codings_survive_json(codings: Codings) -> None:
    """Written and read again they are equal."""
    assert Codings.model_validate_json(codings.model_dump_json()) == codings


@settings(deadline=None, max_examples=60)
@given(TEXTS, st.data())
def test_a_quote_altered_in_the_file_is_refused_at_load(text: str, data: st.DataObject) -> None:
    """Whatever someone edits, the words no longer are the post's."""
    stored = json.loads(_quoted(Post(id="p", text=text)).model_dump_json())
    quote = stored["outcome"]["codings"][0]["quote"]
    altered = data.draw(TEXTS.filter(lambda other: other != text))
    quote["text"] = altered
    with pytest.raises(ValidationError, match="quotes must be verbatim"):
        PostCodings.model_validate_json(json.dumps(stored))
    quote["text"] = text
    quote["spans"][0]["end"] += data.draw(st.integers(1, 9))
    with pytest.raises(ValidationError, match="reaches past"):
        PostCodings.model_validate_json(json.dumps(stored))


def test_a_post_altered_in_the_file_is_refused_at_load() -> None:
    """The post and its quotes must go on telling the same."""
    stored = json.loads(
        _quoted(Post(id="p", text="More tea"), within=Span(start=0, end=4)).model_dump_json()
    )
    stored["post"]["text"] = "Less tea"
    with pytest.raises(ValidationError, match="the quote reads 'More'"):
        PostCodings.model_validate_json(json.dumps(stored))


def test_only_quoted_posts_have_codings() -> None:
    """Left out, abstained and failed are three things, none of them 'no theme'."""
    post = Post(id="p", text="Hello")
    outcomes = (
        LeftOut(reason=LeftOutReason.GREETING),
        Abstention(note="torn between two"),
        Failure(error="TimeoutError", detail="60 s"),
    )
    for outcome in outcomes:
        assert PostCodings(post=post, outcome=outcome).codings == ()
    with pytest.raises(ValidationError):
        Quoted(codings=())


def test_one_post_may_give_quotes_that_overlap_and_carry_no_theme() -> None:
    """No theme means 'other ideas'."""
    post = Post(id="p", text="More time, and tea")
    spans = (Span(start=0, end=9), Span(start=5, end=18))
    codings = tuple(Coding(quote=Quote.cut(post, [span])) for span in spans)
    coded = PostCodings(post=post, outcome=Quoted(codings=codings))
    both = Codings(info=INFO, posts=(coded,))
    assert both.quotes == codings
    assert both.failures == ()


def test_failures_are_found_among_the_posts() -> None:
    """They are counted apart from decisions."""
    failed = PostCodings(
        post=Post(id="f", text="x"), outcome=Failure(error="ResponseError", detail="no JSON")
    )
    fine = _quoted(Post(id="p", text="Tea"), theme_ids="T1", question_id="Q1")
    assert Codings(info=INFO, posts=(fine, failed)).failures == (failed,)


def test_every_post_appears_once() -> None:
    """Twice would count its quotes twice."""
    coded = _quoted(Post(id="p", text="Tea"))
    with pytest.raises(ValidationError, match="post p is coded twice"):
        Codings(info=INFO, posts=(coded, coded))


@pytest.mark.parametrize(
    ("theme_id", "question_id", "message"),
    [
        ("T9", "Q1", "theme 'T9' is not in the codebook"),
        ("T1", "Q9", "question 'Q9' is not in the codebook"),
    ],
)
def test_an_id_the_codebook_lacks_is_refused(theme_id: str, question_id: str, message: str) -> None:
    """The message names post and id."""
    coded = _quoted(Post(id="p", text="Tea"), theme_ids=theme_id, question_id=question_id)
    with pytest.raises(ValidationError, match=f"post p: {message}"):
        Codings(info=INFO, posts=(coded,))


def test_a_theme_is_named_once_per_quote() -> None:
    """Twice would weigh twice."""
    with pytest.raises(ValidationError, match="name each once"):
        _quoted(Post(id="p", text="Tea"), theme_ids="T1 T1")
