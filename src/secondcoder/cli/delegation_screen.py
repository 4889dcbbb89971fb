"""What `delegate` prints, for a reader who knows codebooks and no statistics."""

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from secondcoder.schema.model_beside_people import Delegation
from secondcoder.schema.statistics import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from secondcoder.schema.agreement import CoderAccount
    from secondcoder.schema.beside_people import BesidePeople
    from secondcoder.schema.model_beside_people import (
        Disagreement,
        Disagreements,
        ThemePlan,
        ThemesConfused,
    )
    from secondcoder.schema.statistics import Statistic, Undefined

CONFUSIONS_SHOWN = 5
EXAMPLES_SHOWN = 2

_HEADINGS = {
    Delegation.MODEL: "The model may code alone",
    Delegation.CHECKED: "The model may code, a person checks what it found",
    Delegation.PEOPLE: "People code",
    Delegation.UNDECIDED: "Not decided yet",
}


def show_delegation(found: "BesidePeople", *, as_json: bool) -> None:
    """Print who may code what, how far people agree, how common themes are, what to talk about."""
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    console = Console()
    people = ", ".join(account.name for account in found.people)
    console.print(f"\n[bold]{escape(found.title)}[/]: {escape(found.model.name)} beside {people}")
    sections = (
        ("", _posts(found)),
        ("Who codes what", _decisions(found)),
        ("How far people agree, and the model with them", _agreement(found)),
        ("How common each theme is", _shares(found)),
        ("Worth a talk", _talks(found)),
    )
    for title, lines in sections:
        if title:
            console.print(f"\n[bold]{title}[/]")
        for depth, line in lines:
            console.print(Padding(escape(line), (0, 0, 0, 2 * depth)), highlight=False)
    for note in found.notes:
        console.print(f"[yellow]note:[/] {escape(note)}", highlight=False)


def _posts(found: "BesidePeople") -> "Iterator[tuple[int, str]]":
    yield (
        0,
        f"{found.n_posts} posts to code; {found.n_set_aside} more are reposts, repeats or the "
        f"moderators' questions.",
    )
    model = found.model
    yield (
        0,
        f"{model.name} decided {_decided(model)} of them, left {model.n_abstained} to people and "
        f"failed on {model.n_failed}; {model.n_never_seen} it never saw.",
    )
    for person in found.people:
        yield 0, f"{person.name} coded {_decided(person)}."
    yield (
        0,
        f"Agreement is of the {found.n_beside} posts that the model decided and people coded; two "
        f"people or more coded {found.n_double_coded} of these.",
    )
    if not found.is_representative:
        yield (
            0,
            "Posts were drawn with unequal chances: agreement is of the posts drawn, not of the "
            "chat. The shares of posts below are of the chat.",
        )


def _decided(account: "CoderAccount") -> int:
    return account.n_quoted + account.n_left_out


def _decisions(found: "BesidePeople") -> "Iterator[tuple[int, str]]":
    plan = found.delegation
    if plan.kind == "undefined":
        yield from _with_one_person(found)
        return
    common = [theme for theme in plan.themes if not _is_unseen(theme)]
    for decision, heading in _HEADINGS.items():
        chosen = [theme for theme in common if theme.decision is decision]
        if chosen:
            yield 0, f"{heading}:"
        for theme in chosen:
            yield 1, _theme_line(theme, found.theme_names[theme.theme])
    unseen = [found.theme_names[theme.theme] for theme in plan.themes if _is_unseen(theme)]
    if unseen:
        yield 0, f"Not decided, since nobody gave them in these posts: {'; '.join(unseen)}."


def _is_unseen(theme: "ThemePlan") -> bool:
    """Return whether neither people nor the model gave the theme."""
    return not theme.prevalence.value and theme.precision.value is None


def _theme_line(theme: "ThemePlan", name: str) -> str:
    n_found = round((theme.recall.value or 0) * theme.n_positives)
    line = (
        f"{name}: people agree to {_figure(theme.people)}, the model with them to "
        f"{_figure(theme.model)}; it found {n_found} of the {theme.n_positives} posts most people "
        f"gave it. Why: {theme.reason}."
    )
    if theme.is_settled:
        return line
    if theme.n_more is not None:
        return f"{line} About {theme.n_more} more posts coded by two people should settle it."
    if theme.n_more_searched:
        return f"{line} More than {theme.n_more_searched} more posts would be needed to settle it."
    return line


def _with_one_person(found: "BesidePeople") -> "Iterator[tuple[int, str]]":
    person = found.people[0].name
    yield (
        0,
        f"With the codings of one person, {person}, it can't be said which themes the model may "
        f"code: where the two differ, nobody knows whether the model erred or the codebook leaves "
        f"it open, since nobody knows how far two people would agree. A second person should code "
        f"some of these posts; 'secondcoder sample' draws them.",
    )
    yield (
        0,
        f"What can be said: how often the model gives what {person} gives (here), how common each "
        f"theme is as {person} codes, and where the two differ (both below).",
    )
    for theme in found.one_person:
        if theme.n_model or theme.n_person:
            yield (
                1,
                f"{found.theme_names[theme.theme]}: the model found {theme.n_both} of the "
                f"{theme.n_person} posts {person} gave it{_span(theme.recall)}, and gave it to "
                f"{theme.n_model - theme.n_both} more.",
            )
    never = [
        found.theme_names[theme.theme]
        for theme in found.one_person
        if not (theme.n_model or theme.n_person)
    ]
    if never:
        yield 0, f"Neither gave: {'; '.join(never)}."


def _agreement(found: "BesidePeople") -> "Iterator[tuple[int, str]]":
    ceiling, test = found.ceiling, found.test
    if isinstance(ceiling, _undefined()):
        yield (
            0,
            f"The model agrees with {found.people[0].name} to {_figure(found.agreement)}. How far "
            f"people agree, the ceiling for a model, is not known: {ceiling.reason}.",
        )
    else:
        yield (
            0,
            f"People agree with each other to {_figure(ceiling.people)}: the ceiling. The model "
            f"agrees with them to {_figure(ceiling.model)}; the difference is "
            f"{_figure(ceiling.difference, sign='+')}.",
        )
    yield (
        0,
        "These are Krippendorff's alpha on all themes of a post (MASI distance): 1 is full "
        "agreement, 0 what chance would give.",
    )
    if isinstance(test, _undefined()):
        yield 0, f"Whether the model may stand in for a person is not known: {test.reason}."
        return
    if test.value is None:
        reasons = {person.p_value.reason for person in test.people if not person.p_value.is_defined}
        yield 0, f"Alternative annotator test: no result ({'; '.join(sorted(reasons))})."
    else:
        n_rejected = sum(person.is_rejected for person in test.people)
        yield (
            0,
            f"Alternative annotator test: the model may stand in for {n_rejected} of "
            f"{len(test.people)} people; on {_percent(test.advantage)} of posts it came at least "
            f"as near to the others as the person did.",
        )
    if len(found.people) == len(("one", "another")):
        yield 0, "With two people each is measured by the other alone; three or more are better."
    if found.stability is not None:
        yield from ()


def _shares(found: "BesidePeople") -> "Iterator[tuple[int, str]]":
    yield 0, found.sampling
    rare = []
    for share, statement in zip(found.prevalences, found.statements, strict=True):
        if share.value or share.model_alone.value:
            yield 1, f"{statement}."
        else:
            rare.append(found.theme_names[share.theme])
    if rare:
        yield 0, f"Nobody gave: {'; '.join(rare)}."
