"""Labels: how a post says which question it asks or answers, such as `Q1:` or `A2a`.

This is the one home of their grammar. A label is a letter or word with a number and perhaps a part:
`A1`, `A.1`, `A2a:`, `T2a`, `Answer 1`, `Ans 2` answer; `Q1:`, `Q.3`, `Question 4` ask. Several may
stand together: `A1/A2`, `A1 & A2`, `A1+2`, `A2a/b`, `A1-3:`; with an answer among them (`Q1/A1`)
the whole answers. Full-width, bold-styled and key-cap characters count as the plain ones, brackets
and `#` may stand in front.

The same characters may be a road, a paper size or a blood test, so the place decides:

1. **Lead**: at the start of the post or of a line, after nothing but mentions, `RT @name:`,
   hashtags, links, counters (`1/2`) and symbols, or straight after another label. No punctuation
   is needed behind it, with these exceptions, which need a mark (see 4): a space or a word before
   the number (`A 1`, `Question 4`; not `Answer 1`), `A1c` (the blood test), a capital part (`A2A`),
   and what follows makes it something else (`A4 paper`, `T2 diabetes`, `Q1 results`, `Q3 in 5
   minutes`).
2. **Sentence**: after the end of a sentence or of a clause, a symbol, a hashtag, a mention or a
   link, and only with a mark behind it.
3. **Tail**: answers only, at the end of the post with nothing but hashtags, mentions, links and
   symbols behind, in the place of 2 or as `#A1`.
4. A **mark** is `:` `)` `]` `.` `-` `>` `|` `=` or the end of the line. A hyphen that ties a word
   (`A 3-hour wait`, `A4-size`) is none.

Anywhere else (`on the A1`, `since Q3 of 2020`, `HbA1c`) it is no label.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.quotes import Span
from secondcoder.schema.record import Record


class Label(Record):
    """A label found in a post: where it stands, and which questions it asks or answers."""

    span: Span = Field(description="The label or group of labels with the punctuation behind it.")
    question_ids: tuple[Identifier, ...] = Field(min_length=1)
    kind: Literal["asks", "answers"]


_NUMBER = r"0?[1-9][0-9]?(?:\ufe0f?\u20e3)?"
_PART = r"(?:[a-h](?!\w)|\([a-h]\)|\.[a-h](?!\w)|[ ][a-h](?=[):]|\Z)(?!.{0,400}?\s[b-h]\)))"
_NAME = (
    r"(?:answer(?:s|ing)?[ ](?:to[ ])?q(?:uestion)?[ ]?|answer|ans|question|ques|[aqt])"
    r"(?:[.\#]?[ ]?(?:no\.?[ ]?)?)"
)
_MEMBER = rf"{_NAME}{_NUMBER}{_PART}?"
_BARE = rf"(?:{_NUMBER}{_PART}?|(?-i:[a-h]))(?!\w)"
_MARK = r"[ \t]?[:)\]>|=.\u2013\u2014-]"
_JOINED = (
    rf"(?:[)\]]?[ ]?(?:&amp;|[/+&,\u2013-]|and|to)[ ]?{_MEMBER}"
    rf"|(?:&amp;|[/+&]){_BARE}"
    rf"|(?:[ ]?(?:&amp;|[/+&\u2013-])[ ]?|[ ](?:and|to)[ ]){_BARE}(?={_MARK}))"
)
_CANDIDATE = re.compile(
    rf"(?<![\w@/&.'\u2019#-])(?P<open>[\[(#*_]{{0,4}})"
    rf"(?P<core>{_MEMBER}{_JOINED}{{0,8}}+)"
    r"(?![\w'\u2019%°?]|[.,][0-9])"
    r"(?P<trail>(?:[ \t]?(?:[:)\]>|=*~…;.\u2013\u2014-]|,(?![0-9])))*+)",
    re.IGNORECASE,
)
_NO_NUMBER, _NO_PART = re.compile("[^0-9]"), re.compile("[^a-h]")
_SPACED = re.compile("[a-z]+[ ]", re.IGNORECASE)
_CAPITAL_PART = re.compile(r"\D+[0-9]+[A-H]")
_PIECE = re.compile(
    rf"(?P<join>[/+&,\u2013-]|\band\b|\bto\b)?[ ]?(?P<name>{_NAME})?"
    rf"(?:(?P<number>{_NUMBER})(?P<part>{_PART})?|(?P<lone>[a-h])(?!\w))",
    re.IGNORECASE,
)
_FURNITURE = (
    r"(?:[^\S\n]+|\b(?:RT|MT|re|via|cc)\b:?|@\w+:?|\#(?![aqt]\.?[0-9]{1,2}[a-h]?(?!\w))\w+"
    r"|https?://\S+|\b[0-9]{1,2}/(?:[0-9]{1,2}|n)?(?!\w)|[0-9]\ufe0f?\u20e3|[^\w\s])"
)
_LEAD = re.compile(rf"^{_FURNITURE}*+", re.IGNORECASE | re.MULTILINE)
_TAIL = re.compile(rf"(?:{_FURNITURE}|\n)*+\Z", re.IGNORECASE)
_LINE_ENDS = re.compile(r"[^\S\n]*(?:\n|\Z)")
_FOLLOWER = re.compile(r"[\s,-]*([^\W\d_]+|20[0-9]{2}\b)")
_ROADS = re.compile(r"\b(?:the|on|near|off|from|via|a|an|this|that|my|your|our)[ ]$", re.IGNORECASE)

_PAPER_AND_ROADS = (
    "paper papers poster posters sheet sheets page pages size sized format report reports thinking "
    "template templates form forms print printed printout laminated landscape portrait canvas road "
    "motorway north south northbound southbound"
)
_MEDICINE = "diabetes diabetic diabetics dm weighted mri scan scans cell cells"
_QUARTERS_AND_REMARKS = (
    "results result figures earnings report reports data budget sales performance targets forecast "
    "forecasts revenue profit profits review of is was has had in coming next now up soon will "
    "starts really made makes got about please for and to from"
)
_NOT_A_LABEL = {
    "a": frozenset(_PAPER_AND_ROADS.split()),
    "t": frozenset(_MEDICINE.split()),
    "q": frozenset(_QUARTERS_AND_REMARKS.split()),
}
"""Lower-case words that, straight behind, make the characters a road, a size or a quarter."""

_PLAIN = {
    point: plain
    for start, end in ((0xFF01, 0xFF5F), (0x1D400, 0x1D800), (0x2460, 0x2469), (0x24B6, 0x24EA))
    for point in range(start, end)
    if len(plain := unicodedata.normalize("NFKC", chr(point))) == 1 and plain.isascii()
}
"""Full-width, mathematical and circled characters and the ASCII one each stands for."""


@lru_cache(maxsize=10_000)  # questions, attribution and segments ask about the same posts
def find_labels(text: str) -> tuple[Label, ...]:
    """Return the labels of a post's text, in order; the module says what counts as one.

    Takes time linear in the length of the text.

    >>> [(label.kind, label.question_ids) for label in find_labels("@sam A1/A2b: Trust")]
    [('answers', ('Q1', 'Q2b'))]
    >>> find_labels("Stuck on the A1 with an A4 poster")
    ()
    """
    plain = text if text.isascii() else text.translate(_PLAIN)
    candidates = tuple(_candidates(plain))
    if not candidates:
        return ()
    leads = {match.end() for match in _LEAD.finditer(plain)}
    found: list[Label] = []
    for match in candidates:
        follows = bool(found) and not plain[found[-1].span.end : match.start()].strip()
        label = _label(match)
        if _stands(match, label, at_lead=follows or match.start("core") in leads):
            found.append(label)
    return tuple(found)


def _candidates(plain: str) -> Iterator[re.Match[str]]:
    """Yield what may be labels; nothing is looked for behind the last number."""
    at, last = 0, max(map(plain.rfind, "123456789"))
    while at <= last and (found := _CANDIDATE.search(plain, at)) is not None:
        yield found
        at = found.end()


def _label(match: re.Match[str]) -> Label:
    """Return the label that a candidate would be."""
    asked: list[str] = []
    answered: list[str] = []
    number, target = 0, asked
    for piece in _PIECE.finditer(match["core"]):
        name, last = piece["name"], number
        if name:
            target = asked if name[0] in "qQ" else answered
        if piece["number"]:
            number = int(_NO_NUMBER.sub("", piece["number"]))
        part = _NO_PART.sub("", (piece["part"] or piece["lone"] or "").lower())
        if piece["join"] in {"-", "\u2013", "to"} and last < number <= last + 9:
            target.extend(f"Q{between}" for between in range(last + 1, number))
        target.append(f"Q{number}{part}")
    span = Span(start=match.start(), end=match.end())
    ids = tuple(dict.fromkeys(answered or asked))
    return Label(span=span, question_ids=ids, kind="answers" if answered else "asks")


def _stands(match: re.Match[str], label: Label, *, at_lead: bool) -> bool:
    """Return whether the place of a candidate makes it a label."""
    marked = _is_marked(match)
    if at_lead and (marked or not (_needs_mark(match["core"]) or _is_something_else(match))):
        return True
    if not at_lead and not _after_a_break(match):
        return match["open"] == "#" and label.kind == "answers" and _is_hash_tail(match)
    if marked:
        return True
    tail = label.kind == "answers" and _TAIL.match(match.string, match.end()) is not None
    return tail and not _needs_mark(match["core"])


def _is_marked(match: re.Match[str]) -> bool:
    """Return whether punctuation or the end of the line closes the candidate."""
    trail, end = match["trail"], match.end()
    spaced = _SPACED.match(match["core"]) is not None
    next_is_word = end < len(match.string) and match.string[end].isalnum()
    if any(mark in trail for mark in ":)]>|=."):
        return True
    if any(dash in trail for dash in "-\u2013\u2014"):
        tied = next_is_word and trail[0] in "-\u2013\u2014"
        return not (tied and (spaced or _is_something_else(match)))
    return _LINE_ENDS.match(match.string, end) is not None


def _needs_mark(core: str) -> bool:
    """Return whether the characters are too often something else to stand without a mark."""
    if core[:3].lower() == "ans":
        return False
    if _SPACED.match(core):
        return True
    return core.lower() == "a1c" or _CAPITAL_PART.fullmatch(core) is not None


def _is_something_else(match: re.Match[str]) -> bool:
    """Return whether the word behind the candidate makes it a road, a size or a quarter."""
    follower = _FOLLOWER.match(match.string, match.end())
    if follower is None:
        return False
    name = match["core"][0].lower()
    word = follower[1]
    return word in _NOT_A_LABEL[name] or (name == "q" and word.startswith("20"))


def _after_a_break(match: re.Match[str]) -> bool:
    """Return whether a sentence or clause, a symbol or a hashtag ends before the candidate."""
    start = match.start()
    before = match.string[max(0, start - 100) : start].rstrip()
    if not before or not match.string[start - 1].isspace():
        return False
    last = before[-1]
    return not (last.isalnum() or last in "&+/_'\u2019-\u2013\u2014(") or before.split()[
        -1
    ].startswith((
        "#",
        "@",
        "http",
    ))


def _is_hash_tail(match: re.Match[str]) -> bool:
    """Return whether the candidate is `#A1` among the furniture that ends the post."""
    start = match.start()
    before = match.string[max(0, start - 20) : start]
    return _TAIL.match(match.string, match.end()) is not None and _ROADS.search(before) is None
