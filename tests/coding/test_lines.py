"""Replies in lines: what a line means, what is refused, and what the pattern admits."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

from secondcoder.coding.lines import Form, line_reply, marks
from secondcoder.coding.replies import read_reply

FORM = Form(
    theme_of={"T1": "time", "T2": "money", "T3": "tools", "T4": "joy", "T5": "both"},
    questions_of={
        "time": ("Q1",),
        "money": ("Q1",),
        "tools": ("Q2b",),
        "joy": (),
        "both": ("Q1", "Q2b"),
    },
    question_ids=("Q1", "Q2b"),
    most_quotes=3,
    most_themes=3,
)
SINGLE = Form({"T1": "time", "T2": "joy"}, {"time": ("Q1",), "joy": ()}, ("Q1",), 1, 1)
NO_QUESTION = Form({"T1": "joy"}, {"joy": ()}, (), 1, 1)
REPLY = line_reply(FORM)

Quotes = list[tuple[list[int], str | None, list[str]]]


def said(line: str, form: Form = FORM) -> Quotes:
    """Return the quotes of a line about the first post."""
    reading = read_reply(json.dumps({"posts": [line]}), line_reply(form), 1)
    assert not reading.bad, reading.bad
    return [(q.segments, q.question, q.themes) for q in reading.good[1].quotes]


def why_bad(line: str, form: Form = FORM) -> str:
    """Return what is said of a line that can't be used."""
    return read_reply(json.dumps({"posts": [line]}), line_reply(form), 1).bad[1]


@pytest.mark.parametrize(
    ("line", "quotes"),
    [
        ("1: T1", [([], "Q1", ["time"])]),
        ("1: 2 T1", [([2], "Q1", ["time"])]),
        ("1: 1-3,5 T1,T2", [([1, 2, 3, 5], "Q1", ["time", "money"])]),
        ("1: 1 T1; 2 T3", [([1], "Q1", ["time"]), ([2], "Q2b", ["tools"])]),
        ("1: T1,T3", [([], "Q1", ["time"]), ([], "Q2b", ["tools"])]),
        ("1: T1,T3,T4", [([], "Q1", ["time", "joy"]), ([], "Q2b", ["tools", "joy"])]),
        ("1: T4", [([], None, ["joy"])]),
        ("1: T1,T4", [([], "Q1", ["time", "joy"])]),
        ("1: T1,T5", [([], "Q1", ["time", "both"])]),
        ("1: 2/Q2b T5", [([2], "Q2b", ["both"])]),
        ("1: /Q2b T4", [([], "Q2b", ["joy"])]),
        ("1: 1/none T4", [([1], None, ["joy"])]),
        ("1: other", [([], None, [])]),
        ("1: 3/Q1 other", [([3], "Q1", [])]),
    ],
)
def test_a_line_says_segments_question_and_themes(line: str, quotes: Quotes) -> None:
    """No segments are all of them; themes tell their question, and general ones go with each."""
    assert said(line) == quotes
    Draft202012Validator(REPLY.model_json_schema()).validate({"posts": [line]})


@pytest.mark.parametrize(
    ("line", "form", "question"),
    [
        ("1: other", SINGLE, "Q1"),
        ("1: T2", SINGLE, "Q1"),
        ("1: /none T2", SINGLE, None),
        ("1: T1", NO_QUESTION, None),
    ],
)
def test_the_only_question_needs_no_name(line: str, form: Form, question: str | None) -> None:
    """With one question at hand a quote answers it; with none, none."""
    assert [each[1] for each in said(line, form)] == [question]


@pytest.mark.parametrize(
    "line", ["1: [1] T1, T2.", "Post 1: 1 T1,T2;", "1 : 1 T1 T2", " 1: 1 T1,T2 ", "1:1 T1,T2"]
)
def test_slips_that_mean_one_thing_are_read(line: str) -> None:
    """Small models write lines a little otherwise."""
    assert said(line) == [([1], "Q1", ["time", "money"])]


def test_spaces_without_end_do_not_hold_up_a_run() -> None:
    """Small models write them. Each is looked at once, and not once for every other."""
    spaces = " " * 200_000
    assert said(f"1:{spaces}1{spaces}T2{spaces};{spaces}") == [([1], "Q1", ["money"])]
    assert "is not like" in why_bad(f"1: 1{spaces}1{spaces}x")


@pytest.mark.parametrize("reply", ['{"posts": ["T1"]}', '{"posts": "T1"}', '{"posts": "1: T1"}'])
def test_the_only_post_needs_no_number(reply: str) -> None:
    """A reply about one post can be about no other."""
    assert read_reply(reply, REPLY, 1).good[1].quotes[0].themes == ["time"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("1: T9", "theme T9 is not one of T1, T2, T3, T4, T5"),
        ("1: T5", "say which question"),
        ("1: T3,T5,T1", "say which question"),
        ("1: 1/Q9 T1", "question 'Q9' is not one of Q1, Q2b, none"),
        ("1: 3-1 T1", "'3-1' is no range"),
        ("1: 1-99999 T1", "no range"),
        ("1: 1--2 T1", "'1--2' is no number"),
        ("1: time", "'time' is not like"),
        ("1: ", "'' is not like"),
        ("1: 1", "'1' is not like"),
        ("1: T1; ; T2", "'' is not like"),
    ],
)
def test_what_names_nothing_or_two_things_is_refused(line: str, complaint: str) -> None:
    """The model is told what and why."""
    assert complaint in why_bad(line)


def test_a_post_without_an_idea_has_its_reason() -> None:
    """One of the words, or why a person has to decide."""
    reading = read_reply('{"posts": ["1: greeting", "2: undecided: two readings"]}', REPLY, 2)
    assert reading.good[1].left_out == "greeting"
    assert reading.good[2].undecided == "two readings"
    assert not reading.good[1].quotes


def test_every_post_is_named_once() -> None:
    """What is doubled, missing, foreign or no line is told for each post; the good ones stay."""
    lines = ["1: T1", "2: T1", "2: T2", "9: T1", {"post": 4}]
    reading = read_reply(json.dumps({"posts": lines}), REPLY, 4)
    assert list(reading.good) == [1]
    assert reading.bad[2] == "post 2 is named 2 times"
    assert reading.bad[3].startswith("post 3 is missing")
    assert reading.bad[4].startswith("post 4 is missing")


def test_an_object_about_the_only_post_is_refused_with_the_form() -> None:
    """The model is shown a line."""
    reading = read_reply('{"posts": [{"post": 1, "themes": ["T1"]}]}', REPLY, 1)
    assert not reading.good
    assert "missing" in reading.bad[1]


def test_the_schema_asks_for_as_many_lines_as_there_are_posts() -> None:
    """A reply without lines, or with more than posts, is not admitted."""
    three = Draft202012Validator(REPLY.of(3, 2).model_json_schema())
    assert three.is_valid({"posts": ["1: T1", "2: other", "3: no-idea"]})
    assert not three.is_valid({"posts": ["1: T1", "2: other"]})
    assert not three.is_valid({"posts": ["1: T1", "2: other", "4: no-idea"]})
    assert not three.is_valid({"posts": []})
    assert REPLY.of(3, 2) is REPLY.of(3, 2)


def test_the_schema_admits_the_segments_that_there_are() -> None:
    """Where there is one, nothing is to be chosen, and a small model is not led to number 2."""
    one, two = (re.compile(FORM.pattern((1, n))) for n in (1, 2))
    assert [bool(one.fullmatch(line)) for line in ("1: T1", "1: 1 T1", "1: T1; T2")] == [1, 0, 0]
    assert two.fullmatch("1: 1 T1; 2 T2,T3")
    assert not two.fullmatch("1: 3 T1")


@pytest.mark.parametrize(
    "line", ["1: T6", "1: greeting T1", "1: 1/Q9 T1", "1: T1 T2", "1:", "1: undecided", "1: T11"]
)
def test_the_pattern_admits_nothing_else(line: str) -> None:
    """Where a server holds the model to it, themes and questions are closed."""
    assert re.fullmatch(FORM.pattern(), line) is None


def test_a_slice_without_themes_admits_other_alone() -> None:
    """An empty alternative would admit anything."""
    form = Form({}, {}, ("Q1",), 2, 2)
    assert re.fullmatch(form.pattern(), "1: 2 other")
    assert not re.fullmatch(form.pattern(), "1: 2 ")
    assert "is not one of other" in why_bad("1: T1", form)


def test_marks_are_letters_and_then_pairs() -> None:
    """However many themes there are, no two share a mark."""
    assert len(set(marks(400))) == 400
