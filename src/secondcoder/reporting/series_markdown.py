"""The report over several chats as Markdown."""

from collections.abc import Iterable, Iterator

from secondcoder.reporting.charts import Chart, told_cell
from secondcoder.reporting.markdown import escaped
from secondcoder.reporting.series_pictures import run_charts
from secondcoder.reporting.series_words import (
    CHATS_HEAD,
    FATES_HEAD,
    asked_sentence,
    blocks,
    chat_rows,
    fate_rows,
    opening,
    question_heading,
)
from secondcoder.schema.chats_over_time import ChatsOverTime, QuestionOverTime

_STEPS = "▁▂▃▄▅▆▇█"


def series_markdown(series: ChatsOverTime) -> str:
    """Return the report as Markdown, ending with a line break."""
    return "\n".join(_lines(series)).rstrip("\n") + "\n"


def _lines(series: ChatsOverTime) -> Iterator[str]:
    yield from (f"# {escaped(series.title)}", "")
    for sentence in opening(series):
        yield from (escaped(sentence), "")
    if series.cautions:
        yield from ("## Before you compare", "")
        yield from (*(f"- {escaped(one)}" for one in series.cautions), "")
    yield from ("## 1. The chats", "")
    yield from _table(CHATS_HEAD, chat_rows(series))
    yield from ("### What became of the posts", "")
    yield from _table(FATES_HEAD, fate_rows(series))
    yield from (
        "## 2. Themes over time",
        "",
        series.order_of_themes,
        "",
    )  # intervals stand below each line
    for question in series.questions:
        yield from _question(series, question)
    yield from ("## 3. How it was counted", "")
    yield from (*(f"- {escaped(note)}" for note in series.notes), "")


def _question(series: ChatsOverTime, question: QuestionOverTime) -> Iterator[str]:
    yield from (
        f"### {escaped(question_heading(question))}",
        "",
        escaped(asked_sentence(question)),
        "",
    )
    for text in question.other_texts:
        yield from (f"In another chat: {escaped(text)}", "")
    pictures = [line for chart in run_charts(series, question) for line in _chart(chart)]
    tables = tuple(blocks(series, question))
    if len(tables) > 1:  # of many chats the pictures say more
        yield from pictures
    for block in tables:
        if block.title:
            yield from (f"**{block.title}**", "")
        told = (tuple(cell.partition("\n")[0] for cell in row) for row in block.themes)
        yield from _table(block.head, (*told, *block.beside))
    if len(tables) == 1:
        yield from pictures


def _chart(chart: Chart) -> Iterator[str]:
    yield from (f"#### {escaped(chart.title)}", "", escaped(chart.alt), "")
    high = len(_STEPS) - 1
    steps = (
        " " if value is None else _STEPS[round(high * value / chart.top)] for value in chart.values
    )
    median = "" if chart.median is None else f" median {chart.tick(chart.median)}"
    yield from (f"`{''.join(steps)}`{median}", "")
    yield from _table(chart.columns, (tuple(map(told_cell, row)) for row in chart.rows))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(map(escaped, head))} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(escaped, row))} |"
    yield ""
