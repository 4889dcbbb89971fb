"""Handles that stand in a codebook without their sign."""

import pytest
from coding.model_cases import task

from secondcoder.coding.bare_handles import Handles
from secondcoder.coding.codebook_handles import with_named
from secondcoder.coding.prompts import load_template
from secondcoder.coding.requests import Requests
from secondcoder.schema.chat import Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.examples import ExampleQuote, Examples
from secondcoder.schema.options import ModelOptions

VERSIONS = range(1, 6)
ONE = task("1", "We need hours.", questions=("Q1",))


def handles(*authors: str) -> Handles:
    """Return those of a chat in which these people write."""
    found = Handles()
    for number, author in enumerate(authors):
        found.add(Post(id=str(number), author=author, text=""))
    return found


def book(**fields: object) -> Codebook:
    """Return a codebook of one theme with these texts."""
    theme = {"id": "time", "name": "Time", "questions": ("Q1",)} | fields
    questions = (Question(id="Q1", text="What would help?"),)
    return Codebook(questions=questions, themes=(Theme.model_validate(theme),))


def named(codebook: Codebook, *authors: str) -> tuple[str, ...]:
    """Return whom of a chat a coder is told to hide in a codebook."""
    return with_named(ModelOptions(), codebook, handles(*authors)).named


def key_and_prompt(version: int, codebook: Codebook, *authors: str) -> tuple[str, str]:
    """Return the key of an answer in a chat of these authors, and all that is sent for it."""
    template = load_template("code-posts", version=version)
    made = Requests(template, codebook, {}, named=named(codebook, *authors))
    ask = made.ask(ONE)
    return ask.key, ask.slice.system + made.user_text([ask])


@pytest.mark.parametrize(
    "fields",
    [
        {"definition": "As Ann_B says."},
        {"include": ("ann_b's hours",)},
        {"exclude": ("not ANN_B",)},
        {"examples": ("Thanks, ann_b!",)},
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_bare_handle_is_hidden_wherever_it_stands(
    version: int, fields: dict[str, object]
) -> None:
    """In each text that is told of a theme, with each prompt."""
    _, sent = key_and_prompt(version, book(**fields), "Ann_B", "bob9")
    assert "ann_b" not in sent.casefold()
    assert "@someone" in sent


def test_whom_a_question_or_an_example_names_is_known_too() -> None:
    """Of the chat, and nobody else."""
    asked = Question(id="Q1", text="What would cat99 and dan99 do?")
    quote = ExampleQuote(post_id="9", text="says MaryO", theme_ids=("time",))
    options = ModelOptions(examples=Examples(quotes=(quote,)))
    codebook = book().changed(questions=(asked,))
    found = with_named(options, codebook, handles("MaryO", "cat99", "ann_b"))
    assert found.named == ("cat99", "maryo")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_codebook_in_which_nobody_stands_keeps_its_answers(version: int) -> None:
    """Whoever writes in the chat, what is asked is what was asked before."""
    codebook = book(definition="As ann_b says.", exclude=("not for cats",))
    before = Requests(load_template("code-posts", version=version), codebook, {}).ask(ONE)
    assert key_and_prompt(version, codebook, "bob9", "cat99")[0] == before.key
    assert key_and_prompt(version, codebook, "ann_b")[0] != before.key


@pytest.mark.parametrize("version", VERSIONS)
def test_a_theme_that_is_called_as_somebody_is_keeps_its_name(version: int) -> None:
    """Also in rules that name it; so does one whose id holds a handle."""
    fields = {"name": "What QI_Hour did", "exclude": ("not for what QI_Hour will do",)}
    _, sent = key_and_prompt(version, book(**fields), "QI_Hour")
    assert sent.count("QI_Hour") == 2
    assert named(book(id="ann_b-time", definition="ann_b, bob9"), "ann_b", "bob9") == ("bob9",)


def test_without_pseudonyms_nobody_is_hidden() -> None:
    """Who asks for names to be sent has them sent."""
    options = ModelOptions(pseudonyms=False)
    assert with_named(options, book(definition="ann_b"), handles("ann_b")).named == ()


def test_all_posts_of_a_run_have_the_same_beginning() -> None:
    """Whoever a post names: providers read from their cache what stands in front of it."""
    codebook = book(definition="As ann_b and bob9 say.")
    template = load_template("code-posts", version=3)
    made = Requests(template, codebook, {}, named=named(codebook, "ann_b", "bob9"))
    posts = (ONE, ONE._replace(named=("ann_b",)), task("3", "So says bob9."))
    assert len({made.ask(each).slice.system for each in posts}) == 1
