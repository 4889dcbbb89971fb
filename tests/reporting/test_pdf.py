"""The report as PDF, printed by a real Chromium or WeasyPrint, and read back by pdftotext."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import secondcoder
from secondcoder.errors import InputError, StoreError
from secondcoder.reporting.charts import Chart
from secondcoder.reporting.pdf import with_labels_outside
from secondcoder.reporting.svg import svg
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings

HEBREW = "זמן להקשיב לאנשים"


@pytest.fixture
def pdftotext() -> str:
    """Return the tool that reads a PDF."""
    found = shutil.which("pdftotext")
    if found is None or shutil.which("chromium") is None:
        pytest.skip("no Chromium or pdftotext on this machine")
    return found


@pytest.mark.slow
def test_a_pdf_holds_every_part_with_the_drawers_open(
    codings: Codings, tmp_path: Path, pdftotext: str
) -> None:
    """What was left out stands behind closed drawers on the page; on paper it is there."""
    output = tmp_path / "report.pdf"
    told = secondcoder.report(codings, output=output)
    assert output.read_bytes().startswith(b"%PDF")
    assert told.startswith("# Small steps")
    read = [pdftotext, "-layout", str(output), "-"]
    text = subprocess.run(read, check=True, capture_output=True, text=True).stdout  # noqa: S603
    for part in ("No hours at all", "RT @bo: No hours at all", "Words that broke the machine"):
        assert part in text
    n_pages = text.count("\f")
    assert [f"{page} / {n_pages}" in one for page, one in enumerate(text.split("\f"), 1)] == [
        *(True for _ in range(n_pages)),
        False,  # behind the last page
    ]
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", output.read_bytes())
    assert {(round(float(wide)), round(float(high))) for wide, high in sizes} == {(595, 842)}  # A4


def test_without_a_browser_there_is_a_remedy(
    codings: Codings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No browser on the path and no WeasyPrint: the message names both, and the other way."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"pip install weasyprint.*or write \.html"):
        secondcoder.report(codings, output=tmp_path / "report.pdf")


@pytest.mark.slow
def test_weasyprint_prints_every_part_where_there_is_no_browser(
    codings: Codings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All seven parts with the drawers open, the title largest; Hebrew names in their order."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext on this machine")
    try:
        import weasyprint  # noqa: F401, PLC0415  # before there is no path
    except (ImportError, OSError) as error:  # OSError: its libraries are not there
        pytest.skip(f"WeasyPrint can't be loaded here: {error}")
    book = codings.info.codebook
    themes = tuple(
        theme.model_copy(update={"name": HEBREW}) if theme.id == "time" else theme
        for theme in book.themes
    )
    changed = Codebook(title=book.title, questions=book.questions, themes=themes)
    info = codings.info.model_copy(update={"codebook": changed})
    output = tmp_path / "report.pdf"
    monkeypatch.setenv("PATH", str(tmp_path))
    secondcoder.report(Codings(info=info, posts=codings.posts), output=output)

    def read(*options: str) -> str:
        command = [reader, *options, str(output), "-"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603

    text = read("-layout")
    for part in ("No hours at all", "RT @bo: No hours at all", "Words that broke the machine"):
        assert part in text
    for number, part in ((1, "Introduction"), (2, "Key themes"), (7, "Methods, for a journal")):
        assert re.search(rf"{number} +{part}", text)
    assert HEBREW[::-1] not in text
    # Above its bar, in the list, in its own sentence, over its quotes, and beside other themes.
    assert text.count(HEBREW) >= 5
    words = re.findall(r'yMin="([\d.]+)".* yMax="([\d.]+)">([^<]+)<', read("-bbox"))
    height = {word: float(end) - float(start) for start, end, word in reversed(words)}
    assert height["Small"] > height["Introduction"] > height["posts"]


def test_names_from_the_right_leave_the_picture_and_others_stay() -> None:
    """WeasyPrint sets letters of a picture from the left; `Tea` may stay in it."""
    bars = Chart(
        id="bars",
        kind="bars",
        place="introduction",
        title="Bars",
        alt="Two bars.",
        columns=("Theme", "Authors"),
        rows=((f"1. {HEBREW}", 2), ("2. Tea", 1)),
        n_drawn=2,
    )
    page = with_labels_outside(f"<figure>{svg(bars)}</figure>")
    drawing, behind = page.split("</svg>")
    assert HEBREW not in drawing
    assert f">1. {HEBREW}</span></div>" in behind
    assert ">2. Tea</text>" in drawing
    tea = svg(bars.model_copy(update={"rows": (("1. Tea", 2),), "n_drawn": 1}))
    assert with_labels_outside(tea) == tea


def test_a_browser_that_prints_nothing_is_told(
    codings: Codings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program of that name that only complains."""
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\necho out of memory >&2\nexit 1\n", "utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(StoreError, match="it said: out of memory"):
        secondcoder.report(codings, output=tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()
