"""Notes on the screen name the place in the words of the file."""

import pytest

from secondcoder.cli.screen import _show_notes
from secondcoder.schema.readings import Note


def test_a_note_says_line_or_row_as_the_file_does(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows of a table are not lines: a quoted field may hold several."""
    _show_notes([
        Note(where=2, message="a", unit="row"),
        Note(where=3, message="b"),
        Note(message="c"),
    ])
    assert capsys.readouterr().err == "note: row 2: a\nnote: line 3: b\nnote: c\n"
