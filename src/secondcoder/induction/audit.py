"""Auditing a codebook: themes that overlap, that nobody uses, and quotes that lie elsewhere."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import combinations

import numpy as np

from secondcoder.induction.terms import in_marks
from secondcoder.induction.theme_quotes import Group, ThemeQuotes
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codebook_checks import CodebookCheck, CodebookIssue, IssueKind
from secondcoder.schema.codings import Codings
from secondcoder.schema.quotes import Quote
from secondcoder.schema.similarity import FloatArray, SimilarityBackEnd

_ALIKE = 0.5
"""Similarity of name, definition and rules from which two themes are nearly equal. Our choice: the
themes of the invented example, made to be told apart, stay below 0.3."""
_FEWEST_TOGETHER = 3
_SHARE_TOGETHER = 0.5
"""Of the rarer theme's quotes."""
_FEWEST_QUOTES = 3
"""A theme of fewer quotes has no middle that a quote could be far from."""
_CLEARLY = 2.0
"""So many times as much like another theme's quotes as like its own, and as two quotes of the
question are on average. Our choice: less than that is the noise of shared function words."""
_MOST_FAR = 10
"""Quotes named of each kind, the farthest first."""
_IN_WORDS = (
    "bare: a theme with a name and no definition, rule or example",
    "same-name: themes of one name",
    f"alike: two themes a quote may carry both, whose names, definitions and rules are at least "
    f"{_ALIKE:.2f} alike, where 1 is the same",
)
_IN_QUOTES = (
    "unused: a theme that no quote carries",
    "one-person: a theme whose quotes, of two posts or more, are all by one author",
    f"together: two themes that at least {_FEWEST_TOGETHER} quotes carry both, and more than "
    f"{100 * _SHARE_TOGETHER:.0f} % of the rarer one's",
    f"far: a quote whose words are more than {_CLEARLY:g} times as much like another theme's "
    f"quotes as like those of its own, and as two quotes of the question are on average; of themes "
    f"with {_FEWEST_QUOTES} quotes or more",
    f"stray: a quote that shares no word, function words and endings aside, with the name, "
    f"definition, rules and examples of its theme, nor with its other quotes; of themes with "
    f"{_FEWEST_QUOTES} quotes or more, of which fewer than half are so",
)


def audit(
    book: Codebook,
    codings: Codings | None,
    back_end: SimilarityBackEnd,
    content_words: Callable[[str], Iterable[str]],
) -> CodebookCheck:
    """Return what a person should look at in a codebook.

    Args:
        book: The codebook.
        codings: Coded under it; None: only its own words are looked at.
        back_end: Tells how alike texts are.
        content_words: Tells the words of a text that carry meaning, in the form they are compared.
    """
    issues = [*_bare(book), *_namesakes(book), *_alike(book, back_end)]
    looked_for = list(_IN_WORDS)
    if codings is not None:
        shelf = ThemeQuotes(codings)
        far = _far(shelf, back_end)
        told = {(quote, issue.theme_ids[0]) for issue in far for quote in issue.quotes}
        stray = _stray(book, shelf, content_words, told)
        issues += [
            *_unused(book, shelf, codings.info.codebook),
            *_together(book, codings),
            *far[:_MOST_FAR],
            *stray[:_MOST_FAR],
        ]
        *others, far_words, stray_words = _IN_QUOTES
        looked_for += [
            *others,
            far_words + _beyond(far, "farthest"),
            stray_words + _beyond(stray, "longest"),
        ]
    return CodebookCheck(
        title=book.title,
        version=book.version,
        n_themes=len(book.themes),
        n_quotes=None if codings is None else len(codings.quotes),
        issues=tuple(issues),
        looked_for=tuple(looked_for),
    )


def _beyond(issues: list[CodebookIssue], which: str) -> str:
    if len(issues) <= _MOST_FAR:
        return ""
    return f"; {len(issues):,} quotes are, of which the {which} {_MOST_FAR} stand above"


def _bare(book: Codebook) -> Iterator[CodebookIssue]:
    bare = [theme.id for theme in book.themes if theme.is_bare]
    if bare:
        yield CodebookIssue(
            kind=IssueKind.BARE,
            theme_ids=tuple(bare),
            detail="a name alone; write a definition or give examples",
        )


def _namesakes(book: Codebook) -> Iterator[CodebookIssue]:
    for themes in book.namesakes:
        places = "; ".join(
            f"'{theme.id}' of {', '.join(theme.questions) or 'any question'}" for theme in themes
        )
        yield CodebookIssue(
            kind=IssueKind.SAME_NAME,
            theme_ids=tuple(theme.id for theme in themes),
            detail=f"{in_marks(themes[0].name)} is the name of {len(themes)} themes ({places}): in "
            f"a sheet it names neither, and tables show ids beside it; rename one, or merge them "
            f"if they are one idea",
        )


def _alike(book: Codebook, back_end: SimilarityBackEnd) -> Iterator[CodebookIssue]:
    if not book.themes:
        return
    texts = [" ".join((one.name, one.definition, *one.include)) for one in book.themes]
    back_end.fit(texts)
    alike = back_end.similarities(texts)
    for one, other in combinations(range(len(texts)), 2):
        if alike[one, other] >= _ALIKE and book.can_meet(book.themes[one], book.themes[other]):
            yield CodebookIssue(
                kind=IssueKind.ALIKE,
                theme_ids=(book.themes[one].id, book.themes[other].id),
                detail=f"{_both(book.themes[one], book.themes[other])} are worded "
                f"{alike[one, other]:.2f} alike, where 1 is the same; merge them, or say when to "
                f"use which",
            )


def _both(one: Theme, other: Theme) -> str:
    return f"{in_marks(one.name)} and {in_marks(other.name)}"


def _unused(book: Codebook, shelf: ThemeQuotes, then: Codebook) -> Iterator[CodebookIssue]:
    """Yield themes without quotes, and of one person's.

    Args:
        book: The codebook.
        shelf: The quotes.
        then: The codebook as it was when they were coded.
    """
    groups = shelf.by_theme()
    bare = [theme.id for theme in book.themes if theme.id not in groups]
    if new := [theme_id for theme_id in bare if theme_id not in then.theme_by_id]:
        yield CodebookIssue(
            kind=IssueKind.UNUSED,
            theme_ids=tuple(new),
            detail="not there yet when the chat was coded; code it again with this codebook",
        )
    if unused := [theme_id for theme_id in bare if theme_id in then.theme_by_id]:
        yield CodebookIssue(
            kind=IssueKind.UNUSED,
            theme_ids=tuple(unused),
            detail="no quote; retire what nobody speaks of, or widen its definition",
        )
    for theme in book.themes:
        group = groups.get(theme.id)
        if group is None:
            continue
        if (
            group.n_posts - group.n_moderated > 1
            and not group.n_unsigned
            and len(group.authors) == 1
        ):
            yield CodebookIssue(
                kind=IssueKind.ONE_PERSON,
                theme_ids=(theme.id,),
                detail=f"all {len(group.quotes):,} quotes of {in_marks(theme.name)} are by one "
                f"author; look whether others mean it too, merge it, or keep it as one voice",
                quotes=group.quotes[:_FEWEST_QUOTES],
            )


def _together(book: Codebook, codings: Codings) -> Iterator[CodebookIssue]:
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for coding in codings.quotes:
        single.update(coding.theme_ids)
        pairs.update(combinations(sorted(coding.theme_ids), 2))
    for (one, other), n_both in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
        rarer = min(single[one], single[other])
        pair = book.theme_by_id[one], book.theme_by_id[other]
        if n_both >= _FEWEST_TOGETHER and n_both > _SHARE_TOGETHER * rarer:
            yield CodebookIssue(
                kind=IssueKind.TOGETHER,
                theme_ids=(one, other),
                detail=f"{n_both:,} quotes carry both {_both(*pair)}, of {single[one]:,} and "
                f"{single[other]:,} ({100 * n_both / rarer:.0f} % of the rarer theme's); merge "
                f"them, or redraw the border",
            )


def _far(shelf: ThemeQuotes, back_end: SimilarityBackEnd) -> list[CodebookIssue]:
    """Return the quotes that lie nearer to another theme, the farthest first."""
    by_question: dict[str | None, list[tuple[Theme, Group]]] = {}
    for question_id, theme, group in shelf.themes():
        if len(group.quotes) >= _FEWEST_QUOTES:
            by_question.setdefault(question_id, []).append((theme, group))
    far = [
        one
        for found in by_question.values()
        if len(found) > 1
        for one in _nearer_elsewhere(found, back_end)
    ]
    far.sort(key=lambda one: -one[0])
    return [issue for _, issue in far]


def _nearer_elsewhere(
    found: list[tuple[Theme, Group]], back_end: SimilarityBackEnd
) -> Iterator[tuple[float, CodebookIssue]]:
    """Yield the quotes that are clearly more like another theme's quotes, and by how much."""
    quotes = list(dict.fromkeys(quote for _, group in found for quote in group.quotes))
    place = {quote: at for at, quote in enumerate(quotes)}
    texts = [quote.text for quote in quotes]
    back_end.fit(texts)
    alike = back_end.similarities(texts)
    np.fill_diagonal(alike, 0)
    members = [[place[quote] for quote in group.quotes] for _, group in found]
    means = np.round(np.array([_mean(alike, part) for part in members]), 6)
    usual = alike.sum() / (len(quotes) * (len(quotes) - 1))
    for own, (theme, group) in enumerate(found):
        for quote in group.quotes:
            at = place[quote]
            best = int(means[:, at].argmax())
            nearest, least = means[best, at], _CLEARLY * max(means[own, at], usual)
            if nearest > least and at not in members[best]:
                other = found[best][0]
                issue = CodebookIssue(
                    kind=IssueKind.FAR,
                    theme_ids=(theme.id, other.id),
                    detail=f"this quote's words are {means[own, at]:.2f} like the other quotes of "
                    f"{in_marks(theme.name)} and {means[best, at]:.2f} like those of "
                    f"{in_marks(other.name)}; read it again: move it, or redraw the border",
                    quotes=(quote,),
                )
                yield float(nearest - means[own, at]), issue


def _stray(
    book: Codebook,
    shelf: ThemeQuotes,
    content_words: Callable[[str], Iterable[str]],
    told: Collection[tuple[Quote, str]],
) -> list[CodebookIssue]:
    """Return the quotes that share no word with their theme, those of most words first.

    How often that is so of people's own codings, and of quotes that don't belong, is what
    `evals/stray_quotes.py` prints.

    Args:
        book: The codebook.
        shelf: The quotes.
        content_words: Tells the words to compare.
        told: Quotes and themes that are told already, as far.
    """
    stray: list[tuple[int, CodebookIssue]] = []
    for theme_id, group in shelf.by_theme().items():
        if len(group.quotes) < _FEWEST_QUOTES:
            continue
        theme = book.theme_by_id[theme_id]
        texts = (theme.name, theme.definition, *theme.include, *theme.examples)
        of_theme = {word for text in texts for word in content_words(text)}
        said = {quote: set(content_words(quote.text)) for quote in group.quotes}
        often = Counter(word for words in said.values() for word in words)
        apart = [
            quote
            for quote, words in said.items()
            if words and not words & of_theme and all(often[word] == 1 for word in words)
        ]
        if 2 * len(apart) >= len(said):
            continue  # the theme has no words of its own, which says nothing of its quotes
        for quote in apart:
            if (quote, theme_id) not in told:
                issue = CodebookIssue(
                    kind=IssueKind.STRAY,
                    theme_ids=(theme_id,),
                    detail=f"this quote shares no word with {in_marks(theme.name)}, its "
                    f"definition, rules and examples, or its {len(said) - 1:,} other quotes; "
                    f"read it again: move it, or give the theme an example that is said like it",
                    quotes=(quote,),
                )
                stray.append((len(said[quote]), issue))
    stray.sort(key=lambda one: -one[0])
    return [issue for _, issue in stray]


def _mean(alike: FloatArray, members: list[int]) -> FloatArray:
    """Return how alike each quote is to the members on average, itself aside."""
    n = np.full(len(alike), len(members), dtype=float)
    n[members] -= 1
    return np.asarray(alike[:, members].sum(axis=1) / n)
