"""Charts as SVG for the page: no script, no style, no size of its own across.

Positions across are percentages and everything else is in pixels, so that a picture fits a phone
and a desk with its letters at their own size. Colours are attributes, for renderers that know no
style sheet; the page's classes change them for the dark.
"""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import pairwise

from secondcoder.reporting.charts import Chart, letters, shortened

DATA, MARK, INK, QUIET, LINE = "#0072b2", "#b34700", "#22262a", "#5a626b", "#dfdcd4"
"""Blue and vermilion of Okabe and Ito (2008), the second darkened to be read as letters."""

BAR_ROW, BAR, BAR_SHARE = 42, 13, 68
"""Height of a bar's row and of the bar; how much of the width the longest one takes."""
PLOT, LETTERS = 150, 16
"""Height of a plot, and of a line of letters."""
NARROW = 280
"""Width in pixels at which nothing may overlap: what a page 320 wide has between its margins."""
RIGHT = 85
"""Percent of the width beyond which there is no room for words to the right."""
MANY = 30
"""Points beyond which they are drawn smaller."""
LETTER = 7
"""Width of a letter in pixels, as far as a writer without fonts can know."""


def svg(chart: Chart) -> str:
    """Return the chart as an SVG element, to stand in a figure whose caption says what it shows."""
    height, parts = _bars(chart) if chart.kind == "bars" else _plot(chart)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing {chart.kind}" role="img" '
        f'aria-labelledby="chart-{chart.id}-title chart-{chart.id}-alt" width="100%" '
        f'height="{height}" font-size="13">{"".join(parts)}</svg>'
    )


def _bars(chart: Chart) -> tuple[int, Iterable[str]]:
    height = BAR_ROW + LETTERS * (chart.n_lines - 1)
    return height * chart.n_drawn, _bar_rows(chart, height)


def _bar_rows(chart: Chart, height: int) -> Iterator[str]:
    longest = max((value for value in chart.values if value is not None), default=0)
    for place, (row, value) in enumerate(zip(chart.drawn, chart.values, strict=True)):
        bottom = height * (place + 1)
        share = BAR_SHARE * (value or 0) / longest if longest else 0
        lines = str(row[0]).split("\n")
        for above, line in enumerate(reversed(lines)):
            yield from _label(line, bottom - 27 - LETTERS * above)
        yield (
            f'<rect class="data" x="0" y="{bottom - 21}" width="{_n(share)}%" height="{BAR}" '
            f'rx="1.5" fill="{DATA}"/>'
        )
        yield _text(chart.value_words(row), f"{_n(share)}%", bottom - 10, dx=6, kind="value")


def _label(text: str, y: int) -> Iterator[str]:
    """Yield a label of the whole width; a long one is cut sooner on a phone."""
    wide, narrow = shortened(text, 84), shortened(text, 42)
    if wide == narrow:
        yield _text(wide, "0", y)
    else:
        yield _text(wide, "0", y, kind="wide")
        yield _text(narrow, "0", y, kind="narrow", hidden=True)


def _plot(chart: Chart) -> tuple[int, list[str]]:
    """Return columns or a line over an axis of values, with marks above."""
    n = max(1, chart.n_drawn)
    gutter = 2 + 2.3 * max(len(chart.tick(value)) for value in chart.ticks)
    step = (100 - gutter) / n
    at_marks = [gutter + step * (mark.row + 0.5) for mark in chart.marks]
    levels = mark_levels(chart, at_marks, NARROW)
    named = LETTERS if chart.marks and chart.median is not None else 0
    above = named + LETTERS * (1 + max(levels, default=0))
    floor = above + PLOT
    parts = list(_grid(chart, gutter, above, floor))
    if chart.median is not None:
        words = median_words(chart)
        parts.append(
            _text(words, "100%", LETTERS - 4, kind="mark", colour=MARK, anchor="end", size=11)
        )
    heights = [None if value is None else PLOT * value / chart.top for value in chart.values]
    for mark, at, level in zip(chart.marks, at_marks, levels, strict=True):
        y = named + LETTERS * (level + 1) - 4
        parts.append(
            f'<line class="mark" x1="{_n(at)}%" x2="{_n(at)}%" y1="{y + 3}" y2="{floor}" '
            f'stroke="{MARK}" stroke-width="1" stroke-dasharray="3 3"/>'
        )
        anchor = "end" if at > RIGHT else "start"
        parts.append(
            _text(mark.label, f"{_n(at)}%", y, kind="mark", colour=MARK, anchor=anchor, size=11)
        )
    if chart.kind == "columns":
        for place, height in enumerate(heights):
            if height:
                parts.append(
                    f'<rect class="data" x="{_n(gutter + step * (place + 0.1))}%" '
                    f'y="{_n(floor - height)}" width="{_n(step * 0.8)}%" '
                    f'height="{_n(height)}" fill="{DATA}"/>'
                )
    else:
        parts += _line(chart, heights, gutter, step, floor)
    parts += _names(chart, gutter, step, floor + LETTERS)
    return floor + LETTERS + 6, parts


def _grid(chart: Chart, gutter: float, above: int, floor: int) -> Iterator[str]:
    for value in chart.ticks:
        y = _n(floor - PLOT * value / chart.top)
        yield (
            f'<line class="grid" x1="{_n(gutter)}%" x2="100%" y1="{y}" y2="{y}" '
            f'stroke="{LINE}" stroke-width="1"/>'
        )
        base = max(above - 8, floor - PLOT * value / chart.top) + 4
        yield _text(
            chart.tick(value), f"{_n(gutter - 1.2)}%", base,
            kind="axis", colour=QUIET, anchor="end", size=11,
        )  # fmt: skip


def _line(
    chart: Chart, heights: list[float | None], gutter: float, step: float, floor: int
) -> Iterator[str]:
    points = [
        None if height is None else (_n(gutter + step * (place + 0.5)), _n(floor - height))
        for place, height in enumerate(heights)
    ]
    if chart.median is not None:
        y = floor - PLOT * chart.median / chart.top
        yield (
            f'<line class="mark" x1="{_n(gutter)}%" x2="100%" y1="{_n(y)}" y2="{_n(y)}" '
            f'stroke="{MARK}" stroke-width="1.5" stroke-dasharray="6 4"/>'
        )
    is_dense = len(points) > MANY
    for before, after in pairwise(points):
        if before and after:
            yield (
                f'<line class="data" x1="{before[0]}%" y1="{before[1]}" x2="{after[0]}%" '
                f'y2="{after[1]}" stroke="{DATA}" stroke-width="{1.25 if is_dense else 2}"/>'
            )
    for point in points:
        if point:
            yield (
                f'<circle class="data" cx="{point[0]}%" cy="{point[1]}" '
                f'r="{2 if is_dense else 4}" fill="{DATA}"/>'
            )


def median_words(chart: Chart) -> str:
    """Return what names the dashed line, above the plot: within it are the points."""
    median = chart.median or 0
    is_round = chart.is_share or median == round(median)
    return f"– – median {chart.tick(median) if is_round else f'{median:,.1f}'}"  # noqa: RUF001


def _names(chart: Chart, gutter: float, step: float, y: int) -> Iterator[str]:
    """Yield names of rows below the axis: all that fit a phone, evenly spaced, the first first.

    Where borders of columns have names, it is those.
    """
    ends = {0: "start", chart.n_drawn: "end"}
    outer = [border for border in chart.borders if border.row in ends]
    for border in chart.borders:
        # The outermost names stand to one side of their border, and so nearer to the next.
        is_crowded = border not in outer and any(
            NARROW * step * abs(border.row - other.row) / 100
            < LETTER * (letters(border.label) / 2 + letters(other.label))
            for other in outer
        )
        yield _text(
            border.label, f"{_n(gutter + step * border.row)}%", y,
            kind="axis wide" if is_crowded else "axis", colour=QUIET,
            anchor=ends.get(border.row, "middle"), size=11,
        )  # fmt: skip
    if chart.borders:
        return
    names = [shortened(str(row[0]), 16) for row in chart.drawn]
    longest = max(map(letters, names), default=1)
    fitting = max(1, int(NARROW * (100 - gutter) / 100 / (LETTER * longest + 10)))
    every = -(-len(names) // fitting)
    for place in range(0, len(names), every):
        at = gutter + step * (place + 0.5)
        anchor = "middle"
        if NARROW * (100 - at) / 100 < LETTER * letters(names[place]) / 2:
            anchor = "end"
        if chart.kind == "columns":
            at, anchor = gutter + step * (place + 0.1), "start"
            if place and NARROW * (100 - at) / 100 < LETTER * letters(names[place]):
                continue  # a name that begins at the last column would run out of the picture
        yield _text(
            names[place], f"{_n(at)}%", y, kind="axis", colour=QUIET, anchor=anchor, size=11
        )


def mark_levels(chart: Chart, places: list[float], width: int) -> list[int]:
    """Return on which line above the plot each mark is named, so that names stay apart.

    Args:
        chart: The chart.
        places: Where each mark stands, in percent of the width.
        width: Of the picture, in pixels.
    """
    ends: list[float] = []
    levels = []
    for at, mark in zip(places, chart.marks, strict=True):
        length = 100 * (LETTER * letters(mark.label) + 6) / width
        start = at - length if at > RIGHT else at
        level = next((n for n, end in enumerate(ends) if end <= start), len(ends))
        ends[level:] = [start + length, *ends[level + 1 :]]
        levels.append(level)
    return levels


def _text(  # noqa: PLR0913 - all but the words and where they stand by keyword
    words: str,
    x: str,
    y: float,
    *,
    dx: int = 0,
    kind: str = "label",
    colour: str = INK,
    anchor: str = "start",
    size: int | None = None,
    hidden: bool = False,
) -> str:
    optional = (
        f' dx="{dx}"' if dx else "",
        f' text-anchor="{anchor}"' if anchor != "start" else "",
        f' font-size="{size}"' if size else "",
        ' display="none"' if hidden else "",
    )
    return (
        f'<text class="{kind}" x="{x}" y="{_n(y)}" fill="{colour}"{"".join(optional)}>'
        f"{escape(words)}</text>"
    )


def _n(value: float) -> str:
    """Return a number short enough for a page: two digits after the point at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
