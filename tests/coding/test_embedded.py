"""The embedded coder: what becomes of posts, and that each is decided by itself alone."""

import asyncio
import subprocess
import sys
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.coding.embedded import EmbeddedCoder
from secondcoder.coding.segments import segments
from secondcoder.coding.tasks import Decision, Task
from secondcoder.errors import CodebookError
from secondcoder.schema.chat import Attribution, AttributionRule, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import (
    Abstention,
    LeftOut,
    LeftOutReason,
    Outcome,
    PostCodings,
    Quoted,
)
from secondcoder.schema.runs import CoderKind, Run

BOOK = Codebook(
    questions=(
        Question(id="Q1", text="What helps?"),
        Question(id="Q2", text="What hinders?"),
        Question(id="Q2a", parent="Q2"),
        Question(id="Q2b", parent="Q2"),
    ),
    themes=(
        Theme(
            id="garden",
            name="A garden to walk in",
            definition="Plants, trees and fresh air",
            examples=("We planted roses by the door", "Trees outside every window"),
            questions=("Q1",),
        ),
        Theme(
            id="music",
            name="Music on the ward",
            definition="Singing, choirs and instruments",
            examples=("A choir sings on Fridays", "The piano in the corridor"),
            questions=("Q1",),
        ),
        Theme(
            id="kitchen",
            name="Cooking together",
            definition="Meals, recipes and the kitchen",
            examples=("We bake bread with the residents", "Soup made from a family recipe"),
            questions=("Q1",),
        ),
        Theme(
            id="cost",
            name="Cost and budgets",
            examples=("No budget for it", "Too expensive, said finance"),
            questions=("Q2a",),
        ),
        Theme(
            id="rules",
            name="Rules and paperwork",
            examples=("Forms in triplicate", "Another policy to sign"),
            questions=("Q2b",),
        ),
        Theme(
            id="kindness",
            name="Kindness to each other",
            examples=("Somebody was kind to me", "Be gentle with colleagues"),
        ),
    ),
)
TWO_IDEAS = "A1 We planted trees and roses outside. The choir sings on the ward on Fridays. #hour"


def task(text: str, *questions: str, post_id: str = "1") -> Task:
    """Return a task for a post attributed to these questions."""
    rule = AttributionRule.LABEL if questions else AttributionRule.NONE
    attribution = Attribution(question_ids=questions, rule=rule)
    return Task(Post(id=post_id, text=text), attribution, segments(text))


def decisions(coder: EmbeddedCoder, tasks: Iterable[Task]) -> list[Decision]:
    """Return all decisions of the coder."""

    async def collected() -> list[Decision]:
        return [decision async for decision in coder.code(tasks)]

    return asyncio.run(collected())


def outcome(text: str, *questions: str, coder: EmbeddedCoder | None = None) -> Outcome:
    """Return what becomes of one post."""
    return decisions(coder or EmbeddedCoder(BOOK), [task(text, *questions)])[0].outcome


def themes(found: Outcome) -> list[tuple[str, ...]]:
    """Return the themes of each quote."""
    assert isinstance(found, Quoted), found
    return [coding.theme_ids for coding in found.codings]


def test_a_post_gets_the_theme_it_shares_words_with() -> None:
    """The words `choir` and `sings` are in one theme's examples only."""
    found = outcome("A1: our choir sings every week", "Q1")
    assert themes(found) == [("music",)]
    assert isinstance(found, Quoted)
    assert found.codings[0].question_id == "Q1"
    assert found.codings[0].confidence is not None
    assert found.codings[0].confidence > 0.5


def test_two_ideas_become_two_verbatim_quotes_without_furniture() -> None:
    """The label and the hashtag are in neither."""
    found = outcome(TWO_IDEAS, "Q1")
    assert themes(found) == [("garden",), ("music",)]
    assert isinstance(found, Quoted)
    assert [coding.quote.text for coding in found.codings] == [
        "We planted trees and roses outside.",
        "The choir sings on the ward on Fridays.",
    ]


def test_neighbouring_segments_of_one_idea_are_one_quote() -> None:
    """Both sentences are about plants."""
    found = outcome("We planted roses. Trees outside the window too.", "Q1")
    assert themes(found) == [("garden",)]


def test_a_segment_without_evidence_stays_with_its_neighbour() -> None:
    """The second sentence shares no word with any theme."""
    found = outcome("The choir sings on Fridays. Nobody expected that much.", "Q1")
    assert isinstance(found, Quoted)
    assert [coding.quote.text for coding in found.codings] == [
        "The choir sings on Fridays. Nobody expected that much."
    ]


def test_a_piece_too_unsure_to_stand_alone_joins_a_surer_one() -> None:
    """The second sentence speaks for three themes; alone it is a quote only at a low bar."""
    text = "The choir sings on Fridays. Bread baked near trees and roses, with singing."
    low = outcome(text, "Q1", coder=EmbeddedCoder(BOOK, abstain_below=0.4))
    high = outcome(text, "Q1", coder=EmbeddedCoder(BOOK, abstain_below=0.6))
    assert isinstance(low, Quoted)
    assert isinstance(high, Quoted)
    assert [len(low.codings), len(high.codings)] == [2, 1]
    assert high.codings[0].quote.text == text


def test_two_sure_pieces_stay_apart_when_an_unsure_one_joins() -> None:
    """It goes to the one before it."""
    text = (
        "Soup made from a family recipe. The choir sings on Fridays. "
        "Bread baked near trees and roses, with singing."
    )
    found = outcome(text, "Q1", coder=EmbeddedCoder(BOOK, abstain_below=0.6))
    assert isinstance(found, Quoted)
    assert [coding.quote.text for coding in found.codings] == [text[:31], text[32:]]
    assert found.codings[0].theme_ids == ("kitchen",)


def test_a_general_post_far_from_every_theme_goes_to_people() -> None:
    """Words alone can't tell an idea of its own from chatter."""
    found = outcome("Zzyzx qwghlm bxwqv")
    assert found == Abstention(note="too unsure: it answers no question, and no theme is near")


def test_the_coder_decides_between_candidate_questions() -> None:
    """A2 stands for both parts; the theme belongs to the second."""
    for asked in (("Q2a", "Q2b"), ("Q2",)):
        found = outcome("A2 forms, forms and another policy", *asked)
        assert isinstance(found, Quoted)
        assert found.codings[0].question_id == "Q2b"
        assert found.codings[0].theme_ids == ("rules",)


def test_a_general_post_gets_only_general_themes() -> None:
    """One about music stays undecided though a question's theme fits it."""
    kind = outcome("Somebody was kind to me today, be gentle")
    assert isinstance(kind, Quoted)
    assert kind.codings[0].theme_ids == ("kindness",)
    assert kind.codings[0].question_id is None
    assert isinstance(outcome("The choir sings on Fridays"), Abstention)


def test_without_general_themes_a_general_post_takes_a_clear_theme_and_its_question() -> None:
    """All themes compete when nothing says what the post answers."""
    book = BOOK.model_copy(update={"themes": BOOK.themes[:-1]})
    found = outcome("The choir sings on Fridays", coder=EmbeddedCoder(book))
    assert isinstance(found, Quoted)
    assert (found.codings[0].theme_ids, found.codings[0].question_id) == (("music",), "Q1")


def test_general_themes_come_after_those_of_the_question() -> None:
    """A post that says as much for both gets the question's theme."""
    book = Codebook(
        questions=(Question(id="Q1"),),
        themes=(
            Theme(id="general", name="Kettles and tea"),
            Theme(id="own", name="Kettles and tea", questions=("Q1",)),
        ),
    )
    coder = EmbeddedCoder(book, abstain_below=0)
    assert themes(outcome("Kettles!", "Q1", coder=coder)) == [("own",)]


def test_an_idea_far_from_every_theme_has_no_theme() -> None:
    """Nothing of it is in the codebook, which has examples enough to say so."""
    found = outcome("Zzyzx qwghlm bxwqv", "Q1")
    assert themes(found) == [()]
    assert isinstance(found, Quoted)
    assert found.codings[0].confidence is None


def test_a_question_without_themes_gives_quotes_without_a_theme() -> None:
    """There is nothing to choose from, and the answer is kept."""
    book = Codebook(
        questions=(Question(id="Q1"), Question(id="Q9")),
        themes=(Theme(id="tea", name="Tea", questions=("Q1",)),),
    )
    found = outcome("More cake for everyone", "Q9", coder=EmbeddedCoder(book))
    assert themes(found) == [()]
    assert isinstance(found, Quoted)
    assert found.codings[0].question_id == "Q9"


def test_an_unsure_post_goes_to_people() -> None:
    """It says as much for one theme as for the other."""
    book = Codebook(
        questions=(Question(id="Q1"),),
        themes=(
            Theme(id="a", name="Apples alpha", questions=("Q1",)),
            Theme(id="b", name="Apples omega", questions=("Q1",)),
        ),
    )
    found = outcome("Apples", "Q1", coder=EmbeddedCoder(book))
    assert isinstance(found, Abstention)
    assert found.confidence is not None
    assert found.confidence < 0.4
    assert isinstance(outcome("Apples", "Q1", coder=EmbeddedCoder(book, abstain_below=0)), Quoted)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("@sam Thanks so much!", LeftOutReason.NO_IDEA),
        ("Good evening everyone", LeftOutReason.NO_IDEA),
        ("@sam #hour https://example.org/1", LeftOutReason.EMPTY),
        ("", LeftOutReason.EMPTY),
    ],
)
def test_a_post_that_says_nothing_is_left_out(text: str, reason: LeftOutReason) -> None:
    """Courtesies hold no idea; links and hashtags are empty."""
    assert outcome(text, "Q1") == LeftOut(reason=reason)


def test_the_same_post_alone_or_among_a_thousand_gets_the_same_outcome() -> None:
    """Chunks are an affair of memory: no post depends on which others share its chunk."""
    coder = EmbeddedCoder(BOOK)
    texts = [TWO_IDEAS, "bread", "The piano!", "Thanks", "gentle", "zzyzx", "Music and roses"]
    tasks = [task(texts[n % 7], "Q1", post_id=str(n)) for n in range(1000)]
    together = decisions(coder, tasks)
    assert [decision.task.post.id for decision in together] == [str(n) for n in range(1000)]
    for position, text in enumerate(texts):
        alone = decisions(coder, [task(text, "Q1", post_id=str(position))])[0].outcome
        assert alone == together[position].outcome
        assert together[position + 987].outcome.kind == alone.kind


@pytest.mark.slow
def test_another_process_gives_the_same_codings() -> None:
    """The seed of Python's hashes has no say."""
    script = (
        "import asyncio, test_embedded as t\nprint(t.outcome(t.TWO_IDEAS, 'Q1').model_dump_json())"
    )
    folder = str(__file__).rpartition("/")[0]
    printed = {
        subprocess.run(  # noqa: S603  # our own interpreter and script
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": folder},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert printed == {outcome(TWO_IDEAS, "Q1").model_dump_json() + "\n"}


def test_tasks_are_taken_a_chunk_at_a_time() -> None:
    """Asked for one decision, the coder has read no further than its chunk."""
    taken = 0

    def tasks() -> Iterable[Task]:
        nonlocal taken
        for number in range(5000):
            taken += 1
            yield task("bread", "Q1", post_id=str(number))

    async def first() -> None:
        async for _ in EmbeddedCoder(BOOK).code(tasks()):
            return

    asyncio.run(first())
    assert taken == 512


def test_long_posts_make_shorter_chunks() -> None:
    """A chunk ends once its posts hold 200,000 characters; 100,000 in one post are coded."""
    long_post = "We planted roses. " * 5556
    tasks = [task(long_post, "Q1", post_id=str(number)) for number in range(2)]
    found = decisions(EmbeddedCoder(BOOK), tasks)
    assert [themes(decision.outcome) for decision in found] == [[("garden",)], [("garden",)]]


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=120))
def test_quotes_of_any_text_are_verbatim(text: str) -> None:
    """Emoji, other scripts, control characters: the record checks each quote against its post."""
    found = decisions(EmbeddedCoder(BOOK), [task(f"Roses {text} and soup", "Q1")])[0]
    coded = PostCodings(
        post=found.task.post, attribution=found.task.attribution, outcome=found.outcome
    )
    furniture = [piece.span for piece in found.task.segments if piece.is_furniture]
    for coding in coded.codings:
        for span in coding.quote.spans:
            assert not any(span.overlap(piece) for piece in furniture)


def test_a_codebook_in_another_script_is_matched_as_written() -> None:
    """Stop words and stems are English; other languages go without."""
    book = Codebook(
        language="ja",
        questions=(Question(id="Q1"),),
        themes=(
            Theme(id="tea", name="お茶の時間", questions=("Q1",)),
            Theme(id="walk", name="散歩と庭", questions=("Q1",)),
        ),
    )
    assert themes(outcome("散歩と庭が好き", "Q1", coder=EmbeddedCoder(book))) == [("walk",)]


def test_a_lone_theme_needs_nearness() -> None:
    """With nothing to choose between, the words still have to be near."""
    book = Codebook(
        questions=(Question(id="Q1"),),
        themes=(Theme(id="tea", name="Tea breaks", questions=("Q1",)),),
    )
    coder = EmbeddedCoder(book)
    assert themes(outcome("Proper tea breaks", "Q1", coder=coder)) == [("tea",)]
    assert isinstance(outcome("Zebras", "Q1", coder=coder), Abstention)


def test_a_codebook_without_themes_is_refused() -> None:
    """There is nothing to choose from."""
    with pytest.raises(CodebookError, match="no themes to choose from"):
        EmbeddedCoder(Codebook(title="Bare"))


def test_an_example_of_an_unknown_theme_is_refused() -> None:
    """The message lists the ids there are."""
    with pytest.raises(CodebookError, match=r"'gone', which the codebook lacks \(it has: garden"):
        EmbeddedCoder(BOOK, examples=[("gone", "words")])


def test_examples_given_beside_the_codebook_count() -> None:
    """One more quote moves its word to the theme."""
    coder = EmbeddedCoder(BOOK, examples=[("kitchen", "Zebras and zebras")])
    assert themes(outcome("zebras", "Q1", coder=coder)) == [("kitchen",)]


def test_what_a_theme_excludes_counts_against_it() -> None:
    """The same post has a smaller lead once the word is excluded."""
    tea = Theme(id="tea", name="Tea and biscuits", questions=("Q1",))
    walk = Theme(id="walk", name="Walks outside", questions=("Q1",))
    found = []
    for theme in (tea, tea.model_copy(update={"exclude": ("Biscuits for dogs",)})):
        book = Codebook(questions=(Question(id="Q1"),), themes=(theme, walk))
        coded = outcome("dogs and biscuits", "Q1", coder=EmbeddedCoder(book, abstain_below=0))
        assert isinstance(coded, Quoted)
        chance = coded.codings[0].confidence or 0.0
        found.append(chance if coded.codings[0].theme_ids == ("tea",) else 1 - chance)
    assert found[1] < found[0]


def test_a_quote_between_two_themes_gets_both() -> None:
    """It has the words of two of five themes, and leads the rest far."""
    names = ("Singing choirs", "Baking bread", "Planting trees", "Riding horses", "Counting stars")
    book = Codebook(
        questions=(Question(id="Q1"),),
        themes=tuple(
            Theme(id=f"t{n}", name=name, questions=("Q1",)) for n, name in enumerate(names)
        ),
    )
    found = outcome("choirs singing baking bread", "Q1", coder=EmbeddedCoder(book, abstain_below=0))
    assert set(themes(found)[0]) == {"t0", "t1"}


def test_a_run_records_who_coded_and_with_which_thresholds() -> None:
    """What a reader needs to repeat it."""
    coder = EmbeddedCoder(BOOK, abstain_below=0.7)
    run = coder.describe(Run(id="r", coder=coder.coder))
    assert run.coder.id == "embedded/words-v1"
    assert run.coder.kind is CoderKind.EMBEDDED
    assert run.parameters["abstain_below"] == 0.7
    assert run.parameters["back_end"] == "words-v1"
