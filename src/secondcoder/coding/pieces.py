"""What a post says: its segments that hold an idea, and runs of them as one piece."""

from collections.abc import Sequence
from typing import NamedTuple

from secondcoder.coding import phrases
from secondcoder.coding.similarity import words
from secondcoder.coding.tasks import Task
from secondcoder.schema.codings import LeftOut, LeftOutReason


class Piece(NamedTuple):
    """A run of segments that may become a quote."""

    numbers: tuple[int, ...]
    text: str


def find_said(task: Task, language: str) -> list[Piece]:
    """Return the segments that say something: not furniture, not thanks or greetings alone."""
    found = []
    for segment in task.segments:
        text = segment.span.of(task.post.text)
        if not segment.is_furniture and _says_something(text, language):
            found.append(Piece((segment.number,), text))
    return found


def without_a_piece(task: Task) -> LeftOut:
    """Return why a post in which nothing is said is left out."""
    has_words = any(not segment.is_furniture for segment in task.segments)
    return LeftOut(reason=LeftOutReason.NO_IDEA if has_words else LeftOutReason.EMPTY)


def _says_something(text: str, language: str) -> bool:
    """Return whether a text holds a word beside courtesies and function words."""
    if language != "en":
        return bool(words(text))
    rest = text.casefold().replace("\u2019", "'")
    for phrase, filler in (
        (phrases.REACTION, phrases.REACTION_FILLER),
        (phrases.THANKS, phrases.THANKS_FILLER),
        (phrases.HELLO, phrases.HELLO_FILLER),
    ):
        without, n_found = phrase.subn(" ", rest)
        if n_found:
            rest = " ".join(word for word in without.split() if word.strip(",.!?") not in filler)
    return not phrases.ENGLISH.issuperset(words(rest))


def whole(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces as one; none of none."""
    if not pieces:
        return []
    numbers = tuple(number for piece in pieces for number in piece.numbers)
    return [Piece(numbers, " ".join(piece.text.strip() for piece in pieces))]
