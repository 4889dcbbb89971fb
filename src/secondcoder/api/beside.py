"""Reading codings that are laid beside each other, in whatever form people keep them."""

from collections.abc import Sequence
from pathlib import Path

from secondcoder.api.reading import REPORTS, read_codings
from secondcoder.api.sheets import read_codings_sheet
from secondcoder.api.sources import is_codings
from secondcoder.errors import CodingsError
from secondcoder.ingest.sheets import is_sheet
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.schema.options import ChatFile
from secondcoder.schema.readings import Note
from secondcoder.schema.runs import CoderKind

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


def not_of_people(codings: Sequence[Codings]) -> tuple[str, ...]:
    """Return a sentence for each coder that is no person, where people's codings are asked for."""
    return tuple(
        f"{each.info.run.coder.id} is no person; what follows takes its codings as a person's"
        for each in codings
        if each.info.run.coder.kind is not CoderKind.PERSON
    )


def read_one_coder(
    codings: Codings | PathLike,
    *,
    chat: Chat | ChatFile | PathLike | None = None,
    codebook: Codebook | PathLike | None = None,
) -> tuple[Codings, tuple[Note, ...]]:
    """Return the codings of one person or model in whatever form, and what reading them said.

    Args:
        codings: Codings, their file, a people's report, or a sheet of one person.
        chat: The chat that a sheet or report is about; None: a sheet holds the posts' texts.
        codebook: Whose themes a sheet names; None: the names in it make the themes.

    Raises:
        CodingsError: If a sheet holds several people's.
    """
    if isinstance(codings, Codings):
        return codings, ()
    path = Path(codings)
    if not is_sheet(path) or is_codings(path):
        return read_codings(path, chat=chat), ()
    reading = read_codings_sheet(path, chat=chat, codebook=codebook)
    if len(reading.codings) > 1:
        names = ", ".join(each.info.run.coder.id for each in reading.codings)
        raise CodingsError(
            f"{path} holds {len(reading.codings)} people's codings ({names}); give a sheet of one "
            f"of them, or of what they agreed on"
        )
    said = (
        note.model_copy(update={"message": f"{path.name}: {note.message}"})
        for note in reading.notes
    )
    return reading.codings[0], tuple(said)


def holds_its_codebook(codings: Codings | PathLike) -> bool:
    """Return whether codings say under which codebook they were made, as all but sheets do."""
    if isinstance(codings, Codings):
        return True
    return not is_sheet(Path(codings)) or is_codings(Path(codings))


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


def read_together(
    codings: Sequence[Codings | PathLike],
    chat: Chat | ChatFile | PathLike | None,
    codebook: Codebook | PathLike | None,
) -> tuple[list[Codings], list[str]]:
    """Return all codings in the order given, and what reading them had to say.

    Sheets and reports do not hold the posts, sheets no codebook either; where none is given, those
    of the files of codings serve.

    Args:
        codings: Codings, files of them, sheets or reports.
        chat: The chat that sheets and reports are about.
        codebook: The codebook of sheets.
    """
    found: list[list[Codings] | Path] = []
    for each in codings:
        if isinstance(each, Codings):
            found.append([each])
        elif is_sheet(Path(each)) or Path(each).suffix.lower() in REPORTS:
            found.append(Path(each))
        else:
            found.append([read_codings(each, chat=chat)])
    whole = [each[0] for each in found if isinstance(each, list)]
    if whole and chat is None:
        posts = {coded.post.id: coded.post for each in whole for coded in each.posts}
        chat = Chat(info=whole[0].info.chat, posts=tuple(posts.values()))
    if whole and codebook is None:
        codebook = whole[0].info.codebook
    notes: list[str] = []
    everyone: list[Codings] = []
    for own in found:
        if isinstance(own, list):
            everyone.extend(own)
        elif is_sheet(own):
            reading = read_codings_sheet(own, chat=chat, codebook=codebook)
            notes.extend(f"{own.name}: {note.message}" for note in reading.notes)
            everyone.extend(reading.codings)
        else:
            everyone.append(read_codings(own, chat=chat))
    return everyone, notes
