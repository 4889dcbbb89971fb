"""How a choice of posts per request is told."""

from secondcoder.schema.packing import Packing


def test_where_nothing_was_measured_nothing_is_told() -> None:
    """A choice without trials has a reason and no measurements."""
    choice = Packing(posts_per_request=1, why="the chat is short")
    assert choice.measurements == ""
    assert choice.words == "1 post per request: the chat is short"
