"""The report over several chats as a Word document."""

from pathlib import Path

from secondcoder.reporting.series_pictures import run_charts
from secondcoder.reporting.series_words import (
    CELLS,
    CHATS_HEAD,
    FATES_HEAD,
    asked_sentence,
    blocks,
    chat_rows,
    fate_rows,
    n_answering,
    opening,
    question_heading,
)
from secondcoder.reporting.word_page import Page
from secondcoder.schema.chats_over_time import ChatsOverTime, QuestionOverTime


def series_word(series: ChatsOverTime, *, template: Path | None = None) -> bytes:
    """Return the report as a .docx file.

    Without python-docx it is a `MissingExtraError`; a template that can't be read, an `InputError`.

    Args:
        series: What to print.
        template: A Word document whose styles are taken, as for a report on one chat.
    """
    page = Page.opened(template)
    page.heading(series.title, 0)
    for sentence in opening(series):
        page.add(sentence)
    if series.cautions:
        page.heading("Before you compare", 1)
        for caution in series.cautions:
            page.add(caution, "List Bullet")
    page.heading("1. The chats", 1)
    page.table(CHATS_HEAD, chat_rows(series), (2, 9, 7, 5, 7, 12, 10), is_tall=True)
    page.heading("What became of the posts", 2)
    page.table(FATES_HEAD, fate_rows(series), (4, 2, 2, 2, 2, 2))
    page.heading("2. Themes over time", 1)
    page.add(f"{series.order_of_themes} {CELLS}")
    for question in series.questions:
        _question(page, series, question)
    page.heading("3. How it was counted", 1)
    for note in series.notes:
        page.add(note, "List Bullet")
    return page.saved(series.title)


def _question(page: Page, series: ChatsOverTime, question: QuestionOverTime) -> None:
    page.heading(question_heading(question), 2)
    asked = page.add(asked_sentence(question))
    asked.paragraph_format.keep_with_next = n_answering(question) > 0
    for text in question.other_texts:
        page.add(f"In another chat: {text}")
    charts = run_charts(series, question)
    tables = tuple(blocks(series, question))
    if len(tables) > 1:  # of many chats the pictures say more
        page.charts(charts)
    for block in tables:
        if block.title:
            page.add(block.title).paragraph_format.keep_with_next = True
        page.table(block.head, (*block.themes, *block.beside), (3, *(2 for _ in block.head[1:])))
    if len(tables) == 1:
        page.charts(charts)
