"""A model's initial codes laid together by how alike they are, and named by the model."""

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from api.test_proposing import (
    CHAT,
    analyst,
    asked,
    groups_of,
    members,
    proposal_of,
    segments_of,
    worded,
)
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, failing, saying

import secondcoder
from secondcoder.schema.chat import Chat, Post
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.proposals import InitialCode, Proposal
from secondcoder.schema.proposed import Grain

Script = Callable[[ChatRequest], HttpReply]
TOPICS = ("kettle", "lantern", "saddle", "harbour", "violin", "orchard", "glacier", "ladder")
PEOPLE_PER_TOPIC = 6


def _word(n: int) -> str:
    """Return a word of its own for a number, so that no two posts say nearly the same."""
    return "".join(chr(ord("a") + digit) for digit in divmod(n * 37 % 676, 26)) + "ory"


MANY_TOPICS = tuple(f"{_word(n)}thing" for n in range(600, 615))


def chat_of(*topics: str, people: int = PEOPLE_PER_TOPIC) -> Chat:
    """Return a chat in which so many people speak of each topic, mixed, in words of their own."""
    says = [(topic, one) for one in range(people) for topic in topics]
    posts = (
        Post(
            id=f"p{n:03}",
            author=f"a{n}",
            text=f"A1 the {topic} {_word(n)} {_word(n + 200)} {_word(n + 350)} {_word(n + 500)}",
        )
        for n, (topic, _) in enumerate(says)
    )
    return Chat(info=CHAT.info, posts=(CHAT.posts[0], *posts))


def coding_pairs(request: ChatRequest) -> HttpReply:
    """Code segments of one topic two by two; name groups by their topic."""
    return answering(request, pairs_of(request))


def answering(request: ChatRequest, codes: list[dict[str, object]]) -> HttpReply:
    """Return these codes where segments are to be coded, else a theme per group."""
    groups = groups_of(request)
    if groups:
        return saying(request, json.dumps({"themes": [themed(*group) for group in groups.items()]}))
    return saying(request, json.dumps({"codes": codes}))


def pairs_of(request: ChatRequest) -> list[dict[str, object]]:
    """Return a code for every two segments of a topic, each of a name of its own."""
    return [
        {"code": f"the {topic} matters to {_word(at)}", "segments": places[at : at + 2]}
        for topic, places in topics_of(request).items()
        for at in range(0, len(places), 2)
    ]


def topics_of(request: ChatRequest) -> dict[str, list[int]]:
    """Return the numbers of the segments of each topic."""
    places: dict[str, list[int]] = {}
    for number, text in segments_of(request):
        places.setdefault(text.split()[1], []).append(int(number))
    return places


def themed(number: int, shown: str) -> dict[str, object]:
    """Return a theme for a group, named by its first code."""
    name = re.search(r"^\[\d+\] (.*) \(\d+\)$", shown, re.MULTILINE)
    return {**worded(number, shown), "name": f"About {name[1]}" if name else "Nothing"}


def cited(codes: tuple[InitialCode, ...]) -> set[str]:
    """Return the posts that codes cite."""
    return {segment.post_id for code in codes for segment in code.segments}


def proposed(
    tmp_path: Path,
    chat: Chat,
    script: Script = coding_pairs,
    *,
    grain: Grain | int = "medium",
) -> tuple[Proposal, list[ChatRequest]]:
    """Return what a model behind a scripted server proposes, and what it was asked."""
    return asked(script, tmp_path, chat=chat, grain=grain)


def test_codes_that_are_alike_are_one_theme_and_each_lies_in_one(tmp_path: Path) -> None:
    """Four topics of six people, three codes each: a theme is a topic, with the codes it cites."""
    found, requests = proposed(tmp_path, chat_of(*TOPICS[:4]), grain=4)
    assert len(requests) == 2
    assert [len(theme.codes) for theme in found.themes] == [3] * 4
    names = [code.name for theme in found.themes for code in theme.codes]
    assert len(names) == len(set(names)) == 12
    for theme in found.themes:
        assert {quote.post_id for quote in theme.quotes} == cited(theme.codes)
        name = found.theme(theme.theme_id).name
        (topic,) = (topic for topic in TOPICS if topic in name)
        assert all(topic in quote.text for quote in theme.quotes)
    assert found.residue[0].quotes == ()


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    """The same requests, answered from the ledger, and the same codebook."""
    chat = chat_of(*TOPICS)
    rows = list(chat.posts)
    random.Random(3).shuffle(rows)  # noqa: S311  # rows, no secret
    with ScriptedServer(coding_pairs) as server:
        options = ModelOptions(base_url=server.url, mode="json")
        first, again = (
            secondcoder.propose(
                chat.model_copy(update={"posts": tuple(posts)}),
                coder="m",
                options=options,
                ledger=tmp_path / "ledger.sqlite",
            )
            for posts in (chat.posts, rows)
        )
    assert first.run.usage.n_requests == again.run.usage.n_reused > 2
    assert again.codebook.sha256 == first.codebook.sha256
    assert again.themes == first.themes


def test_the_order_in_which_a_model_writes_its_codes_changes_no_theme(tmp_path: Path) -> None:
    """The same codes the other way round lie in the same groups."""

    def backwards(request: ChatRequest) -> HttpReply:
        return answering(request, pairs_of(request)[::-1])

    chat = chat_of(*TOPICS)
    one, other = (proposed(tmp_path, chat, script)[0] for script in (coding_pairs, backwards))
    assert members(one) == members(other)
    assert one.codebook.sha256 == other.codebook.sha256


def test_codes_of_one_name_are_one_code_whichever_batch_they_came_from(tmp_path: Path) -> None:
    """Two batches of 48 segments: the second says the first's names in other letters and marks."""

    def script(request: ChatRequest) -> HttpReply:
        is_last = len(segments_of(request)) < 40
        codes: list[dict[str, object]] = [
            {
                "code": f"The {topic.upper()} matters!" if is_last else f"the {topic} matters",
                "segments": places,
            }
            for topic, places in topics_of(request).items()
        ]
        return answering(request, codes)

    found, requests = proposed(tmp_path, chat_of(*TOPICS), script, grain=8)
    assert len([each for each in requests if not groups_of(each)]) == 2
    assert [[code.name for code in theme.codes] for theme in found.themes] == [
        [f"the {topic} matters"] for topic in TOPICS
    ]
    assert all(len(theme.codes[0].segments) == PEOPLE_PER_TOPIC for theme in found.themes)


def test_a_number_of_themes_is_a_promise_and_a_word_is_none(tmp_path: Path) -> None:
    """Eight topics can be quoted by three people each; of 30 themes, a note says how many came."""
    chat = chat_of(*TOPICS)
    for n in (1, 3, 8):
        found, _ = proposed(tmp_path, chat, grain=n)
        assert len(found.themes) == n
        assert found.notes == ()
    found, _ = proposed(tmp_path, chat, grain=30)
    (note,) = (note.message for note in found.notes)
    assert note.startswith(f"Q1: 30 themes were asked for, and {len(found.themes)} came")
    few, many = (proposed(tmp_path, chat, grain=word)[0] for word in ("few", "many"))
    assert len(few.themes) < len(many.themes)


def test_many_is_never_fewer_themes_than_there_can_be(tmp_path: Path) -> None:
    """Four topics, three codes of two people each: nine groups would leave codes of two alone."""
    found, _ = proposed(tmp_path, chat_of(*TOPICS[:4]), grain="many")
    assert len(found.themes) == 4
    assert found.notes == ()


def test_a_code_of_three_people_is_a_theme_alone_and_one_of_two_is_listed(tmp_path: Path) -> None:
    """Nothing else is like either; the second stands under its code's name, as of too few."""
    chat = chat_of("kettle", "lantern", people=3)
    chat = chat.model_copy(update={"posts": chat.posts[:-1]})

    def script(request: ChatRequest) -> HttpReply:
        topics = topics_of(request).items()
        return answering(
            request, [{"code": f"{topic} only", "segments": places} for topic, places in topics]
        )

    found, _ = proposed(tmp_path, chat, script, grain=2)
    assert members(found) == [{"p000", "p002", "p004"}]
    (few,) = found.residue[0].too_few
    assert (few.name, few.n_authors) == ("lantern only", 2)
    assert cited(few.codes) == {"p001", "p003"}


def test_a_model_is_told_of_neighbours_and_later_packs_of_the_names_that_are_taken(
    tmp_path: Path,
) -> None:
    """Fifteen topics, twelve themes a request: the second is told twelve names, and keeps off."""
    n_named = 0

    def script(request: ChatRequest) -> HttpReply:
        nonlocal n_named
        shown = groups_of(request)
        if not shown:
            return coding_pairs(request)
        names = [f"Theme {n_named + number}" for number in shown]
        if "Themes that have their name already" in request.user:
            is_first_try = "could not be used" not in request.user
            names[0] = "theme 1" if is_first_try else names[0]
        themes = [
            {**worded(number, text), "name": name}
            for name, (number, text) in zip(names, shown.items(), strict=True)
        ]
        n_named += len(shown) if names[0] != "theme 1" else 0
        return saying(request, json.dumps({"themes": themes}))

    found, requests = proposed(tmp_path, chat_of(*MANY_TOPICS, people=3), script, grain=15)
    naming = [request.user for request in requests if groups_of(request)]
    assert [len(groups_of(request)) for request in requests if groups_of(request)] == [12, 3, 3]
    assert all(
        re.search(r"^Group 1, near (group \d+|“Theme \d+”) and", user, re.MULTILINE)
        for user in naming
    )
    assert [f"- Theme {number}" in naming[1] for number in (1, 12, 13)] == [True, True, False]
    assert "another theme is called 'theme 1', too" in naming[2]
    assert {theme.name for theme in found.codebook.themes} == {
        f"Theme {number}" for number in range(1, 16)
    }


def moving(*moves: tuple[int, int]) -> Script:
    """Return a model that codes pairs, and says of codes in which group they belong."""

    def script(request: ChatRequest) -> HttpReply:
        groups = groups_of(request)
        if not groups:
            return coding_pairs(request)
        reply = {
            "themes": [themed(*group) for group in groups.items()],
            "moves": [{"code": code, "group": group} for code, group in moves],
        }
        return saying(request, json.dumps(reply))

    return script


def test_a_model_lays_codes_where_they_belong_and_each_is_still_in_one_theme(
    tmp_path: Path,
) -> None:
    """Four groups of three codes; the fourth code goes to the first group, with what it cites."""
    chat = chat_of(*TOPICS[:4])
    before, _ = proposed(tmp_path, chat, grain=4)
    (tmp_path / "ledger.sqlite").unlink()
    after, requests = proposed(tmp_path, chat, moving((4, 1), (1, 1)), grain=4)
    lines = re.findall(r"^\[(\d+)\] (.*) \(\d+\)$", requests[-1].user, re.MULTILINE)
    assert [int(number) for number, _ in lines] == list(range(1, 13))
    moved = lines[3][1]
    first = next(theme for theme in after.themes if len(theme.codes) == 4)
    assert moved in {code.name for code in first.codes}
    assert {quote.post_id for quote in first.quotes} == cited(first.codes)
    assert sorted(len(theme.codes) for theme in after.themes) == [2, 3, 3, 4]
    assert {code.name for theme in after.themes for code in theme.codes} == {
        code.name for theme in before.themes for code in theme.codes
    }


def test_a_code_in_no_group_is_laid_to_a_theme_where_the_model_says_so(tmp_path: Path) -> None:
    """Two people on lanterns are too few; the model sees the idea of the kettles in them."""
    chat = chat_of("kettle", "lantern", people=3)
    chat = chat.model_copy(update={"posts": chat.posts[:-1]})

    def script(request: ChatRequest) -> HttpReply:
        if groups_of(request):
            assert "In no group\n[2] lantern only (2)" in request.user
            return moving((2, 1))(request)
        codes = [
            {"code": f"{topic} only", "segments": places}
            for topic, places in topics_of(request).items()
        ]
        return saying(request, json.dumps({"codes": codes}))

    found, _ = proposed(tmp_path, chat, script, grain=2)
    assert members(found) == [{f"p00{n}" for n in range(5)}]
    assert [code.name for code in found.themes[0].codes] == ["kettle only", "lantern only"]
    assert found.residue[0].too_few == ()


def test_what_too_few_people_are_left_in_is_listed_under_the_name_it_was_given(
    tmp_path: Path,
) -> None:
    """Two of a group's three codes are moved away: two people are left in it."""
    found, _ = proposed(tmp_path, chat_of(*TOPICS[:2]), moving((1, 2), (2, 2)), grain=2)
    (theme,), (few,) = found.themes, found.residue[0].too_few
    assert (len(theme.codes), len(few.codes), few.n_authors) == (5, 1, 2)
    assert few.name.startswith("About the ")
    (note,) = (note.message for note in found.notes)
    assert note.startswith("Q1: 2 themes were asked for, and 1 came")


@pytest.mark.parametrize(
    ("moves", "complaint"),
    [
        ([(9, 1)], "it moves code 9, and there are codes 1 to 6"),
        ([(1, 3)], "it moves a code to group 3, and there are groups 1 to 2"),
        ([(1, 2), (1, 1)], "it moves code 1 twice"),
        ([(1, 2), (2, 2), (3, 2)], "no code is left in group 1"),
    ],
)
def test_moves_that_lose_a_group_or_name_what_is_not_there_are_refused(
    moves: list[tuple[int, int]], complaint: str, tmp_path: Path
) -> None:
    """Two groups of three codes; after three such replies the groups stand as they were."""
    found, requests = proposed(tmp_path, chat_of(*TOPICS[:2]), moving(*moves), grain=2)
    assert complaint in requests[2].user
    assert [len(theme.codes) for theme in found.themes] == [3, 3]
    assert any(complaint in note.message for note in found.notes)


@pytest.mark.parametrize(
    ("groups", "name", "complaint"),
    [
        ([1], "A", "group 2 has no theme"),
        ([1, 2, 2], "A", "group 2 has more than one theme"),
        ([1, 2, 3], "A", "it names group 3, and there are groups 1 to 2"),
        ([1, 2], "One name", "another theme is called 'One name', too"),
        ([1, 2], "?", "the theme of group 1 has no name"),
    ],
)
def test_every_group_gets_one_theme_of_its_own_name(
    groups: list[int], name: str, complaint: str, tmp_path: Path
) -> None:
    """Two groups; a reply that loses, doubles or invents one, or names two alike, is refused."""

    def script(request: ChatRequest) -> HttpReply:
        if not groups_of(request):
            return analyst(request)
        themes = [
            {**worded(n, ""), "name": name if len(name) != 1 or name == "?" else f"{name} {at}"}
            for at, n in enumerate(groups)
        ]
        return saying(request, json.dumps({"themes": themes}))

    found, requests = asked(script, tmp_path)
    assert complaint in requests[2].user
    assert len(requests) == 1 + 3
    assert len(found.themes) == 2
    assert any(complaint in note.message for note in found.notes)


def test_themes_whose_names_never_came_keep_their_segments_and_their_codes_name(
    tmp_path: Path,
) -> None:
    """The server breaks at names. What was paid is not lost, a note tells, and asking again mends.

    Their quotes define the themes, as where no model is asked.
    """
    is_broken = True

    def script(request: ChatRequest) -> HttpReply:
        return failing(500) if is_broken and groups_of(request) else analyst(request)

    with ScriptedServer(script) as server:
        options = ModelOptions(base_url=server.url, mode="json", max_attempts=3)
        store = tmp_path / "ledger.sqlite"
        found = secondcoder.propose(CHAT, coder="m", options=options, ledger=store)
        is_broken = False
        again = secondcoder.propose(CHAT, coder="m", options=options, ledger=store)
    assert members(found) == [{"t0", "t1", "t2", "t3"}, {"u0", "u1", "u2", "u3"}]
    assert [theme.name for theme in found.codebook.themes] == ["tea it is", "rota it is"]
    for theme in found.codebook.themes:
        assert theme.definition.startswith("Answers that make the same point as “")
        assert theme.include
        assert theme.exclude
    assert [len(theme.codes) for theme in found.themes] == [1, 1]
    (note,) = (note.message for note in found.notes)
    assert note.startswith("Q1: a request for names failed, so themes are called by a code of")
    assert proposal_of(found.codebook).n_failed == 1
    assert [theme.name for theme in again.codebook.themes] == ["All about tea", "All about rota"]
    assert (again.run.usage.n_reused, again.run.usage.n_requests, again.notes) == (1, 1, ())


def test_many_codes_are_gathered_once_and_the_estimate_knows_how_often_is_asked(
    tmp_path: Path,
) -> None:
    """300 segments in eight batches; then 16 themes in two packs: as many as were planned."""
    chat = chat_of(*MANY_TOPICS, people=20)
    with ScriptedServer(coding_pairs) as server:
        options = ModelOptions(base_url=server.url, mode="json")
        store = tmp_path / "ledger.sqlite"
        before = secondcoder.estimate_proposal(chat, coder="m", options=options, ledger=store)
        found = secondcoder.propose(chat, coder="m", options=options, ledger=store)
        n_asked = len(list(server.requests))
        after = secondcoder.estimate_proposal(chat, coder="m", options=options, ledger=store)
        again = secondcoder.propose(chat, coder="m", options=options, ledger=store)
        assert len(list(server.requests)) == n_asked
    assert before.n_requests == n_asked == 8 + 2
    assert (after.n_requests, again.run.usage.n_reused) == (0, n_asked)
    everywhere = [code.name for theme in found.themes for code in theme.codes]
    everywhere += [code.name for few in found.residue[0].too_few for code in few.codes]
    assert len(everywhere) == len(set(everywhere))
    assert sum(len(theme.codes) for theme in found.themes) > 12
