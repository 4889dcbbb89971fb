"""The files of a shard: posts and codings in Parquet, and a manifest. Needs the extra `parquet`.

Each is written under another name and renamed, so that it is there whole or not at all. Their names
are those of their content: who finds one need not ask who wrote it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar, get_type_hints

from pydantic import ValidationError

from secondcoder.coding.answer_log import NAME_DIGITS
from secondcoder.coding.whole_files import write_whole
from secondcoder.errors import InputError, MissingExtraError, StoreError
from secondcoder.schema.chat import Attribution, Post
from secondcoder.schema.codings import Outcome, PostCodings, Quoted
from secondcoder.schema.placed import PlacedPost
from secondcoder.schema.runs import Usage
from secondcoder.schema.shards import ShardManifest

Row = TypeVar("Row")

_BATCH_ROWS = 2_000
_TYPES = {
    str: "string",
    str | None: "string",
    bool: "bool",
    int: "int64",
    float | None: "double",
    list[str]: "list",
}
"""Parquet's type of each field of a row."""


class CodedRow(NamedTuple):
    """A post's outcome as a row of Parquet: some of it to be queried, all of it as JSON."""

    post_id: str
    kind: str
    themes: list[str]
    outcome: str
    n_requests: int
    n_reused: int
    n_unusable: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    cost_usd: float | None

    @classmethod
    def of(cls, post_id: str, outcome: Outcome, usage: Usage) -> "CodedRow":
        """Return the row of a decision."""
        codings = outcome.codings if isinstance(outcome, Quoted) else ()
        themes = dict.fromkeys(theme for coding in codings for theme in coding.theme_ids)
        text = outcome.model_dump_json(exclude_none=True)
        return cls(post_id, outcome.kind, list(themes), text, *usage.model_dump().values())

    @property
    def usage(self) -> Usage:
        """Return what the post cost."""
        return Usage(**{name: getattr(self, name) for name in Usage.model_fields})


class PostRow(NamedTuple):
    """A post in its place as a row of Parquet. Post and attribution are JSON, exact to the bit."""

    post_id: str
    post: str
    attribution: str
    context: str | None
    is_question_post: bool
    same_as: str | None
    precedes_questions: bool
    named: list[str]

    @classmethod
    def of(cls, placed: PlacedPost) -> "PostRow":
        """Return the row of a post."""
        return cls(
            placed.post.id,
            placed.post.model_dump_json(exclude_none=True),
            placed.attribution.model_dump_json(exclude_none=True),
            placed.context,
            placed.is_question_post,
            placed.same_as,
            placed.precedes_questions,
            list(placed.named),
        )

    @property
    def placed(self) -> PlacedPost:
        """Return the post in its place."""
        post = Post.model_validate_json(self.post)
        attribution = Attribution.model_validate_json(self.attribution)
        return PlacedPost(post, attribution, *self[3:-1], named=tuple(self.named))


def content_sha256(rows: Iterable[tuple[object, ...]]) -> str:
    """Return the hash of rows, the same whatever wrote the file they lie in."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def write_posts(rows: Sequence[PostRow], folder: Path) -> tuple[Path, str]:
    """Write a shard's posts, unless they lie there; return the file and the hash of its rows."""
    digest = content_sha256(rows)
    path = folder / f"posts-{digest[:NAME_DIGITS]}.parquet"
    if not path.exists():
        _write_rows(path, rows, PostRow)
    return path, digest


def read_posts(path: Path, digest: str) -> list[PostRow]:
    """Return the rows of a shard's posts.

    Raises:
        InputError: If the file is not there: the worker's machine may not see the folder.
        StoreError: If its content is not what it was.
    """
    if not path.is_file():
        raise InputError(
            f"a worker can't see {path}: the folder of shards must be one that all workers share; "
            f"name such a folder with --shard-folder"
        )
    rows = list(_rows(path, PostRow))
    if content_sha256(rows) != digest:
        raise StoreError(f"{path} is damaged: remove it, then run the same command")
    return rows


def codings_path(folder: Path, key: str) -> Path:
    """Return where the codings of a shard lie."""
    return folder / f"codings-{key[:NAME_DIGITS]}.parquet"


def write_codings(rows: Sequence[CodedRow], path: Path) -> str:
    """Write a shard's codings; return the hash of the file."""
    _write_rows(path, rows, CodedRow)
    return _file_sha256(path)


def read_codings(posts: Path, codings: Path) -> Iterator[tuple[PostCodings, Usage]]:
    """Yield the posts of a shard with what was decided of each, in the chat's order.

    Raises:
        StoreError: If the two files are not of the same posts.
    """
    for asked, coded in zip(_rows(posts, PostRow), _rows(codings, CodedRow), strict=True):
        if asked.post_id != coded.post_id:
            raise StoreError(f"{codings} is not of the posts in {posts}; remove both")
        place = f'"post":{asked.post},"attribution":{asked.attribution}'
        text = f'{{{place},"outcome":{coded.outcome}}}'
        yield PostCodings.model_validate_json(text), coded.usage


def write_manifest(manifest: ShardManifest, folder: Path) -> None:
    """Write what became of a shard, as the last of its files."""
    text = manifest.model_dump_json(indent=2) + "\n"
    write_whole(_manifest_path(folder, manifest.key), lambda path: path.write_text(text, "utf-8"))


def read_manifest(folder: Path, key: str) -> ShardManifest | None:
    """Return what became of a shard; None where it is not done, or its codings are not whole."""
    try:
        text = _manifest_path(folder, key).read_text("utf-8")
        manifest = ShardManifest.model_validate_json(text)
        digest = _file_sha256(codings_path(folder, key))
    except (FileNotFoundError, UnicodeDecodeError, ValidationError):
        return None
    return manifest if (manifest.key, manifest.codings_sha256) == (key, digest) else None


def _manifest_path(folder: Path, key: str) -> Path:
    return folder / f"codings-{key[:NAME_DIGITS]}.json"


def _write_rows(path: Path, rows: Sequence[tuple[object, ...]], kind: type) -> None:
    """Write rows of one kind as a Parquet file, whole or not at all."""
    needs_parquet()
    import pyarrow as pa  # noqa: PLC0415  # an optional part
    import pyarrow.parquet as pq  # noqa: PLC0415

    fields = {
        name: pa.list_(pa.string()) if _TYPES[hint] == "list" else pa.type_for_alias(_TYPES[hint])
        for name, hint in get_type_hints(kind).items()
    }
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = [pa.array(column, each) for column, each in zip(columns, fields.values(), strict=True)]
    table = pa.table(arrays, pa.schema(fields))
    write_whole(path, lambda to: pq.write_table(table, to, compression="zstd"))


def _rows(path: Path, kind: Callable[..., Row]) -> Iterator[Row]:
    """Yield the rows of a Parquet file, read a batch at a time.

    Raises:
        StoreError: If it is missing or not Parquet.
    """
    needs_parquet()
    import pyarrow as pa  # noqa: PLC0415  # an optional part
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                yield from (kind(**row) for row in batch.to_pylist())
    except (OSError, pa.ArrowException) as error:
        raise StoreError(
            f"{path} is missing or damaged: remove it, then run the same command"
        ) from error


def needs_parquet() -> str:
    """Return the version of pyarrow.

    Raises:
        MissingExtraError: If it is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  # an optional part
    except ImportError as error:
        raise MissingExtraError("parquet", "coding in shards") from error
    return str(pa.__version__)


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
