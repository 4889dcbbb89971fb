"""A model beside people in sentences, for a reader who knows codebooks and no statistics."""

from collections.abc import Iterator
from typing import NamedTuple

from secondcoder.reporting.wording import count
from secondcoder.schema.agreement import CoderAccount
from secondcoder.schema.beside_people import BesidePeople
from secondcoder.schema.model_beside_people import (
    AlternativeAnnotatorTest,
    Delegation,
    DelegationPlan,
    ThemePlan,
)
from secondcoder.schema.statistics import Interval, Statistic, Undefined


class Line(NamedTuple):
    """A sentence or more, and how far it is set in."""

    text: str
    depth: int = 0


_HEADINGS = {
    Delegation.MODEL: "The model may code alone:",
    Delegation.CHECKED: "The model may code, and a person checks what it found:",
    Delegation.PEOPLE: "People code:",
    Delegation.UNDECIDED: "Not decided by these posts:",
}


def posts(found: BesidePeople) -> Iterator[Line]:
    """Yield which posts there are, and what each coder did with them."""
    yield Line(
        f"{count(found.n_posts, 'post')} to code; {found.n_set_aside} more {_are_set_aside(found)}."
    )
    model = found.model
    yield Line(
        f"{model.name} decided {_n_decided(model)}, left {model.n_abstained} to people, failed on "
        f"{model.n_failed} and never saw {model.n_never_seen}. What it did not decide is no 'no "
        f"theme': people code it in any case."
    )
    for person in found.people:
        yield Line(f"{person.name} decided {_n_decided(person)}.")
    yield Line(
        f"What is said of agreement rests on the {count(found.n_beside, 'post')} that the model "
        f"and a person decided; two people or more decided {found.n_double_coded} of them."
    )
    if not found.is_representative:
        yield Line(
            "Posts had unequal chances to be drawn: agreement is of the posts drawn, not of the "
            "chat; the shares of posts are of the chat."
        )


def decisions(found: BesidePeople) -> Iterator[Line]:
    """Yield who may code each theme, a line each; with one person, what can't be said and why."""
    plan = found.delegation
    if isinstance(plan, Undefined):
        yield from _beside_one(found)
        return
    if not found.n_double_coded:
        yield Line(
            "Nothing can be decided: no post was decided by two people and the model. Let two "
            "people code the same posts ('secondcoder sample' draws them)."
        )
        return
    yield Line(
        "Each line says how far people agree on the theme, how far the model agrees with them, and "
        "how many of the posts that most people gave the theme it found; then why."
    )
    yield Line(_rule(plan))
    for decision, heading in _HEADINGS.items():
        chosen = [
            theme for theme in plan.themes if theme.decision is decision and not _is_unseen(theme)
        ]
        if chosen:
            yield Line(heading)
        for theme in chosen:
            yield Line(_plan(theme, found.theme_names[theme.theme]), 1)
    unseen = [found.theme_names[theme.theme] for theme in plan.themes if _is_unseen(theme)]
    if unseen:
        yield Line(f"Not decided, as nobody gave them in these posts: {'; '.join(unseen)}.")


def agreement(found: BesidePeople) -> Iterator[Line]:
    """Yield how far people agree, how far the model with them, and whether it may stand in."""
    yield Line(_ceiling(found))
    yield Line(
        "(Krippendorff's alpha on all themes of a post, with MASI distance: 1 is full agreement, 0 "
        "is what chance gives.)"
    )
    yield Line(_test(found.test))
    if len(found.people) == len(("one", "other")):
        yield Line(
            "With two people, each is measured by the other alone; that test is better with three."
        )
    if found.stability is not None:
        pair = found.stability.pairs[0]
        yield Line(
            f"Asked twice, the model agrees with itself to {figure(found.stability.agreement)}; "
            f"{count(pair.n_changed, 'post')} of {found.stability.n_units} changed."
        )


def shares(found: BesidePeople) -> Iterator[Line]:
    """Yield how the posts were drawn, then how common each theme is, a line each."""
    yield Line(found.sampling)
    yield Line("Shares of posts as people code; in brackets, the range they may lie in (95 %):")
    never = []
    for share, statement in zip(found.prevalences, found.statements, strict=True):
        if share.value == 0 == share.model_alone.value:
            never.append(found.theme_names[share.theme])
        else:
            yield Line(f"{statement}.", 1)
    if never:
        yield Line(f"Nobody gave: {'; '.join(never)}.")


def figure(result: Statistic | Undefined, *, sign: str = "") -> str:
    """Return a number and its interval, or why there is none.

    >>> figure(Statistic(name="alpha", value=0.5, n_units=4))
    '0.50'
    """
    if isinstance(result, Undefined):
        return f"no number ({result.reason})"
    value = _number(result.value, sign)
    if isinstance(result.interval, Interval):
        low, high = (_number(end, sign) for end in (result.interval.low, result.interval.high))
        return f"{value} ({low} to {high})"
    return value


def _number(value: float, sign: str) -> str:
    # Adding 0 turns -0.0, which rounding leaves, into 0.0.
    return f"{round(value, 2) + 0:{sign}.2f}"


def _beside_one(found: BesidePeople) -> Iterator[Line]:
    person = found.people[0].name
    yield Line(
        f"This can't be said yet. Only {person} coded, so where the model differs, nobody can tell "
        f"its error from a question the codebook leaves open. Let a second person code some of "
        f"these posts alone ('secondcoder sample' draws them), then run this again with both."
    )
    yield Line(
        f"What can be said: how often the model gives what {person} gave (here), how common each "
        f"theme is as {person} codes, and where the two differ (both below)."
    )
    never = []
    for theme in found.one_person:
        name = found.theme_names[theme.theme]
        n_more = theme.n_model - theme.n_both
        if theme.n_model or theme.n_person:
            yield Line(
                f"{name}: of {count(theme.n_person, 'post')} {person} gave it, the model found "
                f"{theme.n_both}; it gave it to {n_more} more.",
                1,
            )
        else:
            never.append(name)
    if never:
        yield Line(f"Neither gave: {'; '.join(never)}.")


def _rule(plan: DelegationPlan) -> str:
    rule = plan.rule
    return (
        f"The rule: people agree to {rule.min_agreement:.2f} or more; the model agrees with them "
        f"as far, at most {rule.margin:.2f} less than they do, and finds {rule.min_recall:.2f} or "
        f"more of what most people gave; at least {count(rule.min_positives, 'such post')}. It "
        f"looks at the bounds of {100 * plan.level:g} % intervals."
    )


def _is_unseen(theme: ThemePlan) -> bool:
    """Return whether neither a person nor the model gave the theme."""
    return not theme.prevalence.value and theme.precision.value is None


def _plan(theme: ThemePlan, name: str) -> str:
    n_found = round((theme.recall.value or 0) * theme.n_positives)
    said = (
        f"{name}: people {_short(theme.people)}, model {_short(theme.model)}, found {n_found} of "
        f"{theme.n_positives}. {theme.reason[:1].upper()}{theme.reason[1:]}."
    )
    if theme.is_settled:
        return said
    if theme.n_more is not None:
        return f"{said} About {count(theme.n_more, 'more post')} coded twice should settle it."
    return (
        f"{said} More than {count(theme.n_more_searched, 'more post')} coded twice would be needed."
    )


def _short(result: Statistic | Undefined) -> str:
    return figure(result) if isinstance(result, Statistic) else "without a number"


def _ceiling(found: BesidePeople) -> str:
    ceiling = found.ceiling
    if isinstance(ceiling, Undefined):
        return _no_ceiling(found, ceiling)
    if isinstance(ceiling.people, Undefined):
        return _no_ceiling(found, ceiling.people)
    return (
        f"People agree with each other to {figure(ceiling.people)}: this is the ceiling. The model "
        f"agrees with them to {figure(ceiling.model)}. Model minus people: "
        f"{figure(ceiling.difference, sign='+')}."
    )


def _no_ceiling(found: BesidePeople, why: Undefined) -> str:
    people = " and ".join(person.name for person in found.people)
    return (
        f"The model agrees with {people} to {figure(found.agreement)}. The ceiling, how far people "
        f"agree with each other, is not known: {why.reason}."
    )


def _test(test: AlternativeAnnotatorTest | Undefined) -> str:
    if isinstance(test, Undefined):
        return f"Whether the model may stand in for a person can't be tested: {test.reason}."
    if test.value is None:
        p_values = [person.p_value for person in test.people]
        reasons = sorted({found.reason for found in p_values if isinstance(found, Undefined)})
        return f"Alternative annotator test: no result; {'; '.join(reasons)}."
    n_rejected = sum(person.is_rejected for person in test.people)
    n_tested = sum(person.p_value.is_defined for person in test.people)
    share = 100 * (test.advantage.value or 0)
    return (
        f"Alternative annotator test: the model may stand in for {n_rejected} of "
        f"{count(n_tested, 'person', 'people')} tested; on {share:.0f} % of posts it came as near "
        f"to the others as the person did, or nearer."
    )


def _are_set_aside(found: BesidePeople) -> str:
    if found.n_set_aside == 1:
        return "is a repost, a repeat or the moderators' question"
    return "are reposts, repeats or the moderators' questions"


def _n_decided(account: CoderAccount) -> int:
    return account.n_quoted + account.n_left_out
