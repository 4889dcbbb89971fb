"""Codebook files that hold people's work are not written over, and comments are never lost."""

from pathlib import Path

import pytest
from api.test_proposing import CHAT
from api.test_refining import CODER, PEOPLE
from induction.small_chat import BOOK

import secondcoder
from secondcoder.errors import StoreError

HAND_WRITTEN = """# Agreed on 3 May.
title: The garden
themes:
- id: water   # ask Ann
  name: Watering
- id: soil
  name: Soil
"""


@pytest.fixture
def proposed(tmp_path: Path) -> Path:
    """Return the file of a proposed codebook with two themes."""
    path = tmp_path / "proposed.yaml"
    secondcoder.propose(CHAT, grain=3, output=path)
    return path


def test_no_codebook_command_writes_over_another_codebook_with_peoples_work(
    tmp_path: Path,
) -> None:
    """Edits with their reasons, and themes that nobody proposed; each command tells what to do."""
    source, mine = tmp_path / "book.yaml", tmp_path / "mine.yaml"
    secondcoder.write_codebook(BOOK, source)
    secondcoder.retire_codebook(source, "cake", reason="nobody bakes", output=mine)
    before = mine.read_bytes()
    told = r"mine.yaml holds 1 of people's edits with their reasons.*name another place with -o"
    with pytest.raises(StoreError, match=told + ", or edit it: give"):
        secondcoder.rename_codebook(source, "tea", "pot", reason="r", output=mine)
    with pytest.raises(StoreError, match=told):
        secondcoder.merge_codebook(source, ["tea", "time"], into="tea", reason="r", output=mine)
    with pytest.raises(StoreError, match=told):
        secondcoder.split_codebook(
            source, "tea", into={"a": "A", "b": "B"}, reason="r", output=mine
        )
    with pytest.raises(StoreError, match=told):
        secondcoder.retire_codebook(source, "time", reason="r", output=mine)
    with pytest.raises(StoreError, match=told):
        secondcoder.refine(CODER, PEOPLE, accept="all", output=mine)
    with pytest.raises(StoreError, match=told + ", or extend it with --codebook"):
        secondcoder.propose(CHAT, output=mine)
    assert mine.read_bytes() == before
    with pytest.raises(
        StoreError, match=r"3 themes that people wrote or changed \(tea, time, cake\)"
    ):
        secondcoder.propose(CHAT, output=source)


def test_a_proposal_is_written_over_by_another_until_somebody_rewords_or_deletes_a_theme(
    proposed: Path,
) -> None:
    """A name, a key finding and a deletion by hand are people's work."""
    secondcoder.propose(CHAT, grain="few", output=proposed)
    secondcoder.propose(CHAT, grain=3, output=proposed)
    assert not list(proposed.parent.glob("*.bak"))
    book = secondcoder.read_codebook(proposed)
    first, second = book.themes
    for changed, told in (
        ({"name": "Tea, of course"}, rf"1 theme that people wrote or changed \({first.id}\)"),
        ({"key_finding": "Tea helps."}, rf"1 theme that people wrote or changed \({first.id}\)"),
    ):
        mine = book.changed(themes=(first.model_copy(update=changed), second))
        secondcoder.write_codebook(mine, proposed)
        with pytest.raises(StoreError, match=told):
            secondcoder.propose(CHAT, grain=3, output=proposed)
    secondcoder.write_codebook(book.changed(themes=(second,)), proposed)
    with pytest.raises(StoreError, match=rf"the choice to leave out 1 theme \({first.id}\)"):
        secondcoder.propose(CHAT, grain=3, output=proposed)


def test_a_question_corrected_by_hand_is_kept_in_a_copy(proposed: Path) -> None:
    """No mark tells whose words a question is in."""
    text = proposed.read_text("utf-8").replace("a pause at work?", "a rest at work?")
    proposed.write_text(text, "utf-8")
    found = secondcoder.propose(CHAT, grain=3, output=proposed)
    copy = proposed.with_name("proposed.yaml.bak")
    assert copy.read_text("utf-8") == text
    assert str(copy) in found.notes[-1].message


def test_a_hand_written_codebook_is_edited_in_place_and_kept_with_its_comments(
    tmp_path: Path,
) -> None:
    """Each earlier state that held comments is there, byte for byte."""
    path = tmp_path / "garden.yaml"
    path.write_text(HAND_WRITTEN, "utf-8")
    copies: list[Path] = []

    def rename(theme_id: str, name: str) -> None:
        secondcoder.rename_codebook(
            path, theme_id, name=name, reason="r", output=path, kept=copies.append
        )

    rename("water", "Water")
    assert [copy.name for copy in copies] == ["garden.yaml.bak"]
    assert copies[0].read_text("utf-8") == HAND_WRITTEN
    rename("soil", "Earth")
    assert len(copies) == 1, "nobody commented on it since"
    again = path.read_text("utf-8") + "# Ben disagrees.\n"
    path.write_text(again, "utf-8")
    rename("soil", "Ground")
    assert [copy.name for copy in copies] == ["garden.yaml.bak", "garden.yaml.2.bak"]
    assert copies[1].read_text("utf-8") == again
    assert [theme.name for theme in secondcoder.read_codebook(path).themes] == ["Water", "Ground"]


def test_what_is_no_codebook_or_no_longer_one_is_not_written_over(tmp_path: Path) -> None:
    """A hand-written one that is not edited, posts, a slip of the pen, and JSON."""
    source = tmp_path / "book.yaml"
    secondcoder.write_codebook(BOOK, source)
    other, posts, slip = (tmp_path / name for name in ("other.yaml", "posts.csv", "slip.yaml"))
    other.write_text(HAND_WRITTEN, "utf-8")
    posts.write_text("id,text\n1,Tea\n", "utf-8")
    slip.write_text(source.read_text("utf-8") + "thems: []\n", "utf-8")
    for path in (other, posts, slip):
        with pytest.raises(StoreError, match="may hold work of yours"):
            secondcoder.rename_codebook(source, "tea", "pot", reason="r", output=path)
    with pytest.raises(StoreError, match="codebooks are written as YAML"):
        secondcoder.retire_codebook(source, "tea", reason="r", output=tmp_path / "book.json")
