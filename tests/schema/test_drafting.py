"""A prompt without a check of its own."""

from secondcoder.schema.drafting import Prompt
from secondcoder.schema.forms import Form


class Word(Form):
    """One word."""

    word: str


def test_a_reply_of_the_right_form_is_enough_where_no_check_is_given() -> None:
    """Nothing is complained about."""
    prompt = Prompt(task="t", version=1, system={}, user={}, reply=Word)
    assert prompt.check(Word(word="tea")) is None
