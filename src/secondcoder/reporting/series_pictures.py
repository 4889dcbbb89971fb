"""Run charts of a report over several chats: one small picture per theme, on one scale."""

from secondcoder.reporting.charts import Cell, Chart, Mark, apart
from secondcoder.reporting.series_words import (
    RULE_WORDS,
    authors_of,
    gaps_sentence,
    interval_words,
    n_answering,
    posts_words,
    signal_sentence,
    theme_heading,
)
from secondcoder.schema.chats_over_time import (
    ChatsOverTime,
    QuestionOverTime,
    RunRule,
    RunRules,
    ThemeOverTime,
    share_of,
)
from secondcoder.schema.statistics import Statistic


def run_charts(series: ChatsOverTime, question: QuestionOverTime) -> tuple[Chart, ...]:
    """Return the run chart of every theme of a question, in order; none of one without a quote.

    Args:
        series: The report.
        question: One of its questions.
    """
    if not n_answering(question):
        return ()
    place = series.questions.index(question) + 1
    shares = [
        found.value
        for theme in question.themes
        for point in theme.points
        if (found := share_of(point)) is not None
    ]
    reach = max(shares, default=1.0) or 1.0
    return tuple(
        _chart(series, theme, f"{place}-{number}", reach)
        for number, theme in enumerate(question.themes, 1)
    )


def _chart(series: ChatsOverTime, theme: ThemeOverTime, name: str, reach: float) -> Chart:
    rows: list[tuple[Cell, ...]] = []
    for chat, point in zip(series.chats, theme.points, strict=True):
        found = share_of(point)
        rows.append((
            apart(chat.label),
            float(found.value) if found else None,
            posts_words(point),
            interval_words(point),
            authors_of(point),
        ))
    median, rules = theme.run_chart.median, theme.run_chart.rules
    marks = {
        signal.chats[0] - 1: RULE_WORDS[signal.rule]
        for signal in (rules.signals if isinstance(rules, RunRules) else ())
        # Few crossings are of the whole line and begin nowhere.
        if signal.rule is not RunRule.FEW_CROSSINGS
    }
    said = (theme.finding, signal_sentence(theme, series.chats), gaps_sentence(theme, series.chats))
    return Chart(
        id=f"run-{name}",
        kind="line",
        place=f"question-{name.partition('-')[0]}",
        title=theme_heading(theme),
        alt=" ".join(sentence for sentence in said if sentence),
        columns=("Chat", "Share", "Posts", "95 % interval", "Authors"),
        rows=tuple(rows),
        n_drawn=len(rows),
        marks=tuple(Mark(row=row, label=label) for row, label in sorted(marks.items())),
        median=median.value if isinstance(median, Statistic) else None,
        reach=reach,
    )
