"""A model beside people, on a made chat whose every number can be counted by hand.

Of 80 posts people coded the first 40. Ann gave `tea` to posts 0-19, Ben to 0-18 and 20, the model
to 0-17, 21 and 40-59; nobody gave `walks`.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pytest

import secondcoder
from secondcoder import (
    BesidePeople,
    Chat,
    Codebook,
    Codings,
    CodingsError,
    InputError,
    Interval,
    Post,
    Sample,
    Theme,
    Undefined,
)
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    CodingsInfo,
    Failure,
    LeftOut,
    LeftOutReason,
    Outcome,
    PostCodings,
    Quoted,
)
from secondcoder.schema.identity import sha256
from secondcoder.schema.model_beside_people import Delegation, DelegationRule
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run
from secondcoder.schema.sampling import SampledPost, Stratum

BOOK = Codebook(themes=(Theme(id="tea", name="Tea"), Theme(id="walks", name="Walks")))
N_POSTS, N_CODED = 80, 40
ABSTAINED = Abstention(note="unsure")
FAILED = Failure(error="ResponseError", detail="empty")
ANN = frozenset(range(20))
BEN = frozenset({*range(19), 20})
MODEL = frozenset({*range(18), 21, *range(40, 60)})


def text_of(place: int) -> str:
    """Return a text that repeats no other."""
    syllables = ("ka", "lo", "mi", "nu", "pe", "ra", "so", "tu", "ve", "zi")
    word = syllables[place // 10 % 10] + syllables[place % 10]
    return f"{word} helps me, says {word}man"


def codings(  # noqa: PLR0913  # a case each, by keyword
    coder: str,
    with_tea: Collection[int],
    posts: Iterable[int] = range(N_CODED),
    *,
    kind: CoderKind = CoderKind.PERSON,
    outcomes: Mapping[int, Outcome] | None = None,
    book: Codebook = BOOK,
) -> Codings:
    """Return a coder's codings: `tea` in some of the posts, nothing in the others."""
    coded = []
    for place in posts:
        post = Post(id=f"p{place}", text=text_of(place))
        quote = Quote.cut(post, [Span(start=0, end=4)])
        outcome: Outcome = LeftOut(reason=LeftOutReason.NO_IDEA)
        if place in with_tea:
            outcome = Quoted(codings=(Coding(quote=quote, theme_ids=("tea",)),))
        outcome = (outcomes or {}).get(place, outcome)
        coded.append(PostCodings(post=post, outcome=outcome))
    run = Run(id="r", coder=Coder(id=coder, kind=kind))
    info = CodingsInfo(chat=secondcoder.ChatInfo(title="Rest"), codebook=book, run=run)
    return Codings(info=info, posts=tuple(coded))


def model(n_posts: int = N_POSTS, outcomes: Mapping[int, Outcome] | None = None) -> Codings:
    """Return the model's codings."""
    posts = range(n_posts)
    return codings("model", MODEL, posts, kind=CoderKind.MODEL, outcomes=outcomes)


def people() -> tuple[Codings, Codings]:
    """Return Ann's and Ben's codings."""
    return codings("ann", ANN), codings("ben", BEN)


def sample(n_drawn_of_b: int = 20, text: str | None = None) -> Sample:
    """Return posts 0-19 as all of stratum a, and some of the 60 others as drawn from b."""
    strata = (
        Stratum(name="a", n_posts=20, n_drawn=20),
        Stratum(name="b", n_posts=60, n_drawn=n_drawn_of_b),
    )
    posts = [(place, strata[place >= 20]) for place in range(20 + n_drawn_of_b)]
    return Sample(
        title="Rest",
        secondcoder_version="0",
        seed=3,
        stratify="theme",
        n_asked=len(posts),
        n_posts=N_POSTS,
        n_codable=N_POSTS,
        chat_sha256="",
        strata=strata,
        posts=tuple(
            SampledPost(
                post_id=f"p{place}",
                stratum=stratum.name,
                probability=stratum.probability,
                text_sha256=sha256(text or text_of(place)),
            )
            for place, stratum in posts
        ),
        coders=("ann", "ben"),
    )


@pytest.fixture(scope="module")
def found() -> BesidePeople:
    """Return what is found beside Ann and Ben, the model failing once and abstaining once."""
    return secondcoder.delegate(
        model(N_POSTS + 2, {80: FAILED, 81: ABSTAINED}), *people(), again=model()
    )


def test_posts_are_counted(found: BesidePeople) -> None:
    """Failed and abstained are told from decided; none of them is a repeat."""
    assert (found.n_posts, found.n_set_aside) == (82, 0)
    assert (found.n_beside, found.n_double_coded) == (40, 40)
    assert (found.model.n_failed, found.model.n_abstained) == (1, 1)
    assert [person.name for person in found.people] == ["ann", "ben"]


def test_the_ceiling_is_the_alpha_of_ann_and_ben(found: BesidePeople) -> None:
    """They differ on 2 of 40 posts with 40 of 80 ratings each: 1 - (2/40) / (2*40*40/(80*79))."""
    assert not isinstance(found.ceiling, Undefined)
    expected = 1 - (2 / 40) / (2 * 40 * 40 / (80 * 79))
    assert found.ceiling.people.value == pytest.approx(expected)
    assert found.agreement == found.ceiling.model
    assert isinstance(found.ceiling.difference.interval, Interval)


def test_the_plan_counts_what_both_people_gave(found: BesidePeople) -> None:
    """Both gave tea to 19 posts, of which the model found 18: too few to show a recall of 0.8."""
    assert not isinstance(found.delegation, Undefined)
    tea, walks = found.delegation.themes
    assert tea.n_positives == 19
    assert tea.recall.value == pytest.approx(18 / 19)
    assert tea.decision is Delegation.UNDECIDED
    assert tea.n_more is not None
    assert walks.n_positives == 0


def test_the_rule_can_be_changed() -> None:
    """Who asks for less recall has a decision from the same posts."""
    rule = DelegationRule(min_recall=0.7, margin=0.3)
    plan = secondcoder.delegate(model(), *people(), rule=rule).delegation
    assert not isinstance(plan, Undefined)
    assert plan.rule == rule
    assert plan.themes[0].decision is Delegation.MODEL


def test_each_theme_is_a_row_of_a_frame_and_a_line_of_a_table() -> None:
    """With one person no decision, and the shares all the same."""
    found = secondcoder.delegate(model(), *people())
    for frame in (found.to_pandas(), found.to_polars().to_pandas()):
        assert list(frame.columns) == list(found.columns())
        assert list(frame["theme_id"]) == [share.theme for share in found.prevalences]
        assert frame["decision"][0] == "undecided"
        assert frame["n_positives"][1] == 0
    assert found.table().row_count == len(found.rows())
    alone = secondcoder.delegate(model(), people()[0])
    assert alone.rows()[0].decision is None
    assert alone.rows()[0].share is not None
    assert alone.table().row_count == len(alone.rows())


def test_the_level_of_the_intervals_and_the_search_can_be_changed() -> None:
    """The plan says both; a number out of range is told."""
    plan = secondcoder.delegate(model(), *people(), level=0.8, max_more=7).delegation
    assert not isinstance(plan, Undefined)
    assert plan.level == 0.8
    assert {theme.n_more_searched for theme in plan.themes} <= {0, 7}
    recall = plan.themes[0].recall.interval
    assert isinstance(recall, Interval)
    assert recall.level == 0.8
    with pytest.raises(InputError, match="level 95: it must lie between 0 and 1"):
        secondcoder.delegate(model(), *people(), level=95)
    with pytest.raises(InputError, match="max_more 0: it must be 1 or more"):
        secondcoder.delegate(model(), *people(), max_more=0)


def test_the_share_of_posts_is_corrected(found: BesidePeople) -> None:
    """The model gave 39 of 80; in 40 posts people gave 20 (halves for doubt), it 19: + 1/40."""
    tea = found.prevalences[0]
    assert tea.model_alone.value == pytest.approx(39 / 80)
    assert tea.value == pytest.approx(39 / 80 + 1 / 40)
    assert tea.is_sampling_assumed
    assert "40 posts that people coded are taken as drawn with equal probability" in found.sampling
    assert found.statements[0].startswith("Tea: 51 % of posts (")


def test_the_sampling_probabilities_of_a_sample_are_used() -> None:
    """In a people gave 1.5 more than the model, in b 0.5 less, and b's posts count for three."""
    found = secondcoder.delegate(model(), *people(), sample=sample())
    tea = found.prevalences[0]
    assert tea.value == pytest.approx(39 / 80 + (1.5 - 3 * 0.5) / 80)
    assert not tea.is_sampling_assumed
    assert not found.is_representative
    assert found.sampling == ("40 of 80 posts were drawn with seed 3, equally many of each theme.")


def test_posts_that_were_drawn_and_not_coded_are_missing_by_chance() -> None:
    """Half of what was drawn from b is coded, so its posts count for six."""
    few = [codings("ann", ANN, range(30)), codings("ben", BEN, range(30))]
    found = secondcoder.delegate(model(), *few, sample=sample())
    assert found.prevalences[0].value == pytest.approx(39 / 80 + (1.5 - 6 * 0.5) / 80)
    assert "no person coded 10 of them" in found.sampling


def test_posts_that_were_not_drawn_take_no_part_in_the_shares() -> None:
    """Of b only post 20 was drawn; post 21, where the model erred, tells nothing of the rest."""
    found = secondcoder.delegate(model(), *people(), sample=sample(1))
    assert found.prevalences[0].n_labelled == 21
    assert "19 more that people coded were not drawn" in found.sampling
    assert found.n_double_coded == 40


def test_two_people_can_be_tested_and_three_as_well(found: BesidePeople) -> None:
    """The test leaves each person out; who agrees as well as the model is stood in for."""
    assert not isinstance(found.test, Undefined)
    assert [person.n_items for person in found.test.people] == [40, 40]
    three = secondcoder.delegate(model(), *people(), codings("eve", ANN))
    assert not isinstance(three.test, Undefined)
    assert [person.person for person in three.test.people] == ["ann", "ben", "eve"]


def test_disagreements_hold_codings_and_text(found: BesidePeople) -> None:
    """The model and Ann differ on posts 18, 19 and 21."""
    pair = found.disagreements[0]
    assert (pair.first_coder, pair.second_coder) == ("model", "ann")
    (confused,) = pair.confusions
    assert [case.unit for case in confused.disagreements] == ["p18", "p19", "p21"]
    assert confused.disagreements[0].text == text_of(18)
    assert (confused.disagreements[0].first, confused.disagreements[0].second) == ((), ("tea",))
    assert len(found.disagreements) == 3


def test_stability_is_of_the_posts_decided_twice(found: BesidePeople) -> None:
    """Failed and abstained are no rating."""
    assert found.stability is not None
    assert (found.stability.agreement.value, found.stability.n_units) == (1.0, 80)


def test_one_person_gives_no_ceiling_no_test_and_no_plan() -> None:
    """But counts, a corrected share and disagreements."""
    found = secondcoder.delegate(model(), people()[0])
    for part in (found.ceiling, found.test, found.delegation):
        assert isinstance(part, Undefined)
        assert "a second person's is needed" in part.reason
    tea, walks = found.one_person
    assert (tea.n_model, tea.n_person, tea.n_both) == (19, 20, 18)
    assert tea.recall.value == pytest.approx(18 / 20)
    assert tea.precision.value == pytest.approx(18 / 19)
    assert isinstance(walks.recall, Undefined)
    assert found.prevalences[0].value == pytest.approx(39 / 80 + 1 / 40)
    assert found.agreement.value is not None


def test_what_is_found_can_be_written_and_read(found: BesidePeople) -> None:
    """As JSON, whole."""
    again = BesidePeople.model_validate_json(found.model_dump_json())
    assert again.model_dump() == found.model_dump()


def test_the_same_seed_gives_the_same_numbers(found: BesidePeople) -> None:
    """And another seed is recorded."""
    once_more = secondcoder.delegate(
        model(N_POSTS + 2, {80: FAILED, 81: ABSTAINED}), *people(), again=model()
    )
    assert once_more == found
    assert secondcoder.delegate(model(), people()[0], seed=7).seed == 7


def test_reposts_and_repeats_are_set_aside() -> None:
    """`sample` would not draw them, whoever coded them."""
    chat = model(N_CODED)
    repost = PostCodings(
        post=Post(id="r", text=f"RT @ann: {text_of(1)}", is_repost=True),
        outcome=LeftOut(reason=LeftOutReason.REPOST),
    )
    repeat = PostCodings(
        post=Post(id="d", text=text_of(1)),
        outcome=LeftOut(reason=LeftOutReason.DUPLICATE, same_as="p1"),
    )
    more = chat.model_copy(update={"posts": (*chat.posts, repost, repeat)})
    found = secondcoder.delegate(more, people()[0])
    assert (found.n_posts, found.n_set_aside) == (N_CODED, 2)
    assert found.sampling == "People coded all 40 posts."


def test_sheets_and_sample_files_are_read(tmp_path: Path) -> None:
    """As `sample` wrote them and people filled them in."""
    posts = tuple(coded.post for coded in model().posts)
    drawn = secondcoder.sample(Chat(posts=posts), 40, codebook=BOOK, output=tmp_path)
    ids = {post.post_id for post in drawn.posts}
    sheet = tmp_path / "filled.csv"
    rows = [f"p{place},{'tea' if place in ANN else 'none'}" for place in range(N_POSTS)]
    kept = [row for row in rows if row.split(",")[0] in ids]
    sheet.write_text("\n".join(["post_id,themes", *kept]), "utf-8")
    found = secondcoder.delegate(model(), sheet, sample=tmp_path / "sample.json")
    assert found.n_beside == 40
    assert found.prevalences[0].sampling[0].probability == pytest.approx(1 / 2)
    path = tmp_path / "ann.jsonl"
    secondcoder.write_codings(people()[0], path)
    secondcoder.write_codings(model(), tmp_path / "model.jsonl")
    assert secondcoder.delegate(tmp_path / "model.jsonl", path).people[0].name == "ann"


def test_another_codebook_is_refused() -> None:
    """Also where the ids are the same: what a theme means may differ."""
    book = BOOK.model_copy(update={"version": "2"})
    with pytest.raises(CodingsError, match=r"model \(version 1, .*ann \(version 2, .*different"):
        secondcoder.delegate(model(), codings("ann", ANN, book=book))


def test_another_text_is_refused_by_the_posts_id() -> None:
    """In codings and in the sample."""
    ann = people()[0]
    other = ann.posts[3].model_copy(
        update={"post": Post(id="p3", text="other words"), "outcome": ABSTAINED}
    )
    edited = ann.model_copy(update={"posts": (*ann.posts[:3], other, *ann.posts[4:])})
    with pytest.raises(CodingsError, match="post p3 reads differently"):
        secondcoder.delegate(model(), edited)
    with pytest.raises(CodingsError, match=r"post p0 reads differently .* sample"):
        secondcoder.delegate(model(), ann, sample=sample(text="other"))
    with pytest.raises(CodingsError, match=r"post p40 was drawn .* is not in the codings"):
        secondcoder.delegate(model(N_CODED), ann, sample=sample(21))


def test_codings_that_can_t_be_compared_are_refused() -> None:
    """Nobody, nothing in common, or another coder given as the same one."""
    with pytest.raises(CodingsError, match="codings of one person or more"):
        secondcoder.delegate(model())
    silent = dict.fromkeys(range(N_CODED), ABSTAINED)
    with pytest.raises(CodingsError, match="decided no post both"):
        secondcoder.delegate(model(N_CODED, silent), *people())
    with pytest.raises(CodingsError, match="'again' holds the codings of ann"):
        secondcoder.delegate(model(), people()[1], again=people()[0])


def test_a_file_that_is_no_sample_is_refused(tmp_path: Path) -> None:
    """It says what to give."""
    with pytest.raises(InputError, match="can't be read"):
        secondcoder.delegate(model(), people()[0], sample=tmp_path / "none.json")
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}", "utf-8")
    with pytest.raises(InputError, match="is no sample: title"):
        secondcoder.delegate(model(), people()[0], sample=wrong)


def test_what_readers_should_know_is_noted() -> None:
    """A model in a person's place, and a sample from another number of posts."""
    found = secondcoder.delegate(model(), codings("bot", ANN, kind=CoderKind.MODEL))
    assert found.notes == ("bot is no person; what follows takes its codings as a person's",)
    found = secondcoder.delegate(model(60), people()[0], sample=sample())
    assert "drawn from 80 posts, and the codings hold 60" in found.notes[0]


def test_themes_of_one_name_are_told_apart() -> None:
    """By their id."""
    book = Codebook(themes=(Theme(id="tea", name="Tea"), Theme(id="tea-2", name="Tea")))
    of_model = codings("model", MODEL, book=book)
    found = secondcoder.delegate(of_model, codings("ann", ANN, book=book))
    assert found.theme_names == {"tea": "Tea (tea)", "tea-2": "Tea (tea-2)"}
