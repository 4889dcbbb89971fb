"""Which theme of a question each key finding of a report is about."""

import math
import re
from collections import Counter
from typing import Final, NamedTuple

from secondcoder.ingest.report_notes import OneOfMany, Remark
from secondcoder.schema.codebook import Theme
from secondcoder.schema.readings import Note

_CLEAR_SHARE: Final = 0.3
"""Least share of a theme's name, by weight of its words, that a clear match says."""
_WHOLE: Final = 0.999
_STOP: Final = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by can do for from had has have how i in is it its me my not of "
        "on or our own s so some that the their them there they this to us ve was we were what "
        "which who why with you your",
    )
)
_LEAST_STEM: Final = 3
_STEM: Final = 6
"""Lengths of a stem in letters: enough to keep different words of English apart, mostly."""
_ENDING: Final = re.compile(r"(?:ments?|ness|ings?|ions?|ies|edly|ed|es|s|y|e)$")


class Finding(NamedTuple):
    """A bullet of the key themes."""

    line: int
    text: str


def place(
    findings: list[Finding], themes: list[Theme], where: str
) -> tuple[dict[str, Finding], list[Remark]]:
    """Return the key finding of each theme (by theme id), and what was not taken for granted.

    When there are as many findings as themes and no finding says more of another theme's name than
    of its own, both stand in the same order. Otherwise words decide, and only when it is clear: a
    theme takes the finding that says its whole name, or the one that it and nothing else shares
    most words with. If one finding and one theme are then left of equally many, they belong
    together. Every decision by words is a note, and so is every finding without a theme.

    Args:
        findings: Those of one question, in the order of the report.
        themes: Those of the same question, in order.
        where: The question, for the notes.
    """
    shares = _shares(findings, themes)
    by_words = _by_words(shares, len(findings), len(themes))
    in_order = len(findings) == len(themes)
    agree = all(theme == finding for theme, finding in by_words.items())
    if in_order and agree and all(row[i] == max(row) for i, row in enumerate(shares)):
        return {theme.id: found for theme, found in zip(themes, findings, strict=True)}, []
    how = dict.fromkeys(by_words, "by the words they share")
    left = [i for i in range(len(findings)) if i not in by_words.values()]
    open_themes = [t for t in range(len(themes)) if t not in by_words]
    if in_order and len(left) == len(open_themes) == 1:
        by_words[open_themes[0]] = left.pop()
        how[open_themes[0]] = "as the only ones left"
    notes: list[Remark] = [
        OneOfMany(
            f"key findings put on themes {how[t]}",
            Note(
                where=findings[i].line,
                message=f"key finding of {where} put on theme '{themes[t].id}' {how[t]}",
                text=findings[i].text,
                kind="routine",
            ),
            f"→ {themes[t].id}",
        )
        for t, i in sorted(by_words.items())
    ]
    notes += [
        Note(
            where=findings[i].line,
            message=f"key finding of {where} left out: it matches no theme clearly",
            text=findings[i].text,
            kind="not-placed",
        )
        for i in left
    ]
    return {themes[t].id: findings[i] for t, i in by_words.items()}, notes


def _by_words(shares: list[list[float]], n_findings: int, n_themes: int) -> dict[int, int]:
    """Return for each theme with a clear match the position of its finding."""
    chosen: dict[int, int] = {}
    for t in range(n_themes):
        column = [row[t] for row in shares]
        best = max(range(n_findings), key=column.__getitem__, default=None)
        if best is None or column[best] < _CLEAR_SHARE or column.count(column[best]) > 1:
            continue
        row = shares[best]
        if column[best] >= _WHOLE or (row[t] == max(row) and row.count(row[t]) == 1):
            chosen[t] = best
    return chosen


def _shares(findings: list[Finding], themes: list[Theme]) -> list[list[float]]:
    """Return how much of each theme's name each finding says. Shape: (n_findings, n_themes).

    Words weigh by how few of the texts hold them: log(n_texts / n_with_word), smoothed by one.
    """
    said = [_words(finding.text) for finding in findings]
    named = [_words(theme.name) for theme in themes]
    n_texts = len(said) + len(named)
    held_by = Counter(word for words in (*said, *named) for word in words)
    weight = {word: math.log((n_texts + 1) / n) for word, n in held_by.items()}
    totals = [sum(weight[word] for word in words) for words in named]
    return [
        [
            sum(weight[word] for word in words & name) / total if total else 0.0
            for name, total in zip(named, totals, strict=True)
        ]
        for words in said
    ]


def _words(text: str) -> frozenset[str]:
    found = re.findall(r"[^\W_]+", text.casefold())
    return frozenset(_stem(word) for word in found if word not in _STOP)


def _stem(word: str) -> str:
    """Return the front of a word, so that 'encourage' and 'encouragement' are one."""
    shorter = _ENDING.sub("", word)
    return (shorter if len(shorter) >= _LEAST_STEM else word)[:_STEM]
