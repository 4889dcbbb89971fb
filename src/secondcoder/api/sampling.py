"""Sampling: posts drawn from a chat to be coded by two people, and their sheets."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, assert_never

from secondcoder.api.drawing import draw
from secondcoder.api.sources import open_source
from secondcoder.api.survey import survey
from secondcoder.api.tabular import Tabular
from secondcoder.api.writing import refuse_overwriting
from secondcoder.errors import InputError, StoreError
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.ingest.sheet_forms import (
    FormRow,
    csv_text,
    form_table,
    theme_table,
    write_workbook,
)
from secondcoder.schema.chat import Attribution, Chat, Post
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.schema.identity import sha256
from secondcoder.schema.options import ChatFile
from secondcoder.schema.sampling import Sample, SampledPost, SheetForm, Stratify
from secondcoder.store.files import read_codings, write_text
from secondcoder.version import __version__

if TYPE_CHECKING:
    from rich.table import Table

PathLike = str | Path
SAMPLE_NAME = "sample.json"
THEMES_NAME = "themes.csv"
EVERY_POST = "all"
GENERAL = "general"
NO_THEME = "no theme"


class SampleRow(NamedTuple):
    """A post that was drawn, with the chance it had."""

    post_id: str
    stratum: str
    probability: float


class SampleReport(Sample, Tabular):
    """Posts drawn for double coding, as a table, a data frame, or the record itself."""

    def rows(self) -> tuple[SampleRow, ...]:
        """Return the posts that were drawn, in the chat's order."""
        return tuple(SampleRow(post.post_id, post.stratum, post.probability) for post in self.posts)

    def columns(self) -> Mapping[str, type[str] | type[int] | type[float]]:
        """Return what each column of the rows holds, in order."""
        return {"post_id": str, "stratum": str, "probability": float}

    def table(self) -> "Table":
        """Return one line per group that was drawn from: print it with rich."""
        from secondcoder.reporting.tables import sample_table  # noqa: PLC0415 # loads Rich

        return sample_table(self)


def sample(  # noqa: PLR0913  # all but chat and n by keyword, each with a default
    chat: Chat | ChatFile | PathLike,
    n: int,
    *,
    codebook: Codebook | PathLike | None = None,
    stratify: Stratify | None = None,
    codings: Codings | PathLike | None = None,
    seed: int = 0,
    coders: Sequence[str] = ("A", "B"),
    output: PathLike | None = None,
    form: SheetForm = "csv",
) -> SampleReport:
    """Return posts drawn for double coding; with `output`, write a sheet for each coder there.

    Reposts, repeats of an earlier post and the moderators' questions are not drawn: there is
    nothing in them to code. A sheet shows neither authors nor anybody's codes.

    Args:
        chat: A chat, a file of posts, or a `ChatFile` that says how to read one.
        n: Posts to draw; all where the chat holds fewer.
        codebook: Its questions are looked for, and its themes written beside the sheets.
        stratify: Draw equally many posts of each `question` or `theme`, however rare.
        codings: Tell which post has which theme, where it is drawn by theme: the embedded coder's,
            say. A post with several themes counts for the rarest of them.
        seed: The same seed draws the same posts.
        coders: Who will code.
        output: Folder for the sheets and `sample.json`; no sheet that exists is overwritten.
        form: `csv`, or `xlsx` with the extra `excel`.

    Raises:
        InputError: If there is nothing to draw from, or the posts' themes are not known.
    """
    _check(n, coders)
    book = codebook if isinstance(codebook, Codebook | None) else read_codebook(Path(codebook))
    source = open_source(chat)
    found = survey(source, book)
    codable: list[tuple[Post, Attribution]] = []
    identity: list[tuple[str, str]] = []
    for post, attribution in found.attribute(source):
        identity.append((post.id, post.text))
        if not (post.is_repost or found.is_question_post(post) or found.same_as(post)):
            codable.append((post, attribution))
    if not codable:
        raise InputError(f"{source.info.title}: no post to draw; all are reposts or questions")
    groups = _groups(codable, stratify, _themes(codings) if stratify == "theme" else {})
    strata, drawn = draw(groups, n, seed)
    chosen = [(post, attribution) for post, attribution in codable if post.id in drawn]
    made = SampleReport(
        title=found.info.title,
        secondcoder_version=__version__,
        seed=seed,
        stratify=stratify,
        n_asked=n,
        n_posts=len(identity),
        n_codable=len(codable),
        chat_sha256=sha256(identity),
        codebook_sha256=book.sha256 if book else None,
        strata=strata,
        posts=tuple(
            SampledPost(
                post_id=post.id,
                stratum=drawn[post.id].name,
                probability=drawn[post.id].probability,
                text_sha256=sha256(post.text),
            )
            for post, _ in chosen
        ),
        coders=tuple(coders),
    )
    return made if output is None else _write(made, chosen, book, Path(output), form)


def _check(n: int, coders: Sequence[str]) -> None:
    names = {_file_name(coder) for coder in coders} - {Path(THEMES_NAME).stem}
    if n < 1:
        raise InputError(f"can't draw {n} posts; ask for at least 1")
    if not coders or len(names) < len(coders):
        raise InputError(
            f"coders {', '.join(coders) or '(none)'}: name one or more, by names that differ in "
            f"letters or digits; 'themes' is the name of another file"
        )


def _themes(codings: Codings | PathLike | None) -> dict[str, frozenset[str]]:
    if codings is None:
        raise InputError(
            "to draw by theme, say which post has which theme: give codings, such as those of "
            "'secondcoder code'"
        )
    read = codings if isinstance(codings, Codings) else read_codings(Path(codings))
    return {
        coded.post.id: frozenset(theme for coding in coded.codings for theme in coding.theme_ids)
        for coded in read.posts
    }


def _groups(
    codable: Sequence[tuple[Post, Attribution]],
    stratify: Stratify | None,
    themes: Mapping[str, frozenset[str]],
) -> dict[str, list[str]]:
    """Return the ids of the posts by what they are drawn by, groups by name."""
    often = Counter(theme for post, _ in codable for theme in themes.get(post.id, ()))
    groups: dict[str, list[str]] = {}
    for post, attribution in codable:
        match stratify:
            case None:
                name = EVERY_POST
            case "question":
                name = " or ".join(attribution.question_ids) or GENERAL
            case "theme":
                given = sorted(themes.get(post.id, ()), key=lambda theme: (often[theme], theme))
                name = given[0] if given else NO_THEME
            case _:
                assert_never(stratify)
        groups.setdefault(name, []).append(post.id)
    return dict(sorted(groups.items()))


def _write(
    made: SampleReport,
    chosen: Sequence[tuple[Post, Attribution]],
    book: Codebook | None,
    folder: Path,
    form: SheetForm,
) -> SampleReport:
    """Write the sheets and then the sample, which names them.

    Raises:
        StoreError: If the folder can't be made or a sheet is there already.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"folder {folder} can't be made: {error.strerror}") from error
    sheets = {coder: folder / f"{_file_name(coder)}.{form}" for coder in made.coders}
    with_themes = book is not None and form == "csv"
    for path in (*sheets.values(), *([folder / THEMES_NAME] if with_themes else ())):
        refuse_overwriting(path)
    refuse_overwriting(folder / SAMPLE_NAME)
    rows = [
        FormRow(post.id, ids[0] if len(ids) == 1 else "", post.text)
        for post, attribution in chosen
        for ids in (attribution.question_ids,)
    ]
    for coder, path in sheets.items():
        table = form_table(rows, coder)
        if form == "csv":
            # The mark tells spreadsheets that the file is UTF-8.
            write_text(path, "\ufeff" + csv_text(table))
        else:
            write_workbook(path, {"posts": table} | ({"themes": theme_table(book)} if book else {}))
    if book is not None and with_themes:
        write_text(folder / THEMES_NAME, "\ufeff" + csv_text(theme_table(book)))
    named = made.model_copy(update={"files": tuple(path.name for path in sheets.values())})
    write_text(folder / SAMPLE_NAME, named.model_dump_json(indent=2) + "\n")
    return named


def _file_name(coder: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in coder).casefold() or "coder"
