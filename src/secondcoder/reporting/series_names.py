"""What the chats of a series are called: titles in sentences, short labels in tables."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from secondcoder.reporting.charts import apart
from secondcoder.reporting.wording import MONTHS, joined
from secondcoder.schema.chat import ChatInfo
from secondcoder.schema.chats_over_time import ChatOfSeries

_UNTITLED = ChatInfo().title
_LONGEST = 24
_FEW = 4
"""Chats that a title names one by one."""


def names(chats: Sequence[ChatInfo]) -> list[str]:
    """Return what each chat is called: its title, else its file or hashtag, else its place.

    >>> names([ChatInfo(title="Tea"), ChatInfo(source="b.csv"), ChatInfo()])
    ['Tea', 'b.csv', 'Chat 3']
    """
    return [
        chat.title
        if chat.title != _UNTITLED
        else chat.source or (f"#{chat.hashtag}" if chat.hashtag else f"Chat {place}")
        for place, chat in enumerate(chats, 1)
    ]


def labels(names: Sequence[str], dates: Sequence[datetime | None]) -> list[str]:
    """Return a short label of each chat, each once: its date, else its place and name.

    Args:
        names: What each chat is called.
        dates: Of each chat, or None where the series is in the order given.

    >>> from datetime import UTC
    >>> labels(["Tea", "Tea"], [datetime(2026, 3, 5, tzinfo=UTC)] * 2)
    ['5 Mar 2026 (1)', '5 Mar 2026 (2)']
    >>> labels(["Tea", "A long chat about small changes at work"], [None, None])
    ['1. Tea', '2. A long chat about small…']
    """
    found = [
        f"{place}. {_cut(name)}" if date is None else short_day(date)
        for place, (name, date) in enumerate(zip(names, dates, strict=True), 1)
    ]
    counts, seen = Counter(found), Counter[str]()
    for place, label in enumerate(found):
        if counts[label] > 1:
            seen[label] += 1
            found[place] = f"{label} ({seen[label]})"
    return found


def series_title(chats: Sequence[ChatOfSeries]) -> str:
    """Return the title of a report: the chats by name, or how many, and the first and the last."""
    called = list(dict.fromkeys(chat.title for chat in chats))
    if len(called) == 1:
        return f"{apart(called[0])}: {len(chats):,} chats over time"
    if len(called) <= _FEW:
        return f"Themes over time: {joined([f'“{apart(name)}”' for name in called])}"
    return (
        f"Themes over time: {len(chats):,} chats, from {apart(chats[0].title)} "
        f"({apart(chats[0].label)}) to {apart(chats[-1].title)} ({apart(chats[-1].label)})"
    )


def short_day(moment: datetime) -> str:
    """Return a day as it fits a table.

    >>> from datetime import UTC
    >>> short_day(datetime(2026, 2, 14, tzinfo=UTC))
    '14 Feb 2026'
    """
    return f"{moment.day} {MONTHS[moment.month - 1][:3]} {moment.year}"


def _cut(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    start = name[:_LONGEST]
    return f"{start.rpartition(' ')[0] or start}…"
