"""Requests: the keys of answers, the order of themes, and themes behind the posts."""

import re

import pytest
from coding.model_cases import BOOK, model_coder, task

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
    3: (
        "e7a0af879af3bc3ba99e593abc12b65a0b0a1e83c4f7c14c167b3dbb6fe89cde",
        "090888e27dbbc4a85b9b9bd332be6e9bcd642c9896df4250d8485765b555e52b",
    ),
    4: (
        "e0dc13aecab4f84be9b98b48937e0a3a41e21d27ed4b2a8f598ae78a733f9259",
        "2f2e4be37c7b47c56e5a1408780f793fe76daeba9ae5b1dcf17a9d52b2d00e9c",
    ),
}
_KEYS_OF_A_RUN = {
    1: "97044c7ccfc4beab555a72972b5131601d550b29099f70faab65e2ec430c7e30",
    2: "424de0fc626f8414a021f4ecd40bb5f3fe389708a02ec5988d9f2b966d8ed92b",
    3: "3b4d4c97a8f9dce7c24744c92755a28b558d8b7c7ccc6b079baae04d9a76524f",
    4: "67ebed318962736ced06b13f9ecde2591a32504715e3b24a43241648a287e3cd",
}
"""Of the first post, as a coder with nothing but an address and this prompt asks about it."""


def requests(template: Template) -> Requests:
    """Return what makes requests of the small codebook."""
    return Requests(template, BOOK, {"model": "openai/tiny"})


@pytest.mark.parametrize("version", _KEYS)
def test_answers_to_released_prompts_keep_their_keys(version: int) -> None:
    """A ledger of before there were replies in lines, or of when they became the default, is read.

    Who names the version asks nothing anew, whichever is the default.
    """
    made = requests(load_template("code-posts", version=version))
    assert (made.ask(ONE).key, made.ask(PARTS).key) == _KEYS[version]
    coder = model_coder("http://127.0.0.1:9/v1", prompt_version=version)
    assert coder.requests.ask(ONE).key == _KEYS_OF_A_RUN[version]


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


@pytest.mark.parametrize("version", _KEYS)
def test_an_id_is_part_of_what_determines_an_answer_also_where_a_mark_is_sent(version: int) -> None:
    """Replies in lines name themes by marks; kept are ids, which must be the codebook's own."""
    template = load_template("code-posts", version=version)
    first, *others = BOOK.themes
    renamed = BOOK.model_copy(
        update={"themes": (first.model_copy(update={"id": "other"}), *others)}
    )
    keys = {Requests(template, book, {}).ask(ONE).key for book in (BOOK, renamed)}
    assert len(keys) == 2


def test_themes_stand_in_the_order_that_a_prompt_asks_for() -> None:
    """Reversed, those of each question are; marks follow, and general themes stay behind."""
    file = load_template("code-posts", version=4)
    content = file.text.replace("---\n", "---\ntheme_order: reversed\n", 1).encode()
    reversed_file = Template("code-posts/reversed", content)
    plain = _marked(file)
    assert plain == ["T1: Protected time", "T2: Funding", "T3: Enjoyment"]
    assert _marked(reversed_file) == ["T1: Funding", "T2: Protected time", "T3: Enjoyment"]


def _marked(template: Template) -> list[str]:
    made = requests(template)
    return re.findall("^T[0-9]: .*$", made.user_text([made.ask(ONE)]), re.MULTILINE)
