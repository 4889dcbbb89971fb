"""The lines of a thematic report: what each of them is."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from secondcoder.ingest.wording import ends_asking
from secondcoder.schema.chat import Identifier

_SECTIONS: Final = (
    ("introduction", re.compile(r"\s*(?:\d+[.)]?\s*)?introduction\s*:?\s*", re.IGNORECASE)),
    (
        "findings",
        re.compile(r"\s*(?:\d+[.)]?\s*)?key\s+(?:themes|findings)\s*:?\s*", re.IGNORECASE),
    ),
    ("breakdown", re.compile(r"\s*(?:\d+[.)]?\s*)?break\s?down\b[^.?!]*", re.IGNORECASE)),
)
_THEME: Final = re.compile(r"\s*theme\s*(\d+)\s*(?:[:.)\u2013\u2014-]\s*(.*))?", re.IGNORECASE)
_THEME_WITHOUT_MARK: Final = re.compile(
    r"theme\s+(\d+)\s+(\w.*?[^\s.!?…\"\u201d\u2019])", re.IGNORECASE
)
"""A sentence that starts with `Theme 3` ends in a stop, a theme's name does not."""
_OTHER: Final = re.compile(
    r"\s*(?:any\s+)?other(?:\s+(?:ideas?|themes?|comments?|thoughts?|quotes?))\s*[:.]?\s*",
    re.IGNORECASE,
)
_QUESTION: Final = re.compile(
    r"\s*(?P<q>q(?:uestion)?\s?)?(?P<number>\d{1,2})\s?(?P<part>[a-z])?(?P<stop>\s*[:.)\u2013\u2014-])?"
    r"\s+(?P<text>\S.*)",
    re.IGNORECASE,
)
_BULLET: Final = re.compile(r"\s*[·•▪◦‣*\u2013-]\s+(?=\S)")
_LINK: Final = re.compile(r"\s*(?:https?://|www\.)\S+\s*", re.IGNORECASE)


class ThemeLine(NamedTuple):
    """What a `Theme N: …` line prints."""

    number: int
    name: str
    is_certain: bool = True
    """False: there is a name, but no colon or other mark before it."""


class Line(NamedTuple):
    """A line that is not blank, and where it lies in the file."""

    number: int
    """Counted from 1."""
    start: int
    """Position of its first character in the text of the file."""
    text: str
    """Without its line end."""

    @property
    def is_link(self) -> bool:
        """Whether there is a link and nothing else."""
        return _LINK.fullmatch(self.text) is not None

    @property
    def is_other_ideas(self) -> bool:
        """Whether it heads the quotations that have no theme."""
        return _OTHER.fullmatch(self.text) is not None

    @property
    def section(self) -> str | None:
        """Return `introduction`, `findings` or `breakdown` for a line that opens a section."""
        return next((name for name, form in _SECTIONS if form.fullmatch(self.text)), None)

    @property
    def theme(self) -> ThemeLine | None:
        """Return the printed number and name of a `Theme N: …` line."""
        if match := _THEME.fullmatch(self.text):
            return ThemeLine(int(match[1]), (match[2] or "").strip())
        match = _THEME_WITHOUT_MARK.fullmatch(self.text.strip())
        return None if match is None else ThemeLine(int(match[1]), match[2], is_certain=False)

    @property
    def bullet(self) -> int | None:
        """Return where the words after a bullet start, None where the line has no bullet."""
        match = _BULLET.match(self.text)
        return None if match is None else match.end()


class Heading(NamedTuple):
    """A question as a report prints it."""

    id: Identifier
    text: str
    line: int


def heading(line: Line, *, before_theme: bool) -> Heading | None:
    """Return the question that a line prints: `Q2a: …`, `Q2. …`, `2) …?`.

    Args:
        line: The line.
        before_theme: Whether a `Theme N:` line follows. A bare number opens a question only then,
            or when the line asks something; else it numbers an item.
    """
    match = _QUESTION.fullmatch(line.text)
    if match is None:
        return None
    text = match["text"].strip()
    asks = ends_asking(text)
    certain = match["q"] and (match["stop"] or asks or before_theme)
    likely = match["stop"] and (asks or before_theme)
    if not certain and not likely:
        return None
    part = (match["part"] or "").lower()
    return Heading(id=f"Q{int(match['number'])}{part}", text=text, line=line.number)


def lines_of(text: str) -> Iterator[Line]:
    """Yield the lines of a text that are not blank."""
    start = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        if raw.strip():
            yield Line(number, start, raw.removesuffix("\r"))
        start += len(raw) + 1
