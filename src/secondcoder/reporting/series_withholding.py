"""Withholding in a report over several chats: themes in the words of people who opted out."""

import re
from collections.abc import Callable, Iterable
from itertools import count

from secondcoder.reporting.theme_ids import naming
from secondcoder.schema.chats_over_time import ChatsOverTime, Gap, ThemeOverTime

_QUOTED_ID = re.compile(r"'(\S+)'")
_MASKED = (
    "Handles, links and likely names are masked in themes. Masking follows rules: read the report "
    "before you publish it."
)
_NO_CAUTION = "A caution that repeats words of somebody who asked to be left out is not shown."


def withheld_in_series(series: ChatsOverTime, hides: Callable[[str], bool]) -> ChatsOverTime:
    """Return the report without names, definitions and ids that are not shown.

    Args:
        series: The report.
        hides: Whether a text is not shown.
    """
    themes = [theme for question in series.questions for theme in question.themes]
    numbers = _numbers(themes)
    names = {
        theme.name: f"Theme {numbers[theme.theme_id]}"
        for theme in themes
        if theme.theme_id is not None and hides(theme.name)
    }

    def told(text: str) -> str:
        for name, shown in names.items():
            text = text.replace(name, shown)
        return _QUOTED_ID.sub(
            lambda found: "(id not shown)" if hides(found[1]) else found.group(), text
        )

    def without(theme: ThemeOverTime) -> ThemeOverTime:
        if theme.theme_id is None:
            return theme
        shown_id = f"theme-{numbers[theme.theme_id]}" if hides(theme.theme_id) else theme.theme_id
        return theme.model_copy(
            update={
                "theme_id": shown_id,
                "name": f"Theme {numbers[theme.theme_id]}" if theme.name in names else theme.name,
                "definition": "" if hides(theme.definition) else theme.definition,
                "points": tuple(
                    point.model_copy(update={"reason": told(point.reason)})
                    if isinstance(point, Gap)
                    else point
                    for point in theme.points
                ),
            }
        )

    cautions = dict.fromkeys(map(told, series.cautions))
    return series.model_copy(
        update={
            "questions": tuple(
                question.model_copy(update={"themes": tuple(map(without, question.themes))})
                for question in series.questions
            ),
            "cautions": tuple(_NO_CAUTION if hides(one) else one for one in cautions),
        }
    )


def masked_in_series(series: ChatsOverTime, hide: Callable[[str], str]) -> ChatsOverTime:
    """Return the report with the names of themes and what else a codebook says of them masked.

    Args:
        series: The report.
        hide: Returns a text with likely names masked.
    """
    numbers = _numbers(series.themes)
    is_named_in = naming((theme.name for theme in series.themes), hide)

    def told(text: str) -> str:
        return hide(
            _QUOTED_ID.sub(
                lambda found: "(id not shown)" if is_named_in(found[1]) else found.group(), text
            )
        )

    def masked(theme: ThemeOverTime) -> ThemeOverTime:
        if theme.theme_id is None:
            return theme
        own = f"theme-{numbers[theme.theme_id]}" if is_named_in(theme.theme_id) else theme.theme_id
        return theme.model_copy(
            update={
                "theme_id": own,
                "name": hide(theme.name),
                "definition": hide(theme.definition),
                "points": tuple(
                    point.model_copy(update={"reason": told(point.reason)})
                    if isinstance(point, Gap)
                    else point
                    for point in theme.points
                ),
            }
        )

    questions = tuple(
        question.model_copy(update={"themes": tuple(map(masked, question.themes))})
        for question in series.questions
    )
    return series.model_copy(
        update={
            "questions": questions,
            "cautions": tuple(map(told, series.cautions)),
            "notes": (*series.notes, _MASKED),
        }
    )


def _numbers(themes: Iterable[ThemeOverTime]) -> dict[str, int]:
    """Return each theme's number; of one without, the next that is free."""
    by_id = {theme.theme_id: theme.number for theme in themes if theme.theme_id is not None}
    free = count(1 + max((number or 0 for number in by_id.values()), default=0))
    return {
        theme_id: next(free) if number is None else number for theme_id, number in by_id.items()
    }
