"""The report over several chats in words and tables, the same in every form."""

from collections.abc import Iterator

from secondcoder.reporting.charts import NO_VALUE, apart, told_cell
from secondcoder.reporting.introduction import CODER_WORDS
from secondcoder.reporting.series_names import short_day
from secondcoder.reporting.wording import count, is_or_are, joined, number
from secondcoder.schema.chats_over_time import (
    AskedInChat,
    ChatOfSeries,
    ChatsOverTime,
    Gap,
    QuestionOverTime,
    RunRule,
    RunRules,
    ThemeInChat,
    ThemeOverTime,
    ThemePoint,
    share_of,
)
from secondcoder.schema.record import Record
from secondcoder.schema.statistics import Interval

CHATS_ABREAST = 5
"""Chats side by side in a table: as many as a page has room for."""
CELLS = (
    "In the tables, each theme's posts stand with their share of the posts on the question, and "
    "below it the share's 95 % interval."
)

RULE_WORDS = {
    RunRule.SHIFT: "shift",
    RunRule.TREND: "trend",
    RunRule.LONG_RUN: "long run",
    RunRule.FEW_CROSSINGS: "few crossings",
}
CHATS_HEAD = ("", "Chat", "Began", "Posts", "Authors", "Coded by", "Codebook")
FATES_HEAD = ("", "Quoted", "Left out", "For people", "Failed", "Not looked at")


class Block(Record):
    """Some of the chats side by side: a row per theme, and rows of what shares are of."""

    title: str
    head: tuple[str, ...]
    themes: tuple[tuple[str, ...], ...]
    """Cells in two lines: posts with their share, and its interval."""
    beside: tuple[tuple[str, ...], ...]


def question_heading(question: QuestionOverTime) -> str:
    """Return the question's id and words, or what stands in their place.

    The id stays in front of words that run from right to left, and their question mark behind.
    """
    if question.question_id is None:
        return "Posts that answered no question"
    return (
        f"{question.question_id}. {apart(question.text)}" if question.text else question.question_id
    )


def theme_heading(theme: ThemeOverTime) -> str:
    """Return the theme's number, where it has one, and name."""
    return theme.name if theme.number is None else f"{theme.number}. {apart(theme.name)}"


def opening(series: ChatsOverTime) -> tuple[str, ...]:
    """Return what the report says first: the chats, how they are put in order, and signals."""
    chats = series.chats
    n_posts = sum(chat.n_posts for chat in chats)
    order = (
        "in the order in which they began" if series.is_by_date else "in the order they were given"
    )
    return (
        f"{count(len(chats), 'chat')} {order}, with {count(n_posts, 'post')} in all. Themes are "
        f"those of codebook version {series.codebook_version}.",
        signals_in_all(series),
    )


def signals_in_all(series: ChatsOverTime) -> str:
    """Return how many themes give a signal of a change, or that the rules don't apply."""
    judged = [
        theme.run_chart.rules
        for theme in series.themes
        if isinstance(theme.run_chart.rules, RunRules)
    ]
    if not judged:
        return (
            "The rules of run charts are not applied: they need ten points or more off the "
            "median, and no theme has them. A difference between few chats may be chance; look "
            "at the intervals."
        )
    n = sum(bool(rules.signals) for rules in judged)
    rates = [rules.by_chance for rules in judged]
    low, high = (f"{100 * rate:.0f}" for rate in (min(rates), max(rates)))
    return (
        f"The rules of run charts could be applied to {count(len(judged), 'line')} of themes; "
        f"{n:,} {'gives' if n == 1 else 'give'} a signal of a change. In invented series of as "
        f"many chats in which nothing changes, {low if low == high else f'{low} to {high}'} in 100 "
        f"lines give one by chance; of {len(judged):,}, that is {_about(sum(rates))}."
    )


def _about(expected: float) -> str:
    return "fewer than one" if expected < 1 else f"about {expected:.0f}"


def signals_of(theme: ThemeOverTime) -> tuple[RunRule, ...]:
    """Return the rules that a theme's run chart meets, each once."""
    rules = theme.run_chart.rules
    if not isinstance(rules, RunRules):
        return ()
    return tuple(dict.fromkeys(signal.rule for signal in rules.signals))


def signal_sentence(theme: ThemeOverTime, chats: tuple[ChatOfSeries, ...]) -> str:
    """Return which signals a theme's run chart gives, and where; nothing where it gives none."""
    rules = theme.run_chart.rules
    if not isinstance(rules, RunRules) or not rules.signals:
        return ""
    parts = []
    for signal in rules.signals:
        first, last = (chats[place - 1].label for place in (signal.chats[0], signal.chats[-1]))
        match signal.rule:
            case RunRule.FEW_CROSSINGS:
                parts.append(
                    f"few crossings of the median ({rules.n_crossings} where fewer than "
                    f"{rules.fewest_crossings} are rare)"
                )
            case RunRule.LONG_RUN:
                parts.append(
                    f"long run of {len(signal.chats)} on one side of the median, more than "
                    f"{rules.longest_run_limit} ({first} to {last})"
                )
            case RunRule.SHIFT:
                parts.append(f"shift, {len(signal.chats)} in a row ({first} to {last})")
            case RunRule.TREND:
                parts.append(f"trend over {len(signal.chats)} chats ({first} to {last})")
    said = "; ".join(parts)
    return f"Signal: {said}."


def chat_rows(series: ChatsOverTime) -> Iterator[tuple[str, ...]]:
    """Yield a row per chat: what it is, how large, and who coded it by which codebook."""
    for chat in series.chats:
        yield (
            number(chat.number),
            chat.title,
            short_day(chat.begins_at) if chat.begins_at else "not known",
            number(chat.n_posts),
            number(chat.n_authors),
            f"{chat.coder.id} ({CODER_WORDS[chat.coder.kind].partition(',')[0]})"
            + (f", {chat.prompt_version}" if chat.prompt_version else "")
            + (f", secondcoder {chat.secondcoder_version}" if chat.secondcoder_version else ""),
            f"version {chat.codebook_version}, hash {chat.codebook_sha256[:12]}",
        )


def fate_rows(series: ChatsOverTime) -> Iterator[tuple[str, ...]]:
    """Yield a row per chat: what became of its posts."""
    for chat in series.chats:
        fates = (
            chat.n_quoted,
            chat.n_left_out,
            chat.n_abstained,
            chat.n_failed,
            chat.n_not_coded,
        )
        yield (chat.label, *map(number, fates))


def blocks(series: ChatsOverTime, question: QuestionOverTime) -> Iterator[Block]:
    """Yield the question's tables: themes by chats, with counts and shares."""
    chats = series.chats
    is_answered = n_answering(question) > 0
    beside = list(_beside(question, slice(None)))
    if not is_answered and not any(name.startswith("Beside") for name, *_ in beside):
        return
    n_blocks = -(-len(chats) // CHATS_ABREAST)
    abreast = -(-len(chats) // n_blocks)  # six chats are three and three, not five and one
    for start in range(0, len(chats), abreast):
        some = slice(start, start + abreast)
        shown = chats[some]
        whole = n_blocks == 1
        yield Block(
            title=""
            if whole
            else f"Chats {shown[0].number} to {shown[-1].number} of {len(chats):,}"
            if len(shown) > 1
            else f"Chat {shown[0].number} of {len(chats):,}",
            head=("Theme", *(chat.label for chat in shown)),
            themes=tuple(
                (theme_heading(theme), *map(point_words, theme.points[some]))
                for theme in (question.themes if is_answered else ())
            ),
            beside=tuple(_beside(question, some)),
        )


def _beside(question: QuestionOverTime, some: slice) -> Iterator[tuple[str, ...]]:
    for name, field, is_always in (
        ("Posts with a quote on the question", "n_answering", True),
        ("Their authors", "n_authors", True),
        ("Beside: gave no quote", "n_left_out", False),
        ("Beside: for people to decide", "n_abstained", False),
        ("Beside: failed", "n_failed", False),
        ("Beside: not looked at", "n_not_coded", False),
    ):
        values = [
            None if isinstance(point, Gap) else int(getattr(point, field))
            for point in question.points
        ]
        if is_always or any(values):
            yield (name, *(NO_VALUE if one is None else number(one) for one in values[some]))


def point_words(point: ThemePoint) -> str:
    """Return a theme's posts in a chat and their share, or that nothing is known.

    In a second line stands the interval of the share.
    """
    found = share_of(point)
    if isinstance(point, Gap) or found is None:
        return NO_VALUE
    interval = interval_words(point)
    below = f"\n{interval}" if interval != NO_VALUE else ""
    return f"{number(point.n_posts)} ({told_cell(float(found.value))}){below}"


def posts_words(point: ThemePoint) -> str:
    """Return a theme's posts out of those that answer the question, or why there are none."""
    if isinstance(point, Gap):
        return point.reason
    found = share_of(point)
    return f"{number(point.n_posts)} of {number(found.n_units)}" if found else "no post answers"


def interval_words(point: ThemePoint) -> str:
    """Return the interval of a share in words."""
    found = share_of(point)
    if found is None or not isinstance(found.interval, Interval):
        return NO_VALUE
    return f"{told_cell(found.interval.low)} to {told_cell(found.interval.high)}"


def authors_of(point: ThemePoint) -> int | None:
    """Return how many authors spoke of a theme; None where nothing is known."""
    return point.n_authors if isinstance(point, ThemeInChat) else None


def gaps_sentence(theme: ThemeOverTime, chats: tuple[ChatOfSeries, ...]) -> str:
    """Return in which chats nothing is known of a theme, and why; nothing where all is known."""
    reasons: dict[str, list[str]] = {}
    for point, chat in zip(theme.points, chats, strict=True):
        if isinstance(point, Gap):
            reasons.setdefault(point.reason, []).append(chat.label)
    if not reasons:
        return ""
    told = "; ".join(
        f"{count(len(known), 'chat')} ({known[0]}{f' to {known[-1]}' if len(known) > 1 else ''}: "
        f"{reason})"
        for reason, known in reasons.items()
    )
    n = sum(map(len, reasons.values()))
    return f"There {is_or_are(n)} {'a gap' if n == 1 else 'gaps'} for {told}."


def n_answering(question: QuestionOverTime) -> int:
    """Return how many posts gave a quote on the question, over all chats."""
    return sum(point.n_answering for point in question.points if isinstance(point, AskedInChat))


def asked_sentence(question: QuestionOverTime) -> str:
    """Return how many posts answer the question, over all chats; where none does, its themes."""
    known = [point for point in question.points if isinstance(point, AskedInChat)]
    n = n_answering(question)
    if not n:
        names = joined([theme.name for theme in question.themes])
        if question.question_id is None:
            return f"No chat spoke of what is of no question: {names}."
        nothing = "No post gave a quote to this question."
        return f"{nothing} Its themes: {names}." if names else nothing
    where = count(sum(point.n_answering > 0 for point in known), "chat")
    return f"{count(n, 'post')} of {where} {'gives' if n == 1 else 'give'} a quote on it."
