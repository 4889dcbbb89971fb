"""Kinds of characters that the rules of segmentation share, as pieces of regular expressions."""

import re
import unicodedata

BREAKS = r"\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
"""Characters that end a line (those `str.splitlines` knows)."""

BLANK = rf"[^\S{BREAKS}]"
"""White space within a line."""

EMOJI = (
    r"[\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf"
    r"\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe0e\ufe0f\u200d\U0001f000-\U0001faff"
    r"\U000e0020-\U000e007f\ud800-\udfff]"
)
"""Emoji and what holds their sequences together: joiners, selectors, skin tones, surrogates."""

DOMAINS = "com|org|net|uk|co|ly|gl|be|me|io|gov|edu|info|eu"
"""Ends of the names of web sites, by which a link that lacks its `https://` is told."""

UNSHOWN = (
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Characters without a shape of their own: joiners, selectors, soft hyphens and others that Unicode
lists as `Default_Ignorable_Code_Point`, controls that end no line, halves of surrogate pairs."""

WORD = re.compile(r"[^\W_]+(?:['\u2019\-][^\W_]+)*+")
"""A word, its inner apostrophes and hyphens included."""

_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_JOINER = "\u200d"
_HELD = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff"
    r"\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U0001f3fb-\U0001f3ff"
    r"\U000e0020-\U000e007f\udc00-\udfff]"
)


def is_inside_cluster(text: str, position: int) -> bool:
    """Return whether a cut at the position would part what is read as one character.

    Covers combining marks, variation selectors, joiners, skin tones, tag sequences and surrogates
    (UAX #29, rules GB3 and GB9 to GB11); the segmentation rules never propose a cut between two
    letters or two flags.

    >>> is_inside_cluster("e\u0301", 1)
    True
    """
    if not 0 < position < len(text):
        return False
    before, after = text[position - 1], text[position]
    if after.isascii():
        return before == "\r" and after == "\n"
    return (
        before == _JOINER
        or _HELD.match(after) is not None
        or unicodedata.category(after) in {"Mn", "Me", "Mc"}
    )


def count_words(text: str, start: int, end: int, most: int) -> int:
    """Return how many words lie between two positions, counting no further than `most`.

    Scripts that write no spaces count two letters as a word.

    >>> count_words("three small words", 0, 17, 2)
    2
    """
    n_words = 0
    for match in WORD.finditer(text, start, end):
        word = match[0]
        n_words += 1 if word.isascii() or not _UNSPACED.match(word) else (len(word) + 1) // 2
        if n_words >= most:
            return most
    return n_words
