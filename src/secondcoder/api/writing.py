"""Writing what the library made: codebooks and codings."""

from pathlib import Path

from secondcoder.api.member_files import member_files
from secondcoder.errors import StoreError
from secondcoder.ingest.codebook_yaml import codebook_yaml
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.store import files

PathLike = str | Path


def write_codebook(codebook: Codebook, path: PathLike) -> None:
    """Write a codebook as YAML that a person can edit, whole or not at all."""
    files.write_text(Path(path), codebook_yaml(codebook))


def write_codings(codings: Codings, path: PathLike) -> None:
    """Write codings to a file that holds all a report needs, whole or not at all.

    A panel's members get files of their own beside it, named after them.
    """
    path = Path(path)
    names = [member.info.run.coder.id for member in codings.members]
    for member, file in zip(codings.members, member_files(path, names), strict=True):
        files.write_codings(member, file)
    files.write_codings(codings, path)


def refuse_overwriting(path: Path, *, unless_it_starts_with: str | tuple[str, ...] = ()) -> None:
    """Refuse to replace a file that this command can't have made, such as the chat itself.

    Args:
        path: The file about to be written.
        unless_it_starts_with: How the command's own files start; none: never replace anything.

    Raises:
        StoreError: If the file exists and starts otherwise, or is a folder.
    """
    if path.is_dir():
        raise StoreError(f"{path} is a folder; name a file in it, such as {path / 'codings.jsonl'}")
    if not path.exists() or path.stat().st_size == 0:
        return
    named = unless_it_starts_with
    starts = tuple(each.encode() for each in ((named,) if isinstance(named, str) else named))
    with path.open("rb") as file:
        if not file.read(max(map(len, starts), default=0)).startswith(starts):
            raise StoreError(
                f"{path} exists and may hold work of yours, so it is not overwritten; "
                f"name another place, or remove it first"
            )
