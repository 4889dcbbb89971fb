"""Identity by content does not depend on order, machine or process."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.schema.chat import Post
from secondcoder.schema.identity import canonical_json, sha256
from secondcoder.schema.runs import CoderKind

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.text(), VALUES, max_size=5), st.randoms())
def test_the_order_of_keys_changes_nothing(value: dict[str, object], random: object) -> None:
    """Two dictionaries that are equal give one text and one hash."""
    assert hasattr(random, "shuffle")
    keys = list(value)
    random.shuffle(keys)
    shuffled = {key: value[key] for key in keys}
    assert canonical_json(shuffled) == canonical_json(value)
    assert sha256(shuffled) == sha256(value)
    assert json.loads(canonical_json(value)) == value


def test_sets_are_sorted_and_tuples_are_lists() -> None:
    """A set has no order of its own."""
    assert canonical_json({"c", "a", "b"}) == canonical_json(frozenset("abc")) == '["a","b","c"]'
    assert canonical_json(("b", "a")) == '["b","a"]'


def test_a_model_is_its_fields() -> None:
    """Inside other values too."""
    post = Post(id="1", text="caf\u00e9")
    assert json.loads(canonical_json([post]))[0]["text"] == "caf\u00e9"
    assert sha256(post) == sha256(post.model_dump(mode="json"))


def test_two_spellings_of_one_letter_are_two_texts() -> None:
    """Composed and decomposed characters stay apart: posts are never normalised."""
    assert sha256("\u00e9") != sha256("e\u0301")


def test_numbers_that_json_has_not_are_refused() -> None:
    """NaN would be written as something no other program reads."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


def test_a_lone_surrogate_has_a_hash() -> None:
    """A file read with broken escapes must not stop a run."""
    assert len(sha256("\ud83d")) == 64


def test_the_published_example_of_sha256_holds() -> None:
    """FIPS 180-4 does not fix JSON, so: the digest of the two bytes `{}`, computed apart."""
    assert sha256({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_a_word_of_a_closed_set_is_written_as_the_word() -> None:
    """An enumeration's member and its text are one value."""
    assert canonical_json(CoderKind.MODEL) == canonical_json("model")


def test_what_json_cannot_write_has_no_identity() -> None:
    """Rather than one that another process could not compute."""
    with pytest.raises(TypeError):
        canonical_json(object())
