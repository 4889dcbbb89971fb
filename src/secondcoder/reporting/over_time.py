"""The posts of a chat over its time, with the questions marked."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from secondcoder.reporting.charts import Border, Chart, Mark
from secondcoder.reporting.wording import MONTHS, count, is_or_are, joined, number
from secondcoder.schema.chat import ChatInfo, Post, Question

_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10080)
"""How long a column may be, in minutes; beyond the last, several weeks."""
MOST_COLUMNS = 72
PRIVATE_MINUTES = 5
"""The shortest column where times are hidden: no post's minute can be read from it."""
_WEEK, _DAY, _HOUR = 10080, 1440, 60
_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240)
"""How far apart round times of day may be, in minutes."""
_MOST_STEPS = 6
"""Steps between times below the axis: seven times fit a phone."""
_SPARE = timedelta(minutes=10)
"""Of an hour that nobody gave: a question asked with less left makes it end later."""
_FEW = 40
"""Below so many posts the stretch holds all of them; above, the middle 95 %."""


class _Stretch(NamedTuple):
    """The time that is drawn, and how long a column is."""

    start: datetime
    minutes: int
    n_columns: int

    def place(self, moment: datetime) -> int | None:
        """Return the column that a moment falls into; None outside."""
        place = int((moment - self.start) // timedelta(minutes=self.minutes))
        return place if 0 <= place < self.n_columns else None

    def starts(self, place: int) -> datetime:
        """Return when a column starts."""
        return self.start + timedelta(minutes=self.minutes * place)


def over_time(
    posts: Sequence[Post], chat: ChatInfo, questions: Sequence[Question], *, clock: bool
) -> Chart | None:
    """Return how many posts were written when; None where fewer than two columns would stand.

    Drawn is the chat's own length where half the posts were written in it, as far as its last post
    where that came before half of it; else the stretch of the middle 95 % of the posts. The chat's
    own length goes on past its last question: where that was asked later, or, of an hour that
    nobody gave, in its last ten minutes, as long as the longest time between two questions.

    Args:
        posts: All posts, reposts too.
        chat: When the chat started, if that is known.
        questions: With the times when they were asked, as far as known.
        clock: Whether columns carry the time of day; else time since the first column.
    """
    times = sorted(post.created_at for post in posts if post.created_at is not None)
    if not times:
        return None
    asked = _asked(posts, chat, questions)
    ended = _end(chat, [moment for moment, _ in asked])
    shortest = 1 if clock else PRIVATE_MINUTES
    stretch, step = _rounded(_stretch(times, chat.starts_at, ended, shortest=shortest))
    counts = Counter(stretch.place(moment) for moment in times)
    n_outside = counts.pop(None, 0)
    if len(counts) < 2:  # noqa: PLR2004 - one column shows nothing
        return None
    *names, end = _names(stretch, clock=clock)
    marks, unmarked = _marks(stretch, asked)
    rows = tuple((name, counts[place]) for place, name in enumerate(names))
    unit = _unit(stretch.minutes)
    columns = f"One column for each {unit} from {names[0]} to {end if step else names[-1]}"
    told = list(enumerate([*names, end]))[::step] if step else []
    return Chart(
        id="posts-over-time",
        kind="columns",
        place="introduction",
        title=f"Posts per {unit}",
        alt=" ".join(
            _sentences(rows, columns, marks, unmarked, (n_outside, len(posts) - len(times)))
        ),
        columns=("From" if clock else "From the start", "Posts"),
        rows=rows,
        n_drawn=len(rows),
        marks=marks,
        borders=tuple(Border(row=place, label=name) for place, name in told),
    )


def _rounded(stretch: _Stretch) -> tuple[_Stretch, int]:
    """Return the stretch as far as a round time that covers it, and the columns between such times.

    It begins at a round time of its own. None of several days, whose columns have longer names:
    it stays as it is, and of no column is it told.
    """
    start = _floored(stretch.start, max(5, stretch.minutes))
    before = (stretch.start - start) // timedelta(minutes=stretch.minutes)
    n_columns = stretch.n_columns + before
    for minutes in _STEPS:
        step = minutes // stretch.minutes
        if minutes % stretch.minutes == 0 and n_columns <= step * _MOST_STEPS:
            whole = _Stretch(start, stretch.minutes, -(-n_columns // step) * step)
            if whole.starts(whole.n_columns - 1).date() == start.date():
                return whole, step
            break
    return stretch, 0


def _end(chat: ChatInfo, asked: list[datetime]) -> datetime | None:
    """Return when the chat ended, as far as that can be told; None without a start."""
    if chat.starts_at is None:
        return None
    end = chat.starts_at + chat.usual_length
    moments = sorted({chat.starts_at, *asked})
    spare = _SPARE if chat.length is None else timedelta(0)
    if moments[-1] - chat.starts_at > timedelta(days=1) or moments[-1] < end - spare:
        return end
    longest = max(later - earlier for earlier, later in pairwise(moments))
    return max(end, moments[-1] + longest)


def _stretch(
    times: list[datetime], start: datetime | None, end: datetime | None, *, shortest: int
) -> _Stretch:
    first, last = times[0], times[-1]
    if len(times) >= _FEW:
        first = times[len(times) * 25 // 1000]
        last = times[ceil(len(times) * 0.975) - 1]
    if start is not None and end is not None:
        inside = [moment for moment in times if start <= moment < end]
        if 2 * len(inside) >= len(times):
            # Of a chat that fell silent before half its length, the rest would be empty.
            is_short = inside[-1] - start < (end - start) / 2
            first, last = start, inside[-1] if is_short else end - timedelta(seconds=1)
        first = first.astimezone(start.tzinfo)
    minutes_long = (last - first) / timedelta(minutes=1) + 1
    fitting = (
        minutes
        for minutes in _MINUTES
        if minutes >= shortest and minutes_long <= minutes * MOST_COLUMNS
    )
    weeks = ceil(minutes_long / _WEEK / MOST_COLUMNS)
    minutes = next(fitting, _WEEK * max(1, weeks))
    first = _floored(first, minutes)
    return _Stretch(first, minutes, int((last - first) // timedelta(minutes=minutes)) + 1)


def _floored(moment: datetime, minutes: int) -> datetime:
    """Return the moment at which a column of the clock starts, in the moment's own time zone."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    length = timedelta(minutes=min(minutes, _DAY))
    return midnight + (moment - midnight) // length * length


def _names(stretch: _Stretch, *, clock: bool) -> list[str]:
    """Return when each column starts, and last when they end."""
    starts = [stretch.starts(place) for place in range(stretch.n_columns + 1)]
    if not clock:
        step, unit = next(
            (minutes, unit)
            for minutes, unit in ((_DAY, "d"), (_HOUR, "h"), (1, "min"))
            if stretch.minutes % minutes == 0
        )
        return [f"{stretch.minutes * place // step} {unit}" for place in range(len(starts))]
    days = [f"{start.day} {MONTHS[start.month - 1][:3]}" for start in starts]
    if stretch.minutes >= _DAY:
        years = {start.year for start in starts[:-1]}
        return [
            f"{name} {start.year}" if len(years) > 1 else name
            for name, start in zip(days, starts, strict=True)
        ]
    one_day = len(set(days[:-1])) == 1
    return [
        f"{start:%H:%M}" if one_day else f"{name} {start:%H:%M}"
        for name, start in zip(days, starts, strict=True)
    ]


def _asked(
    posts: Sequence[Post], chat: ChatInfo, questions: Sequence[Question]
) -> list[tuple[datetime, Question]]:
    """Return the questions with when they were asked, as far as that is known.

    What the chat knows goes first: its codebook may have been made for an earlier one.
    """
    known = {question.id: question for question in chat.questions}
    times = {post.id: post.created_at for post in posts}
    asked = []
    for question in questions or chat.questions:
        told = [known.get(question.id, question), question]
        moments = (one.asked_at or times.get(one.asked_by or "") for one in told)
        moment = next((moment for moment in moments if moment is not None), None)
        if moment is not None:
            asked.append((moment, question))
    return asked


def _marks(
    stretch: _Stretch, asked: Sequence[tuple[datetime, Question]]
) -> tuple[tuple[Mark, ...], list[str]]:
    """Return the questions at the columns in which they were asked, and those outside."""
    places: dict[int | None, list[Question]] = {}
    for moment, question in asked:
        places.setdefault(stretch.place(moment), []).append(question)
    outside = _labels(places.pop(None, []))
    found = sorted((place, here) for place, here in places.items() if place is not None)
    marks = tuple(Mark(row=place, label=", ".join(_labels(here))) for place, here in found)
    return marks, outside


def _labels(questions: Sequence[Question]) -> list[str]:
    """Return the ids of questions; a whole stands for its parts."""
    ids = {question.id for question in questions}
    return [one.id for one in questions if one.parent not in ids]


def _unit(minutes: int) -> str:
    for length, name in ((_WEEK, "week"), (_DAY, "day"), (_HOUR, "hour"), (1, "minute")):
        if minutes % length == 0:
            n = minutes // length
            return name if n == 1 else f"{number(n)} {name}s"
    raise AssertionError(minutes)


def _sentences(
    rows: tuple[tuple[str, int], ...],
    columns: str,
    marks: tuple[Mark, ...],
    unmarked: list[str],
    n_undrawn: tuple[int, int],
) -> list[str]:
    most = max(n for _, n in rows)
    highest = [name for name, n in rows if n == most]
    where = "is at" if len(highest) == 1 else f"comes {len(highest):,} times, first at"
    said = [f"{columns}; the highest, of {count(most, 'post')}, {where} {highest[0]}."]
    if marks:
        asked = [f"{mark.label} at {rows[mark.row][0]}" for mark in marks]
        said.append(f"Lines mark when questions were asked: {joined(asked)}.")
    if unmarked:
        verb = "was" if len(unmarked) == 1 else "were"
        said.append(f"{joined(unmarked)} {verb} asked before or after.")
    whys = ("written before or after", "without a time")
    for n, why in zip(n_undrawn, whys, strict=True):
        if n:
            said.append(f"{count(n, 'post')} {why} {is_or_are(n)} not drawn.")
    return said
