"""The report as PDF, printed by a real Chromium and read back by pdftotext."""

import shutil
import subprocess
from pathlib import Path

import pytest

import secondcoder
from secondcoder.errors import InputError, StoreError
from secondcoder.schema.codings import Codings


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


def test_without_a_browser_there_is_a_remedy(
    codings: Codings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No browser on the path and no WeasyPrint: the message names both, and the other way."""
    try:
        import weasyprint  # noqa: F401, PLC0415  # only to know whether it is there
    except (ImportError, OSError):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(InputError, match=r"pip install weasyprint.*or write \.html"):
            secondcoder.report(codings, output=tmp_path / "report.pdf")
    else:
        pytest.skip("WeasyPrint is installed")


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
