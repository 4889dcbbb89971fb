"""Which numbers of a sentence are held: said in a quote, or counted."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from secondcoder.induction.numbers import Figure, figures_of

NEAR = Fraction(1, 20)
"""A share in words stands for what is no further from it than that."""
_LARGEST_ROUND = 10
"""Of so many at most a share is round, as "2 in 5" is; "5 in 12" says what was counted."""


def unheld_numbers(
    sentence: str, texts: Iterable[str], parts: tuple[tuple[int, int], ...] = ()
) -> tuple[str, ...]:
    """Return the numbers of a sentence that nobody said or counted, in order, as written.

    Args:
        sentence: What may name numbers; the texts are read only where it does.
        texts: Quotes, and the theme's name.
        parts: What was counted of the theme, and that of its question: quotes, posts and people.

    >>> sentence = "In 31 wards, 5 of 11, one of the 11 nurses, twice, 50 %, and 45 %"
    >>> unheld_numbers(sentence, ["Ward 31 had half of it"], ((5, 11),))
    ('one of the 11', 'twice')
    """
    figures = tuple(figures_of(sentence))
    if not figures:
        return ()
    held = _held_by(texts, parts)
    return tuple(figure.words for figure in figures if not held.holds(figure))


class _Held(NamedTuple):
    """The numbers that a sentence may name."""

    said: frozenset[str]
    """Those of quotes and names, as digits."""
    shares: frozenset[Fraction]
    """Those that quotes and names tell of a whole."""
    parts: tuple[tuple[int, int], ...]

    def holds(self, figure: Figure) -> bool:
        if figure.proportion in self.shares:
            return True
        if not figure.is_share:
            counts = {(str(n), str(of)) for n, of in self.parts}
            if figure.whole is not None:
                return (figure.value, figure.whole) in counts or (
                    {figure.value, figure.whole} <= self.said
                )
            return figure.value in self.said or any(figure.value in pair for pair in counts)
        if figure.whole is None:
            percentages = {f"{100 * n / of:.0f}" for n, of in self.parts if of}
            return figure.value in self.said | percentages
        if figure.proportion is None:
            return False
        off = min(
            (abs(Fraction(n, of) - figure.proportion) for n, of in self.parts if of), default=1
        )
        return off <= (NEAR if Fraction(figure.whole) <= _LARGEST_ROUND else 0)


def _held_by(texts: Iterable[str], parts: tuple[tuple[int, int], ...]) -> _Held:
    figures = [figure for text in texts for figure in figures_of(text)]
    counts = [one for one in figures if not (one.is_share and one.whole)]
    return _Held(
        said=frozenset(n for one in counts for n in (one.value, one.whole) if n is not None),
        shares=frozenset(one.proportion for one in figures if one.proportion is not None),
        parts=parts,
    )
