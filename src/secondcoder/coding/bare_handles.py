"""Handles written without their sign: "ask ann_b", where the chat has an author `Ann_B`."""

import re
from collections.abc import Collection, Iterable, Iterator

from secondcoder.coding.folding import folded
from secondcoder.schema.chat import Post

_WORD = re.compile(r"(?<![\w@#&])\w+(?:\.\w+)*")
_HYPHENED = re.compile(r"\w{1,60}(?:-\w{1,60}){1,4}(?!\w)")
_LIKE_A_HANDLE = re.compile(r"[^\W\d]\w*[\d_]|\d\w*[^\W\d]|\w\.\w|[a-z][A-Z]|[A-Z]{2}[a-z]")
"""A figure, a stroke, a dot or a capital within: "cat" may be any cat, "cat99" is somebody."""
_LABEL = re.compile(r"(?i)[aq]\d{1,2}[a-z]?")
_SIGNED = re.compile(rf"@({_HYPHENED.pattern})")
_MENTIONED = re.compile(r"@(\w+(?:\.[a-z0-9_]\w*)*)")
_AT_A_SERVER = re.compile(r"@(\w{1,60}(?:-\w{1,60}){1,4})@")
_SHORTEST = 3
_LONGEST = 253
"""Of a Bluesky handle, which is the name of a site. Without an end, a mention of 100,000 letters
takes minutes."""


class Handles:
    """Who writes in a chat and whom it mentions, as far as their handles are written as no word is.

    >>> handles = Handles()
    >>> handles.add(Post(id="1", author="Ann_B", text="Thanks @cat99 and @hal"))
    >>> handles.written_in("Ask ann_b, cat99 or Hal", None)
    ('ann_b', 'cat99')
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self.known = set[str]()
        """In small letters. Also those with hyphens, which are hidden behind a sign as a whole."""

    def add(self, post: Post) -> None:
        """Take note of its author, and of whom it mentions."""
        # Of Mastodon: the part behind the second sign is the server's.
        names = [(post.author or "").lstrip("@\uff20").partition("@")[0]]
        if "@" in post.text:
            names += _MENTIONED.findall(post.text) + _AT_A_SERVER.findall(folded(post.text))
        self.known.update(
            name.casefold()
            for name in names
            if _is_like_a_handle(name) or _HYPHENED.fullmatch(name) is not None
        )

    def written_in(self, *texts: str | None) -> tuple[str, ...]:
        """Return which of them stand in the texts without a sign, in small letters.

        And those with hyphens that stand there with one: by their form alone, they end before it.
        """
        if not self.known:
            return ()
        found = {name: None for text in texts if text for name in self._in(folded(text))}
        return tuple(found)

    def _in(self, text: str) -> Iterator[str]:
        for name, *_ in bare_handles(text, self.known):
            yield name
        if "@" in text:
            for found in _SIGNED.finditer(text):
                pieces = found[1].casefold().split("-")
                for n_pieces in range(2, len(pieces) + 1):
                    if (name := "-".join(pieces[:n_pieces])) in self.known:
                        yield name


def bare_handles(text: str, known: Collection[str]) -> Iterator[tuple[str, int, int]]:
    """Yield the known handles that stand in a text without a sign: name, start, end.

    >>> list(bare_handles("thanks ann_b.", {"ann_b"}))
    [('ann_b', 7, 12)]

    Args:
        text: Folded.
        known: In small letters.
    """
    for word in _WORD.finditer(text):
        parts: Iterable[re.Match[str]] = (word,)
        if "." in word[0] and word[0].casefold() not in known:
            parts = re.compile(r"\w+").finditer(text, word.start(), word.end())
        for part in parts:
            name = part[0].casefold()
            if name in known and _is_like_a_handle(part[0]):
                yield name, part.start(), part.end()


def _is_like_a_handle(name: str) -> bool:
    return (
        _SHORTEST <= len(name) <= _LONGEST
        and _LIKE_A_HANDLE.search(name) is not None
        and _LABEL.fullmatch(name) is None
    )
