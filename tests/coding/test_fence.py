"""The fence: no text of a post can look like it."""

import re

from coding.model_cases import task
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.coding.fence import fenced, neutralised
from secondcoder.coding.pseudonyms import Pseudonyms
from secondcoder.schema.quotes import SegmentKind

HOSTILE = st.text(st.sampled_from("<>|[]/\n\r\u2028\x00PIOST12 a@.é🙂‍"), min_size=1)


@settings(deadline=None, max_examples=300)
@given(HOSTILE)
def test_a_copy_is_one_line_without_a_fence_that_utf8_can_carry(text: str) -> None:
    """Whatever the text, the copy holds neither `<<` nor `>>` nor a line break."""
    copy = neutralised(text)
    assert "<<" not in copy
    assert ">>" not in copy
    assert len(copy.splitlines()) <= 1
    assert "<|" not in copy
    assert not re.search(r"\[/?[A-Z_]{3,}\]|</?[A-Za-z]", copy)
    copy.encode()


@settings(deadline=None, max_examples=200)
@given(st.lists(HOSTILE, min_size=1, max_size=4), HOSTILE)
def test_a_fenced_post_has_a_line_per_segment_and_two_of_its_own(
    pieces: list[str], context: str
) -> None:
    """Two lines of fence, one of context, and one per segment in order."""
    lines = fenced(task("1", *pieces, context=context), 4, Pseudonyms()).split("\n")
    assert lines[0] == "<<<POST 4"
    assert lines[-1] == "POST 4>>>"
    assert lines[1].startswith("in answer to: ")
    numbers = [f"[{number}]" for number in range(1, len(pieces) + 1)]
    assert [line.split(" ")[0] for line in lines[2:-1]] == numbers


def test_plain_words_are_left_as_they_are() -> None:
    """Hearts, comparisons, entities, emoji and brackets of everyday use don't change."""
    text = "I <3 5 > 4 [sic] &amp; 👩‍⚕️ x <y"
    assert neutralised(text) == "I <3 5 > 4 [sic] &amp; 👩‍⚕️ x <·y"


def test_furniture_is_shown_without_a_number() -> None:
    """It helps to follow the post and can't be quoted; lone white space is not shown."""
    post = task(
        "1",
        ("A1 ", SegmentKind.LABEL),
        "Time. ",
        ("\n", SegmentKind.SPACE),
        ("#qi", SegmentKind.HASHTAG),
    )
    assert fenced(post, 1, Pseudonyms()) == "<<<POST 1\n[-] A1\n[2] Time.\n[-] #qi\nPOST 1>>>"
