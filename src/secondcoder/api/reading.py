"""Reading chats, codebooks, codings and reports."""

from collections import Counter
from pathlib import Path

from secondcoder.api.sheets import read_codings_sheet, report_codings, sheet_of_one
from secondcoder.api.sources import is_codings, open_source
from secondcoder.api.survey import survey
from secondcoder.api.writing import refuse_overwriting, write_codebook, write_codings
from secondcoder.errors import CodingsError, StoreError
from secondcoder.ingest import codebooks, report_text
from secondcoder.ingest.sheet_codings import OnUnanchored
from secondcoder.ingest.sheets import is_sheet
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.schema.export import json_schema
from secondcoder.schema.options import ChatFile
from secondcoder.schema.readings import ReportReading
from secondcoder.schema.surveys import QuestionsSummary, QuestionSummary
from secondcoder.store import files

__all__ = [
    "convert",
    "json_schema",
    "questions",
    "read_chat",
    "read_codebook",
    "read_codings",
    "read_codings_sheet",
    "read_report",
]

PathLike = str | Path

REPORTS = frozenset({".txt", ".md"})
"""Endings of files that are read as people's reports."""


def read_chat(file: PathLike | ChatFile) -> Chat:
    """Return the chat of a file: its posts, and the questions its moderators asked.

    CSV, TSV, XLSX, JSONL and Parquet are read, as are exports of the X API v2, twarc and TAGS. A
    file that can't be read is an `IngestError`; what was mended or skipped is told by the
    command `questions`.

    Args:
        file: A path, or a `ChatFile` that says how to read it.
    """
    source = open_source(file)
    found = survey(source)
    return Chat(info=found.info, posts=tuple(source))


def read_codebook(path: PathLike) -> Codebook:
    """Return the codebook of a YAML or JSON file.

    A mistake in it is one `CodebookError` that names file, line and remedy.
    """
    return codebooks.read_codebook(Path(path))


def read_codings(
    path: PathLike,
    *,
    chat: Chat | ChatFile | PathLike | None = None,
    codebook: Codebook | PathLike | None = None,
    coder: str | None = None,
    unanchored: OnUnanchored = "refuse",
) -> Codings:
    """Return the codings of one coder, every quote compared with its post.

    A file this library wrote is read as it is. A sheet (CSV, TSV, XLSX, Parquet) or a people's
    report (.txt, .md) is read as people write them; `read_codings_sheet` gives all coders of a
    sheet at once. A file that is cut off or contradicts itself is a `CodingsError`.

    Args:
        path: The file.
        chat: The chat a sheet or report is about.
        codebook: The codebook whose themes a sheet names.
        coder: Which coder of a sheet to take, or who made a sheet or report that does not say.
        unanchored: What to do with a sheet's quote that has no one place in its post.

    Raises:
        CodingsError: If the file says by itself what was given beside it.
    """
    path = Path(path)
    if is_sheet(path) and not is_codings(path):
        reading = read_codings_sheet(
            path, chat=chat, codebook=codebook, coder=coder, unanchored=unanchored
        )
        return sheet_of_one(reading, path, coder)
    if path.suffix.lower() in REPORTS and not is_codings(path):
        return report_codings(path, chat, coder, unanchored)
    codings = files.read_codings(path)
    if coder is not None and coder != codings.info.run.coder.id:
        raise CodingsError(
            f"{path} holds the codings of '{codings.info.run.coder.id}', not of '{coder}'"
        )
    return codings


def read_report(path: PathLike) -> ReportReading:
    """Return the codebook and the codings of a thematic report made by people, and the notes.

    A file that is no such report is an `IngestError`.
    """
    return report_text.read_report(Path(path))


def convert(report: PathLike, output: PathLike = ".") -> ReportReading:
    """Write `codebook.yaml` and `codings.jsonl` from a people's report; return what was read.

    Args:
        report: The report as a text file.
        output: Folder for the two files; it is made where missing.

    Raises:
        StoreError: If the folder can't be made, or holds files of these names made otherwise.
    """
    folder = Path(output)
    reading = read_report(report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"folder {folder} can't be made: {error.strerror}") from error
    codebook, codings = folder / "codebook.yaml", folder / "codings.jsonl"
    refuse_overwriting(codebook)
    refuse_overwriting(codings)
    write_codebook(reading.codebook, codebook)
    write_codings(reading.codings, codings)
    return reading


def questions(
    chat: Chat | ChatFile | PathLike, codebook: Codebook | PathLike | None = None
) -> QuestionsSummary:
    """Return the questions of a chat, and how many posts may answer each, by which rule.

    Args:
        chat: A chat, a file of posts, or a `ChatFile` that says how to read one.
        codebook: Where given, its questions are looked for; else they are found.
    """
    if isinstance(codebook, str | Path):
        codebook = read_codebook(codebook)
    source = open_source(chat)
    found = survey(source, codebook)
    rules: dict[str | None, Counter[str]] = {}
    for post, attribution in found.attribute(source):
        if found.is_question_post(post):
            continue
        for question_id in attribution.question_ids or (None,):
            rules.setdefault(question_id, Counter())[attribution.rule.value] += 1
    counts = found.info.counts
    assert counts is not None  # noqa: S101  # the survey always counts
    by_id = {question.id: question for question in found.codebook.questions}
    parents = {question.parent for question in by_id.values()}
    ids = [name for name in by_id if name not in parents or name in rules]
    return QuestionsSummary(
        title=found.info.title,
        moderators=found.info.moderators,
        counts=counts,
        questions=tuple(
            QuestionSummary(
                question=by_id[name] if name else None,
                n_posts=rules.get(name, Counter()).total(),
                by_rule=dict(rules.get(name, Counter()).most_common()),
            )
            for name in (*ids, None)
        ),
        notes=tuple(source.notes),
    )
