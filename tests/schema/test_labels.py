"""The grammar of labels: what counts as one, and the roads, papers and tests that do not."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.schema.labels import find_labels

ANSWERS = {
    "A1 kindness first": "Q1",
    "A1: kindness": "Q1",
    "A2a: kindness": "Q2a",
    "a3b) kindness": "Q3b",
    "A.1 kindness": "Q1",
    "A 1: kindness": "Q1",
    "A1. kindness": "Q1",
    "A1-Kindness": "Q1",
    "A1 - kindness": "Q1",
    "T2a kindness": "Q2a",
    "A10 kindness": "Q10",
    "A1/A2 kindness": "Q1 Q2",
    "A1 & A2 kindness": "Q1 Q2",
    "A1 &amp; A2 kindness": "Q1 Q2",
    "A1, A2: kindness": "Q1 Q2",
    "A1 and A2 kindness": "Q1 Q2",
    "A1+2 kindness": "Q1 Q2",
    "A1-3: kindness": "Q1 Q2 Q3",
    "A2a/b kindness": "Q2a Q2b",
    "A2a & b: kindness": "Q2a Q2b",
    "A2 b) kindness": "Q2b",
    "A2(a) kindness": "Q2a",
    "A2a) & A2b) kindness": "Q2a Q2b",
    "A2 a) kindness b) cake": "Q2",
    "Q1/A1 kindness": "Q1",
    "Answer 1 kindness": "Q1",
    "Ans 2: kindness": "Q2",
    "Answering Q3: kindness": "Q3",
    "\uff21\uff11\uff1a kindness": "Q1",
    "\U0001d5d4\U0001d7ed: kindness": "Q1",
    "A1️⃣ kindness": "Q1",
    "[A1] kindness": "Q1",
    "#A1 kindness": "Q1",
    "**A2b:** kindness": "Q2b",
    "@sam @bo A1 kindness": "Q1",
    "RT @sam: A1 kindness": "Q1",
    "#chat 👋 1/2 A1 kindness": "Q1",
    "“A1: kindness”": "Q1",
    "Hello all! A1: kindness": "Q1",
    "Hello all #chat A1: kindness": "Q1",
    "Hello\nA1 kindness": "Q1",
    "Kindness first. A1": "Q1",
    "Kindness first #A1 #chat": "Q1",
    "A1c: kindness": "Q1c",
}
ASKS = {
    "Q1: why?": "Q1",
    "Q2a - why?": "Q2a",
    "Q.3 why?": "Q3",
    "Question 4: why?": "Q4",
    "Q1 How do you start?": "Q1",
    "#chat Q5) why?": "Q5",
    "Q1/Q2: why?": "Q1 Q2",
}
NO_LABEL = [
    "A1c test came back high",
    "My HbA1c is fine",
    "A&E is busy",
    "A4 paper will do",
    "A4-size paper will do",
    "A3 thinking helps us",
    "M25 is a car park",
    "a 3-hour wait",
    "A 1 year plan",
    "A 10 minute huddle",
    "Care for T2 diabetes is changing",
    "T2 diabetes care is changing",
    "We saw Q1 results improve",
    "Since Q3 of 2020 we meet",
    "Q3 in 5 minutes!",
    "We met at 4a.m. and 6a.m.",
    "3a) tea 3b) cake",
    "Stuck on the A1",
    "Stuck on the #A1",
    "We drew it. A4 paper is enough",
    "Question 4 is hard",
    "see my answer 1 above",
    "@A1 hello",
    "https://t.co/A1",
    "Factor A1.5 applies",
    "A380 lands",
    "",
]


@pytest.mark.parametrize(("text", "ids"), ANSWERS.items())
def test_a_label_that_answers_names_its_questions(text: str, ids: str) -> None:
    """Every form answers, and its span begins where the label does."""
    (label,) = find_labels(text)
    assert (label.kind, " ".join(label.question_ids)) == ("answers", ids)


@pytest.mark.parametrize(("text", "ids"), ASKS.items())
def test_a_label_that_asks_names_its_questions(text: str, ids: str) -> None:
    """Letters and words that ask."""
    (label,) = find_labels(text)
    assert (label.kind, " ".join(label.question_ids)) == ("asks", ids)


@pytest.mark.parametrize("text", NO_LABEL)
def test_roads_papers_and_blood_tests_are_no_labels(text: str) -> None:
    """The same characters in another place or before another word."""
    assert find_labels(text) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A1: kindness", "A1:"),
        ("Q1/A1 - kindness", "Q1/A1 -"),
        ("[A1] kindness", "[A1]"),
        ("@sam A2a) kindness", "A2a)"),
        ("\U0001d5d4\U0001d7ed: kindness", "\U0001d5d4\U0001d7ed:"),
    ],
)
def test_the_span_covers_the_group_and_its_punctuation(text: str, words: str) -> None:
    """Nothing of the answer, nothing before the label."""
    assert find_labels(text)[0].span.of(text) == words


def test_several_labels_come_in_the_order_of_the_text() -> None:
    """A quoted question with its answer, and two questions in one post."""
    quoted = find_labels("Q1: Why meet? A1: To talk.")
    assert [(label.kind, label.question_ids) for label in quoted] == [
        ("asks", ("Q1",)),
        ("answers", ("Q1",)),
    ]
    both = find_labels("Q2a: why? Q2b: how?")
    assert [label.question_ids for label in both] == [("Q2a",), ("Q2b",)]


@pytest.mark.parametrize(
    "piece",
    ["A1 ", "A1/", "#A1 ", "A 1 ", "A1, ", "\n", "A1:\n", "A1 & ", "[[[[", "answer to ", "@a "],
)
def test_a_post_of_100_000_characters_is_read(piece: str) -> None:
    """Spans lie inside the text and in order, whatever repeats."""
    text = (piece * 100_000)[:100_000]
    spans = [label.span for label in find_labels(text)]
    assert all(span.end <= len(text) for span in spans)
    assert all(first.end <= then.start for first, then in pairwise(spans))


@given(st.text(alphabet="AaQqTt12 ab/&:.-)#[]@\n,é👏\uff11", max_size=40))
@settings(deadline=None, max_examples=200)
def test_labels_never_overlap_and_ids_are_canonical(text: str) -> None:
    """Ids have the form `Q2a`, whatever the label looked like."""
    labels = find_labels(text)
    for label in labels:
        assert all(name[0] == "Q" and name[1].isdigit() for name in label.question_ids)
        assert label.span.end <= len(text)
    for first, then in pairwise(labels):
        assert first.span.end <= then.span.start
