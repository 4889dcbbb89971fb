"""Codings that people keep in sheets and reports: read, and anchored in the chat's posts."""

import re
from collections.abc import Iterable
from pathlib import Path

from secondcoder.api.sources import Source, open_source
from secondcoder.api.survey import survey
from secondcoder.errors import CodingsError
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.report_anchoring import find_again
from secondcoder.ingest.report_text import read_report
from secondcoder.ingest.sheet_codings import SHOWN, OnUnanchored, SheetCodings, SheetPosts
from secondcoder.ingest.sheets import Entry, Sheet, read_sheet
from secondcoder.schema.chat import Chat, ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings, CodingsInfo
from secondcoder.schema.options import ChatFile
from secondcoder.schema.readings import Note, SheetReading
from secondcoder.schema.runs import Coder, CoderKind, Run

PathLike = str | Path
ChatLike = Chat | ChatFile | PathLike


def read_codings_sheet(
    path: PathLike,
    *,
    chat: ChatLike | None = None,
    codebook: Codebook | PathLike | None = None,
    coder: str | None = None,
    unanchored: OnUnanchored = "refuse",
) -> SheetReading:
    """Return what each coder of a sheet decided about every post of the chat, and the notes.

    Long sheets (a row per quote, or per quote and theme), wide sheets (a column of 0 and 1 per
    theme) and sheets with a column per coder are told apart by their columns; docs/sheets.md shows
    them. A quote given as text is anchored in its post. A post of the chat that a coder's
    rows leave blank, or don't name, is not coded, which is not the same as "no theme".

    A sheet that can't be understood is a `CodingsError` that names row and remedy.

    Args:
        path: CSV, TSV, XLSX or Parquet.
        chat: The chat the sheet is about. None: the sheet has a column `text`.
        codebook: Themes are found by id or name. None: the names in the sheet make the themes.
        coder: Who coded, where the sheet does not say; default: the file's name.
        unanchored: What to do with a quote that occurs in its post never or several times:
            `refuse` the sheet, naming every such row, or take the `whole-post` and note it.
    """
    path = Path(path)
    notes: list[Note] = []
    notebook = Notebook(notes)
    book = codebook if isinstance(codebook, Codebook | None) else read_codebook(Path(codebook))
    sheet = read_sheet(path, notebook, book)
    book = book or _made_codebook(sheet)
    about, info, book = _about(path, chat, book, sheet.entries)
    if codebook is None and sheet.themes:
        notebook.once(f"no codebook was given; {len(sheet.themes)} themes made from the sheet")
    reading = SheetCodings(path, about, book, notebook, unanchored)
    by_coder = reading.by_coder(sheet.entries, coder or path.name.split(".", 1)[0])
    notebook.close()
    return SheetReading(
        codings=tuple(
            Codings(info=_info(info, book, name, path), posts=tuple(posts))
            for name, posts in by_coder.items()
        ),
        notes=tuple(notes),
    )


def sheet_of_one(reading: SheetReading, path: Path, coder: str | None) -> Codings:
    """Return the codings of one coder of a sheet.

    Raises:
        CodingsError: If there are several and none was named, or none of that name.
    """
    by_id = {codings.info.run.coder.id: codings for codings in reading.codings}
    if coder is not None and _identifier(coder) in by_id:
        return by_id[_identifier(coder)]
    if coder is None and len(by_id) == 1:
        return next(iter(by_id.values()))
    raise CodingsError(
        f"{path} holds the codings of {', '.join(by_id)}; name one of them with coder=, or take "
        f"all with read_codings_sheet"
    )


def report_codings(
    path: Path, chat: ChatLike | None, coder: str | None, unanchored: OnUnanchored
) -> Codings:
    """Return the codings of a people's report, found again in the posts of a chat if there is one.

    Raises:
        CodingsError: If `unanchored` is `refuse` and quotations have no one place in the chat.
    """
    codings = read_report(path).codings
    info = codings.info
    if coder is not None:
        run = info.run.model_copy(update={"coder": _person(coder)})
        info = info.model_copy(update={"run": run})
    if chat is None:
        return Codings(info=info, posts=codings.posts)
    source = open_source(chat)
    about, chat_info, _ = _surveyed(source, info.codebook)
    found = find_again(codings.quotes, about.posts, about.attributions)
    if found.lost and unanchored == "refuse":
        shown = [f"{coding.quote.text[:60]!r} {why}" for coding, why in found.lost[:SHOWN]]
        raise CodingsError(
            f"{path}: {len(found.lost)} quotations are not in the chat: {'; '.join(shown)}; "
            f"correct them, or read the report without the chat"
        )
    return Codings(info=info.model_copy(update={"chat": chat_info}), posts=found.posts)


def _about(
    path: Path, chat: ChatLike | None, book: Codebook, entries: Iterable[Entry]
) -> tuple[SheetPosts, ChatInfo, Codebook]:
    if chat is not None:
        return _surveyed(open_source(chat), book)
    posts: dict[str, Post] = {}
    for entry in entries:
        if entry.text is None:
            continue
        before = posts.setdefault(entry.post_id, Post(id=entry.post_id, text=entry.text))
        if before.text != entry.text:
            raise CodingsError(
                f"{path} row {entry.row}: post '{entry.post_id}' has another text than in an "
                f"earlier row; give the chat, or correct the sheet"
            )
    if not posts:
        raise CodingsError(
            f"{path} does not hold the posts' texts; give the chat the sheet is about with chat=, "
            f"or add a column 'text'"
        )
    return SheetPosts(posts, {}), ChatInfo(title=path.stem, questions=book.questions), book


def _surveyed(source: Source, book: Codebook) -> tuple[SheetPosts, ChatInfo, Codebook]:
    found = survey(source, book)
    pairs = list(found.attribute(source))
    about = SheetPosts(
        {post.id: post for post, _ in pairs},
        {post.id: attribution for post, attribution in pairs},
    )
    return about, found.info, found.codebook


def _made_codebook(sheet: Sheet) -> Codebook:
    said = (entry.question for entry in sheet.entries)
    ids = dict.fromkeys(
        question for question in said if question and not re.search(r"\s", question)
    )
    return Codebook(
        title="Themes named in a sheet",
        questions=tuple(Question(id=question_id) for question_id in ids),
        themes=sheet.themes,
    )


def _info(chat: ChatInfo, book: Codebook, coder: str, path: Path) -> CodingsInfo:
    person = _person(coder)
    run = Run(id=_identifier(f"{path.name}-{person.id}"), coder=person, codebook_sha256=book.sha256)
    return CodingsInfo(chat=chat, codebook=book, run=run)


def _person(name: str) -> Coder:
    coder_id = _identifier(name)
    return Coder(id=coder_id, kind=CoderKind.PERSON, description=name if name != coder_id else "")


def _identifier(name: str) -> str:
    return "-".join(name.split()) or "coder"
