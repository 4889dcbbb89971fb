"""The report over several chats as one HTML page that needs nothing else."""

from secondcoder.reporting import series_words as words
from secondcoder.reporting.charts import told_cell
from secondcoder.reporting.pages import page
from secondcoder.reporting.series_pictures import run_charts
from secondcoder.reporting.svg import svg
from secondcoder.schema.chats_over_time import ChatsOverTime


def series_html(series: ChatsOverTime) -> str:
    """Return the page: the chats, and each question's themes as tables and run charts.

    Titles and names are escaped; the page's policy forbids scripts and every request.
    """
    return page(
        "series.html.jinja",
        ("report.css", "picture.css", "series.css"),
        {
            "series": series,
            "words": words,
            "run_charts": run_charts,
        },
        filters={"svg": svg, "cell": told_cell},
    )
