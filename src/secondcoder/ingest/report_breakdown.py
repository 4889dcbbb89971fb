"""The breakdown of a report: which quotation is printed under which question and theme."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from secondcoder.ingest.quotation_marks import Quotation, ends_quoted, starts_quoted, unquote
from secondcoder.ingest.report_lines import Heading, Line, ThemeLine, heading
from secondcoder.schema.readings import Note, NoteKind

HEADING_WORDS = 6
"""Words up to which an unmarked line may be a heading, in whatever capitals. Our choice."""
_NOT_IN_HEADING = re.compile('["“”„«»\u2018]|[.!?…]$')


class Printed(NamedTuple):
    """A theme as the breakdown prints it."""

    id: str
    number: int
    name: str
    questions: list[str]


class Placement(NamedTuple):
    """A quotation where it is printed."""

    text: str
    line: int
    question_id: str | None
    theme_id: str | None
    """None: under "Other ideas", or under no theme."""
    remark: str | None = None
    """What is printed behind the closing quotation mark."""


@dataclass
class Breakdown:
    """Questions, themes and quotations in the order of the report."""

    headings: dict[str, Heading] = field(default_factory=dict)
    themes: dict[str, Printed] = field(default_factory=dict)
    placements: list[Placement] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_breakdown(lines: Sequence[Line], source: str) -> Breakdown:
    """Return what the lines of the breakdown say.

    Args:
        lines: The lines of the section that are not blank, without its own heading.
        source: The text of the whole file, out of which quotations are cut.
    """
    reader = _Reader(lines, source)
    while reader.position < len(lines):
        reader.step()
    return reader.found


class _Reader:
    """Goes through the lines, knowing under which question and theme it is."""

    def __init__(self, lines: Sequence[Line], source: str) -> None:
        self.lines = lines
        self.source = source
        self.position = 0
        self.found = Breakdown()
        self.question_id: str | None = None
        self.theme_id: str | None = None
        self.in_other = False

    def step(self) -> None:
        """Take in the line at hand, with those that belong to it."""
        line = self.lines[self.position]
        after = self._after(1)
        before_theme = after is not None and (after.theme is not None or after.is_other_ideas)
        asked = heading(line, before_theme=before_theme)
        self.position += 1
        if line.theme is not None:
            self._theme(line, line.theme)
        elif line.is_other_ideas:
            self.theme_id, self.in_other = None, True
        elif asked is not None:
            self.question_id, self.theme_id, self.in_other = asked.id, None, False
            self.found.headings.setdefault(asked.id, asked)
        else:
            self._paragraph(line)

    def _after(self, distance: int) -> Line | None:
        at = self.position + distance
        return self.lines[at] if at < len(self.lines) else None

    def _theme(self, line: Line, printed: ThemeLine) -> None:
        number, name = printed.number, printed.name or f"Theme {printed.number}"
        if not printed.is_certain:
            self._note(line.number, f"no colon behind 'Theme {number}'; read as a theme", name)
        same = [theme for theme in self.found.themes.values() if theme.number == number]
        known = next((theme for theme in same if theme.name.casefold() == name.casefold()), None)
        if known is None:
            theme_id = f"T{number}" if not same else f"T{number}-{len(same) + 1}"
            known = Printed(theme_id, number, name, [])
            self.found.themes[theme_id] = known
            if same:
                message = f"theme number {number} is used for another theme too; read as {theme_id}"
                self._note(line.number, message, name)
        else:
            self._note(line.number, f"theme {number} is printed again; read as one theme", name)
        if self.question_id is None:
            self._note(line.number, "the theme stands under no question, so it may answer any")
        elif self.question_id not in known.questions:
            known.questions.append(self.question_id)
        self.theme_id, self.in_other = known.id, False

    def _paragraph(self, line: Line) -> None:
        """Take in a quotation: a line, a title with its link, or lines that share their marks."""
        skipped = _bullet_before_words(line)
        last = self._last_line(line, line.text[skipped:])
        start = line.start + skipped
        text = self.source[start : last.start + len(last.text)]
        found = Quotation(0, len(text.rstrip())) if line.is_link or last.is_link else unquote(text)
        words = text[found.start : found.end].strip()
        if not words:
            message = "an empty quotation was left out"
            self._note(line.number, message, line.text, kind="not-placed")
            return
        if self.theme_id is None and not self.in_other:
            if not found.is_marked:
                message = "neither a heading nor a quotation; left out"
                self._note(line.number, message, words, kind="not-placed")
                return
            self._note(line.number, "a quotation under no theme; read as an other idea", words)
        if last is not line:
            message = "a title and its link" if last.is_link else "lines between one pair of marks"
            self._note(line.number, f"{message} were read as one quotation", words)
        elif line.is_link:
            self._note(line.number, "a bare link was read as a quotation", words)
        if not found.is_marked and last is line and self._is_like_heading(line, words):
            message = f"{found.mended} and it looks like a heading; kept as a quotation, check it"
            self._note(line.number, message, words, kind="not-placed")
        elif found.mended is not None:
            self._note(line.number, f"{found.mended}; read as a quotation", words)
        if found.remark is not None:
            message = f"words behind the closing quotation mark: {found.remark}"
            self._note(line.number, f"{message}; kept as a note of the coding", words)
        placement = Placement(words, line.number, self.question_id, self.theme_id, found.remark)
        self.found.placements.append(placement)

    def _last_line(self, line: Line, words: str) -> Line:
        """Return the last line of the quotation that starts on `line`, and move behind it."""
        after = self._after(0)
        if after is None or line.is_link:
            return line
        if after.is_link and not starts_quoted(words) and not ends_quoted(words):
            self.position += 1
            return after
        if not starts_quoted(words) or ends_quoted(words):
            return line
        previous = line
        for at in range(self.position, len(self.lines)):
            following = self.lines[at]
            adjacent = following.number == previous.number + 1
            if not adjacent or not _continues(following):
                return line
            if ends_quoted(following.text):
                self.position = at + 1
                return following
            previous = following
        return line

    def _is_like_heading(self, line: Line, words: str) -> bool:
        """Return whether a line without marks may head what follows it behind a blank line."""
        after = self._after(0)
        if after is None or after.number == line.number + 1 or _NOT_IN_HEADING.search(words):
            return False
        of_length = [word for word in words.split() if len(word) > len("with")]
        in_capitals = bool(of_length) and all(word[0].isupper() for word in of_length)
        return in_capitals or len(words.split()) <= HEADING_WORDS

    def _note(
        self, line: int, message: str, text: str | None = None, *, kind: NoteKind = "mended"
    ) -> None:
        self.found.notes.append(Note(where=line, message=message, text=text, kind=kind))


def _continues(line: Line) -> bool:
    is_heading = line.theme is not None or line.is_other_ideas
    is_heading = is_heading or heading(line, before_theme=False) is not None
    return not (is_heading or line.is_link or starts_quoted(line.text))


def _bullet_before_words(line: Line) -> int:
    """Return how many characters a bullet takes in front of a quotation's words."""
    bullet = line.bullet
    if bullet is None:
        return 0
    is_dash = line.text.lstrip()[0] in "-\u2013*"
    return 0 if is_dash and not starts_quoted(line.text[bullet:]) else bullet
