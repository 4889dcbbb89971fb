"""Sources of posts: a short chat is read once, a long one as often as it is gone through."""

from pathlib import Path

import pytest

from secondcoder.api import sources
from secondcoder.api.sources import open_source


def written(folder: Path, *texts: str) -> Path:
    """Write a chat of these texts; return the file."""
    path = folder / "chat.csv"
    path.write_text("text\n" + "".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def test_a_short_chat_is_held_once_it_was_read(tmp_path: Path) -> None:
    """The second look needs no file; notes are taken at the first alone."""
    path = written(tmp_path, "one", "two")
    source = open_source(path)
    first = list(source)
    notes = list(source.notes)
    path.unlink()
    assert list(source) == first
    assert source.notes == notes


def test_a_chat_that_was_not_read_to_its_end_is_read_again(tmp_path: Path) -> None:
    """Half a chat must never be taken for the whole."""
    source = open_source(written(tmp_path, "one", "two"))
    next(iter(source))
    assert [post.text for post in source] == ["one", "two"]


def test_a_long_chat_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays flat: what a longer file says later is read later."""
    monkeypatch.setattr(sources, "HELD", 1)
    source = open_source(written(tmp_path, "one", "two"))
    list(source)
    written(tmp_path, "one", "three")
    assert [post.text for post in source] == ["one", "three"]


def test_a_file_is_read_in_blocks_whole_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last block is not full."""
    monkeypatch.setattr(sources, "_BLOCK", 2)
    source = open_source(written(tmp_path, *"abcde"))
    assert [post.text for post in source] == list("abcde")
