"""What the themes of a codebook to extend cover without a model, and what is left to propose."""

from pathlib import Path

import pytest

import secondcoder
from secondcoder.reporting.derivation_wording import PROPOSED, derivation_facts
from secondcoder.schema.chat import Chat, ChatInfo, Post, Question
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
from secondcoder.schema.proposals import Proposal
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "improvement-chat"
Q1 = Question(id="Q1", text="What gives you a pause at work?")
SAME = "A1 five quiet minutes behind the linen cupboard"


def known(found: Proposal) -> dict[str, list[str]]:
    """Return what each theme that was there before covers."""
    return {
        theme.theme_id: [quote.text for quote in theme.quotes]
        for theme in found.themes
        if not theme.is_new and theme.question_id is not None
    }


def test_a_theme_that_nobody_speaks_of_covers_no_more_than_shares_its_words() -> None:
    """One theme to choose from, of which one stretch has a word; most of Q1 was laid under it."""
    questions = secondcoder.read_codebook(EXAMPLE / "codebook.yaml").questions
    parking = Theme(
        id="parking",
        name="Car parking is dear",
        definition="The hospital car park costs too much.",
        questions=("Q1",),
    )
    book = Codebook(questions=questions, themes=(parking,))
    found = secondcoder.propose(EXAMPLE / "chat.csv", codebook=book)
    assert known(found) == {"parking": ["costs about 40p a month"]}
    nothing = parking.model_copy(update={"name": "Meter tariffs", "definition": None})
    found = secondcoder.propose(
        EXAMPLE / "chat.csv", codebook=Codebook(questions=questions, themes=(nothing,))
    )
    assert known(found) == {}


def test_a_theme_covers_what_is_clearly_like_its_words() -> None:
    """A theme of Q1 without its examples: four of the posts that people laid under it, no other."""
    whole = secondcoder.read_codebook(EXAMPLE / "codebook.yaml")
    theme = whole.theme_by_id["keep-watching"].model_copy(update={"examples": ()})
    book = Codebook(questions=whole.questions, themes=(theme,))
    found = secondcoder.propose(EXAMPLE / "chat.csv", codebook=book)
    people = {
        coding.quote.post_id
        for coding in secondcoder.read_codings(EXAMPLE / "reference.jsonl").quotes
        if theme.id in coding.theme_ids
    }
    (evidence,) = (each for each in found.themes if each.theme_id == theme.id)
    covered = {quote.post_id for quote in evidence.quotes}
    assert len(covered) == 4
    assert covered <= people


def test_a_theme_covers_what_all_say_in_its_words() -> None:
    """Six people answer alike: no pair of them is less alike than their theme's words are."""
    question = Post(id="q", author="host", text=f"Q1: {Q1.text}")
    posts = (Post(id=f"s{n}", author=f"eve{n}", text=SAME) for n in range(6))
    chat = Chat(info=ChatInfo(moderators=("host",)), posts=(question, *posts))
    theme = Theme(id="linen", name="Quiet minutes behind the linen cupboard", questions=("Q1",))
    found = secondcoder.propose(chat, codebook=Codebook(questions=(Q1,), themes=(theme,)))
    assert len(known(found)["linen"]) == 6
    assert not any(theme.is_new for theme in found.themes)


def undecided() -> tuple[Outcome, ...]:
    """Return what stands in a person's file for posts that the person did not code."""
    return (
        LeftOut(reason=LeftOutReason.NOT_CODED),
        Abstention(note="cannot tell"),
        Failure(error="StoreError", detail="the file was cut off"),
    )


@pytest.mark.parametrize(
    ("kind", "who"),
    [(CoderKind.PERSON, "people"), (CoderKind.MODEL, "tiny-1, which is no person,")],
)
def test_whose_codings_were_taken_is_told(kind: CoderKind, who: str, tmp_path: Path) -> None:
    """A model's are not called people's."""
    post = Post(id="1", author="bo", text="A1 Zebras gallop quickly along dusty plains at dawn")
    others = [
        Post(id=f"s{n}", author=f"eve{n}", text=f"A1 {SAME} when it rains {n}") for n in range(3)
    ]
    chat = Chat(info=ChatInfo(), posts=(post, *others))
    theme = Theme(id="zebra", name="Zebras", questions=("Q1",))
    coding = Coding(
        quote=Quote.cut(post, [Span(start=3, end=9)]), question_id="Q1", theme_ids=("zebra",)
    )
    info = CodingsInfo(
        chat=chat.info,
        codebook=Codebook(questions=(Q1,), themes=(theme,)),
        run=Run(id="r", coder=Coder(id="tiny-1", kind=kind)),
    )
    coded = PostCodings(post=post, outcome=Quoted(codings=(coding,)))
    page = tmp_path / "evidence.md"
    found = secondcoder.propose(chat, coded=Codings(info=info, posts=(coded,)), evidence=page)
    told = f"1 post is read as {who} coded it, and 3 that nobody had coded were read by"
    assert told in dict(derivation_facts(found.codebook))[PROPOSED]
    assert told in page.read_text("utf-8")


@pytest.mark.parametrize("outcome", undecided(), ids=lambda outcome: outcome.kind)
def test_what_people_did_not_code_goes_to_the_coder(outcome: Outcome) -> None:
    """One of four on the cupboard is coded by a person; a theme's words cover the other three."""
    question = Post(id="q", author="host", text=f"Q1: {Q1.text}")
    says = ("by the sink", "at four", "with Jo", "when it rains")
    cupboard = [
        Post(id=f"s{n}", author=f"eve{n}", text=f"{SAME} {where}") for n, where in enumerate(says)
    ]
    zebra = Post(id="z", author="bo", text="A1 Zebras gallop quickly along dusty plains at dawn")
    chat = Chat(info=ChatInfo(moderators=("host",)), posts=(question, *cupboard, zebra))
    theme = Theme(id="linen", name="Quiet minutes behind the linen cupboard", questions=("Q1",))
    whole = Span(start=3, end=len(zebra.text))
    coding = Coding(quote=Quote.cut(zebra, [whole]), question_id="Q1", theme_ids=("linen",))
    coded = [PostCodings(post=zebra, outcome=Quoted(codings=(coding,)))]
    coded += [PostCodings(post=post, outcome=outcome) for post in cupboard]
    run = Run(id="r", coder=Coder(id="people", kind=CoderKind.PERSON))
    info = CodingsInfo(chat=chat.info, codebook=Codebook(questions=(Q1,), themes=(theme,)), run=run)
    found = secondcoder.propose(chat, coded=Codings(info=info, posts=tuple(coded)))
    (evidence,) = (each for each in found.themes if each.theme_id == "linen")
    assert {quote.post_id for quote in evidence.quotes} == {"s0", "s1", "s2", "s3", "z"}
    how = found.codebook.edits[-1].proposed
    assert how is not None
    assert how.n_coded == 1
    told = dict(derivation_facts(found.codebook))[PROPOSED]
    assert "1 post is read as people coded it, and 4 that nobody had coded were read by" in told
