"""How a theme went over several chats, in a sentence that names only counted numbers."""

from secondcoder.induction.amounts import FEWEST_TO_SCALE, amount, named
from secondcoder.schema.chats_over_time import (
    AskedInChat,
    ChatOfSeries,
    Gap,
    QuestionPoint,
    RunChart,
    ThemeInChat,
    ThemePoint,
    share_of,
)
from secondcoder.schema.statistics import Statistic


def over_time_finding(
    chats: tuple[ChatOfSeries, ...],
    asked: tuple[QuestionPoint, ...],
    points: tuple[ThemePoint, ...],
    run_chart: RunChart,
) -> str:
    """Return in how many chats a theme was spoken of, by whom in the latest, and the shares.

    Args:
        chats: The chats in order of time.
        asked: What is known of the question in each.
        points: What is known of the theme in each.
        run_chart: Of the theme's shares.
    """
    counted = [
        (chat, whole, point)
        for chat, whole, point in zip(chats, asked, points, strict=True)
        if isinstance(whole, AskedInChat) and whole.n_answering and not isinstance(point, Gap)
    ]
    n = len(counted)
    # Chats without the theme or without an answer can't tell of it.
    able = " that can tell" if n < len(chats) else ""
    if not n:
        return "No chat has a count of it."
    n_spoken = sum(point.n_posts > 0 for _, _, point in counted)
    if not n_spoken:
        return nowhere_finding(n, len(chats))
    # Where the words hide the numbers, they stand behind.
    numbers = f" ({n_spoken:,} of {n:,})" if n >= FEWEST_TO_SCALE and n_spoken < n else ""
    chat, whole, point = counted[-1]
    said = (
        f"Spoken of in {amount(n_spoken, n, 'chat')}{able}{numbers}; in the latest{able}, "
        f"{chat.label}, by {_latest(whole, point)}."
    )
    if n == 1 or not isinstance(run_chart.median, Statistic):
        return said
    shares = [(one.value, chat.label) for chat, _, point in counted if (one := share_of(point))]
    (low, at_low), (high, at_high) = (
        choose(shares, key=lambda one: one[0]) for choose in (min, max)
    )
    middle = f"{said} Median share of posts {_percent(run_chart.median.value)}"
    if low == high:
        return f"{middle}, the same in each."
    return f"{middle}, from {_percent(low)} ({at_low}) to {_percent(high)} ({at_high})."


def nowhere_finding(n: int, n_chats: int) -> str:
    """Return that no chat spoke of a theme.

    Args:
        n: Chats that can tell, at least one.
        n_chats: All chats.

    >>> nowhere_finding(2, 2), nowhere_finding(1, 2)
    ('Spoken of in none of the 2 chats.', 'Not spoken of in the only chat that can tell.')
    """
    able = " that can tell" if n < n_chats else ""
    if n == 1:
        return f"Not spoken of in the only chat{able}."
    return f"Spoken of in none of the {n:,} chats{able}."


def _latest(whole: AskedInChat, point: ThemeInChat) -> str:
    """Return who spoke of it in a chat: people where every post is signed, posts otherwise."""
    if not point.n_posts:
        return "nobody"
    if not point.n_authors and not point.n_unsigned:
        return "moderators alone"
    n, of, one = (
        (point.n_posts, whole.n_answering, "post")
        if whole.n_unsigned
        else (point.n_authors, whole.n_authors, "participant")
    )
    shares = f" ({n:,} of {of:,})" if of >= FEWEST_TO_SCALE and n < of else ""
    if whole.n_unsigned and not point.n_unsigned:
        return f"{named(point.n_authors, 'participant')} in {n:,} of {of:,} posts"
    return f"{amount(n, of, one)}{shares}"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"
