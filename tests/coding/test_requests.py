"""Requests: the keys of answers, the order of themes, and themes behind the posts."""

import re

import pytest
from coding.model_cases import BOOK, task

from secondcoder.coding.prompts import Template, load_template
from secondcoder.coding.requests import Requests

ONE = task("1", "We need hours.")
PARTS = task("2", "Tools. ", "Leaders.", questions=("Q2",))
_KEYS = {
    1: (
        "c085ebaab2badc40ceb79375ca90f3e9cb0d910760fc5fa15886555608e61c9a",
        "74e1f581f9429a313445ebbda1fbd10900b0c423e21f6eddf8ab87c6c928d45c",
    ),
    2: (
        "0ad83d10284b426e7b1220442a04d3fb95c20f38199bac179e899fc15536d6e3",
        "ae75189800b89b8c93574159ce419be05ee5798eee0c6e3b5fb4c01376228871",
    ),
}


def requests(template: Template) -> Requests:
    """Return what makes requests of the small codebook."""
    return Requests(template, BOOK, {"model": "openai/tiny"})


@pytest.mark.parametrize("version", [1, 2])
def test_answers_to_released_prompts_keep_their_keys(version: int) -> None:
    """A ledger of before there were replies in lines is read, not asked anew."""
    made = requests(load_template("code-posts", version=version))
    assert (made.ask(ONE).key, made.ask(PARTS).key) == _KEYS[version]


def test_themes_behind_the_posts_are_part_of_what_determines_an_answer() -> None:
    """They are not in the system message; another name of a theme is another question."""
    template = load_template("code-posts", version=4)
    renamed = BOOK.model_copy(
        update={
            "themes": (
                BOOK.themes[0].model_copy(update={"name": "Other hours"}),
                *BOOK.themes[1:],
            )
        }
    )
    before = Requests(template, BOOK, {}).ask(ONE)
    after = Requests(template, renamed, {}).ask(ONE)
    assert before.slice.system == after.slice.system
    assert before.key != after.key


def test_themes_stand_in_the_order_that_a_prompt_asks_for() -> None:
    """Reversed, those of each question are; marks follow, and general themes stay behind."""
    file = load_template("code-posts", version=4)
    reversed_front = file.front.model_copy(update={"theme_order": "reversed"})
    plain = _marked(file)
    file.front = reversed_front
    assert plain == ["T1: Protected time", "T2: Funding", "T3: Enjoyment"]
    assert _marked(file) == ["T1: Funding", "T2: Protected time", "T3: Enjoyment"]


def _marked(template: Template) -> list[str]:
    made = requests(template)
    return re.findall("^T[0-9]: .*$", made.user_text([made.ask(ONE)]), re.MULTILINE)
