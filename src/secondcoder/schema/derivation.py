"""Where the themes of a codebook come from: what a program proposed, and what people made of it."""

from secondcoder.schema.chat import Identifier
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.edits import EditKind
from secondcoder.schema.record import Record


class Derivation(Record):
    """The themes by where they come from, and the proposed ones that are no longer there."""

    as_proposed: tuple[Identifier, ...]
    """In the words in which they were proposed."""
    changed: tuple[Identifier, ...]
    """Proposed, and renamed, merged, split, refined or reworded in the file since."""
    not_proposed: tuple[Identifier, ...]
    """Of the codebook that was extended, or added by people."""
    gone: tuple[Identifier, ...]
    """Proposed, and retired or taken out of the file since, by the last id they had."""


def derivation(book: Codebook) -> Derivation | None:
    """Return where the themes come from; None where no proposal is recorded.

    A theme that no recorded edit changed is known to be as it was proposed by the mark of its
    words, since people edit the file by hand, too.
    """
    if all(edit.kind is not EditKind.PROPOSE for edit in book.edits):
        return None
    marks: dict[str, str | None] = {}
    """Of each theme that comes from a proposal, by its id so far; None: an edit changed it."""
    gone: list[str] = []
    for edit in book.edits:
        is_known = any(theme_id in marks for theme_id in edit.before)
        match edit.kind:
            case EditKind.PROPOSE:
                told = edit.proposed.marks if edit.proposed is not None else {}
                marks |= {theme_id: told.get(theme_id) for theme_id in edit.after}
            case EditKind.RETIRE:
                gone += [theme_id for theme_id in edit.before if theme_id in marks]
            case EditKind.RENAME | EditKind.MERGE | EditKind.SPLIT | EditKind.REFINE:
                pass
        for theme_id in edit.before:
            marks.pop(theme_id, None)
        if is_known:
            marks |= dict.fromkeys(edit.after)
    found: dict[bool, list[str]] = {True: [], False: []}
    for theme in book.themes:
        if theme.id in marks:
            found[marks[theme.id] == theme.mark].append(theme.id)
    there = book.theme_by_id
    return Derivation(
        as_proposed=tuple(found[True]),
        changed=tuple(found[False]),
        not_proposed=tuple(theme_id for theme_id in there if theme_id not in marks),
        gone=(*gone, *(theme_id for theme_id in marks if theme_id not in there)),
    )
