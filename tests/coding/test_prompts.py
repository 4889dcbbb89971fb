"""Prompts: found, checked, rendered as they are."""

import hashlib
from pathlib import Path

import pytest

from secondcoder.coding.lines import OTHER
from secondcoder.coding.prompts import Template, load_template
from secondcoder.coding.replies import Reason
from secondcoder.errors import PromptError

FORM = """---
task: t
version: 1
reply_model: Reply
why: A test.
variables:
  system: [a]
  user: [b]
---
=== system ===
Say {{ a }}
=== user ===
And {{ b }}
"""


def test_the_template_in_use_is_known_by_its_files_hash() -> None:
    """The hash is that of the file in the repository, byte by byte."""
    template = load_template("code-posts", version=1)
    file = Path(__file__).parents[2] / "prompts" / "code-posts" / "v1.md"
    assert template.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert template.name == "code-posts/v1"
    assert template.front.reply_model == "Reply"


def test_a_released_prompt_is_never_edited() -> None:
    """A change is a new file: coded posts would be asked again, and results no longer compare."""
    found = {version: load_template("code-posts", version=version).sha256 for version in RELEASED}
    assert found == RELEASED


RELEASED = {
    1: "8ac1bebfd0b1d661d69826f7338e905f5eed1728e0d0080a08017609fbeccd69",
    2: "2478d730bbf8be617617a66f860cda5a4d701ce9e261999080038f09146a8191",
    3: "6ac0addef11e7e15821ea1fbfdad61fd399d44846911792f0fc33c2e235de878",
    4: "6218e824176063ed0ae7436f275e0d88dea5cdb000afc9f75e861b4d736a0eec",
    5: "37b3aaff2515a85a6a1d1b7616e419fc44888cf63a826d52770df2d6aee55fcc",
}


@pytest.mark.parametrize("version", [3, 4, 5])
def test_prompts_for_lines_name_all_that_a_line_may_hold(version: int) -> None:
    """Every reason to leave a post out, and the word for an idea without a theme."""
    text = load_template("code-posts", version=version).render(
        "system", language="en", reply_schema=None, **IN_SYSTEM[version]
    )
    assert [word for word in (*Reason, OTHER, "<<<POST n", "POST n>>>") if word not in text] == []


WITH_CODEBOOK: dict[str, object] = {"questions": [], "general_themes": []}
IN_SYSTEM: dict[int, dict[str, object]] = {3: WITH_CODEBOOK, 4: {}, 5: WITH_CODEBOOK}


@pytest.mark.parametrize(("version", "twin"), [(1, 2), (3, 5)])
def test_a_rewording_is_filled_in_and_answered_as_its_twin_is(version: int, twin: int) -> None:
    """Only the words differ: variables, reply model and task are the same."""
    first, reworded = (load_template("code-posts", version=each).front for each in (version, twin))
    assert reworded.version == twin
    same = {"version": version, "why": first.why}
    assert reworded.model_copy(update=same) == first


def test_the_rewording_names_all_that_a_reply_may_hold() -> None:
    """Every reason to leave a post out, every mark of the fence, and the word for doubt."""
    template = load_template("code-posts", version=2)
    text = template.render(
        "system", language="en", questions=[], general_themes=[], reply_schema=None
    )
    marks = ["<<<POST n", "POST n>>>", "[k]", "[-]", "⏎", "in answer to", "null", '"undecided"']
    marks += [f'"{reason}"' for reason in Reason]
    assert [mark for mark in marks if mark not in text] == []


def test_a_value_is_data_not_a_template() -> None:
    """Braces in a value are sent as braces, and nothing is escaped for HTML."""
    template = Template("t/v1", FORM.encode())
    assert template.render("system", a="{{ b }} <x> & 'y'") == "Say {{ b }} <x> & 'y'"


@pytest.mark.parametrize("values", [{}, {"a": 1, "c": 2}, {"c": 1}])
def test_a_missing_or_unused_variable_is_a_prompt_error(values: dict[str, int]) -> None:
    """Both would go unnoticed into a model's prompt."""
    with pytest.raises(PromptError, match=r"prompt t/v1, part system: it is given .* uses \['a'\]"):
        Template("t/v1", FORM.encode()).render("system", **values)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("system: [a]", "system: [a, c]", "declares .* but uses"),
        ("Say {{ a }}", "Say {{ a }} {{ c }}", "declares .* but uses"),
        ("=== user ===", "user:", "=== user ==="),
        ("version: 1", "version: [", "front matter can't be read"),
        ("why: A test.", "", "front matter can't be read"),
        ("{{ a }}", "{{ a", "prompt t/v1, part system: "),
    ],
)
def test_a_wrong_template_is_a_prompt_error(old: str, new: str, sentence: str) -> None:
    """The message names the prompt and what is wrong."""
    with pytest.raises(PromptError, match=sentence):
        Template("t/v1", FORM.replace(old, new).encode())


def test_a_variable_of_a_variable_that_is_missing_is_a_prompt_error() -> None:
    """`{{ a.b }}` where a has no b must not be sent as an empty word."""
    with pytest.raises(PromptError, match="has no attribute 'b'"):
        Template("t/v1", FORM.replace("{{ a }}", "{{ a.b }}").encode()).render("system", a={})


def test_a_template_cannot_reach_into_python() -> None:
    """The sandbox refuses it."""
    with pytest.raises(PromptError, match="unsafe"):
        Template("t/v1", FORM.replace("{{ a }}", "{{ a.__class__ }}").encode()).render(
            "system", a=""
        )


def test_a_prompt_that_is_not_there_is_a_prompt_error() -> None:
    """The versions there are are named; a broken installation says so."""
    missing = r"prompt code-posts/v99.md is missing from .*; choose one of versions 1, 2, 3, 4, 5$"
    with pytest.raises(PromptError, match=missing):
        load_template("code-posts", version=99)
    with pytest.raises(PromptError, match=r"prompt nothing/v1.md is missing .*install secondcoder"):
        load_template("nothing", version=1)
