"""Codebook files written over: never what people wrote, and never what can't be written again."""

from collections.abc import Callable, Iterator
from pathlib import Path

from secondcoder.api.writing import refuse_overwriting, write_codebook
from secondcoder.errors import CodebookError, StoreError
from secondcoder.ingest.codebook_yaml import codebook_yaml
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.derivation import derivation
from secondcoder.schema.edits import EditKind
from secondcoder.store.files import write_bytes

_START = b"# A codebook of Second Coder."
"""How our own codebook files start."""
_NAMED = 3
"""Themes named where people wrote more."""
COPY_NOTE = "{target} is written anew; as it was, with its comments and layout, it is {copy}"
"""Tells of the copy, with both paths."""
Kept = Callable[[Path], object]
"""Is given the copy of a file that was written over, where one was kept."""


def refuse_losing_codebook(target: Path, start: Codebook | None, *, remedy: str = "") -> None:
    """Refuse to write over a codebook that holds what the one written would not.

    A file that says what we start from may be written over, whoever wrote it.

    Args:
        target: The file about to be written.
        start: What the codebook to be written goes on from; None: nothing.
        remedy: What else to do than to name another place.

    Raises:
        StoreError: If the file is no codebook, or people's edits or themes in it would be lost.
    """
    if target.suffix.lower() == ".json":
        raise StoreError(f"{target}: codebooks are written as YAML; name a file such as book.yaml")
    if target.is_dir() or not target.exists() or target.stat().st_size == 0:
        refuse_overwriting(target)
        return
    try:
        there = read_codebook(target)
    except CodebookError:
        refuse_overwriting(target)
        return
    if there != start and not target.read_bytes().startswith(_START):
        refuse_overwriting(target)
    if lost := list(_lost(there, start)):
        raise StoreError(
            f"{target} holds {' and '.join(lost)}, which a codebook written over it would not "
            f"have; name another place with -o{remedy}"
        )


def replace_codebook(
    codebook: Codebook, target: Path, start: Codebook | None, kept: Kept | None = None
) -> Path | None:
    """Write a codebook, and return the copy of what stood there before if it can't be made again.

    A file with comments or a layout of people's own is kept beside, as `NAME.bak` or, where that is
    another one, `NAME.2.bak` and so on.

    Args:
        codebook: The codebook.
        target: Its file; `refuse_losing_codebook` did not refuse it.
        start: What the codebook goes on from; None: nothing.
        kept: Is given the copy, too.
    """
    copy = _copied(target, codebook, start)
    write_codebook(codebook, target)
    if copy is not None and kept is not None:
        kept(copy)
    return copy


def _lost(there: Codebook, start: Codebook | None) -> Iterator[str]:
    """Yield in words what people did to a codebook that another does not start from."""
    edits = start.edits if start is not None else ()
    steps = [
        edit for edit in there.edits if edit.kind is not EditKind.PROPOSE and edit not in edits
    ]
    if steps:
        yield f"{len(steps):,} of people's edits with their reasons"
    themes = start.theme_by_id if start is not None else {}
    told, told_start = derivation(there), derivation(start) if start is not None else None
    proposed = told.as_proposed if told is not None else ()
    own = [
        theme.id
        for theme in there.themes
        if themes.get(theme.id) != theme
        and not (theme.id in proposed and theme.key_finding is None and theme.number is None)
    ]
    if own:
        yield f"{_count(len(own))} that people wrote or changed ({_some(own)})"
    gone_too = told_start.gone if told_start is not None else ()
    gone = [each for each in (told.gone if told is not None else ()) if each not in gone_too]
    if gone:
        yield f"the choice to leave out {_count(len(gone))} ({_some(gone)})"


def _copied(target: Path, codebook: Codebook, start: Codebook | None) -> Path | None:
    """Return a copy of a file that holds more than the codebook it gives, or None."""
    if not target.exists() or target.stat().st_size == 0:
        return None
    content = target.read_bytes()
    try:
        there = read_codebook(target)
    except CodebookError:
        pass  # it was edited since it was looked at
    else:
        head = (codebook.title, codebook.language, codebook.questions)
        same_head = head == (there.title, there.language, there.questions)
        is_as_written = codebook_yaml(there).encode() == content
        # Themes are told by their marks; a title or question that people corrected is not.
        if is_as_written and (there == start or same_head) and not any(_lost(there, start)):
            return None
    number = 1
    while True:
        name = f"{target.name}.bak" if number == 1 else f"{target.name}.{number}.bak"
        copy = target.with_name(name)
        if not copy.exists():
            write_bytes(copy, content)
            return copy
        if copy.read_bytes() == content:
            return copy
        number += 1


def _count(n: int) -> str:
    return "1 theme" if n == 1 else f"{n:,} themes"


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:_NAMED]) + (", …" if len(ids) > _NAMED else "")
