"""Pseudonyms: whom a post names, hidden in the copy that leaves the machine."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from secondcoder.coding.bare_handles import bare_handles
from secondcoder.coding.characters import DOMAINS, UNSHOWN
from secondcoder.coding.folding import folded

# Exports of web pages write it as a character of HTML, or as one of an address.
_SIGN = r"(?:@|&#0*64;|&#[xX]0*40;|&commat;|%40)"
_ENDS = "com|org|net|gov|edu|info|uk|eu"
"""Ends of the names of web sites that are no words: nobody forgets the space before them."""
_MORE_ENDS = "ai|app|au|blog|ca|de|dev|fr|ie|io|london|nl|nz|scot|social|wales"
"""Likewise, where they are written small."""
_WITH_PATH = (
    rf"{_MORE_ENDS}|[a-z]{{2}}|academy|care|charity|cloud|club|community|digital|foundation|health"
    r"|link|live|media|news|ngo|online|page|shop|site|space|store|tech|today|website|wiki|world|xyz"
)
"""Ends that are words, too, and name a site where a stroke follows."""
# Links are typed without their beginning, too: "linkedin.com/in/ann", "ask at example.org".
_LINK = (
    rf"(?i:(?:https?|ftp)://\S+|www\.\S+"
    rf"|(?<![\w@])(?:[\w-]{{1,63}}\.){{1,4}}(?:(?:{DOMAINS})/\S*|(?:{_ENDS})(?![\w-]|[.@]\w)))"
    rf"|(?<![\w@])(?:[\w-]{{1,63}}\.){{1,4}}(?:(?:{_WITH_PATH})/\S*"
    rf"|(?:{_MORE_ENDS})(?![\w-]|[.@]\w))"
)
# RFC 5321 has 64 characters at most. Begun anew at each letter, or without an end, it would take
# seconds for a word of 100,000 letters, or minutes.
_LOCAL = r"(?<!\w)(?<!\w[.+'\u2019-])\w[\w.+'\u2019-]{0,255}+"
_MAILS = "aol|btinternet|gmail|googlemail|hotmail|icloud|outlook|proton|protonmail|yahoo"
# Who fears robots writes "ann (at) example (dot) org", or says it in words.
_DOT = r"(?:\.|\s?[(\[{<]\s?(?i:dot)\s?[)\]}>]\s?|\s(?i:dot)\s)"
# "ann at x.org" is an address, "ask at x.org" is not, nor "what was posted at x.org".
_BEFORE_A_PLACE = (
    "a|about|again|all|and|are|arrive|article|ask|available|back|be|begin|blog|book|booking|browse"
    "|buy|call|chat|check|come|community|contact|course|courses|daily|data|details|document"
    "|documents|download|event|events|everyone|everything|examples|explore|find|follow|for|form"
    "|found|free|from|full|get|go|guidance|guide|guides|have|held|help|her|here|him|home|home[-]?page"
    "|in|info|information|is|it|jobs|join|latest|learn|library|links?|list|live|look|made|materials"
    "|me|meet|more|news|not|now|on|online|or|out|page|pages|paper|papers|people|places?|podcast"
    "|posters?|programme|project|published|read|recording|register|registration|report|reports"
    "|research|resources?|said|see|series|share|sign|site|sites|slides|sources?|staff|start|starts"
    "|stories|story|stuff|subscribe|support|survey|talk|team|teams|templates?|that|the|them|there"
    "|these|they|things?|this|those|tickets|today|together|tomorrow|tonight|toolkits?|tools?|up|us"
    "|videos?|view|visit|was|watch|we|webinars?|webpage|website|well|were|what|who|work|workshops?"
    "|write|you|your|yours"
)
_EMAIL = (
    rf"{_LOCAL}(?:{_SIGN}[\w-]+(?:\.[\w-]+)+"
    rf"|{_SIGN}(?i:{_MAILS})(?!\w)(?:[,\s](?i:com|net|org|co\Wuk)(?!\w))?"
    rf"|\s?{_SIGN}\s[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{{2,}}"
    rf"|\s?[(\[{{<]\s?(?i:at)\s?[)\]}}>]\s?[\w-]+(?:{_DOT}[\w-]+)+"
    rf"|\s(?i:at)\s[\w-]+(?:{_DOT}[\w-]+)*\s(?i:dot\s(?:{DOMAINS}))(?!\w))"
    # A local part in quotes may hold spaces.
    rf"|[\"\u201c][^\"\u201c\u201d@]{{1,64}}[\"\u201d]{_SIGN}[\w-]+(?:\.[\w-]+)+"
    rf"|(?<!\w)(?!(?i:{_BEFORE_A_PLACE}|\w{{0,30}}(?:ed|ing|able))\s){_LOCAL}\s(?i:at)\s"
    rf"(?:[\w-]{{1,63}}\.){{1,4}}(?:(?i:{_ENDS})|{_MORE_ENDS})(?![\w/-]|[.@]\w)"
)
# What no prose has behind a hyphen: a letter that is no word, or letters with a figure or a stroke,
# unless they are the label of an answer. X has no hyphens in handles, other places do.
_PART = (
    r"-(?![aqAQ]\d{1,2}[a-zA-Z]?(?!\w))(?:[^\W\d_aiknruxyAIKNRUXY](?!\w|['\u2019](?!s\b))"
    r"|(?=[^\W\d_]{1,30}[\d_])\w+)"
)
# Bluesky and Mastodon handles hold a domain, those of other places dots.
_HANDLE = (
    rf"(?<!\w){_SIGN}\w[\w-]*(?:\.[\w-]+)*\.(?:social|app|com|org|net|io|online|uk)\b"
    rf"|(?<!\w){_SIGN}\w[\w.-]*{_SIGN}[\w-]+(?:\.[\w-]+)+"
    rf"|(?<!\w){_SIGN}\w+(?:\.[a-z0-9_]\w*)*(?:{_PART})*"
    # Old-style reposts and quick typists leave no space: "RT@ann", "thanks@ann", but not "3@4".
    rf"|(?<=\w){_SIGN}[^\W\d]\w*"
    r"|(?<![\w/])/?u/[\w-]{3,}"
)
# A number written to be called starts with + or 0 and has nine digits or more; in North America it
# has three groups, of 3, 3 and 4 digits. A stroke parts it only where it can be no date. Ten
# digits in one word, or in two of five, are told as one, whatever they start with.
_NO_DATE = r"(?!\d{1,2}[.-]\d{1,2}[.-](?:19|20)\d\d(?!\d)|(?:19|20)\d\d[.-]\d\d[.-]\d\d(?!\d))"
_EXTENSION = r"(?:,?\s?(?i:ext\.?|extension|x)\s?\d{2,6}(?!\w))?"
_PHONE = (
    rf"(?<!\d){_NO_DATE}"
    r"(?:\+(?:[\s()./-]{0,3}\d){8,14}|\(?0(?:[\s().-]{0,3}\d){8,14}"
    r"|0\d{2,4}\s?/\s?\d{3}[\s-]?(?:\d[\s-]?){1,7}\d"
    r"|(?:1[\s.-])?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}"
    r"|\d{10,}|\d{5}\s\d{5})(?!\d)"
    rf"{_EXTENSION}"
)
# Where somebody is told to call it, seven digits are a number, too.
_CALLED = (
    r"(?<!\w)(?i:call|cell|dial|fax|mob|mobile|phone|ring|sms|tel|text|txt|whatsapp)(?!\w)"
    r"(?:\W{1,3}(?i:at|is|me|no|number|on|us)(?!\w)){0,3}[\s.:]{1,3}"
    rf"{_NO_DATE}(?P<called>\(?\d(?:[\s().-]{{0,3}}\d){{6,14}}(?!\d){_EXTENSION})"
)
# "insta: ann.b": behind the name of a place, what is written as no word is.
_PROFILE = (
    r"(?<!\w)(?i:bluesky|bsky|facebook|fb|ig|insta|instagram|linkedin|mastodon|snap|snapchat"
    r"|telegram|threads|tiktok|twitter)\s?:\s?(?P<profile>(?=\w*[\d_.])\w+(?:\.[a-z0-9_]\w*)*)"
)

_SIGNED = r"[@%]|&#[xX]|&#0*64;|&commat;"
_NUMBERED = r"\d(?:[\s()./-]{0,3}\d){6}"
# In the order in which they are looked for: what each is told by, and what it can't do without.
# Most posts hold none of that, which is seen much faster.
_KINDS = (
    (f"(?P<link>{_LINK})", r"://|[wW]\.|[\w-]\.[a-zA-Z]"),
    (
        f"(?P<email>{_EMAIL})",
        rf"{_SIGNED}|[(\[{{<]\s?[Aa][Tt]|\s[Dd][Oo][Tt]\s|\s[Aa][Tt]\s[\w-]+\.",
    ),
    (f"(?P<handle>{_HANDLE})", rf"{_SIGNED}|u/\w"),
    (f"(?P<phone>{_PHONE})", _NUMBERED),
    (_CALLED, _NUMBERED),
    (_PROFILE, r"\w\s?:\s?\w*[\d_.]\w"),
)
_KIND_OF = {"called": "phone", "profile": "handle"}
_HINTS = tuple(re.compile(hint) for _, hint in _KINDS)
_HINT = re.compile("|".join(dict.fromkeys(hint for _, hint in _KINDS)))
_UNSHOWN = re.compile(UNSHOWN)
_GOES_ON = re.compile(r"(?:-\w{1,30}){1,4}(?!\w)")
_SIGNS = re.compile(f"/?u/|{_SIGN}*")


class _Marks(dict[int, str]):
    """Code point → itself, or a character without a shape for a mark; filled in as they are met."""

    def __missing__(self, point: int) -> str:
        is_mark = unicodedata.category(chr(point)) in {"Mn", "Mc"}
        self[point] = "\u034f" if is_mark else chr(point)
        return self[point]


_MARKS = _Marks()


@cache
def _told_by(*places: int) -> re.Pattern[str]:
    """Return what some of the kinds are told by."""
    return re.compile("|".join(_KINDS[place][0] for place in places))


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

    def __init__(
        self, *, everyone: str | None = None, hides: bool = True, known: Collection[str] = ()
    ) -> None:
        """Start without names.

        Args:
            everyone: The one handle everybody gets, where telling people apart is of no use.
            hides: False: nothing is hidden, and people go by their own handles.
            known: Handles that are hidden without a sign, too, in small letters; those with hyphens
                only behind one, and whole.
        """
        self._known = known
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
        key = _bare(folded(name)).casefold()
        return self._names.setdefault(key, f"@user{len(self._names) + 1}")

    def masks(self, text: str) -> Iterator[Mask]:
        """Yield what of the text must not be sent, in order: handles, addresses, links."""
        if not self._hides:
            return
        # Looked for in what people see: an "@ann" stays one with a zero width behind its sign, and
        # what is sent goes without that.
        seen, places = _seen(text)
        if self._known:
            yield from self._with_bare_ones(seen, places)
        else:
            yield from self._told(seen, places)

    def _with_bare_ones(self, seen: str, places: Sequence[int]) -> Iterator[Mask]:
        """Yield what is told by its form, and known handles between."""
        told = tuple(self._told(seen, places))
        bare: list[Mask] = []
        for name, start, end in bare_handles(seen, self._known):
            first, behind = places[start], places[end]
            after = bisect_right(told, first, key=lambda mask: mask.end)
            if after == len(told) or behind <= told[after].start:
                bare.append(Mask(first, behind, self.handle(name)))
        yield from sorted((*told, *bare))

    def _told(self, seen: str, places: Sequence[int]) -> Iterator[Mask]:
        """Yield what is told by its form."""
        if _HINT.search(seen) is None:
            return
        last = 0
        hinted = [place for place, hint in enumerate(_HINTS) if hint.search(seen)]
        for found in _told_by(*hinted).finditer(seen):
            group = found.lastgroup or ""
            start, end = found.span(group)
            kind = _KIND_OF.get(group, group)
            if start < last:
                continue
            if kind == "handle":
                end = self._end_of(seen, start, end)
            shown = self.handle(seen[start:end]) if kind == "handle" else f"[{kind}]"
            last = end
            yield Mask(places[start], places[end], shown)

    def _end_of(self, seen: str, start: int, end: int) -> int:
        """Return where a handle ends: one that the chat has goes on behind a hyphen."""
        longer = _GOES_ON.match(seen, end)
        while longer is not None:
            if _bare(seen[start : longer.end()]).casefold() in self._known:
                return longer.end()
            shorter = seen.rfind("-", end, longer.end())
            longer = _GOES_ON.fullmatch(seen, end, shorter) if shorter > end else None
        return end

    def hide(self, text: str) -> str:
        """Return a copy of the text in which nobody can be told from a handle or an address.

        >>> Pseudonyms(known=["ann_b"]).hide("Ask ann_b, @Ann_B")
        'Ask @user1, @user1'
        """
        return shown_between(text, tuple(self.masks(text)), 0, len(text))


def _bare(handle: str) -> str:
    """Return a handle without the signs before it."""
    return _SIGNS.sub("", handle, count=1)


def _seen(text: str) -> tuple[str, Sequence[int]]:
    """Return the characters of a text that stand by themselves, plainly written, and their places.

    Without marks that combine with the letter before them, which would end a word: accents, and
    vowels of Indian scripts. The place behind the last character is there, too.
    """
    if text.isascii() and _UNSHOWN.search(text) is None:
        return text, range(len(text) + 1)
    if _UNSHOWN.search(marked := text.translate(_MARKS)) is None:
        return folded(text), range(len(text) + 1)
    places = [place for place, one in enumerate(marked) if _UNSHOWN.match(one) is None]
    return folded("".join(text[place] for place in places)), [*places, len(text)]


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
