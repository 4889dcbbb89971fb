"""Charts as Altair draws them: the same words and numbers as the page's own pictures."""

import re
from xml.etree import ElementTree as ET

import pytest
import vl_convert

from secondcoder.reporting.altair_pictures import altair_chart, png
from secondcoder.reporting.charts import Chart, Mark
from secondcoder.reporting.findings import findings
from secondcoder.reporting.svg import svg
from secondcoder.schema.codings import Codings

RUN = Chart(
    id="run",
    kind="line",
    place="x",
    title="A theme over chats",
    alt="Points.",
    columns=("Chat", "Share of authors"),
    rows=(("May", 0.25), ("June", None), ("תה <b>", 0.5), ("August", 0.25)),
    n_drawn=4,
    marks=(Mark(row=2, label="a change"), Mark(row=3, label="another")),
    median=0.25,
)


def texts(picture: str) -> set[str]:
    """Return what is written in a picture, each line of it."""
    root = ET.fromstring(picture)  # noqa: S314 - ours
    lines = (one for one in root.iter() if one.tag.rpartition("}")[2] in {"text", "tspan"})
    return {one.text for one in lines if one.text}


def test_both_drawings_hold_the_same_words_and_numbers(codings: Codings) -> None:
    """All that either writes; times below the axis may be sparser, and stand in the table."""
    for chart in [*findings(codings).charts, RUN]:
        theirs = texts(vl_convert.vegalite_to_svg(altair_chart(chart).to_json()))
        ours = texts(svg(chart))
        if chart.kind == "columns":
            names = {str(row[0]) for row in chart.rows}
            assert theirs & names
            theirs, ours = theirs - names, ours - names
        assert theirs == ours
        assert ours


def test_bars_are_as_long_as_their_numbers(codings: Codings) -> None:
    """Three authors to one: the first bar is three times as long as the second."""
    chart = next(one for one in findings(codings).charts if one.id == "themes-1")
    picture = vl_convert.vegalite_to_svg(altair_chart(chart).to_json())
    long, short = (float(one) for one in re.findall(r'd="M0,[\d.]+h([\d.]+)v13', picture))
    assert long / short == pytest.approx(3)


def test_a_picture_is_a_png_file() -> None:
    """A line with a gap, marks and a median, drawn on this machine."""
    assert png(RUN).startswith(b"\x89PNG")
