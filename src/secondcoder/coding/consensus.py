"""Consensus: what the votes of several coders decide about a post, or that people must.

The rules, and why, stand in docs/decisions/0021-panel.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from secondcoder.coding.ideas import Idea, common_quote, ideas_of
from secondcoder.schema.chat import Post
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Failure,
    LeftOut,
    LeftOutReason,
    Outcome,
    Quoted,
)
from secondcoder.schema.votes import Votes

OVERLAP = 0.5
"""Least overlap of two quotes of one idea, as `agree` and `diff` match quotes."""
FEWEST_VOTES = 2
"""One vote is no panel."""
_MOST_SHOWN = 300
"""Characters of a member's own words that a note quotes."""
_DECIMALS = 2
"""Shares are compared so far, so that 0.67 is two of three."""


class VotingRule(NamedTuple):
    """When votes decide."""

    min_votes: float | None = None
    """Least share of the votes cast, above 0.5; None: more than half."""
    overlap: float = OVERLAP
    """Least overlap of two quotes of one idea."""

    def decides(self, n_for: int, n_cast: int) -> bool:
        """Return whether so many votes decide.

        >>> VotingRule().decides(1, 2), VotingRule(min_votes=0.67).decides(2, 3)
        (False, True)
        """
        if self.min_votes is None:
            return n_for * 2 > n_cast
        return round(n_for / n_cast, _DECIMALS) >= round(self.min_votes, _DECIMALS)


class _Split(NamedTuple):
    """Votes that decide nothing: about what, and how many are for the larger side."""

    about: str
    n_for: int


def consensus(post: Post, outcomes: Mapping[str, Outcome], rule: VotingRule) -> Outcome:
    """Return what the members decide together.

    A member that failed has no vote; where half of the members or more did, or all but one, the
    panel fails too. Every part of a decision is voted on: whether there is an idea to quote, each
    quote, its question, each theme of that question. Where neither side of one part gets enough
    votes, the post goes to people.

    Args:
        post: The post.
        outcomes: What each member decided, by the member's name.
        rule: When votes decide.
    """
    votes = {name: one for name, one in outcomes.items() if not isinstance(one, Failure)}
    n_cast, n_missing = len(votes), len(outcomes) - len(votes)
    if n_cast < FEWEST_VOTES or n_cast * 2 <= len(outcomes):
        return _failed(outcomes, n_cast)
    quoting = [one for one in votes.values() if isinstance(one, Quoted)]
    if not rule.decides(len(quoting), n_cast):
        return _unquoted(votes, rule)
    n_abstaining = sum(isinstance(one, Abstention) for one in votes.values())
    count = _Count(rule, n_cast, n_missing, n_abstaining)
    ideas = ideas_of([one.codings for one in quoting], rule.overlap)
    decided = [count.decide(idea, post) for idea in ideas]
    splits = [one for one in decided if isinstance(one, _Split)]
    if splits:
        least = min(split.n_for for split in splits)
        return _divided("; ".join(split.about for split in splits), least / n_cast)
    codings = tuple(one for one in decided if isinstance(one, Coding))
    if not codings:
        why = f"{len(quoting)} of {n_cast} members quote it, but not the same words"
        return _divided(why, 1 / n_cast)
    return Quoted(codings=codings)


def _unquoted(votes: Mapping[str, Outcome], rule: VotingRule) -> LeftOut | Abstention:
    """Return what becomes of a post that too few members quote."""
    n_cast = len(votes)
    leaving = [one for one in votes.values() if isinstance(one, LeftOut)]
    abstaining = {name: one for name, one in votes.items() if isinstance(one, Abstention)}
    n_quoting = n_cast - len(leaving) - len(abstaining)
    if rule.decides(len(leaving), n_cast):
        return _left_out(leaving, n_cast)
    said = "; ".join(f"{name}: {one.note[:_MOST_SHOWN]}" for name, one in abstaining.items())
    if rule.decides(len(abstaining), n_cast):
        why = f"{len(abstaining)} of {n_cast} members leave it to people: {said}"
        return Abstention(note=why, confidence=len(abstaining) / n_cast)
    why = f"of {n_cast} members, {n_quoting} quote it and {len(leaving)} leave it out"
    if abstaining:
        why += f"; {len(abstaining)} leave it to people: {said}"
    return _divided(why, max(n_quoting, len(leaving), len(abstaining)) / n_cast)


def _divided(why: str, share: float) -> Abstention:
    return Abstention(note=f"the panel disagrees: {why}", confidence=share)


class _Count(NamedTuple):
    """Counts the votes on one idea of a post."""

    rule: VotingRule
    n_cast: int
    n_missing: int
    n_abstaining: int

    def decide(self, idea: Idea, post: Post) -> Coding | _Split | None:
        """Return the coding; None where the votes are against quoting; else what is split."""
        n_quote = len(idea)
        quote = common_quote(idea, post)
        words = _short(quote.text if quote else next(iter(idea.values())).quote.text)
        # Who left the post to people says nothing against a quote or a theme.
        n_against = self.n_cast - self.n_abstaining - n_quote
        if self.rule.decides(n_against, self.n_cast):
            return None
        if not self.rule.decides(n_quote, self.n_cast) or quote is None:
            larger = max(n_quote, n_against)
            return _Split(f"{n_quote} of {self.n_cast} quote {words!r}", larger)
        questions = Counter(coding.question_id for coding in idea.values())
        question_id, n_question = min(
            questions.items(), key=lambda item: (-item[1], item[0] is None, item[0] or "")
        )
        if not self.rule.decides(n_question, self.n_cast):
            told = _told((name or "no question", n) for name, n in questions.items())
            return _Split(f"the question of {words!r} ({told} of {self.n_cast})", n_question)
        under_it = [coding for coding in idea.values() if coding.question_id == question_id]
        n_other = sum(not coding.theme_ids for coding in under_it)
        themes = Counter(theme for coding in under_it for theme in coding.theme_ids)
        sides = {theme: (n, self.n_cast - self.n_abstaining - n) for theme, n in themes.items()}
        given = [theme for theme, (n, _) in sides.items() if self.rule.decides(n, self.n_cast)]
        split = any(not self.rule.decides(max(side), self.n_cast) for side in sides.values())
        if split or (not given and not self.rule.decides(n_other, self.n_cast)):
            told = _told([*themes.items(), *([("other ideas", n_other)] if n_other else [])])
            least = min((max(side) for side in sides.values()), default=n_other)
            return _Split(
                f"the themes of {words!r} ({told} of {self.n_cast})", least if split else n_other
            )
        parts = [n_question, *(max(side) for side in sides.values())]
        n_for = min(parts if given else [*parts, n_other])
        order = {theme: place for place, theme in enumerate(_in_order(under_it))}
        return Coding(
            quote=quote,
            question_id=question_id,
            theme_ids=tuple(sorted(given, key=lambda theme: (-themes[theme], order[theme]))),
            confidence=n_for / self.n_cast,
            votes=Votes(
                n_cast=self.n_cast,
                n_missing=self.n_missing,
                n_for=n_for,
                n_quote=n_quote,
                n_question=n_question,
                themes=dict(sorted(themes.items())),
                n_other=n_other,
            ),
        )


def _in_order(codings: Iterable[Coding]) -> list[str]:
    return sorted({theme for coding in codings for theme in coding.theme_ids})


def _left_out(leaving: Sequence[LeftOut], n_cast: int) -> LeftOut:
    reasons = Counter(one.reason for one in leaving)
    rank = list(LeftOutReason)
    reason = min(reasons, key=lambda each: (-reasons[each], rank.index(each)))
    note = f"left out by {len(leaving)} of {n_cast} members"
    if len(reasons) > 1:
        note += f" ({_told((each.value, n) for each, n in reasons.items())})"
    return LeftOut(reason=reason, note=note)


def _failed(outcomes: Mapping[str, Outcome], n_cast: int) -> Failure:
    failed = {name: one for name, one in outcomes.items() if isinstance(one, Failure)}
    told = "; ".join(f"{name}: {one.error}: {one.detail}" for name, one in failed.items())
    return Failure(
        error="TooFewVotes",
        detail=f"{n_cast} of {len(outcomes)} members decided, which is too few; the same command "
        f"asks the others again. {told}",
    )


def _told(votes: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(votes, key=lambda each: (-each[1], each)))


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
