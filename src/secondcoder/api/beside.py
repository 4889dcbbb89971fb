"""Reading a model's codings and the people's they are laid beside."""

from collections.abc import Sequence
from pathlib import Path

from secondcoder.api.reading import read_codings
from secondcoder.api.sheets import read_codings_sheet
from secondcoder.api.sources import is_codings
from secondcoder.errors import CodingsError
from secondcoder.ingest.sheets import is_sheet
from secondcoder.schema.chat import Chat
from secondcoder.schema.codings import Codings

PathLike = str | Path


def read_beside(
    model: Codings | PathLike, people: Sequence[Codings | PathLike]
) -> tuple[Codings, list[Codings], list[str]]:
    """Return the codings, and what reading sheets had to say.

    Args:
        model: The model's codings, or their file.
        people: One person's or more; a sheet may hold several.

    Raises:
        CodingsError: If no person's codings are given.
    """
    of_model = model if isinstance(model, Codings) else read_codings(model)
    chat = Chat(info=of_model.info.chat, posts=tuple(coded.post for coded in of_model.posts))
    of_people: list[Codings] = []
    notes: list[str] = []
    for each in people:
        if isinstance(each, Codings):
            of_people.append(each)
        elif is_sheet(Path(each)) and not is_codings(Path(each)):
            reading = read_codings_sheet(each, chat=chat, codebook=of_model.info.codebook)
            of_people.extend(reading.codings)
            notes.extend(f"{Path(each).name}: {note.message}" for note in reading.notes)
        else:
            of_people.append(read_codings(each, chat=chat))
    if not of_people:
        raise CodingsError(
            "a model is measured beside people; give the codings of one person or more"
        )
    return of_model, of_people, notes


def refuse_other_codebook(of_model: Codings, other: Codings) -> None:
    """Refuse codings by another codebook.

    Args:
        of_model: The model's.
        other: To be laid beside it.

    Raises:
        CodingsError: Naming both coders and versions.
    """
    books = of_model.info.codebook, other.info.codebook
    if books[0].sha256 == books[1].sha256:
        return
    who = [
        f"{each.info.run.coder.id} (version {book.version}, {book.sha256[:8]})"
        for each, book in zip((of_model, other), books, strict=True)
    ]
    raise CodingsError(
        f"{who[0]} and {who[1]} coded with different codebooks; what a theme means may differ, so "
        f"nothing is handed over on such numbers. Code the posts again with one codebook"
    )
