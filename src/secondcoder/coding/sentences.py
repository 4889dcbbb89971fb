"""Where sentences of a post end: own rules, made for tweets.

Why no library: docs/decisions/0002-sentence-boundaries.md.
"""

import re
from collections.abc import Iterator

from secondcoder.coding.characters import BLANK, BREAKS, EMOJI

STOPS = "!?…‼⁇⁈⁉。\uff01\uff1f｡\uff0e؟\u06d4।॥"
CLOSERS = "\"'”\u2019»)\\]}】」』\uff09"

_BULLETS = "👉➡✅✔☑▶➤➜☛🔹🔸🔵"
_EMOJI_RUN = rf"(?![{_BULLETS}]){EMOJI}"
_END = re.compile(
    rf"(?P<line>[{BREAKS}]\s*+)"
    rf"|(?P<stop>[.{STOPS}]++)(?P<close>[{CLOSERS}]*+)"
    rf"(?P<after>(?:{BLANK}*+(?:{_EMOJI_RUN})++)*+(?:{BLANK}++[/+|](?={BLANK}))?+\s*+)"
)
_MARK = re.compile(f"[{BREAKS}.{STOPS}]")
"""What `_END` begins with. Looking for it alone is many times faster."""
_WIDE = frozenset("。\uff01\uff1f｡\uff0e")
_LINE = re.compile(f"[{BREAKS}]")
_LOOK_BACK = 24
"""Characters read to know the word before a full stop; no abbreviation is longer."""
_LAST_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*$")
_NEXT_WORD = re.compile(r"[\"'“\u2018«(\[]*+([^\W_]++)")

_SHORTEST_BEFORE_CAPITAL = 3
"""Letters of a word that a full stop without a space can end: `safe.People`, not `p.Smith`."""
_SHORTEST_BEFORE_MARK = 2
_LONGEST_LIST_NUMBER = 2
"""Digits of a number that may count items rather than end a sentence."""
_TITLES_AND_REFERENCES = (
    "dr mr mrs ms mx prof rev sr jr st mt vs eg ie e.g i.e cf viz fig figs vol pp approx "
    "al incl excl esp dept est ref refs ed eds gov gen lt col sgt capt hon"
)
_NEVER = frozenset(_TITLES_AND_REFERENCES.split())
"""Abbreviations that a sentence goes on after, whatever follows."""
_OFTEN_LAST = (
    "etc inc ltd co corp a.m p.m am pm u.k u.s u.s.a n.h.s ph.d m.d q.i e.u tbc tba "
    "jan feb mar apr jun jul aug sept oct nov dec mon tue tues wed thu thur thurs fri"
)
_BEFORE_CAPITAL = frozenset(_OFTEN_LAST.split())
"""Abbreviations that end a sentence when a capital follows."""
_BEFORE_NUMBER = frozenset({"no", "nos", "p", "para", "sec", "ch", "art", "q"})
"""Abbreviations when a number follows."""


def sentence_ends(text: str, start: int, end: int) -> Iterator[tuple[int, bool]]:
    """Yield where sentences and lines end between `start` and `end`, in order.

    Args:
        text: The whole post.
        start: Where to begin, in code points.
        end: Where to stop, exclusive; it is itself never yielded.

    Yields:
        The position after the end's marks and white space, and whether a line ends there.
    """
    position = start
    while (mark := _MARK.search(text, position, end)) is not None:
        match = _END.match(text, mark.start(), end)
        if match is None:
            position = mark.end()
            continue
        position = match.end()
        if position == end:
            return
        if match["line"] is not None or _LINE.search(match["after"]):
            yield position, True
        elif _ends_sentence(text, start, match):
            yield position, False


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    stop, follows = match["stop"], _NEXT_WORD.match(text, match.end())
    if not match["after"]:
        return _ends_without_space(text, start, match)
    if stop != ".":
        return True
    word = _word_before(text, start, match.start())
    next_word = follows[1] if follows else ""
    if match["close"]:
        return True
    return _full_stop_ends(word, next_word)


def _full_stop_ends(word: str, next_word: str) -> bool:
    lowered = word.lower()
    capital = next_word[:1].isupper()
    if lowered in _NEVER or (len(word) == 1 and word.isupper() and word != "I"):
        return False
    if lowered in _BEFORE_NUMBER and next_word[:1].isdigit():
        return False
    if lowered in _BEFORE_CAPITAL or "." in word:
        return capital
    if word.isdigit() and len(word) <= _LONGEST_LIST_NUMBER:
        return capital
    return True


def _ends_without_space(text: str, start: int, match: re.Match[str]) -> bool:
    position = match.end()
    stop, after = match["stop"], text[position]
    if stop[-1] in _WIDE:
        return True
    word = _word_before(text, start, match.start())
    if stop == ".":
        return (
            after.isupper()
            and len(word) >= _SHORTEST_BEFORE_CAPITAL
            and word.islower()
            and word.isalpha()
        )
    if match["close"] and "." not in stop:
        return after.isupper()
    return len(word) >= _SHORTEST_BEFORE_MARK and (
        after.isupper() or (after.isalpha() and set(stop) <= {".", "…"})
    )


def _word_before(text: str, start: int, position: int) -> str:
    found = _LAST_WORD.search(text[max(start, position - _LOOK_BACK) : position])
    return found[0] if found else ""
