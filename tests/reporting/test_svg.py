"""Charts as SVG: what stands in it is the chart's, escaped, and nothing a page's policy forbids."""

import re
from xml.etree import ElementTree as ET

import pytest

from secondcoder.reporting.charts import Chart, Mark
from secondcoder.reporting.findings import findings
from secondcoder.reporting.svg import svg
from secondcoder.schema.codings import Codings

NAMESPACE = "{http://www.w3.org/2000/svg}"
RUN = Chart(
    id="run",
    kind="line",
    place="x",
    title="A theme over chats",
    alt="Points.",
    columns=("Chat", "Share of authors", "Authors"),
    rows=(("May", 0.25, 5), ("June", None, None), ("July", 0.5, 9), ("August", 0.25, 4)),
    n_drawn=4,
    median=0.25,
)


def texts(picture: str) -> list[str]:
    """Return what is written in a picture, in order."""
    root = ET.fromstring(picture)  # noqa: S314 - our own output
    return [one.text or "" for one in root.iter(f"{NAMESPACE}text")]


def test_every_drawn_row_is_named_with_its_numbers(codings: Codings) -> None:
    """The words beside bars are the cells of the table."""
    for chart in findings(codings).charts:
        written = texts(svg(chart))
        if chart.kind == "bars":
            assert written == [
                words
                for row in chart.drawn
                for words in (*reversed(str(row[0]).split("\n")), chart.value_words(row))
            ]


def test_bars_are_as_long_as_their_numbers(codings: Codings) -> None:
    """Three authors to one: 68 and 22.67 % of the width."""
    picture = svg(next(one for one in findings(codings).charts if one.id == "themes-1"))
    assert re.findall(r'<rect[^>]* width="([\d.]+)%', picture) == ["68", "22.67"]


def test_a_line_has_a_gap_where_a_value_is_missing() -> None:
    """Of four chats one gave no value: three points, one line between neighbours, the median."""
    picture = svg(RUN)
    assert picture.count("<circle") == 3
    assert picture.count('<line class="data"') == 1
    assert [one for one in texts(picture) if one[0].isdigit()] == ["0 %", "30 %", "60 %"]


@pytest.mark.parametrize("marks", [(), (Mark(row=1, label="shift"), Mark(row=2, label="trend"))])
@pytest.mark.parametrize("share", [0.01, 0.25, 0.6])
def test_the_median_is_named_above_the_plot_where_no_point_is(
    marks: tuple[Mark, ...], share: float
) -> None:
    """Every corner beside the line may hold points: six chats around their median fill all four."""
    rows = tuple((f"{month}", share + (month % 2) / 100, 3) for month in range(6))
    picture = svg(RUN.model_copy(update={"rows": rows, "n_drawn": 6, "marks": marks}))
    (named,) = re.findall(r'y="([\d.]+)"[^>]*>– – median 25 %<', picture)  # noqa: RUF001
    others = re.findall(r'y="([\d.]+)"[^>]*>(?:shift|trend)<', picture)
    points = re.findall(r'cy="([\d.]+)"', picture)
    assert float(named) + 4 <= min(float(y) - 4 for y in points)
    assert all(float(y) - float(named) >= 16 for y in others)
    assert len(others) == len(marks)


def test_nothing_in_a_picture_is_markup_style_or_an_address(codings: Codings) -> None:
    """Names of themes are users' words; the page's policy admits no style but its own."""
    hostile = RUN.model_copy(
        update={"kind": "bars", "rows": (('<script>"&\x00\u202e', 0.5, 1),), "n_drawn": 1}
    )
    picture = svg(hostile)
    assert texts(picture)[0] == '<script>"&'
    for one in [hostile, *findings(codings).charts]:
        for forbidden in ("style=", "<script", "href", "url(", "<style"):
            assert forbidden not in svg(one)


@pytest.mark.parametrize("length", [42, 43, 200])
def test_a_long_name_is_cut_sooner_on_a_phone(length: int) -> None:
    """One text for both where it fits; else two, of which the page shows one."""
    name = "e" * length
    row = (name, 0.5, 1)
    written = texts(svg(RUN.model_copy(update={"kind": "bars", "rows": (row,), "n_drawn": 1})))
    assert len(written) == (2 if length <= 42 else 3)
    assert all(len(one) <= 84 for one in written)
