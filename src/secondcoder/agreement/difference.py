"""What moved between two codings of one chat: quotes, their themes, and what became of posts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from secondcoder.agreement.common_themes import listed
from secondcoder.agreement.matching import Stretches, match_quotes
from secondcoder.errors import CodingsError, InputError
from secondcoder.schema.codebook import Codebook, told_apart
from secondcoder.schema.codings import Coding, Codings, LeftOut, Outcome, PostCodings
from secondcoder.schema.differences import (
    ChangeKind,
    Difference,
    OutcomeChange,
    Placing,
    QuoteChange,
    ThemeChange,
)

OTHER_IDEAS = "Other ideas"


class _Pair(NamedTuple):
    """A quote before and after; None where there is none."""

    before: Coding | None
    after: Coding | None


def difference(
    before: Codings,
    after: Codings,
    *,
    mapping: Mapping[str, str] | None = None,
    overlap: float = 0.5,
) -> Difference:
    """Return what moved between two codings of one chat.

    Quotes of a post that are the same in all are paired first, then those that overlap most, each
    once. A pair with other themes or another question moved; one with other words alone was recut.

    Args:
        before: The earlier coding.
        after: The later one; posts that only one of them has are named and not compared.
        mapping: Theme ids of `before` to those of `after` they are now; the others keep their id,
            and a theme that only one codebook has gains or loses all its quotes.
        overlap: Least overlap of two forms of one quote (intersection over union).

    Raises:
        CodingsError: If a post has another text, or the mapping names a theme there is not.
        InputError: If `overlap` is not above 0 and at most 1.
    """
    if not 0 < overlap <= 1:
        raise InputError(f"overlap is {overlap}; it must be above 0 and at most 1")
    books = (before.info.codebook, after.info.codebook)
    renamed = _checked(mapping or {}, *books)
    later = {coded.post.id: coded for coded in after.posts}
    both = [(coded, later[coded.post.id]) for coded in before.posts if coded.post.id in later]
    for one, other in both:
        if one.post.text != other.post.text:
            raise CodingsError(
                f"post {one.post.id} has another text in the second coding; compare codings of "
                f"one chat"
            )
    pairs = [pair for posts in both for pair in _pairs(*posts, renamed, overlap)]
    changes = [change for pair in pairs if (change := _change(pair)) is not None]
    names: dict[str, str] = {}
    for book in reversed(books):
        for theme_id, name in told_apart(book.themes).items():
            names.setdefault(theme_id, name)  # as it is called now
    earlier = {coded.post.id for coded in before.posts}
    return Difference(
        title=after.info.chat.title,
        coder_before=before.info.run.coder.id,
        coder_after=after.info.run.coder.id,
        is_same_codebook=books[0].sha256 == books[1].sha256,
        overlap=overlap,
        n_posts=len(both),
        only_before=tuple(c.post.id for c in before.posts if c.post.id not in later),
        only_after=tuple(c.post.id for c in after.posts if c.post.id not in earlier),
        n_quotes_before=sum(pair.before is not None for pair in pairs),
        n_quotes_after=sum(pair.after is not None for pair in pairs),
        n_same=len(pairs) - len(changes),
        themes=_themes(pairs, {key: name for key, name in names.items() if key not in renamed}),
        quotes=tuple(changes),
        posts=tuple(_outcomes(both)),
        names=names,
    )


def _checked(mapping: Mapping[str, str], old: Codebook, new: Codebook) -> Mapping[str, str]:
    unknown = sorted(theme for theme in mapping if theme not in old.theme_by_id)
    if unknown:
        raise CodingsError(
            f"the mapping names theme {listed(unknown)}, which the first codebook lacks; "
            f"correct the id"
        )
    missing = sorted(theme for theme in mapping.values() if theme not in new.theme_by_id)
    if missing:
        raise CodingsError(
            f"the mapping leads to theme {listed(missing)}, which the second codebook lacks; "
            f"correct the id"
        )
    return {theme: now for theme, now in mapping.items() if theme != now}


def _pairs(
    one: PostCodings, other: PostCodings, renamed: Mapping[str, str], overlap: float
) -> Iterator[_Pair]:
    """Yield each quote of a post once, paired or alone, in the order of its words."""
    old = [_renamed(coding, renamed) for coding in one.codings]
    new = list(other.codings)
    found: list[_Pair] = []
    # The same words may stand under two questions: what is equal in all must not be crossed.
    for coding in tuple(old):
        same = next((each for each in new if _what(each) == _what(coding)), None)
        if same is not None:
            old.remove(coding)
            new.remove(same)
            found.append(_Pair(coding, same))
    matches = match_quotes([_where(c) for c in old], [_where(c) for c in new], overlap)
    found += [_Pair(old[match.first], new[match.second]) for match in matches]
    taken = ({match.first for match in matches}, {match.second for match in matches})
    found += [_Pair(coding, None) for n, coding in enumerate(old) if n not in taken[0]]
    found += [_Pair(None, coding) for n, coding in enumerate(new) if n not in taken[1]]
    yield from sorted(found, key=_place)


def _renamed(coding: Coding, renamed: Mapping[str, str]) -> Coding:
    now = dict.fromkeys(renamed.get(theme, theme) for theme in coding.theme_ids)
    return coding.model_copy(update={"theme_ids": tuple(now)})


def _what(coding: Coding) -> tuple[Stretches, str | None, frozenset[str]]:
    return _where(coding), coding.question_id, frozenset(coding.theme_ids)


def _where(coding: Coding) -> Stretches:
    return tuple((span.start, span.end) for span in coding.quote.spans)


def _place(pair: _Pair) -> Stretches:
    return min(_where(coding) for coding in pair if coding is not None)


def _change(pair: _Pair) -> QuoteChange | None:
    """Return what changed, None where nothing did."""
    one, two = pair
    kind: ChangeKind
    if one is None or two is None:
        kind = "new" if one is None else "gone"
    elif _what(one)[1:] != _what(two)[1:]:
        kind = "moved"
    elif _where(one) != _where(two):
        kind = "recut"
    else:
        return None
    post_id = next(coding.quote.post_id for coding in pair if coding is not None)
    return QuoteChange(kind=kind, post_id=post_id, before=_placing(one), after=_placing(two))


def _placing(coding: Coding | None) -> Placing | None:
    if coding is None:
        return None
    return Placing(
        text=coding.quote.text, question_id=coding.question_id, theme_ids=coding.theme_ids
    )


def _themes(pairs: Sequence[_Pair], names: Mapping[str, str]) -> tuple[ThemeChange, ...]:
    kept, gained, lost = Counter[str | None](), Counter[str | None](), Counter[str | None]()
    for pair in pairs:
        old, new = (_given(coding) for coding in pair)
        kept.update(old & new)
        gained.update(new - old)
        lost.update(old - new)
    rows: list[tuple[str | None, str]] = [*names.items(), (None, OTHER_IDEAS)]
    return tuple(
        ThemeChange(
            theme_id=theme,
            name=name,
            n_kept=kept[theme],
            n_gained=gained[theme],
            n_lost=lost[theme],
        )
        for theme, name in rows
    )


def _given(coding: Coding | None) -> frozenset[str | None]:
    """Return the themes of a quote, None for one without; nothing where there is no quote."""
    if coding is None:
        return frozenset()
    return frozenset(coding.theme_ids or (None,))


def _outcomes(both: Sequence[tuple[PostCodings, PostCodings]]) -> Iterator[OutcomeChange]:
    for one, other in both:
        if one.outcome.kind != other.outcome.kind:
            yield OutcomeChange(
                post_id=one.post.id,
                text=one.post.text,
                before=_said(one.outcome),
                after=_said(other.outcome),
            )


def _said(outcome: Outcome) -> str:
    if isinstance(outcome, LeftOut):
        return f"{outcome.kind}: {outcome.reason.value}"
    return outcome.kind
