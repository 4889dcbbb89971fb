"""Sentences on a model beside people: every decision and every gap has its words."""

from secondcoder.reporting.delegation_talks import talks
from secondcoder.reporting.delegation_wording import agreement, decisions, posts, shares
from secondcoder.schema.agreement import CoderAccount
from secondcoder.schema.beside_people import BesidePeople, ThemeBesideOne
from secondcoder.schema.model_beside_people import (
    AlternativeAnnotatorTest,
    Ceiling,
    Delegation,
    DelegationPlan,
    DelegationRule,
    Disagreement,
    Disagreements,
    PersonLeftOut,
    Prevalence,
    ThemePlan,
    ThemesConfused,
)
from secondcoder.schema.runs import Coder, CoderKind
from secondcoder.schema.statistics import Interval, Result, Statistic, Undefined

NONE = Undefined(name="none", reason="nobody coded")


def number(value: float, half: float | None = None) -> Statistic:
    """Return a number, with an interval of so much on each side."""
    spread = (
        None if half is None else Interval(low=value - half, high=value + half, method="by hand")
    )
    return Statistic(name="figure", value=value, n_units=20, interval=spread)


def account(name: str, **counts: int) -> CoderAccount:
    """Return what a coder did."""
    return CoderAccount(name=name, coder=Coder(id=name, kind=CoderKind.PERSON), **counts)


def theme_plan(theme: str, decision: Delegation, **fields: object) -> ThemePlan:
    """Return the plan of a theme."""
    numbers = dict.fromkeys(
        ("prevalence", "people", "model", "difference", "recall", "precision"), number(0.5)
    )
    given: dict[str, object] = {
        "theme": theme,
        "decision": decision,
        "reason": "a reason",
        "is_settled": True,
        "n_posts": 20,
        "n_positives": 10,
        "n_more_searched": 0,
    }
    return ThemePlan.model_validate(numbers | given | fields)


def share(theme: str, corrected: Result, model: Result) -> Prevalence:
    """Return how common a theme is."""
    return Prevalence(
        theme=theme,
        method="dsl",
        estimate=corrected,
        model_alone=model,
        people_alone=NONE,
        n_posts=20,
        n_labelled=10,
        is_sampling_assumed=True,
    )


def beside(**fields: object) -> BesidePeople:
    """Return what was found beside Ann and Ben."""
    given: dict[str, object] = {
        "title": "Rest",
        "secondcoder_version": "0",
        "codebook_sha256": "0",
        "seed": 0,
        "theme_names": {"tea": "Tea", "walks": "Walks", "naps": "Naps"},
        "model": account("model", n_quoted=8, n_left_out=7, n_abstained=3, n_failed=2),
        "people": (account("ann", n_quoted=12), account("ben", n_quoted=11)),
        "n_posts": 20,
        "n_set_aside": 1,
        "n_beside": 12,
        "n_double_coded": 11,
        "agreement": number(0.5),
        "ceiling": NONE,
        "test": NONE,
        "sampling": "All were drawn.",
        "is_representative": True,
        "prevalences": (),
        "delegation": NONE,
        "disagreements": (),
    }
    return BesidePeople.model_validate(given | fields)


def texts(lines: object) -> list[str]:
    """Return the sentences, set in as they are shown."""
    assert hasattr(lines, "__iter__")
    return ["  " * line.depth + line.text for line in lines]


def test_what_the_model_did_not_decide_is_counted_and_is_no_theme() -> None:
    """Abstained and failed apart; unequal chances are said."""
    shown = texts(posts(beside(is_representative=False)))
    assert shown[1] == (
        "model decided 15, left 3 to people, failed on 2 and never saw 0. What it did not decide "
        "is no 'no theme': people code it in any case."
    )
    assert shown[-1].startswith("Posts had unequal chances to be drawn")


def test_one_of_a_thing_is_said_as_one() -> None:
    """Posts set aside, further posts, people tested: no "1 posts"."""
    shown = texts(posts(beside(n_posts=1, n_beside=1)))
    assert shown[0] == "1 post to code; 1 more is a repost, a repeat or the moderators' question."
    assert "rests on the 1 post that" in shown[-1]
    several = texts(posts(beside(n_set_aside=2)))
    assert several[0].endswith("2 more are reposts, repeats or the moderators' questions.")
    theme = theme_plan("tea", Delegation.UNDECIDED, is_settled=False, n_more=1)
    plan = DelegationPlan(rule=DelegationRule(min_positives=1), level=0.95, themes=(theme,))
    _, rule, _, line = texts(decisions(beside(delegation=plan)))
    assert "at least 1 such post." in rule
    assert line.endswith("About 1 more post coded twice should settle it.")
    assert theme.statement.endswith("about 1 more double-coded post should settle it")


def test_themes_stand_under_their_decision() -> None:
    """With the numbers, the reason, and how many more posts."""
    plan = DelegationPlan(
        rule=DelegationRule(),
        level=0.95,
        themes=(
            theme_plan("tea", Delegation.MODEL, people=number(0.8, 0.1)),
            theme_plan("walks", Delegation.UNDECIDED, is_settled=False, n_more=30),
            theme_plan("naps", Delegation.UNDECIDED, prevalence=number(0), precision=NONE),
        ),
    )
    shown = texts(decisions(beside(delegation=plan)))
    assert shown[0].startswith("Each line says how far people agree")
    assert shown[1] == (
        "The rule: people agree to 0.67 or more; the model agrees with them as far, at most 0.10 "
        "less than they do, and finds 0.80 or more of what most people gave; at least 10 such "
        "posts. It looks at the bounds of 95 % intervals."
    )
    assert shown[2:] == [
        "The model may code alone:",
        "  Tea: people 0.80 (0.70 to 0.90), model 0.50, found 5 of 10. A reason.",
        "Not decided by these posts:",
        "  Walks: people 0.50, model 0.50, found 5 of 10. A reason. About 30 more posts coded "
        "twice should settle it.",
        "Not decided, as nobody gave them in these posts: Naps.",
    ]


def test_a_theme_that_no_number_of_posts_settles_says_so() -> None:
    """And one whose agreement has no value says that."""
    theme = theme_plan(
        "tea", Delegation.CHECKED, people=NONE, is_settled=False, n_more_searched=2000
    )
    plan = DelegationPlan(rule=DelegationRule(), level=0.95, themes=(theme,))
    _, _, heading, line = texts(decisions(beside(delegation=plan)))
    assert heading == "The model may code, and a person checks what it found:"
    assert "people without a number" in line
    assert line.endswith("More than 2,000 more posts coded twice would be needed.")


def test_people_who_share_no_post_decide_nothing() -> None:
    """Two people who coded different posts are told what to do."""
    plan = DelegationPlan(rule=DelegationRule(), level=0.95, themes=())
    (line,) = texts(decisions(beside(delegation=plan, n_double_coded=0)))
    assert "Let two people code the same posts" in line


def test_one_person_has_counts() -> None:
    """Themes neither gave are listed at the end."""
    counts = {"n_both": 2, "recall": NONE, "precision": NONE}
    one = (
        ThemeBesideOne.model_validate({"theme": "tea", "n_model": 3, "n_person": 4} | counts),
        ThemeBesideOne(theme="naps", n_model=0, n_person=0, n_both=0, recall=NONE, precision=NONE),
    )
    shown = texts(decisions(beside(one_person=one)))
    assert shown[0].startswith("This can't be said yet. Only ann coded")
    assert shown[2:] == [
        "  Tea: of 4 posts ann gave it, the model found 2; it gave it to 1 more.",
        "Neither gave: Naps.",
    ]


def test_the_ceiling_is_a_sentence() -> None:
    """The difference has its sign."""
    ceiling = Ceiling(
        coefficient="set_alpha",
        people=number(0.8),
        model=number(0.7),
        difference=number(-0.1, 0.2),
        n_units=20,
        n_without_model=0,
    )
    shown = texts(agreement(beside(ceiling=ceiling)))
    assert shown[0] == (
        "People agree with each other to 0.80: this is the ceiling. The model agrees with them to "
        "0.70. Model minus people: -0.10 (-0.30 to +0.10)."
    )
    assert shown[-1].startswith("With two people")
    apart = ceiling.model_copy(update={"people": NONE, "difference": NONE})
    shown = texts(agreement(beside(ceiling=apart)))
    assert shown[0] == (
        "The model agrees with ann and ben to 0.50. The ceiling, how far people agree with each "
        "other, is not known: nobody coded."
    )


def test_the_test_says_for_how_many_people_or_why_not() -> None:
    """Rejected and untested people are counted apart."""
    people = tuple(
        PersonLeftOut(
            person=name,
            n_items=40,
            n_clusters=40,
            model_as_good=number(0.9),
            person_as_good=number(0.9),
            p_value=p_value,
            is_rejected=p_value.is_defined,
        )
        for name, p_value in (("ann", number(0.01)), ("ben", NONE))
    )
    test = AlternativeAnnotatorTest(
        winning_rate=number(1),
        advantage=number(0.9),
        people=people,
        score="jaccard",
        epsilon=0.2,
        q=0.05,
        is_clustered=True,
    )
    shown = texts(agreement(beside(test=test)))
    assert "may stand in for 1 of 1 person tested; on 90 % of posts" in shown[2]
    untested = test.model_copy(update={"winning_rate": NONE, "people": people[1:]})
    shown = texts(agreement(beside(test=untested)))
    assert shown[2] == "Alternative annotator test: no result; nobody coded."


def test_shares_are_sentences() -> None:
    """Themes nobody gave stand apart; one without a share says why."""
    found = beside(
        prevalences=(
            share("tea", number(0.18, 0.05), number(0.25)),
            share("walks", NONE, number(0)),
            share("naps", number(0), number(0)),
        )
    )
    assert texts(shares(found))[2:] == [
        "  Tea: 18 % of posts (13\u201323 %), the model alone says 25 %.",
        "  Walks: no corrected share (nobody coded), the model alone says 0 %.",
        "Nobody gave: Naps.",
    ]


def confused(unit: str, first: str, second: str) -> ThemesConfused:
    """Return one confusion of tea with walks."""
    case = Disagreement(unit=unit, text=f"Words\nof {unit}", first=(first,), second=(second,))
    return ThemesConfused(
        theme="tea",
        other="walks",
        n_first=1,
        n_second=0,
        n_agreed=0,
        to_clarify="Clarify.",
        disagreements=(case,),
    )


def differing(first: str, second: str, *confusions: ThemesConfused, n: int = 9) -> Disagreements:
    """Return where two coders differ."""
    return Disagreements(
        first_coder=first,
        second_coder=second,
        n_units=n,
        n_different=len(confusions),
        confusions=confusions,
    )


def test_confusions_with_both_people_are_one_talk() -> None:
    """Counted by post; an example shows what everybody gave, also who agreed with the model."""
    pairs = (
        differing("model", "ann", confused("p1", "tea", "walks")),
        differing("model", "ben", confused("p2", "walks", "tea")),
        differing("ann", "ben", confused("p1", "walks", "tea")),
    )
    shown = texts(talks(beside(disagreements=pairs)))
    assert shown[8:] == [
        "People among themselves differ on 1 of 9 times that two of them coded a post.",
        "  Tea, or Walks (1 post)",
        "    Clarify.",
        "    \u201cWords of p1\u201d",
        "      model: Tea; ann: Walks; ben: Tea",
    ]
    assert shown[:8] == [
        "The model and people differ on 2 of 18 times that two of them coded a post.",
        "  Tea, or Walks (2 posts)",
        "    model and ann: Clarify.",
        "    model and ben: Clarify.",
        "    \u201cWords of p1\u201d",
        "      model: Tea; ann: Walks; ben: Tea",
        "    \u201cWords of p2\u201d",
        "      model: Walks; ben: Tea",
    ]


def test_people_who_share_no_post_have_nothing_to_talk_about() -> None:
    """It is said rather than left out."""
    assert texts(talks(beside(disagreements=(differing("ann", "ben", n=0),)))) == [
        "People among themselves: no post was coded by both."
    ]


def test_only_the_most_frequent_confusions_are_shown() -> None:
    """The others are counted; what stood for nothing is named so."""
    many = [
        confused(f"p{place}", "tea", "walks").model_copy(
            update={"theme": f"t{place}", "other": None}
        )
        for place in range(7)
    ]
    names = {"tea": "Tea", "walks": "Walks"} | {f"t{place}": f"T{place}" for place in range(7)}
    found = beside(theme_names=names, disagreements=(differing("model", "ann", *many),))
    shown = texts(talks(found))
    assert "  T0, or nothing (1 post)" in shown
    assert shown[-1] == "  2 rarer ones are in the output of --json."
    six = beside(theme_names=names, disagreements=(differing("model", "ann", *many[:6]),))
    assert texts(talks(six))[-1] == "  1 rarer one is in the output of --json."
