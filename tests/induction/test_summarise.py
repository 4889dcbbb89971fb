"""Key findings on a chat that was counted by hand; the model's over real HTTP."""

import asyncio
import json
from collections.abc import Callable

import pytest
from induction.small_chat import BOOK, TWELVE, coded, with_finding
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, saying

from secondcoder.coding.asking import ModelAsker
from secondcoder.induction.summarise import draft_key_findings, key_findings
from secondcoder.schema.codings import Codings
from secondcoder.schema.key_findings import FindingOrigin, KeyFinding, Withheld
from secondcoder.schema.options import ModelOptions


def by_place(findings: tuple[KeyFinding, ...]) -> dict[tuple[str | None, str], KeyFinding]:
    """Return each finding under its question and theme."""
    return {(one.question_id, one.theme_id): one for one in findings}


def drafted(
    codings: Codings, script: Callable[[ChatRequest], HttpReply]
) -> tuple[tuple[KeyFinding, ...], list[ChatRequest]]:
    """Return what a model behind a server that follows the script made of the codings."""

    async def run(url: str) -> tuple[KeyFinding, ...]:
        options = ModelOptions(base_url=url, mode="json")
        async with ModelAsker("m", options=options, backoff_s=0.001) as asker:
            return await draft_key_findings(codings, asker)

    with ScriptedServer(script) as server:
        return asyncio.run(run(server.url)), list(server.requests)


def answering(sentence: str, *quotes: int) -> Callable[[ChatRequest], HttpReply]:
    """Return a script that says this of every theme."""
    reply = json.dumps({"sentence": sentence, "quotes": quotes})
    return lambda request: saying(request, reply)


def test_people_are_counted_and_a_handle_in_two_spellings_is_one() -> None:
    """Seven of the eleven who answered Q1 spoke of tea, ann twice; three of time."""
    found = by_place(key_findings(coded()))
    assert found["Q1", "tea"].text == (
        "Most participants quoted on this question (7 of 11) spoke of “Tea breaks”, in 8 posts."
    )
    assert found["Q1", "time"].text == (
        "Many participants quoted on this question (3 of 11) spoke of “Time”, in 3 posts."
    )
    assert found["Q2", "time"].text == (
        "The only participant quoted on this question spoke of “Time”, in 1 post."
    )
    assert {finding.origin for finding in found.values()} == {FindingOrigin.COUNTS}


def test_nobody_is_scaled_where_a_post_is_unsigned() -> None:
    """Who wrote the thirteenth post is not known, so of how many people seven are isn't either."""
    found = by_place(key_findings(coded([*TWELVE, (None, "time and time again", "Q1", "time")])))
    assert found["Q1", "tea"].text == (
        "Seven participants spoke of “Tea breaks”, in 8 of the 13 posts quoted on this question."
    )
    assert found["Q1", "time"].text == (
        "Many posts quoted on this question (4 of 13; 3 by three participants, 1 unsigned) spoke "
        "of “Time”."
    )


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        ((*"cd", *"ef"), "Two of six participants quoted on this question spoke of “Tea breaks”"),
        (
            (*"cdefghijkl",),
            "Two participants quoted on this question (2 of 12) spoke of “Tea breaks”",
        ),
        ((), "Both participants quoted on this question spoke of “Tea breaks”"),
        ((None,), "Two participants spoke of “Tea breaks”, in 9 of the 10 posts quoted on this"),
        ((*"cd", None), "Two participants spoke of “Tea breaks”, in 9 of the 12 posts quoted on"),
    ],
)
def test_two_who_wrote_nine_posts_read_as_two(beside: tuple[str | None, ...], words: str) -> None:
    """Whoever else was quoted, signed or not: nothing says most, many or several."""
    nine = [("ab"[n % 2], f"we stop for tea, day {n}", "Q1", "tea") for n in range(9)]
    others = [(author, "rotas decide who gets a pause", "Q1", "time") for author in beside]
    found = by_place(key_findings(coded([*nine, *others])))["Q1", "tea"].text
    assert found.startswith(words)
    assert not {"most", "many", "several", "few"} & set(found.casefold().split())


def test_posts_are_counted_where_nobody_signed() -> None:
    """A share of posts is all that can be told; where others signed, these are told apart."""
    said = [(None, f"tea at ten, day {n}", "Q1", "tea") for n in range(9)]
    said += [(None, f"rotas decide it, day {n}", "Q1", "time") for n in range(4)]
    found = by_place(key_findings(coded(said)))
    assert found["Q1", "tea"].text == (
        "Most posts quoted on this question (9 of 13) spoke of “Tea breaks”."
    )
    found = by_place(key_findings(coded([*said, ("ann", "rotas again", "Q1", "time")])))
    assert found["Q1", "tea"].text == (
        "Most posts quoted on this question (9 of 14; unsigned) spoke of “Tea breaks”."
    )


def test_the_most_typical_quote_is_the_one_most_like_the_others() -> None:
    """The oven shares no word with the two quotes about pauses; a short text is never chosen."""
    said = [
        ("a", "pauses are for people who have time", "Q1", "time"),
        ("b", "the big oven in the hall kitchen", "Q1", "time"),
        ("c", "people who have time get pauses", "Q1", "time"),
        ("d", "pauses people time", "Q1", "time"),
    ]
    (found,) = key_findings(coded(said))
    assert [quote.post_id for quote in found.cites] == ["p2"]


def test_a_sentence_of_the_codebook_with_a_number_nobody_counted_is_withheld() -> None:
    """People wrote 31; the codings hold 8, 9 and 12. Ten stands in a quote, seven nowhere."""
    sentence = "In 31 wards tea at 10 was kept, said 7 of 12."
    codings = coded([*TWELVE, ("gus", "at 10 we stop", "Q1", "tea")], with_finding("tea", sentence))
    found = by_place(key_findings(codings))["Q1", "tea"]
    assert (found.text, found.origin) == (
        "Most participants quoted on this question (8 of 12) spoke of “Tea breaks”, in 9 posts.",
        FindingOrigin.COUNTS,
    )
    assert found.withheld == Withheld(
        origin=FindingOrigin.CODEBOOK,
        sentence=sentence,
        why="it names 31, 7 of 12, which these codings do not hold for the theme",
    )


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Forty wards kept their tea.", "names Forty, which"),
        ("Twenty-seven per cent had no time.", None),
        ("28 % had no time.", "names 28 %, which"),
        ("11 % had no time.", "names 11 %, which"),
        ("Dozens of wards had no time.", "names Dozens, which"),
        ("One participant had no time.", "names One, which"),
        ("One of 12 had no time.", "names One of 12, which"),
        ("Half of the participants had time.", "says “Half of the participants”, and"),
        ("A quarter of participants had time.", None),
        ("In 2019 people held time back.", "names 2019, which"),
        ("Since 2019, and on 4 May at 8 pm, they ask one another in Q7 about COVID-19.", None),
        ("On one hand there is no time, and it is a two-way street, 24/7, the 2nd time.", None),
        ("“Time” for the 5 whys was scarce.", "names 5, which"),
        ("Most participants kept their time.", "says “Most participants”, and"),
        ("Everyone said so.", "says “Everyone said”, and"),
        ("Nearly all wanted it.", "says “Nearly all wanted”, and"),
        ("Several had no time, and some had.", None),
        ("Many wards have everyone in mind.", None),
        ("Three people made most of it.", None),
        ("Both participants named it.", "says “Both participants”, and these codings hold 3 of 11"),
        ("A couple of participants named it.", "says “A couple of participants”, and"),
        ("A pair of them named it.", "says “A pair of them”, and"),
        ("Neither participant had any.", "says “Neither participant”, and"),
        ("No participant spoke of time.", "says “No participant spoke of”, and"),
        ("Nobody mentioned it.", "says “Nobody mentioned”, and"),
        ("Zero participants spoke of it.", "names Zero, which"),
        ("Each participant named it.", "says “Each participant”, and"),
        ("The whole group lacked it.", "says “The whole group”, and"),
        ("Everyone waits for it.", "says “Everyone”, and"),
        ("Participants overwhelmingly lacked it.", "says “Participants overwhelmingly”, and"),
        ("A single participant lacked it.", "says “A single participant”, and"),
        ("Fewer than 3 people lacked it.", "says “Fewer than 3 people”, and"),
        ("More than three participants lacked it.", "says “More than three participants”, and"),
        (
            "At least four posts told of it.",
            "says “At least four posts”, and these codings hold 3 ",
        ),
        ("More than a third of participants lacked it.", "says “More than a third of part"),
        ("Time was named most often.", "says “named most often”, and the theme is not the first"),
        ("It is first of all themes.", "says “first of all themes”, and"),
        ("Fewer than 4 people lacked it.", None),
        ("More than two of 11 participants lacked it.", None),
        ("More than two of 20 participants lacked it.", "says “More than two of 20 particip"),
        ("At most four of them, in less than half of the posts, lacked it.", None),
        ("Not everyone lacked it, and nobody had any.", None),
        ("Time was named least often.", None),
        ("A few participants lacked it.", None),
        ("It took days, and a single point of contact knew both wards.", None),
        ("Ten minutes of it give everyone the same picture; most changes last.", "names Ten"),
        ("The day gives everyone the same picture, and both are needed.", None),
        ("Most often, every member of staff came last, and a pair of eyes saw it.", None),
    ],
)
def test_a_persons_sentence_that_says_what_was_not_counted_does_not_stand(
    sentence: str, why: str | None
) -> None:
    """Three of eleven spoke of time, in 3 of 12 posts: not most, not everyone; 27 % or 25 %."""
    found = by_place(key_findings(coded(book=with_finding("time", sentence))))["Q1", "time"]
    if why is None:
        assert (found.text, found.withheld) == (sentence, None)
        return
    assert found.text == (
        "Many participants quoted on this question (3 of 11) spoke of “Time”, in 3 posts."
    )
    assert found.withheld is not None
    assert found.withheld.sentence == sentence
    assert why in found.withheld.why


def test_a_number_in_a_themes_name_or_in_its_quotes_may_be_told() -> None:
    """Five stands in the name, four in a quote; the same four under another theme does not."""
    themes = tuple(
        theme.model_copy(update={"name": "The 5 whys", "key_finding": "5 whys took 4 minutes."})
        for theme in BOOK.themes
        if theme.id == "tea"
    )
    other = BOOK.theme_by_id["time"].model_copy(update={"key_finding": "It took 4 minutes."})
    book = BOOK.model_copy(update={"themes": (*themes, other)})
    said = [("a", "we take 4 minutes for it", "Q1", "tea"), ("b", "no time", "Q1", "time")]
    found = by_place(key_findings(coded(said, book)))
    assert found["Q1", "tea"].text == "5 whys took 4 minutes."
    assert found["Q1", "time"].origin is FindingOrigin.COUNTS


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("Tea was the commonest answer.", True),
        ("A majority of participants have tea.", True),
        ("More than half of participants have tea.", True),
        ("All but a few participants have it.", False),
        ("Few participants have tea.", False),
        ("It was least often mentioned.", False),
    ],
)
def test_a_claim_that_the_counts_bear_out_stands(sentence: str, *, stands: bool) -> None:
    """Seven of eleven spoke of tea, the first theme of two: a majority, and not few."""
    found = by_place(key_findings(coded(book=with_finding("tea", sentence))))["Q1", "tea"]
    assert (found.text == sentence) is stands


def test_two_are_a_couple_and_both_and_neither_may_be_said_of_them() -> None:
    """Of two participants of one question both spoke, and neither of them need be refused."""
    said = [("a", "we stop for tea", "Q1", "tea"), ("b", "we stop too", "Q1", "tea")]
    for sentence in ("Both participants stop.", "A couple of them stop.", "Neither of them goes."):
        (found,) = key_findings(coded(said, with_finding("tea", sentence)))
        assert found.text == sentence


def test_a_model_writes_the_sentence_and_cites_quotes_that_exist() -> None:
    """It is shown numbered quotes, the most typical first, and never a sentence of the codebook."""
    codings = coded(book=with_finding("time", "Time decides."))
    found, requests = drafted(codings, answering("A shared pause was when talk happened.", 2, 1, 2))
    tea = by_place(found)["Q1", "tea"]
    assert (tea.text, tea.origin) == ("A shared pause was when talk happened.", FindingOrigin.MODEL)
    assert len(requests) == 1
    shown = [line for line in requests[0].user.splitlines() if line.startswith("[")]
    assert [shown[1][4:], shown[0][4:]] == [quote.text for quote in tea.cites]
    assert by_place(found)["Q1", "time"].text == "Time decides."


@pytest.mark.parametrize(
    ("sentence", "quotes", "complaint"),
    [
        ("Pauses mattered.", (9,), "it cites quote 9, and there are quotes 1 to 8"),
        ("Pauses mattered.", (0,), "it cites quote 0, and there are quotes 1 to 8"),
        ("Pauses mattered.", (), "it must cite 1 to 8 quotes"),
        ("Pauses mattered to 60 %.", (1,), "it names 60 %, which stands in none of the quotes"),
        ("Seven wards paused.", (1,), "it names Seven, which stands in none of the quotes"),
        ("Most participants paused.", (1,), "it says how many spoke ('Most participants')"),
        ("Pauses, several of them said, mattered.", (1,), "how many spoke ('several of them')"),
        ("Everyone was held up.", (1,), "how many spoke ('Everyone was')"),
        ("Every one of them was held up.", (1,), "how many spoke ('Every one of them')"),
        ("Each participant waited.", (1,), "how many spoke ('Each participant')"),
        ("The whole group waited.", (1,), "how many spoke ('The whole group')"),
        ("A couple of people waited.", (1,), "how many spoke ('A couple of people')"),
        ("They waited; a third never left.", (1,), "how many spoke ('a third never left')"),
        ("Pauses were the most common reason.", (1,), "how many spoke ('most common reason')"),
        ("Fewer than ten people waited.", (1,), "spoke ('Fewer than ten people')"),
        ("More people named pauses than rides.", (1,), "('More people named pauses than')"),
        ("One nurse paused twice.", (1,), "it names One, which stands in none of the quotes"),
        ("word " * 61, (1,), "it must be one sentence"),
        ("", (1,), "it must be one sentence"),
        ("One.\nTwo.", (1,), "it must be one sentence"),
        (
            "They said: we stop for tea at ten and talk.",
            (1,),
            "it repeats the words 'we stop for tea at ten and talk'",
        ),
    ],
)
def test_a_sentence_that_cannot_be_held_is_asked_again_and_then_replaced_by_counts(
    sentence: str, quotes: tuple[int, ...], complaint: str
) -> None:
    """The model is told what is wrong; after three tries counts stand and a note says why."""
    said = [one for one in TWELVE if one[3] == "tea"]
    (found,), requests = drafted(coded(said), answering(sentence, *quotes))
    assert len(requests) == 3
    assert complaint in requests[1].user
    assert found.origin is FindingOrigin.COUNTS
    assert found.withheld is not None
    assert found.withheld.origin is FindingOrigin.MODEL
    assert complaint in found.withheld.why


def test_a_number_may_stand_that_a_cited_quote_names() -> None:
    """Ward 3 is in the quote that is cited; with only another quote cited it may not be named."""
    said = [("a", "we stop for tea on ward 3", "Q1", "tea"), ("b", "we talk there", "Q1", "tea")]
    (found,), _ = drafted(coded(said), answering("Ward 3 pauses.", 1))
    assert found.origin is FindingOrigin.MODEL
    (found,), _ = drafted(coded(said), answering("Ward 3 pauses.", 2))
    assert found.origin is FindingOrigin.COUNTS


def test_no_theme_without_quotes_gets_a_finding() -> None:
    """Nobody spoke of cake."""
    assert "cake" not in {one.theme_id for one in key_findings(coded(book=BOOK))}
