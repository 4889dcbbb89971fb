"""Codebooks: themes renamed, merged, split and retired, each step recorded with its reason."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from secondcoder.api.beside import holds_its_codebook, read_one_coder
from secondcoder.api.codebook_files import Kept, refuse_losing_codebook, replace_codebook
from secondcoder.api.writing import refuse_overwriting, write_codings
from secondcoder.errors import InputError
from secondcoder.induction import edits
from secondcoder.induction.codebook_difference import codebook_difference
from secondcoder.induction.following import followed, refuse_other_version
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codebook_checks import CodebookCheck, CodebookDifference
from secondcoder.schema.codings import Codings
from secondcoder.schema.followed import FollowedCodings
from secondcoder.schema.options import ChatFile

PathLike = str | Path
CODINGS_START = '{"kind":"codings"'


def rename_codebook(  # noqa: PLR0913  # all but the themes by keyword
    codebook: Codebook | PathLike,
    theme: str,
    to: str | None = None,
    *,
    reason: str,
    name: str | None = None,
    version: str | None = None,
    by: str | None = None,
    output: PathLike | None = None,
    kept: Kept | None = None,
) -> Codebook:
    """Return the codebook with a theme under another id, another name, or both.

    An unknown theme, or an id that is taken, is a `CodebookError`.

    Args:
        codebook: A codebook or its file.
        theme: Id of the theme.
        to: Its new id; None: it keeps its own.
        reason: Why; recorded with the edit.
        name: Its new name; None: it keeps its own.
        version: Of the codebook that this makes; None: the next one.
        by: Who decides, by name or initials; recorded with the edit.
        output: YAML file to write; another codebook's edits and themes are not written over.
        kept: Is given the copy of what stood in `output`, kept where people's comments were in it.
    """
    book = _read(codebook)
    step = _step(reason, version, by)
    made = edits.renamed(book, theme, step, to=to or theme, name=name)
    return _written(made, book, output, kept)


def merge_codebook(  # noqa: PLR0913  # all but the themes by keyword
    codebook: Codebook | PathLike,
    themes: Sequence[str],
    *,
    into: str,
    reason: str,
    name: str | None = None,
    version: str | None = None,
    by: str | None = None,
    output: PathLike | None = None,
    kept: Kept | None = None,
) -> Codebook:
    """Return the codebook with one theme in place of several, their rules and examples kept.

    An unknown theme, or an id that another theme has, is a `CodebookError`.

    Args:
        codebook: A codebook or its file.
        themes: Ids of the themes.
        into: Id of the one: one of theirs, whose definition then stays, or a new one.
        reason: Why; recorded with the edit.
        name: Its name; None: that of the theme that keeps its id, else of the first.
        version: Of the codebook that this makes; None: the next one.
        by: Who decides, by name or initials; recorded with the edit.
        output: YAML file to write; another codebook's edits and themes are not written over.
        kept: Is given the copy of what stood in `output`, kept where people's comments were in it.
    """
    book = _read(codebook)
    made = edits.merged(book, themes, _step(reason, version, by), into=into, name=name)
    return _written(made, book, output, kept)


def split_codebook(  # noqa: PLR0913  # all but the theme by keyword
    codebook: Codebook | PathLike,
    theme: str,
    *,
    into: Mapping[str, str],
    reason: str,
    version: str | None = None,
    by: str | None = None,
    output: PathLike | None = None,
    kept: Kept | None = None,
) -> Codebook:
    """Return the codebook with several themes in place of one; define them before you code.

    An unknown theme, or an id that is taken, is a `CodebookError`.

    Args:
        codebook: A codebook or its file.
        theme: Id of the theme.
        into: Names of the new themes, by id; one of them may keep the old id.
        reason: Why; recorded with the edit.
        version: Of the codebook that this makes; None: the next one.
        by: Who decides, by name or initials; recorded with the edit.
        output: YAML file to write; another codebook's edits and themes are not written over.
        kept: Is given the copy of what stood in `output`, kept where people's comments were in it.
    """
    book = _read(codebook)
    made = edits.split(book, theme, _step(reason, version, by), into=into)
    return _written(made, book, output, kept)


def retire_codebook(  # noqa: PLR0913  # all but the theme by keyword
    codebook: Codebook | PathLike,
    theme: str,
    *,
    reason: str,
    version: str | None = None,
    by: str | None = None,
    output: PathLike | None = None,
    kept: Kept | None = None,
) -> Codebook:
    """Return the codebook without a theme.

    An unknown theme is a `CodebookError`.

    Args:
        codebook: A codebook or its file.
        theme: Id of the theme.
        reason: Why; recorded with the edit.
        version: Of the codebook that this makes; None: the next one.
        by: Who decides, by name or initials; recorded with the edit.
        output: YAML file to write; another codebook's edits and themes are not written over.
        kept: Is given the copy of what stood in `output`, kept where people's comments were in it.
    """
    book = _read(codebook)
    made = edits.retired(book, theme, _step(reason, version, by))
    return _written(made, book, output, kept)


def follow_codebook(
    codebook: Codebook | PathLike,
    codings: Codings | PathLike,
    *,
    chat: Chat | ChatFile | PathLike | None = None,
    coded_with: Codebook | PathLike | None = None,
    output: PathLike | None = None,
) -> FollowedCodings:
    """Return codings under a later version of their codebook: renamed and merged themes move.

    Nothing is decided anew: quotes of a retired theme become other ideas where they have no other
    theme, those of a split one are listed, to be coded again. A codebook that does not go on from
    theirs is a `CodebookError`.

    Args:
        codebook: The later version, or its file.
        codings: Codings under the earlier one, or their file; a sheet of one person serves too.
        chat: The chat that a sheet is about; None: it holds the posts' texts.
        coded_with: The earlier codebook, where a sheet was coded with it.
        output: File for the codings.

    Raises:
        InputError: If a sheet is given without its codebook, or other codings with one.
    """
    if holds_its_codebook(codings) == (coded_with is not None):
        raise InputError(
            "these codings hold the codebook they were made with; leave out the one given beside"
            if coded_with is not None
            else f"{codings} is a sheet, which does not hold the codebook it was coded with; give "
            f"that one beside it (-c)"
        )
    coded, notes = read_one_coder(codings, chat=chat, codebook=coded_with)
    target = Path(output) if output is not None else None
    if target is not None:
        refuse_overwriting(target, unless_it_starts_with=CODINGS_START)
    found = followed(coded, _read(codebook))
    if target is not None:
        write_codings(found.codings, target)
    return FollowedCodings(
        codings=found.codings,
        n_moved=found.n_moved,
        n_retired=found.n_retired,
        to_code_again=found.to_code_again,
        notes=notes,
        output=target,
    )


def diff_codebook(before: Codebook | PathLike, after: Codebook | PathLike) -> CodebookDifference:
    """Return what differs between two codebooks, and which questions are asked again.

    Args:
        before: The earlier codebook, or its file.
        after: The later one, or its file.
    """
    return codebook_difference(_read(before), _read(after))


def check_codebook(
    codebook: Codebook | PathLike,
    *,
    codings: Codings | PathLike | None = None,
    chat: Chat | ChatFile | PathLike | None = None,
) -> CodebookCheck:
    """Return what to look at in a codebook: themes that overlap, or that nothing is under.

    Args:
        codebook: A codebook or its file.
        codings: Coded under it, to see which themes are given together, which have no quote, and
            which quotes lie nearer to another theme or share no word with their own. Those of
            another version, whose themes are others, are a `CodingsError`. A sheet of one person
            serves too.
        chat: The chat that a sheet is about; None: it holds the posts' texts.
    """
    from secondcoder.coding.similarity import Words, stems, words  # noqa: PLC0415  # scikit-learn
    from secondcoder.induction.audit import audit  # noqa: PLC0415  # NumPy

    book = _read(codebook)
    back_end = Words(language=book.language)
    content_words = stems if book.language == "en" else words
    if codings is None:
        return audit(book, None, back_end, content_words)
    coded, notes = read_one_coder(codings, chat=chat, codebook=book)
    refuse_other_version(coded, book)
    found = audit(book, coded, back_end, content_words)
    return found.model_copy(update={"notes": notes})


def _read(codebook: Codebook | PathLike) -> Codebook:
    return codebook if isinstance(codebook, Codebook) else read_codebook(Path(codebook))


def _step(reason: str, version: str | None, by: str | None) -> edits.Step:
    return edits.Step(reason, version, datetime.now(UTC).replace(microsecond=0), by)


def _written(
    made: Codebook, book: Codebook, output: PathLike | None, kept: Kept | None
) -> Codebook:
    if output is not None:
        target = Path(output)
        there = f", or edit it: give {target} as the codebook"
        refuse_losing_codebook(target, book, remedy=there)
        replace_codebook(made, target, book, kept)
    return made
