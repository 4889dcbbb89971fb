"""The page as a PDF, printed by a browser of this machine or by WeasyPrint."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from secondcoder.errors import InputError, StoreError
from secondcoder.reporting.charts import apart
from secondcoder.reporting.svg import LETTERS

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_PATIENCE_S = 120
_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_LABEL = re.compile(
    r'<text class="(?:label|wide|narrow)" x="0" y="(?P<y>[\d.]+)"[^>]*>(?P<words>[^<]*)</text>'
)
_BASELINE = 12
"""Pixels from the top of a line of letters to where they stand."""
_QUIET = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
)


def pdf_of(page: str) -> bytes:
    """Return an HTML page as PDF.

    Nothing is fetched: the page is self-contained, and is printed from a file of its own.

    Args:
        page: One self-contained HTML page.

    Raises:
        InputError: If there is neither a browser nor WeasyPrint to print it.
    """
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if browser is not None:
        return _by_browser(page, browser)
    try:
        from weasyprint import HTML  # noqa: PLC0415  # where there is no browser
    except (ImportError, OSError) as error:  # OSError: its libraries are not there
        raise InputError(
            "a PDF is printed by Chromium, Chrome or Edge, or by WeasyPrint, and none is here: "
            "install one (pip install weasyprint), or write .html and print that"
        ) from error
    return bytes(HTML(string=with_labels_outside(page)).write_pdf())


def with_labels_outside(page: str) -> str:
    """Return the page with names that run from the right laid over their pictures.

    WeasyPrint sets letters inside a picture one after the other from the left, and does not join
    them. Outside it does both.
    """
    return _DRAWING.sub(_with_labels_outside, page)


def _with_labels_outside(drawing: re.Match[str]) -> str:
    over: list[str] = []

    def lift(label: re.Match[str]) -> str:
        if apart(label["words"]) == label["words"]:
            return label[0]
        if "display" not in label[0]:  # the name that fits a phone stays away on paper
            top = float(label["y"]) - _BASELINE
            over.append(
                f'<span style="position:absolute;left:0;top:{top:g}px;line-height:{LETTERS}px;'
                f'font-size:13px;white-space:nowrap">{label["words"]}</span>'
            )
        return ""

    inside = _LABEL.sub(lift, drawing[0])
    return f'<div style="position:relative">{inside}{"".join(over)}</div>' if over else drawing[0]


def _by_browser(page: str, browser: str) -> bytes:
    """Return the page as the browser prints it.

    Raises:
        StoreError: If it prints nothing.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target = folder / "report.html", folder / "report.pdf"
        source.write_text(page, "utf-8")
        # A browser refuses to sandbox what root runs; the page is our own and fetches nothing.
        root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
        command = [
            *(browser, *_QUIET, *root, f"--user-data-dir={folder / 'profile'}"),
            *(f"--print-to-pdf={target}", source.as_uri()),
        ]
        try:
            done = subprocess.run(  # noqa: S603  # a browser of this machine, on our own page
                command, capture_output=True, timeout=_PATIENCE_S, check=False, text=True
            )
        except subprocess.TimeoutExpired as error:
            raise StoreError(
                f"{browser} did not print the report within {_PATIENCE_S} s; write .html and "
                f"print that"
            ) from error
        if not target.is_file():
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise StoreError(
                f"{browser} printed no PDF (it said: {said}); write .html and print that"
            )
        return target.read_bytes()
