"""Where the codings of a panel's members lie: beside the panel's own."""

import re
from collections.abc import Iterable
from pathlib import Path

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def member_files(output: Path, names: Iterable[str]) -> tuple[Path, ...]:
    """Return the file of each member's codings, beside the panel's.

    >>> member_files(Path("c.jsonl"), ["openai/gpt-5-mini#2"])[0].name
    'c.openai-gpt-5-mini-2.jsonl'
    """
    taken: dict[str, int] = {}
    files = []
    for name in names:
        stem = _UNSAFE.sub("-", name).strip("-")
        n_before = taken.get(stem, 0)
        taken[stem] = n_before + 1
        unique = stem if not n_before else f"{stem}.{n_before + 1}"
        files.append(output.with_name(f"{output.stem}.{unique}{output.suffix}"))
    return tuple(files)
