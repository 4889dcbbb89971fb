"""What a post carries beside its words: labels, mentions, hashtags, links, counters, reposts."""

import re
from collections import deque
from typing import NamedTuple

from secondcoder.coding.characters import BREAKS, DOMAINS
from secondcoder.coding.clauses import list_items
from secondcoder.schema.labels import find_labels
from secondcoder.schema.quotes import SegmentKind


class Furniture(NamedTuple):
    """A stretch of a post that is no part of any answer: `[start, end)`, and what it is."""

    start: int
    end: int
    kind: SegmentKind


_TOKEN = re.compile(
    r"(?<!\w)(?=[hwrcv@\uff20#\uff03.(\[\d]|[\w-]{1,63}\.[\w-])(?:"
    r"(?P<link>https?:\S++|https?…|(?<!@)www\.[\w-]\S++"
    rf"|(?<![@.\-/])(?:[\w-]{{1,63}}\.){{1,4}}(?:{DOMAINS})/\S++)"
    r"|(?P<repost>RT:?\s?@\w{1,50}:?)"
    r"|(?P<mention>(?:(?:cc|via|h/t|ht):?\s?)?\.?(?<![\w@])"
    r"[@\uff20]\w{1,50}(?:@[\w.-]{1,60}\w)?:?(?!\w))"
    r"|(?P<hashtag>(?<!&)[#\uff03]\w{1,100})"
    r"|(?P<counter>(?<![/.])[(\[]?(?P<of>\d{1,2})/"
    r"(?:(?P<all>\d{1,2}|n|x)(?!\w|/\d)|(?=\s|$))[)\]]?:?)"
    r"|(?P<ordinal>(?<!\S)(?:\d|1\d)[.)](?=\s)))"
    r"|(?P<glued>https?://\S++)",
    re.IGNORECASE,
)
_KINDS = {
    "link": SegmentKind.LINK,
    "glued": SegmentKind.LINK,
    "repost": SegmentKind.REPOST,
    "mention": SegmentKind.MENTION,
    "hashtag": SegmentKind.HASHTAG,
    "counter": SegmentKind.COUNTER,
    "ordinal": SegmentKind.COUNTER,
    "label": SegmentKind.LABEL,
}
_ANYWHERE = frozenset({SegmentKind.LINK, SegmentKind.REPOST, SegmentKind.LABEL})
_IN_SENTENCE = frozenset({SegmentKind.MENTION, SegmentKind.HASHTAG})
_LONGEST_THREAD = 30
"""Posts in a thread; a counter beyond it is read as a fraction or `24/7`."""
_LINK_TAIL = ".,;:!?)]}\"'”\u2019»"
_LINE = re.compile(f"[{BREAKS}]")
_LINES_LAST = re.compile(f"[{BREAKS}](?=[^{BREAKS}]*+$)")
_NO_FILLER = re.compile(r"[^\s,&+|/·•\u2013—\-:.\"“'\u2018(\[]")
_WORDY = re.compile(r"[^\W_]")
_GOES_ON = re.compile(
    r"\s+(?:is|are|was|were|be|has|have|had|can|could|should|would|will|must|may|might|needs?|"
    r"helps?|means?|matters?|isn['\u2019]t|aren['\u2019]t|and|or|in|of|for|at|as|starts?|makes?|requires?)\b"
)
_LEADS_IN = re.compile(
    r"\b(?:a|an|the|of|for|to|in|on|at|with|and|or|but|more|less|by|from|about|our|your|my|their|"
    r"this|that|these|those|is|are|was|were|be|need|needs|as|into|through|between|like|than|its|"
    r"her|his|some|any|no|not|it['\u2019]s|love|join|use|using|good|great|real|true|better|within|"
    r"without|over|under|around|what|how|why|which|every|each|all|build|building|create|support|"
    r"have|has)\s*$|[&+]\s*$",
    re.IGNORECASE,
)
_LEAD_WINDOW = 24
"""Characters read before a trailing hashtag to see whether a sentence leads into it."""


def find_furniture(text: str) -> list[Furniture]:
    """Return the furniture of a post, in order and without overlaps.

    Links, labels and `RT @name:` count wherever they stand. Mentions, hashtags and counters count
    in the run that opens or closes a line; inside a sentence they carry a word of it and are text.
    Behind a remark of the author's own, `RT @name:` and all that follows are another's words.

    >>> [(piece.start, piece.end, piece.kind.value) for piece in find_furniture("@sam Tea #hour")]
    [(0, 4, 'mention'), (9, 14, 'hashtag')]
    """
    tokens = _tokens(text)
    if not tokens:
        return []
    kept = _leading(text, tokens) | _trailing(text, tokens)
    found = [
        token for index, token in enumerate(tokens) if index in kept or token.kind in _ANYWHERE
    ]
    for index, token in enumerate(found):
        if token.kind is SegmentKind.REPOST and _has_words(text, found[:index], token.start):
            return [*found[:index], Furniture(token.start, len(text), SegmentKind.REPOST)]
    return found


def _has_words(text: str, before: list[Furniture], end: int) -> bool:
    """Return whether words stand before a place, outside furniture."""
    starts = [0, *(piece.end for piece in before)]
    ends = [*(piece.start for piece in before), end]
    return any(_WORDY.search(text, *gap) for gap in zip(starts, ends, strict=True))


def _tokens(text: str) -> list[Furniture]:
    """Return everything that may be furniture; a label wins over what it overlaps."""
    labels = deque(
        Furniture(label.span.start, label.span.end, SegmentKind.LABEL)
        for label in find_labels(text)
    )
    tokens: list[Furniture] = []
    items: set[int] | None = None
    for match in _TOKEN.finditer(text):
        while labels and labels[0].start < match.end():
            tokens.append(labels.popleft())
        if tokens and match.start() < tokens[-1].end:
            continue
        if match.lastgroup in {"counter", "ordinal"}:
            items = set(list_items(text, 0, len(text))) if items is None else items
            if match.start() in items or not _may_count(match):
                continue
        end = match.end()
        if match.lastgroup in {"link", "glued"}:
            end = match.start() + len(match[0].rstrip(_LINK_TAIL))
        tokens.append(Furniture(match.start(), end, _KINDS[match.lastgroup or ""]))
    return [*tokens, *labels]


def _may_count(match: re.Match[str]) -> bool:
    """Return whether `m/n` may number a thread: `24/7` and `0/1` may not."""
    if match.lastgroup == "ordinal" or not (match["all"] or "n").isdigit():
        return True
    return 0 < int(match["of"]) <= int(match["all"]) <= _LONGEST_THREAD


def _leading(text: str, tokens: list[Furniture]) -> set[int]:
    """Return the indices of the tokens that open the post or a line of it."""
    kept: set[int] = set()
    at_top, before = True, 0
    for index, token in enumerate(tokens):
        gap = text[before : token.start]
        filler = not _NO_FILLER.search(gap)
        at_top = at_top and filler
        line = None if filler else _LINES_LAST.search(gap)
        opens = (filler and (index == 0 or index - 1 in kept or _LINE.search(gap) is not None)) or (
            line is not None and not _NO_FILLER.search(gap, line.end())
        )
        if opens and (token.kind is not SegmentKind.COUNTER or at_top):
            kept.add(index)
        before = token.end
    return {
        index
        for index in kept
        if index + 1 in kept
        or tokens[index].kind not in _IN_SENTENCE
        or not _GOES_ON.match(text, tokens[index].end)
    }


def _trailing(text: str, tokens: list[Furniture]) -> set[int]:
    """Return the indices of the tokens that close the post or a line of it."""
    kept: set[int] = set()
    at_bottom, after, last = True, len(text), len(tokens) - 1
    for index in range(last, -1, -1):
        token = tokens[index]
        gap = text[token.end : after]
        bare = not _WORDY.search(gap)
        at_bottom = at_bottom and bare
        line = _LINE.search(gap)
        closes = (bare and (index == last or index + 1 in kept or line is not None)) or (
            line is not None and not _WORDY.search(gap, 0, line.start())
        )
        if closes and (token.kind is not SegmentKind.COUNTER or at_bottom):
            kept.add(index)
        after = token.start
    return {
        index
        for index in kept
        if index - 1 in kept
        or tokens[index].kind not in _IN_SENTENCE
        or not _LEADS_IN.search(
            text[max(0, tokens[index].start - _LEAD_WINDOW) : tokens[index].start]
        )
    }
