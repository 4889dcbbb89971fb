"""What reading a report had to say, in the order in which a person should look at it."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from secondcoder.schema.readings import Note, NoteKind

_ORDER: Final[tuple[NoteKind, ...]] = ("not-placed", "mended", "routine")


class OneOfMany(NamedTuple):
    """A note that joins others of its sort: one note with a count then stands for all."""

    sort: str
    """What they have in common, behind a count: `quotations are printed twice`."""
    note: Note
    """What is said where it is the only one."""
    about: str = ""
    """What the note for all says behind its line: `→ T1`."""


Remark = Note | OneOfMany


def in_order(remarks: Iterable[Remark]) -> tuple[Note, ...]:
    """Return the notes, those of one sort as one: first what has no place, routine last.

    >>> many = [OneOfMany("cats sat", Note(where=n, message="a cat sat")) for n in (7, 9)]
    >>> [note.message for note in in_order([*many, Note(message="a dog left", kind="not-placed")])]
    ['a dog left', '2 cats sat: line 7, line 9']
    """
    notes: list[Note] = []
    sorts: dict[str, list[OneOfMany]] = {}
    for remark in remarks:
        if isinstance(remark, OneOfMany):
            sorts.setdefault(remark.sort, []).append(remark)
        else:
            notes.append(remark)
    notes += [_joined(sort, same) for sort, same in sorts.items()]
    return tuple(sorted(notes, key=lambda note: (_ORDER.index(note.kind), note.where or 0)))


def _joined(sort: str, same: list[OneOfMany]) -> Note:
    """Return one note for all of a sort, with every line and every word they had."""
    if len(same) == 1:
        return same[0].note
    same = sorted(same, key=lambda one: one.note.where or 0)
    lines = ", ".join(f"line {one.note.where} {one.about}".rstrip() for one in same)
    texts = [f"line {one.note.where}: {one.note.text}" for one in same if one.note.text]
    return same[0].note.model_copy(
        update={"message": f"{len(same)} {sort}: {lines}", "text": "\n".join(texts) or None}
    )
