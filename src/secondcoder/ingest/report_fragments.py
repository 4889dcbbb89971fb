"""Quotations of a report that look like parts of each other."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import Final

from secondcoder.ingest.report_notes import OneOfMany
from secondcoder.schema.chat import Post
from secondcoder.schema.readings import Note

_LEAST_WORDS: Final = 3
_LEAST_WORDS_INEXACT: Final = 5
_INEXACT_SHARE: Final = 0.9
"""Share of a fragment's words that the whole has in the same order, when not word for word."""


def fragment_notes(posts: Sequence[Post]) -> list[OneOfMany]:
    """Return a note for each quotation that another one holds, or that differs only in signs.

    They stay posts of their own, since they are not the same characters. Shorter stretches than
    three words are too common to say anything.

    >>> whole = Post(id="q2", text="On the whole, more time for tea would help!")
    >>> fragment_notes([Post(id="q1", text="More time for tea"), whole])[0].note.message
    'looks like a fragment of q2; kept as a quotation of its own'
    """
    words = [tuple(re.findall(r"[^\W_]+", post.text.casefold())) for post in posts]
    notes: list[OneOfMany] = []
    for i, j in combinations(range(len(posts)), 2):
        short, long = (i, j) if len(words[i]) <= len(words[j]) else (j, i)
        if words[i] == words[j]:
            message = f"differs from {posts[i].id} only in capitals, marks or spaces"
            sort = "quotations differ from another one only in capitals, marks or spaces"
            short, long = j, i
        elif _holds(words[long], words[short]):
            message = f"looks like a fragment of {posts[long].id}"
            sort = "quotations look like fragments of another one"
        else:
            continue
        kept = "; kept as a quotation of its own"
        row, text = posts[short].row, posts[short].text
        note = Note(where=row, message=message + kept, text=text, kind="routine")
        notes.append(OneOfMany(sort + kept, note, f"of {posts[long].id}"))
    return notes


def _holds(long: tuple[str, ...], short: tuple[str, ...]) -> bool:
    n = len(short)
    if n < _LEAST_WORDS or len(set(short) & set(long)) < _INEXACT_SHARE * len(set(short)):
        return False
    if any(long[at : at + n] == short for at in range(len(long) - n + 1)):
        return True
    if n < _LEAST_WORDS_INEXACT:
        return False
    blocks = SequenceMatcher(None, short, long, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= _INEXACT_SHARE * n
