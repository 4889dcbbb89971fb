"""What a report is called: as told, else as the chat is, else by its codebook or file."""

from pathlib import Path

import pytest
from api.series_cases import chat, said
from typer.testing import CliRunner

import secondcoder
from secondcoder.cli.main import app
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.options import ChatFile

THEME = Theme(id="time", name="Protected time")


@pytest.mark.parametrize(
    ("given", "tag", "book", "title"),
    [
        ("An evening", " #tea", "Tea at work", "An evening"),
        (None, " #tea", "Tea at work", "Tweet chat #tea"),
        (None, "", "Tea at work", "Tea at work"),
        (None, "", Codebook().title, "my export"),
    ],
)
def test_a_chat_without_a_title_is_called_by_the_next_best(
    tmp_path: Path, given: str | None, tag: str, book: str, title: str
) -> None:
    """A codebook says what a chat is about; `my_export.csv` says nothing."""
    path = tmp_path / "my_export.csv"
    path.write_text(
        f"text,author\nWe lack protected time{tag},ann\nTime is short{tag},bo\n", "utf-8"
    )
    codings = secondcoder.code(
        ChatFile(path=path, title=given), Codebook(title=book, themes=(THEME,))
    )
    assert codings.info.chat.title == title


def test_a_report_is_called_as_told(tmp_path: Path) -> None:
    """On one chat and on several, in a report's heading and in the file's own title."""
    for month in (1, 2):
        secondcoder.write_codings(chat(month, *said(1, 1)), tmp_path / f"{month}.jsonl")
    files = [str(tmp_path / f"{month}.jsonl") for month in (1, 2)]
    for number, given in enumerate((files[:1], files)):
        output = tmp_path / f"{number}.html"
        done = CliRunner().invoke(
            app, ["report", *given, "-o", str(output), "--title", "Leaving hospital <safely>"]
        )
        assert done.exit_code == 0, done.output
        page = output.read_text("utf-8")
        assert "<title>Leaving hospital &lt;safely&gt;</title>" in page
        assert ">Leaving hospital &lt;safely&gt;</h1>" in page
