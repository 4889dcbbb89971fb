"""Pseudonyms: whom a post names, hidden in the copy that leaves the machine."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from secondcoder.coding.characters import DOMAINS, UNSHOWN

# The full-width sign counts as a mention on X.
_AT = "@\uff20"
# Exports of web pages write it as a character of HTML.
_SIGN = rf"(?:[{_AT}]|&#0*64;|&#[xX]0*40;|&commat;)"
# Links are typed without their beginning, too: "linkedin.com/in/ann", "ask at example.org".
_LINK = (
    rf"(?i:(?:https?|ftp)://\S+|www\.\S+"
    rf"|(?<![\w{_AT}])(?:[\w-]{{1,63}}\.){{1,4}}(?:(?:{DOMAINS})/\S*"
    rf"|(?:com|org|net|gov|edu|info|uk|eu)(?![\w-]|[.{_AT}]\w)))"
)
# RFC 5321 has 64 characters at most. Without an end, a word of 100,000 letters takes minutes.
_LOCAL = r"[\w.+-]{1,64}+"
# Who fears robots writes "ann (at) example (dot) org".
_EMAIL = (
    rf"{_LOCAL}{_SIGN}[\w-]+(?:\.[\w-]+)+"
    rf"|{_LOCAL}\s?(?i:\(at\)|\[at\])\s?[\w-]+(?:(?:\.|\s?(?i:\(dot\)|\[dot\])\s?)[\w-]+)+"
)
# Bluesky and Mastodon handles hold a domain.
_HANDLE = (
    rf"(?<!\w){_SIGN}\w[\w-]*(?:\.[\w-]+)*\.(?:social|app|com|org|net|io|online|uk)\b"
    rf"|(?<!\w){_SIGN}\w+{_SIGN}[\w-]+(?:\.[\w-]+)+"
    rf"|(?<!\w){_SIGN}\w+"
    # Old-style reposts and quick typists leave no space: "RT@ann", "thanks@ann", but not "3@4".
    rf"|(?<=\w){_SIGN}[^\W\d]\w*"
)
# A number written to be called starts with + or 0 and has nine digits or more; in North America it
# has three groups, of 3, 3 and 4 digits. A stroke parts it only where it can be no date.
_PHONE = (
    r"(?<!\w)(?:\+(?:[\s()./-]{0,2}\d){8,14}|\(?0(?:[\s().-]{0,2}\d){8,14}"
    r"|0\d{2,4}\s?/\s?\d{3}[\s-]?(?:\d[\s-]?){1,7}\d"
    r"|(?:1[\s.-])?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4})(?!\w)"
)

_PERSONAL = re.compile(
    f"(?P<link>{_LINK})|(?P<email>{_EMAIL})|(?P<handle>{_HANDLE})|(?P<phone>{_PHONE})"
)


# What none of the above can do without; most posts hold none of it, which is seen much faster.
_HINT = re.compile(
    rf"[{_AT}+0]|&#[xX]|&#64;|&commat;|[(\[][Aa][Tt][)\]]|://|\w\.\S|\d[\s.-]\d{{4}}|{UNSHOWN}"
)
_UNSHOWN = re.compile(UNSHOWN)
_SIGNS = re.compile(f"{_SIGN}*")


class Mask(NamedTuple):
    """Characters `[start, end)` of a text that are shown as `shown`."""

    start: int
    end: int
    shown: str


class Pseudonyms:
    """The same person under the same made-up handle, for as long as the object lives.

    >>> names = Pseudonyms()
    >>> names.hide("Thanks @Ann, see https://example.org (cc @bob @ann)")
    'Thanks @user1, see [link] (cc @user2 @user1)'
    """

    def __init__(self, *, everyone: str | None = None, hides: bool = True) -> None:
        """Start without names.

        Args:
            everyone: The one handle everybody gets, where telling people apart is of no use.
            hides: False: nothing is hidden, and people go by their own handles.
        """
        self._everyone = everyone
        self._hides = hides
        self._names: dict[str, str] = {}

    def handle(self, name: str) -> str:
        """Return the made-up handle of a person, the same whatever the name's case.

        >>> Pseudonyms().handle("Ann")
        '@user1'
        """
        if not self._hides:
            return f"@{_bare(name)}"
        if self._everyone is not None:
            return self._everyone
        key = _bare(name).casefold()
        return self._names.setdefault(key, f"@user{len(self._names) + 1}")

    def masks(self, text: str) -> Iterator[Mask]:
        """Yield what of the text must not be sent, in order: handles, addresses, links."""
        if not self._hides or _HINT.search(text) is None:
            return
        # Looked for in what people see: an "@ann" stays one with a zero width behind its sign, and
        # what is sent goes without that.
        seen, places = _seen(text)
        for found in _PERSONAL.finditer(seen):
            if found.lastgroup == "handle":
                shown = self.handle(found.group())
            else:
                shown = f"[{found.lastgroup}]"
            yield Mask(places[found.start()], places[found.end() - 1] + 1, shown)

    def hide(self, text: str) -> str:
        """Return a copy of the text in which nobody can be told from a handle or an address."""
        return shown_between(text, tuple(self.masks(text)), 0, len(text))


def _bare(handle: str) -> str:
    """Return a handle without the signs before it."""
    return _SIGNS.sub("", handle, count=1)


def _seen(text: str) -> tuple[str, Sequence[int]]:
    """Return the characters of a text that have a shape, and the place of each."""
    if _UNSHOWN.search(text) is None:
        return text, range(len(text))
    places = [place for place, one in enumerate(text) if _UNSHOWN.match(one) is None]
    return "".join(text[place] for place in places), places


def shown_between(text: str, masks: tuple[Mask, ...], start: int, end: int) -> str:
    """Return what is shown of `text[start:end]`: a mask where it begins, the rest as it is.

    A mask that began before `start` stays hidden, so nothing leaks where a text is cut in pieces.

    >>> shown_between("ask ann@x.org", (Mask(4, 13, "[email]"),), 8, 13)
    ''
    """
    pieces: list[str] = []
    at = start
    first = bisect_right(masks, start, key=lambda mask: mask.end)
    for number in range(first, len(masks)):
        mask = masks[number]
        if mask.start >= end:
            break
        if mask.start >= at:
            pieces += [text[at : mask.start], mask.shown]
        at = min(mask.end, end)
    pieces.append(text[at:end])
    return "".join(pieces)
