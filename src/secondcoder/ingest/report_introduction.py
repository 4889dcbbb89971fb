"""What the introduction of a report says about its chat."""

import re
from typing import Final

from secondcoder.schema.chat import ChatCounts, ChatInfo, WindowCount
from secondcoder.schema.readings import Note

_COUNT: Final = re.compile(
    r"(?P<posts>\d[\d,.]*)\s+(?:tweets|posts|messages)\s+(?P<between>(?:[a-z]+\s+){0,4}?)"
    r"(?P<people>\d[\d,.]*)\s+(?:participants|people|accounts|contributors)",
    re.IGNORECASE,
)
_DAY: Final = re.compile(r"\b24[\s-]*h(?:ou)?rs?\b", re.IGNORECASE)
_HOUR: Final = re.compile(r"\bhour\b", re.IGNORECASE)
_LINK: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"”\u2019]+[^\s<>\"”\u2019.,;:!?)]", re.IGNORECASE
)
_HASHTAG: Final = re.compile(r"(?<![\w/&])#(\w+)")


def chat_info(text: str, *, title: str, source: str, line: int) -> tuple[ChatInfo, list[Note]]:
    """Return what the introduction says of the chat, and what it does not say.

    Args:
        text: The words of the introduction.
        title: What the report is called.
        source: Name of the file.
        line: On which line the introduction starts, for the notes.
    """
    windows, notes = _windows(text, line)
    counts = None
    if windows:
        widest = windows[-1]
        counts = ChatCounts(
            n_posts=widest.n_posts,
            n_reposts=0,
            n_duplicates=0,
            n_participants=widest.n_participants,
            n_without_time=0,
            windows=windows,
        )
        message = "the introduction does not tell reposts and repeats apart; their counts read 0"
        notes.append(Note(where=line, message=message, kind="routine"))
    link = _LINK.search(text)
    if link is None:
        notes.append(Note(where=line, message="the introduction has no link to the chat"))
    hashtag = _HASHTAG.search(text)
    info = ChatInfo(
        title=title,
        hashtag=hashtag[1] if hashtag else None,
        source=source,
        source_url=link[0] if link else None,
        counts=counts,
    )
    return info, notes


def _windows(text: str, line: int) -> tuple[tuple[WindowCount, ...], list[Note]]:
    """Return the hour and the 24 hours, as far as they are stated."""
    notes: list[Note] = []
    found: dict[int, WindowCount] = {}
    matches = list(_COUNT.finditer(text))
    for i, match in enumerate(matches):
        limit = matches[i + 1].start() if i + 1 < len(matches) else len(text)
        after = re.split(r"[.;]", text[match.end() : limit], maxsplit=1)[0]
        hours = 24 if _DAY.search(after) else 1 if _HOUR.search(after) else None
        if hours is None or hours in found:
            message = "figures whose stretch of time is not clear were left out"
            notes.append(Note(where=line, message=message, text=match[0], kind="not-placed"))
            continue
        found[hours] = WindowCount(
            hours=hours,
            n_posts=_number(match["posts"]),
            n_reposts=0,
            n_participants=_number(match["people"]),
        )
        if re.search(r"\b(?:over|about|around|some|nearly|almost)\b", match["between"]):
            message = "the number of participants may be a round figure; it is kept as printed"
            notes.append(Note(where=line, message=message, text=match[0]))
    if not found:
        message = "the introduction states no number of posts and participants that can be read"
        notes.append(Note(where=line, message=message))
    return tuple(found[hours] for hours in sorted(found)), notes


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))
