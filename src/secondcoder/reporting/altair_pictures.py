"""Charts as Altair draws them, for documents that hold pictures as files (extra `charts`).

The letters, numbers and order are those of the page's own pictures; see `svg`.
"""

import json
from typing import Literal

import altair as alt
import vl_convert

from secondcoder.reporting.charts import Chart, letters, shortened
from secondcoder.reporting.svg import (
    BAR,
    BAR_SHARE,
    DATA,
    INK,
    LETTERS,
    LINE,
    MARK,
    QUIET,
    RIGHT,
    mark_levels,
    median_words,
)

WIDTH, PLOT, BAR_ROW = 600, 190, 40
SCALE = 2.5
"""Pixels of the file to one of the drawing: 250 to the inch where a picture is six inches wide."""
LETTERS_OF_AXIS = 70
"""How many letters fit below the axis, all names taken together."""


def png(chart: Chart) -> bytes:
    """Return the chart as a PNG file, drawn on this machine."""
    return bytes(vl_convert.vegalite_to_png(altair_chart(chart).to_json(), scale=SCALE))


def altair_chart(chart: Chart) -> alt.LayerChart:
    """Return the chart as one of Altair's."""
    layers = _bars(chart) if chart.kind == "bars" else _plot(chart)
    row = BAR_ROW + LETTERS * (chart.n_lines - 1)
    height = row * chart.n_drawn if chart.kind == "bars" else PLOT
    return alt.LayerChart(
        layer=layers,
        width=WIDTH,
        height=height,
        config=alt.Config(
            background="white",
            font="sans-serif",
            view=alt.ViewConfig(stroke=None),
            axis=alt.AxisConfig(
                labelColor=QUIET, labelFontSize=11, gridColor=LINE, domain=False, ticks=False
            ),
        ),
    )


def _bars(chart: Chart) -> list[alt.Chart]:
    rows = [
        {
            "row": place,
            "label": "\n".join(shortened(line, 84) for line in str(row[0]).split("\n")),
            "value": value or 0,
            "words": chart.value_words(row),
        }
        for place, (row, value) in enumerate(zip(chart.drawn, chart.values, strict=True))
    ]
    longest = max((value for value in chart.values if value is not None), default=0) or 1
    data, y = alt.InlineData(values=rows), alt.Y("row:O", axis=None)
    end = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, 100 * longest / BAR_SHARE]))
    lower = LETTERS * (chart.n_lines - 1) / 2
    bar = alt.MarkDef(type="bar", color=DATA, height=BAR, yOffset=10 + lower)
    return [
        alt.Chart(data, mark=bar).encode(x=end, y=y),
        alt.Chart(data, mark=_words(dy=-9 - lower)).encode(x=alt.value(0), y=y, text="label:N"),
        alt.Chart(data, mark=_words(dx=6, dy=10 + lower)).encode(x=end, y=y, text="words:N"),
    ]


def _words(*, dx: float = 0, dy: float = 0) -> alt.MarkDef:
    return alt.MarkDef(
        type="text",
        align="left",
        baseline="middle",
        color=INK,
        fontSize=13,
        dx=dx,
        dy=dy,
        lineHeight=LETTERS,
        lineBreak="\n",
    )


def _small(align: Literal["left", "right"]) -> alt.MarkDef:
    return alt.MarkDef(type="text", align=align, baseline="middle", color=MARK, fontSize=11)


def _dashes(*dashes: int) -> alt.MarkDef:
    return alt.MarkDef(type="rule", color=MARK, strokeDash=list(dashes))


def _plot(chart: Chart) -> list[alt.Chart]:
    names = [shortened(str(row[0]), 16) for row in chart.drawn]
    fitting = max(1, int(LETTERS_OF_AXIS / (max(map(letters, names), default=1) + 2)))
    every = -(-len(names) // fitting)
    rows = [
        {"row": place, "value": value, "label": name}
        for place, (name, value) in enumerate(zip(names, chart.values, strict=True))
    ]
    place = alt.X(
        "row:O",
        title=None,
        axis=alt.Axis(
            values=[] if chart.borders else list(range(0, len(rows), every)),
            labelExpr=f"{_listed(names)}[datum.value]",
            labelAngle=0,
            labelLimit=400,
        ),
        scale=alt.Scale(domain=list(range(len(rows))), paddingInner=0.2, paddingOuter=0.1),
    )
    ticks = list(chart.ticks)
    tick_names = _listed([chart.tick(one) for one in ticks])
    height = alt.Y(
        "value:Q",
        title=None,
        axis=alt.Axis(
            values=ticks,
            labelExpr=f"{tick_names}[indexof({ticks}, datum.value)]",
        ),
        scale=alt.Scale(domain=[0, chart.top]),
    )
    drawn = [alt.MarkDef(type="bar", color=DATA)]
    if chart.kind == "line":
        point = alt.MarkDef(type="point", color=DATA, filled=True, size=60, opacity=1)
        drawn = [alt.MarkDef(type="line", color=DATA, strokeWidth=2), point]
    data = alt.InlineData(values=rows)
    layers = [alt.Chart(data, mark=mark).encode(x=place, y=height) for mark in drawn]
    return [*_median(chart, height), *layers, *_marks(chart, place), *_borders(chart, place)]


def _borders(chart: Chart, place: alt.X) -> list[alt.Chart]:
    """Return the names of borders of columns below the axis."""
    layers = []
    for border in chart.borders:
        at_end = border.row == chart.n_drawn
        data = alt.InlineData(values=[{"row": border.row - at_end, "label": border.label}])
        align: Literal["left", "right", "center"] = "right" if at_end else "center"
        words = alt.MarkDef(
            type="text",
            color=QUIET,
            fontSize=11,
            baseline="middle",
            align=align if border.row else "left",
        )
        x = place.bandPosition(1 if at_end else 0)
        below = alt.value(PLOT + 10)
        layers.append(alt.Chart(data, mark=words).encode(x=x, y=below, text="label:N"))
    return layers


def _marks(chart: Chart, place: alt.X) -> list[alt.Chart]:
    """Return a line and a name for each mark, on as many levels as keep names apart."""
    step = 100 / max(1, chart.n_drawn)
    levels = mark_levels(chart, [step * (mark.row + 0.5) for mark in chart.marks], WIDTH)
    layers = []
    for mark, level in zip(chart.marks, levels, strict=True):
        data = alt.InlineData(values=[{"row": mark.row, "label": mark.label}])
        top = alt.value(LETTERS * (level - max(levels)) - 8)
        rule = alt.value(LETTERS * (level - max(levels)) - 1)
        words = _small("right" if mark.row > RIGHT / 100 * chart.n_drawn else "left")
        layers += [
            alt.Chart(data, mark=_dashes(3, 3)).encode(x=place, y=rule, y2=alt.value(PLOT)),
            alt.Chart(data, mark=words).encode(x=place, y=top, text="label:N"),
        ]
    return layers


def _median(chart: Chart, height: alt.Y) -> list[alt.Chart]:
    if chart.median is None:
        return []
    data = alt.InlineData(values=[{"value": chart.median, "words": median_words(chart)}])
    step = 100 / max(1, chart.n_drawn)
    levels = mark_levels(chart, [step * (mark.row + 0.5) for mark in chart.marks], WIDTH)
    top = alt.value(-8 - LETTERS * (1 + max(levels) if levels else 0))
    return [
        alt.Chart(data, mark=_dashes(6, 4)).encode(y=height),
        alt.Chart(data, mark=_small("right")).encode(x=alt.value(WIDTH), y=top, text="words:N"),
    ]


def _listed(words: list[str]) -> str:
    """Return words as a list of a Vega expression."""
    return json.dumps(words)
