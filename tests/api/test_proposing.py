"""Proposals from small chats whose themes anyone can see, with and without a model."""

import asyncio
import hashlib
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, failing, saying

import secondcoder
from secondcoder.errors import BudgetError, CodebookError, InputError, StoreError
from secondcoder.induction.terms import listed
from secondcoder.reporting.proposal_markdown import proposal_markdown
from secondcoder.schema.chat import Chat, ChatInfo, Post
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import LeftOutReason
from secondcoder.schema.edits import EditKind
from secondcoder.schema.identity import sha256
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.proposals import Proposal
from secondcoder.schema.proposed import Grain, Proposed
from secondcoder.schema.runs import CoderKind

PLACES = (
    "where the blue chairs stand",
    "once handover is over",
    "while it pours outside",
    "with last week's newspaper",
)
UNITS = (
    "on thinly staffed Fridays",
    "except by swapping favours",
    "however early we plead",
    "which managers call normal",
)
"""What makes them no near-copies of each other."""


def tea(n: int) -> str:
    """Return an answer on tea."""
    return f"A1 a pot of tea in the kitchen {PLACES[n % 4]}"


def rota(n: int) -> str:
    """Return an answer on rotas."""
    return f"A1 the rota leaves nobody free {UNITS[n % 4]}"


CHAT = Chat(
    info=ChatInfo(title="Pauses", moderators=("host",)),
    posts=(
        Post(id="q", author="host", text="Q1: What gives you a pause at work?"),
        *(Post(id=f"t{n}", author=f"ann{n}", text=tea(n)) for n in range(4)),
        *(Post(id=f"u{n}", author=f"bo{n}", text=rota(n)) for n in range(4)),
        Post(id="x", author="cy", text="A1 Zebras gallop quickly along dusty plains at dawn"),
    ),
)


def with_teas(*texts: str) -> Chat:
    """Return the chat with these posts in place of the four on tea."""
    teas = (Post(id=f"t{n}", author=f"ann{n}", text=text) for n, text in enumerate(texts))
    rest = (post for post in CHAT.posts[1:] if not post.id.startswith("t"))
    return Chat(info=CHAT.info, posts=(CHAT.posts[0], *teas, *rest))


def members(proposal: Proposal) -> list[set[str]]:
    """Return the posts of each theme."""
    return [{quote.post_id for quote in theme.quotes} for theme in proposal.themes]


def test_ideas_that_share_words_become_themes_and_the_rest_is_listed() -> None:
    """Four people on tea, four on rotas, one on zebras that nobody else spoke of."""
    found = secondcoder.propose(CHAT, grain=3)
    assert members(found) == [{"t0", "t1", "t2", "t3"}, {"u0", "u1", "u2", "u3"}]
    assert [[quote.post_id for quote in part.quotes] for part in found.residue] == [["x"]]
    tea = found.themes[0]
    assert (tea.question_id, tea.n_posts, tea.n_authors, tea.is_new) == ("Q1", 4, 4, True)
    assert "tea" in tea.terms
    assert tea.nearest[0].theme_id == found.themes[1].theme_id
    assert 0 <= tea.nearest[0].similarity < 0.5


def test_what_two_questions_bring_up_alike_has_two_names() -> None:
    """The second has its question behind the name, and an id of its own; `check` has no concern."""
    posts = [
        *CHAT.posts,
        Post(id="q2", author="host", text="Q2: And what would you wish for?"),
        *(Post(id=f"w{n}", author=f"dee{n}", text=tea(n).replace("A1", "A2")) for n in range(4)),
    ]
    found = secondcoder.propose(Chat(info=CHAT.info, posts=tuple(posts)), grain=3)
    teas = [theme.theme_id for theme in found.themes if theme.quotes[0].post_id[0] in "tw"]
    names = [found.theme(theme_id).name for theme_id in teas]
    assert names == [names[0], f"{names[0]} (Q2)"]
    assert len(set(teas)) == 2
    assert not found.codebook.namesakes


def test_a_theme_arrives_with_all_a_coder_needs() -> None:
    """Name, definition, when to use it, examples in participants' own words by different people."""
    chat = with_teas(
        "A1 a pot of tea in the kitchen where the blue chairs stand",
        "A1 a pot of tea in the kitchen once handover is over",
        "A1 a pot of tea in the kitchen with last week's newspaper",
        "A1 a pot of tea in the kitchen while it pours outside",
    )
    found = secondcoder.propose(chat, grain=3)
    theme = found.theme(found.themes[0].theme_id)
    assert theme.name
    assert theme.definition
    assert theme.include
    assert len(theme.examples) == 4
    texts = [post.text for post in chat.posts]
    assert all(any(example in text for text in texts) for example in theme.examples)
    assert theme.questions == ("Q1",)


def test_no_two_examples_of_a_theme_say_nearly_the_same() -> None:
    """Two people repeat each other, two have words of their own: three examples, four quotes."""
    chat = with_teas(tea(0), f"{tea(0)}!", tea(1), tea(2))
    found = secondcoder.propose(chat, grain=3)
    about = next(theme for theme in found.themes if theme.n_posts == 4)
    assert len(about.quotes) == 4
    assert len(about.examples) == 3
    assert len({quote.post_id for quote in about.examples} & {"t0", "t1"}) == 1
    assert found.theme(about.theme_id).examples == tuple(quote.text for quote in about.examples)
    author = {post.id: post.author for post in chat.posts}
    assert about.example_authors == tuple(author[quote.post_id] for quote in about.examples)


def test_many_who_answer_nearly_alike_are_a_theme() -> None:
    """Four people, three of them in nearly the same words: three examples of three people."""
    chat = with_teas(tea(0), f"{tea(0)}!", f"{tea(0)}?", tea(1))
    found = secondcoder.propose(chat, grain=3)
    about = next(theme for theme in found.themes if len(theme.quotes) == 4)
    assert len(about.examples) == 3
    assert len(set(about.example_authors)) == 3
    assert tea(1).removeprefix("A1 ") in {quote.text for quote in about.examples}


@pytest.mark.parametrize("coder", ["embedded", "m"])
def test_what_fewer_than_three_say_is_no_theme(coder: str, tmp_path: Path) -> None:
    """Of two people: listed apart, and in the residue still."""
    said = (tea(0), tea(1))
    posts = tuple(post for post in with_teas(*said).posts if post.id != "x")
    chat = Chat(info=CHAT.info, posts=posts)
    found, _ = asked(analyst, tmp_path, chat=chat, coder=coder)
    (rotas,) = members(found)
    assert rotas <= {"u0", "u1", "u2", "u3"}
    (residue,) = found.residue
    (few,) = residue.too_few
    assert {quote.post_id for quote in few.quotes} == {f"t{n}" for n in range(len(said))}
    assert {quote.post_id for quote in few.quotes} <= {quote.post_id for quote in residue.quotes}
    assert few.n_authors == len(said)
    assert few.name == ("tea it is" if coder == "m" else "")


def test_a_moderator_is_none_of_the_people_a_theme_rests_on() -> None:
    """Who asked and who helped say it, too: both stay quoted, and only the others are counted."""
    posts = (
        *CHAT.posts,
        Post(id="h", author=CHAT.posts[0].author, text=tea(10)),
        Post(id="k", author="@Kim", text=tea(11)),
    )
    info = CHAT.info.model_copy(update={"moderators": ("host", "kim")})
    found = secondcoder.propose(Chat(info=info, posts=posts), grain=2)
    for moderated in ("h", "k"):
        (theme,) = (
            theme for theme in found.themes if moderated in {one.post_id for one in theme.quotes}
        )
        by_others = {quote.post_id for quote in theme.quotes} - {"h", "k"}
        assert theme.n_authors == len(by_others) < theme.n_posts  # each wrote one
        assert {quote.post_id for quote in theme.examples} <= by_others


@pytest.mark.parametrize("coder", ["embedded", "m"])
def test_where_two_people_answer_their_themes_have_two_examples_and_that_is_said(
    coder: str, tmp_path: Path
) -> None:
    """Ann and Bo answered, each on both: what they share is a theme, as three people are not."""
    posts = (
        Post(id=f"{who}-{len(text)}", author=who, text=text)
        for n, who in enumerate(("ann", "bo"))
        for text in (tea(n), rota(n))
    )
    chat = Chat(info=CHAT.info, posts=(CHAT.posts[0], *posts))
    found, _ = asked(analyst, tmp_path, chat=chat, coder=coder, grain=2)
    assert [len(theme.examples) for theme in found.themes] == [2, 2]
    (note,) = (note.message for note in found.notes)
    assert note == "Q1: only two people can be quoted, so its themes have two examples"


def test_two_people_who_share_nothing_have_no_themes_of_two_examples() -> None:
    """It is said that none came, and not how many examples it would have; the chat has no name."""
    posts = (
        CHAT.posts[0],
        Post(id="a", author="ann", text="A1 kettles boil"),
        Post(id="b", author="bo", text="A1 rotas change"),
    )
    info = CHAT.info.model_copy(update={"title": ""})
    found = secondcoder.propose(Chat(info=info, posts=posts))
    assert found.codebook.title == "Themes of the chat"
    (note,) = (note.message for note in found.notes)
    assert note.startswith("Q1: no theme came of 2 stretches")


@pytest.mark.parametrize("coder", ["embedded", "m"])
def test_what_one_person_says_alone_is_no_theme(coder: str, tmp_path: Path) -> None:
    """Nobody but Ann answered, three times: nothing is shared, and a note says so."""
    posts = (CHAT.posts[0], *(Post(id=f"t{n}", author="ann", text=tea(n)) for n in range(3)))
    chat = Chat(info=CHAT.info, posts=posts)
    found, _ = asked(analyst, tmp_path, chat=chat, coder=coder)
    assert found.themes == ()
    assert [note.message for note in found.notes] == [
        "Q1: one person can be quoted, and what one says alone is no theme"
    ]


def test_a_number_of_themes_is_kept_where_so_many_can_be_quoted() -> None:
    """Two ideas of four people, one of one: one or two themes come as asked; of seven, two do."""
    few = [secondcoder.propose(CHAT, grain=n) for n in (1, 2)]
    assert [len(found.themes) for found in few] == [1, 2]
    assert [found.notes for found in few] == [(), ()]
    many = secondcoder.propose(CHAT, grain=7)
    assert len(many.themes) == 2
    (note,) = (note.message for note in many.notes)
    assert note.startswith("Q1: 7 themes were asked for, and 2 came")


def test_the_saturation_curve_ends_with_all_themes_and_all_posts() -> None:
    """Nine posts; two themes, each met at some point; the reading order depends on the seed."""
    curves = [secondcoder.propose(CHAT, grain=3, seed=seed).saturation[0] for seed in range(5)]
    for curve in curves:
        assert curve.points[0].n_themes == 1
        last = curve.points[-1]
        assert (last.n_posts, last.n_themes) == (9, 2)
    assert len({curve.points for curve in curves}) > 1


def test_the_same_chat_gives_the_same_proposal() -> None:
    """Clusters are found without chance; only the run's id and times differ."""
    one, two = (secondcoder.propose(CHAT, grain=3) for _ in range(2))
    times = {"codebook": {"edits": {0: {"made_at"}}}}
    assert one.model_dump(exclude={"run": True, **times}) == two.model_dump(
        exclude={"run": True, **times}
    )


def test_the_seed_decides_a_sample_and_nothing_of_the_themes_of_a_chat_read_whole() -> None:
    """Only the saturation curve differs; so stability over seeds is full by construction."""
    whole = [secondcoder.propose(CHAT, grain=3, seed=seed) for seed in range(5)]
    assert len({found.codebook.sha256 for found in whole}) == 1
    assert len({found.saturation for found in whole}) > 1
    parts = [secondcoder.propose(CHAT, sample=4, seed=seed) for seed in range(5)]
    assert len({found.sample.post_ids for found in parts}) > 1


def test_a_large_chat_is_read_in_part_and_the_part_is_recorded() -> None:
    """Four of nine posts, drawn by the seed; the codebook rests on those alone."""
    found = secondcoder.propose(CHAT, sample=4, seed=3)
    assert (found.sample.n_posts, found.sample.n_read, found.sample.seed) == (9, 4, 3)
    assert len(found.sample.post_ids) == 4
    read = {quote.post_id for theme in found.themes for quote in theme.quotes}
    assert read <= set(found.sample.post_ids)
    assert secondcoder.propose(CHAT, sample=4, seed=3).sample == found.sample


def proposal_of(book: Codebook) -> Proposed:
    """Return how the last proposal of a codebook says that it was made."""
    how = next(edit.proposed for edit in reversed(book.edits) if edit.kind is EditKind.PROPOSE)
    assert how is not None
    return how


def test_the_codebook_tells_how_it_was_proposed_without_any_evidence(tmp_path: Path) -> None:
    """Sample, seed, grain, program and posts: what one needs to do it again. No key, no model."""
    path = tmp_path / "codebook.yaml"
    found = secondcoder.propose(CHAT, grain=3, sample=8, seed=3, output=path)
    book = secondcoder.read_codebook(path)
    assert book == found.codebook
    (edit,) = book.edits
    assert (edit.kind, edit.version, edit.after) == ("propose", "1", tuple(book.theme_by_id))
    how = proposal_of(book)
    assert (how.n_posts, how.n_read, how.seed, how.grain) == (9, 8, 3, 3)
    assert how.is_sample
    assert (how.start, how.start_sha256, how.chat) == ("nothing", None, "Pauses")
    assert (how.coder, how.endpoint, how.prompts) == (found.run.coder, None, ())
    assert how.secondcoder_version == secondcoder.__version__
    assert how.posts_sha256 == sha256(found.sample.post_ids)
    (read,) = how.questions
    last = found.saturation[0].last_new
    assert (read.question_id, read.n_posts, read.n_read) == ("Q1", 9, 8)
    assert (read.n_themes, read.last_new) == (last.n_themes, last.n_posts)
    assert how.marks == {theme.id: theme.mark for theme in book.themes}


def test_how_it_was_proposed_is_no_part_of_what_a_codebook_says() -> None:
    """Its hash, and so the answers that were paid for, are those of a codebook without it."""
    book = secondcoder.propose(CHAT, grain=3).codebook
    assert book.edits
    assert book.changed(edits=()).sha256 == book.sha256


def test_a_broken_record_has_its_line_and_a_file_without_one_is_read(tmp_path: Path) -> None:
    """People open the file; older files have no record, and neither has one who takes it out."""
    path = tmp_path / "codebook.yaml"
    book = secondcoder.propose(CHAT, grain=3, output=path).codebook
    text = path.read_text("utf-8")
    path.write_text(text.replace("n_read: 9", "n_read: lots"), "utf-8")
    line = text[: text.index("proposed:\n")].count("\n") + 2
    with pytest.raises(CodebookError, match=rf"line {line}: proposed.n_read: .* restore it"):
        secondcoder.read_codebook(path)
    path.write_text(text.replace("n_read: 9", "n_read: !lots 9"), "utf-8")
    with pytest.raises(CodebookError, match=r"line \d+: an edit: 'proposed': could not determine"):
        secondcoder.read_codebook(path)
    path.write_text(text.replace("- kind: propose", "- kind: retire"), "utf-8")
    with pytest.raises(CodebookError, match="'retire' can't make"):
        secondcoder.read_codebook(path)
    path.write_text(text.partition("\nedits:")[0], "utf-8")
    assert secondcoder.read_codebook(path) == book.changed(edits=())


def test_codings_follow_when_the_same_themes_were_proposed_once_more() -> None:
    """The codebook was lost and proposed again; a person then renamed a theme of it."""
    first, again = (secondcoder.propose(CHAT, grain=3).codebook for _ in range(2))
    codings = secondcoder.code(CHAT, first)
    theme_id = again.themes[0].id
    later = secondcoder.rename_codebook(again, theme_id, "tea", reason="clearer", by="Ann")
    assert secondcoder.follow_codebook(later, codings).n_moved == 4
    other = secondcoder.propose(CHAT, grain=1).codebook
    with pytest.raises(CodebookError, match="does not go on from"):
        secondcoder.follow_codebook(other, codings)


def test_no_more_is_read_than_was_said_and_every_question_keeps_a_post() -> None:
    """Forty posts on one question and three on a second: nine of them, and one or more of each."""
    posts = (
        Post(id="q1", author="host", text="Q1: What gives you a pause at work?"),
        *(Post(id=f"t{n}", author=f"a{n}", text=f"{tea(n)}, ward {n}") for n in range(40)),
        Post(id="q2", author="host", text="Q2: And what takes it away?"),
        *(Post(id=f"u{n}", author=f"b{n}", text=rota(n).replace("A1", "A2")) for n in range(3)),
    )
    found = secondcoder.propose(Chat(info=CHAT.info, posts=posts), sample=9)
    assert (found.sample.n_posts, found.sample.n_read) == (43, 9)
    assert sum(post_id.startswith("u") for post_id in found.sample.post_ids) == 1


def test_a_codebook_is_extended_by_what_it_does_not_cover() -> None:
    """The theme of tea is known, with its examples; only rotas are new. Known themes keep first."""
    start = Codebook(
        title="Mine",
        questions=(secondcoder.Question(id="Q1", text="What gives you a pause at work?"),),
        themes=(
            Theme(
                id="tea",
                name="Tea in the kitchen",
                examples=tuple(tea(n)[3:] for n in (7, 8, 9)),
                questions=("Q1",),
            ),
        ),
    )
    found = secondcoder.propose(CHAT, codebook=start, grain=2)
    assert found.codebook.themes[0] == start.themes[0]
    assert found.codebook.title == "Mine"
    how = proposal_of(found.codebook)
    assert (how.start, how.start_sha256) == ("codebook", start.sha256)
    assert "tea" not in how.marks
    assert (start.version, found.codebook.version) == ("1", "2")
    (step,) = secondcoder.diff_codebook(start, found.codebook).edits
    assert step.words == f"propose {len(how.marks)} theme{'s' * (len(how.marks) > 1)}"
    by_id = {theme.theme_id: theme for theme in found.themes}
    assert {quote.post_id for quote in by_id["tea"].quotes} == {"t0", "t1", "t2", "t3"}
    assert not by_id["tea"].is_new
    assert [m for m in members(found) if "u0" in m] == [{"u0", "u1", "u2", "u3"}]


def test_what_people_coded_is_covered_as_they_said(tmp_path: Path) -> None:
    """The theme's words would cover the posts on rotas; people laid the tea under it instead.

    What people left out is not covered: they may have missed an idea.
    """
    book = Codebook(
        questions=(secondcoder.Question(id="Q1", text="What gives you a pause at work?"),),
        themes=(
            Theme(
                id="rotas",
                name="Rotas leave nobody free on night shifts",
                examples=(rota(9)[3:],),
                questions=("Q1",),
            ),
        ),
    )
    posts = []
    for post in CHAT.posts:
        quote = secondcoder.Quote.cut(post, [secondcoder.Span(start=0, end=len(post.text))])
        coding = secondcoder.Coding(quote=quote, question_id="Q1", theme_ids=("rotas",))
        outcome = (
            secondcoder.Quoted(codings=(coding,))
            if post.id.startswith("t")
            else secondcoder.LeftOut(reason=LeftOutReason.NO_IDEA)
        )
        posts.append(secondcoder.PostCodings(post=post, outcome=outcome))
    run = secondcoder.Run(id="r", coder=secondcoder.Coder(id="people", kind=CoderKind.PERSON))
    info = secondcoder.CodingsInfo(chat=CHAT.info, codebook=book, run=run)
    people = secondcoder.Codings(info=info, posts=tuple(posts))
    secondcoder.write_codings(people, tmp_path / "people.jsonl")
    found = secondcoder.propose(CHAT, coded=tmp_path / "people.jsonl", grain=2)
    known = next(theme for theme in found.themes if theme.theme_id == "rotas")
    assert {quote.post_id for quote in known.quotes} == {"t0", "t1", "t2", "t3"}
    assert {"u0", "u1", "u2", "u3"} in members(found)
    how = proposal_of(found.codebook)
    assert (how.start, how.n_coded) == ("coded", 9)
    with pytest.raises(InputError, match="not both"):
        secondcoder.propose(CHAT, codebook=book, coded=people)


WORDS = ("tea", "rota")


def analyst(request: ChatRequest) -> HttpReply:
    """Answer as a model would: code what mentions tea or rotas; name groups by their word."""
    groups = groups_of(request)
    if groups:
        return saying(request, json.dumps({"themes": [worded(*group) for group in groups.items()]}))
    found = {word: [int(n) for n, text in segments_of(request) if word in text] for word in WORDS}
    codes = [{"code": f"{word} it is", "segments": at} for word, at in found.items() if at]
    return saying(request, json.dumps({"codes": codes}))


def segments_of(request: ChatRequest) -> list[tuple[str, str]]:
    """Return number and text of each segment that is to be coded."""
    return re.findall(r"^\[(\d+)\] (.*)$", request.user, re.MULTILINE)


def groups_of(request: ChatRequest) -> dict[int, str]:
    """Return what is shown of each group that is to be named, by its number."""
    parts = re.split(r"^Group (\d+)", request.user, flags=re.MULTILINE)[1:]
    return {int(number): shown for number, shown in zip(parts[::2], parts[1::2], strict=True)}


def worded(number: int, shown: str) -> dict[str, object]:
    """Return a theme for a group, by the first of its words that is known."""
    word = next((word for word in WORDS if word in shown), f"thing {number}")
    return {
        "group": number,
        "name": f"All about {word}",
        "definition": f"It is about {word}.",
        "use_when": [f"{word} is named"],
        "not_when": ["something else is"],
    }


def asked(
    script: object,
    tmp_path: Path,
    *,
    chat: Chat = CHAT,
    coder: str = "m",
    grain: Grain | int = "medium",
    **options: object,
) -> tuple[Proposal, list[ChatRequest]]:
    """Return what a coder proposes: a model is behind a server that follows the script."""
    with ScriptedServer(script) as server:  # type: ignore[arg-type]
        found = secondcoder.propose(
            chat,
            coder=coder,
            grain=grain,
            options=ModelOptions.model_validate({
                "base_url": server.url,
                "mode": "json",
                "max_attempts": 3,
                **options,
            }),
            ledger=tmp_path / "ledger.sqlite",
        )
        return found, list(server.requests)


def test_a_model_codes_numbered_segments_and_words_the_themes(tmp_path: Path) -> None:
    """One request for codes, one for themes; asked again, the ledger answers both."""
    with ScriptedServer(analyst) as server:
        options = ModelOptions(base_url=server.url, mode="json")
        found, again = (
            secondcoder.propose(CHAT, coder="m", options=options, ledger=tmp_path / "ledger.sqlite")
            for _ in range(2)
        )
        requests = list(server.requests)
    assert members(found) == [{"t0", "t1", "t2", "t3"}, {"u0", "u1", "u2", "u3"}]
    theme = found.codebook.themes[0]
    assert (theme.name, theme.definition) == ("All about tea", "It is about tea.")
    assert (theme.include, theme.exclude) == (("tea is named",), ("something else is",))
    (code,) = found.themes[0].codes
    assert code.name == "tea it is"
    said = {post.id: post.text for post in CHAT.posts}
    assert [segment.post_id for segment in code.segments] == ["t0", "t1", "t2", "t3"]
    for segment in code.segments:
        (span,) = segment.spans
        assert said[segment.post_id][span.start : span.end] == segment.text
        assert f"] {segment.text}\n" in f"{requests[0].user}\n", "as the model was shown it"
    assert found.run.usage.n_requests == 2
    assert len(requests) == 2
    assert "@ann" not in requests[0].user
    assert again.codebook.sha256 == found.codebook.sha256
    assert again.run.usage.n_reused == 2
    how = proposal_of(found.codebook)
    assert (how.coder.id, how.coder.kind, how.endpoint) == ("m", CoderKind.MODEL, server.url)
    assert [used.name for used in how.prompts] == ["propose-codes/v1", "name-themes/v1"]
    for used in how.prompts:
        text = Path("prompts", f"{used.name}.md").read_bytes()
        assert used.sha256 == hashlib.sha256(text).hexdigest()
    assert how.parameters["temperature"] == ModelOptions().temperature
    assert how.usage == found.run.usage
    assert proposal_of(again.codebook).usage.n_reused == 2


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        ({"codes": [{"code": "tea", "segments": [99]}]}, "it cites segment 99"),
        ({"codes": [{"code": "tea", "segments": []}]}, "codes.0.segments"),
    ],
)
def test_codes_that_cite_what_is_not_there_are_refused(
    reply: dict[str, object], complaint: str, tmp_path: Path
) -> None:
    """The model is told; after three tries the words are in no theme, and a note says why."""
    found, requests = asked(lambda request: saying(request, json.dumps(reply)), tmp_path)
    assert len(requests) == 3
    assert complaint in requests[1].user
    assert found.themes == ()
    assert len(found.residue[0].quotes) == 9
    assert any(complaint in note.message for note in found.notes)


def test_why_nothing_is_asked_is_told_while_a_server_is_down(tmp_path: Path) -> None:
    """Once when it begins and once when it is over, by the command on standard error."""
    n_asked = 0

    def script(request: ChatRequest) -> HttpReply:
        nonlocal n_asked
        n_asked += 1
        return failing(503, "maintenance") if n_asked < 9 else analyst(request)

    chat = tmp_path / "chat.csv"
    rows = ["id,author,text", *(f'{p.id},{p.author},"{p.text}"' for p in CHAT.posts)]
    chat.write_text("\n".join(rows), "utf-8")
    with ScriptedServer(script) as server:
        command = [sys.executable, "-m", "secondcoder", "propose", "chat.csv", "--coder", "m"]
        done = subprocess.run(  # noqa: S603  # our own program
            [*command, "--base-url", server.url, "-o", "book.yaml", "--moderator", "host"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    paused, back = done.stderr.splitlines()
    assert paused.startswith("paused: ")
    assert "maintenance" in paused
    assert back == "it is back: going on"


def test_a_question_without_a_theme_is_told() -> None:
    """Four people say four things; that the list of themes lacks the question is easily missed."""
    words = ("Zebras gallop quickly", "Lamps glow softly", "Rivers bend twice", "Cakes rise slowly")
    found = secondcoder.propose(
        Chat(
            info=CHAT.info,
            posts=(
                CHAT.posts[0],
                *(Post(id=f"z{n}", author=f"p{n}", text=f"A1 {w}") for n, w in enumerate(words)),
            ),
        )
    )
    assert found.themes == ()
    (told,) = (note.message for note in found.notes if note.message.startswith("Q1: no theme"))
    assert told.startswith("Q1: no theme came of 4 stretches")
    assert "--grain many, or a number" in told


def test_the_command_writes_a_codebook_that_codes(tmp_path: Path) -> None:
    """What `propose` writes, `code` reads; the evidence is JSON; no chat is overwritten."""
    rows = ["id,author,text", *(f'{p.id},{p.author},"{p.text}"' for p in CHAT.posts)]
    (tmp_path / "chat.csv").write_text("\n".join(rows), "utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-m", "secondcoder", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    done = run(
        *("propose", "chat.csv", "--moderator", "host", "--grain", "3"),
        *("-o", "codebook.yaml", "--evidence", "evidence.json"),
    )
    assert done.returncode == 0, done.stderr
    assert "2 themes proposed, from all 9 posts with answers; 1 quote is in no theme" in done.stdout
    evidence = Proposal.model_validate_json((tmp_path / "evidence.json").read_text("utf-8"))
    assert len(evidence.themes) == 2
    coded = run("code", "chat.csv", "-c", "codebook.yaml", "--json", "--moderator", "host")
    assert json.loads(coded.stdout)["n_quoted"] >= 8
    assert run("propose", "chat.csv", "-o", "chat.csv").returncode == StoreError.exit_code
    wrong = run("propose", "chat.csv", "--grain", "fine")
    assert wrong.returncode == InputError.exit_code
    assert "--grain fine: write few, medium, many, or a number of themes" in wrong.stderr


def test_evidence_is_written_in_the_form_of_its_ending(tmp_path: Path) -> None:
    """A page, Markdown or the record; other endings, and files of somebody else, are refused."""
    for name, start in (("e.html", "<!doctype html>"), ("e.md", "# "), ("e.json", '{"kind":"prop')):
        secondcoder.propose(CHAT, evidence=tmp_path / name)
        secondcoder.propose(CHAT, evidence=tmp_path / name)
        assert (tmp_path / name).read_text("utf-8").startswith(start)
    with pytest.raises(InputError, match=r"evidence that ends in \.html, \.md, \.json"):
        secondcoder.propose(CHAT, evidence=tmp_path / "e.txt")
    (tmp_path / "mine.md").write_text("My notes", "utf-8")
    with pytest.raises(StoreError, match="may hold work of yours"):
        secondcoder.propose(CHAT, evidence=tmp_path / "mine.md")


NAMED = with_teas(
    "A1 a pot of tea in the kitchen with Dr Okafor where the blue chairs stand",
    "A1 a pot of tea in the kitchen once handover is over, thanks @bo1",
    "A1 a pot of tea in the kitchen while it pours outside",
    "A1 a pot of tea in the kitchen with last week's newspaper",
)


@pytest.mark.parametrize("ending", ["html", "md", "json"])
def test_masked_evidence_leads_to_nobody(tmp_path: Path, ending: str) -> None:
    """By the report's own rules; authors and posts are numbered; the codebook is as it is."""
    plain, masked = tmp_path / f"plain.{ending}", tmp_path / f"masked.{ending}"
    found = secondcoder.propose(NAMED, grain=3, evidence=plain)
    told = secondcoder.propose(
        NAMED, grain=3, evidence=masked, quotes="masked", mask_also=["newspaper"]
    )
    assert told.codebook.sha256 == found.codebook.sha256
    traces = ("Okafor", "bo1", "ann2", "newspaper", "t0")
    page, before = masked.read_text("utf-8"), plain.read_text("utf-8")
    assert [trace for trace in traces if trace not in before] == []
    assert [trace for trace in traces if re.search(rf"\b{trace}\b", page)] == []
    assert "[name]" in page.replace("\\", "")
    assert "participant 2" in page
    assert "the same point as" in before
    assert "the same point as" not in page, "a definition made of quotes is not shown"
    assert "Masking follows rules" in page
    if ending == "json":
        Proposal.model_validate_json(page)


@pytest.mark.parametrize("order", ["oldest first", "newest first"])
def test_who_opted_out_is_not_read(tmp_path: Path, order: str) -> None:
    """Neither Ann's post nor one that passes it on: counted in a note. Nor do others name her."""
    again = Post(id="rt", author="zed", text=f"RT @ann0: {tea(0)}", is_repost=True)
    named = CHAT.posts[4].model_copy(
        update={"text": f"{CHAT.posts[4].text} as @ann0 and Ann0 said"}
    )
    every = (*CHAT.posts, again)
    if order == "newest first":
        every = (again.model_copy(update={"repost_of": "t0", "text": tea(0)}), *CHAT.posts)
    posts = (named if post.id == named.id else post for post in every)
    chat = Chat(info=CHAT.info, posts=tuple(posts))
    (tmp_path / "gone.txt").write_text("@Ann0 # asked in May\n", "utf-8")
    page = tmp_path / "e.md"
    found = secondcoder.propose(chat, grain=3, opt_out=tmp_path / "gone.txt", evidence=page)
    assert {"t1", "t2", "t3"} in members(found)
    assert PLACES[0] not in page.read_text("utf-8")
    assert PLACES[0] not in found.model_dump_json()
    assert "ann0" not in page.read_text("utf-8").casefold()
    assert "as @someone and [name] said" in page.read_text("utf-8").replace("\\", "")
    message = "2 posts by 1 participant who asked to be left out are not read."
    assert message in [note.message for note in found.notes]
    assert message in page.read_text("utf-8")
    with pytest.raises(InputError, match="no post is by nobody, who should be left out"):
        secondcoder.propose(chat, opt_out=["nobody"])


def test_a_codebook_that_quotes_who_opted_out_is_not_shown_so_in_evidence(tmp_path: Path) -> None:
    """Ann's words name, define and illustrate a theme that was known."""
    words = tea(0)[3:]
    known = Theme(id="pot", name=f"“{words}”", definition=f"As in “{words}”", examples=(words,))
    book = Codebook(
        questions=(secondcoder.Question(id="Q1", text="What gives you a pause?"),), themes=(known,)
    )
    for form in ("md", "json"):
        page = tmp_path / f"e.{form}"
        secondcoder.propose(CHAT, codebook=book, grain=2, evidence=page)
        assert PLACES[0] in page.read_text("utf-8")
        secondcoder.propose(CHAT, codebook=book, grain=2, evidence=page, opt_out=["ann0"])
        assert PLACES[0] not in page.read_text("utf-8")


def test_masking_without_evidence_is_a_mistake_to_mend() -> None:
    """The codebook is not masked, and nothing else is written."""
    with pytest.raises(InputError, match="name it with --evidence"):
        secondcoder.propose(CHAT, quotes="masked")
    with pytest.raises(InputError, match="add --quotes masked"):
        secondcoder.propose(CHAT, mask_also=["tea"])


def test_words_alone_tell_when_not_to_use_a_theme_and_contractions_name_none() -> None:
    """The nearest theme's terms are the border; "don't" is no "don"."""
    said = [post.model_copy(update={"text": f"{post.text}, don't"}) for post in CHAT.posts]
    found = secondcoder.propose(Chat(info=CHAT.info, posts=tuple(said)), grain=3)
    one, other = found.codebook.themes[:2]
    nearest = found.themes[1]
    assert one.exclude == (
        f"its point is rather that of “{other.name}”, such as “{nearest.quotes[0].text}”; that "
        f"often speaks of {listed(nearest.terms, 'or')}",
    )
    assert one.definition == (
        f"Answers that make the same point as “{one.examples[0]}” or “{one.examples[1]}”."
    )
    assert one.include == (
        f"it says so, in whatever words; often it speaks of {listed(found.themes[0].terms, 'or')}",
    )
    assert "don" not in {term for theme in found.themes for term in theme.terms}


def test_codings_are_a_chat_whose_questions_are_known(tmp_path: Path) -> None:
    """Their posts need no labels: the source says what each answers. Their themes are not used."""
    book = Codebook(
        title="Theirs",
        questions=(secondcoder.Question(id="Q7", text="And what else?"),),
        themes=(Theme(id="all", name="All of it", questions=("Q7",)),),
    )
    posts = tuple(
        post.model_copy(update={"text": post.text.removeprefix("A1 "), "question": "Q7"})
        for post in CHAT.posts[1:]
    )
    codings = secondcoder.code(Chat(info=CHAT.info, posts=posts), book)
    secondcoder.write_codings(codings, tmp_path / "codings.jsonl")
    found = secondcoder.propose(tmp_path / "codings.jsonl", grain=3)
    assert {theme.question_id for theme in found.themes} == {"Q7"}
    assert "all" not in found.codebook.theme_by_id
    assert members(found) == [{"t0", "t1", "t2", "t3"}, {"u0", "u1", "u2", "u3"}]


def test_two_chats_that_ask_and_say_the_same_give_one_codebook() -> None:
    """When it was asked belongs to the chat; with other times, the proposal's hash is the same."""
    year = [
        CHAT.model_copy(
            update={
                "posts": tuple(
                    post.model_copy(update={"created_at": datetime(2031, month, 7, 19, tzinfo=UTC)})
                    for post in CHAT.posts
                )
            }
        )
        for month in (1, 2)
    ]
    one, two = (secondcoder.propose(chat, grain=3).codebook for chat in year)
    assert one.sha256 == two.sha256
    assert [question.text for question in one.questions] == ["What gives you a pause at work?"]


def test_a_chat_without_answers_is_told() -> None:
    """Nothing but a question was posted."""
    chat = Chat(info=CHAT.info, posts=CHAT.posts[:1])
    with pytest.raises(InputError, match="no post of the chat holds an answer"):
        secondcoder.propose(chat)


def test_the_rows_of_a_proposal_are_a_frame() -> None:
    """One row per theme, inside a running loop as in a notebook."""

    async def cell() -> list[str]:
        frame = secondcoder.propose(CHAT, grain=3).to_pandas()
        return list(frame["typical"])

    assert len(asyncio.run(cell())) == 2


def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server on loopback count as the provider's own, whose prices are known."""
    monkeypatch.setattr("secondcoder.coding.client.foreign_endpoint", lambda _: None)


def test_an_estimate_sends_nothing_and_tells_what_is_asked(tmp_path: Path) -> None:
    """Two requests are planned and two are sent; once answered, nothing more is asked."""
    with ScriptedServer(analyst) as server:
        options = ModelOptions(base_url=server.url, mode="json")
        store = tmp_path / "ledger.sqlite"
        before = secondcoder.estimate_proposal(CHAT, coder="m", options=options, ledger=store)
        assert list(server.requests) == []
        assert not store.exists()
        secondcoder.propose(CHAT, coder="m", options=options, ledger=store)
        assert before.n_requests == len(list(server.requests)) == 2
        after = secondcoder.estimate_proposal(CHAT, coder="m", options=options, ledger=store)
    assert [step.step for step in before.steps] == ["codes and themes"]
    assert before.cost_usd is None
    assert (after.n_requests, after.steps[0].n_reused) == (0, 2)
    (run,) = secondcoder.show_ledger(store).runs
    assert (run.usage.n_requests, run.parameters["verb"]) == (2, "propose")


def test_an_estimate_needs_no_key_and_knows_the_price(monkeypatch: pytest.MonkeyPatch) -> None:
    """Extending adds a step: what the codebook covers, one request per post that answers."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    book = Codebook(
        questions=(secondcoder.Question(id="Q1", text="What gives you a pause at work?"),),
        themes=(Theme(id="tea", name="Tea", questions=("Q1",)),),
    )
    found = secondcoder.estimate_proposal(CHAT, coder="openai/gpt-4o-mini", codebook=book)
    steps = {step.step: step.n_requests for step in found.steps}
    assert steps == {"what the codebook covers": 9, "codes and themes": 2}
    assert found.cost_usd is not None
    assert found.cost_usd > 0
    with pytest.raises(InputError, match="asks no model and costs nothing"):
        secondcoder.estimate_proposal(CHAT, coder="embedded")


def test_a_budget_ends_a_proposal_and_what_was_paid_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codes are paid for, themes would pass the budget; a larger one asks for themes alone."""
    priced(monkeypatch)
    monkeypatch.setattr(
        "secondcoder.coding.client.cost_usd", lambda _price, _sent, _cached, _came: 0.4
    )
    monkeypatch.setattr("secondcoder.coding.client.price_of", lambda _model, _url: object())
    store = tmp_path / "ledger.sqlite"
    with ScriptedServer(analyst) as server:
        options = ModelOptions(base_url=server.url, mode="json", budget_usd=0.5)
        with pytest.raises(BudgetError, match=r"stopped before 0\.50 USD was passed: spent 0\.40"):
            secondcoder.propose(CHAT, coder="m", options=options, ledger=store)
        assert len(list(server.requests)) == 1
        (run,) = secondcoder.show_ledger(store).runs
        assert (run.stopped, run.usage.cost_usd) == ("budget", 0.4)
        larger = options.model_copy(update={"budget_usd": 1.0})
        found = secondcoder.propose(CHAT, coder="m", options=larger, ledger=store)
        assert len(list(server.requests)) == 2
    assert len(found.themes) == 2
    assert (found.run.usage.n_requests, found.run.usage.n_reused) == (1, 1)


def test_evidence_of_before_segments_were_kept_is_read(tmp_path: Path) -> None:
    """Codes were names alone, examples without authors; the pages say what is not there."""
    with ScriptedServer(analyst) as server:
        options = ModelOptions(base_url=server.url, mode="json")
        found = secondcoder.propose(
            CHAT, coder="m", options=options, ledger=tmp_path / "ledger.sqlite"
        )
    old = json.loads(found.model_dump_json())
    for theme in old["themes"]:
        del theme["example_authors"]
        theme["codes"] = [code["name"] for code in theme["codes"]]
    del old["codebook"]["edits"], old["run"]["prompts"]
    read = Proposal.model_validate(old)
    assert [code.name for code in read.themes[0].codes] == ["tea it is"]
    page = proposal_markdown(read)
    assert "- tea it is (segments not kept)" in page
    assert "> — post t0" in page
    whole = proposal_markdown(found)
    assert "- tea it is (4 segments)" in whole
    assert f"  - “{found.themes[0].codes[0].segments[0].text}” — post t0" in whole


ARABIC = tuple(
    Post(id=f"f{n}", author=f"dima{n}", text=f"A1 فنجان شاي في المطبخ {words}")
    for n, words in enumerate(("مع زميلة هادئة", "بعد تسليم المناوبة", "قرب النافذة الكبيرة"))
)


def test_posts_in_another_language_are_counted_and_the_way_to_read_them_works(
    tmp_path: Path,
) -> None:
    """Three Arabic answers beside nine English ones: told in every form, and read as said."""
    chat = Chat(info=CHAT.info, posts=(*CHAT.posts, *ARABIC))
    found = secondcoder.propose(chat, grain=3, evidence=tmp_path / "e.md")
    assert (found.sample.n_read, found.sample.left_out) == (9, {"not-english": 3, "question": 1})
    (note,) = (note.message for note in found.notes if "another language" in note.message)
    assert note.startswith("3 posts that may answer are in another language")
    assert "'language: ar' (-c START.yaml)" in note
    told = (tmp_path / "e.md").read_text("utf-8")
    assert "In another language: 3; Questions: 1" in told
    assert "from 9 posts with answers (3 more in another language" in told.replace("\\", "")
    assert "all 9" not in told
    assert proposal_of(found.codebook).n_other_language == 3
    start = tmp_path / "start.yaml"
    start.write_text("language: ar\n", "utf-8")
    assert secondcoder.propose(chat, codebook=start).sample.n_read == 12


SPANISH = Chat(
    posts=(
        Post(id="q", author="host", text="Q1: ¿Qué os da una pausa?"),
        *(
            Post(id=f"t{n}", author=f"ana{n}", text=f"A1 una taza de té en la cocina {words}")
            for n, words in enumerate(("con Marta", "al final del turno", "cuando llueve fuera"))
        ),
        *(
            Post(id=f"u{n}", author=f"luis{n}", text=f"A1 el horario no deja a nadie libre {words}")
            for n, words in enumerate(("los viernes", "ni pidiendo favores", "por mucho que pida"))
        ),
    ),
)


@pytest.mark.parametrize("language", ["en", "es"])
def test_themes_of_a_spanish_chat_hold_no_english(language: str) -> None:
    """Terms and quotes alone; where the codebook says English, a note tells the way out."""
    found = secondcoder.propose(SPANISH, codebook=Codebook(language=language), grain=2)
    said = " ".join(post.text for post in SPANISH.posts).casefold()
    assert len(found.codebook.themes) == 2
    for theme in found.codebook.themes:
        for text in (theme.name, theme.definition, *theme.include, *theme.exclude):
            assert text
            assert all(word in said for word in re.findall(r"[^\W_]+", text.casefold())), text
    told = [note.message for note in found.notes if "language: es" in note.message]
    assert len(told) == (language == "en")
    theme, other = found.codebook.themes
    renamed = secondcoder.rename_codebook(found.codebook, other.id, name="Turnos", reason="r")
    assert renamed.theme_by_id[theme.id].exclude[0].startswith("“Turnos”")


@pytest.mark.parametrize(
    ("lang", "words", "told"),
    [
        (None, "ჩაი სამზარეულოში კოლეგებთან ერთად", "und"),
        ("und", "ჩაი სამზარეულოში კოლეგებთან ერთად", "und"),
        ("fil", "isang tasa ng tsaa kasama ng mga katrabaho", "fil"),
        ("uk", "чашка чаю на кухні з колегами", "uk"),
        (None, "чашка чаю на кухні з колегами", "ru"),
    ],
)
def test_the_language_of_what_was_not_read_is_told_as_far_as_it_is_known(
    lang: str | None, words: str, told: str, tmp_path: Path
) -> None:
    """Platforms say three letters, too; a script of no known language is unknown, not Arabic."""
    foreign = (Post(id=f"f{n}", author=f"z{n}", text=f"A1 {words}", lang=lang) for n in range(3))
    chat = Chat(info=CHAT.info, posts=(*CHAT.posts, *foreign))
    (note,) = (note.message for note in secondcoder.propose(chat, grain=3).notes[:1])
    assert f"'language: {told}' (-c START.yaml)" in note
    start = tmp_path / "start.yaml"
    start.write_text(f"language: {told}\n", "utf-8")
    assert "not-english" not in secondcoder.propose(chat, codebook=start).sample.left_out


def test_a_chat_in_another_language_is_told_the_way_out() -> None:
    """No post is read, and the error says why and what to do."""
    chat = Chat(info=CHAT.info, posts=(CHAT.posts[0], *ARABIC))
    with pytest.raises(InputError, match=r"3 posts .*another language.*language: ar.*START\.yaml"):
        secondcoder.propose(chat)


def test_answers_without_times_or_labels_are_told_with_what_to_do() -> None:
    """A question is known, and nothing tells who answers it."""
    posts = (post.model_copy(update={"text": post.text[3:]}) for post in CHAT.posts[1:])
    found = secondcoder.propose(Chat(info=CHAT.info, posts=(CHAT.posts[0], *posts)))
    assert not found.codebook.themes
    (note,) = (note.message for note in found.notes)
    assert note.startswith("for 9 of 9 posts with answers it is not known which question")
    assert "9 of them carry no time" in note
    assert "--column created_at=NAME" in note


@pytest.mark.parametrize("n", [1, 2])
def test_a_chat_of_moderators_alone_writes_no_empty_codebook(tmp_path: Path, n: int) -> None:
    """What they ask without a label is no answer of anybody."""
    asked = ("What gives you a pause at work?", "Who helps you to take a pause at work?")
    posts = (Post(id=f"q{at}", author="host", text=text) for at, text in enumerate(asked[:n]))
    with pytest.raises(InputError, match="export the chat with what participants wrote"):
        secondcoder.propose(Chat(info=CHAT.info, posts=tuple(posts)), output=tmp_path / "c.yaml")
    assert not (tmp_path / "c.yaml").exists()


@pytest.mark.parametrize("sample", [0, -3])
def test_a_sample_of_nothing_is_refused(sample: int) -> None:
    """By the estimate, too."""
    with pytest.raises(InputError, match="read one at least"):
        secondcoder.propose(CHAT, sample=sample)
    with pytest.raises(InputError, match="read one at least"):
        secondcoder.estimate_proposal(CHAT, coder="openai/m", sample=sample)


SAME = "A1 five quiet minutes behind the linen cupboard"


def test_six_people_who_answer_in_the_same_words_are_six_who_say_so() -> None:
    """Each counts; a repost, somebody's second time and posts of nobody known do not."""
    posts = (
        *CHAT.posts,
        *(Post(id=f"s{n}", author=f"eve{n}", text=SAME) for n in range(6)),
        Post(id="again", author="Eve2", text=SAME),
        Post(id="unsigned", text=SAME),
        Post(id="passed", author="fay", text=f"RT @eve0: {SAME}", is_repost=True),
    )
    found = secondcoder.propose(Chat(info=CHAT.info, posts=posts), grain="many")
    (theme,) = (theme for theme in found.themes if any("linen" in q.text for q in theme.quotes))
    assert (theme.n_authors, theme.n_posts) == (6, 6)
    assert {quote.post_id for quote in theme.quotes} == {f"s{n}" for n in range(6)}
    assert found.sample.left_out == {"duplicate": 2, "question": 1, "repost": 1}
    notes = [note.message for note in found.notes]
    assert any(note.startswith("5 answers say word for word what another") for note in notes)
    assert any(note.startswith("2 posts repeat an earlier post word for word") for note in notes)


def test_what_covers_an_answer_covers_who_repeats_it() -> None:
    """People coded the first of three; the other two are not ideas that the codebook lacks."""
    chat = Chat(
        info=CHAT.info,
        posts=(*CHAT.posts, *(Post(id=f"s{n}", author=f"eve{n}", text=SAME) for n in range(3))),
    )
    book = Codebook(
        questions=(secondcoder.Question(id="Q1", text="What gives you a pause at work?"),),
        themes=(Theme(id="linen", name="Quiet minutes behind the linen cupboard"),),
    )
    for found in (
        secondcoder.propose(chat, codebook=book),
        secondcoder.propose(chat, coded=secondcoder.code(chat, book)),
    ):
        (known,) = (theme for theme in found.themes if theme.theme_id == "linen")
        assert {"s0", "s1", "s2"} <= {quote.post_id for quote in known.quotes}
    # The embedded coder's codings were taken as people's; that is told, as the other verbs do.
    assert any("words-v1 is no person" in note.message for note in found.notes)


def test_themes_that_were_known_are_not_new_in_the_curve() -> None:
    """All is covered, so nothing new was met; the rotas alone are new where tea is known."""
    question = secondcoder.Question(id="Q1", text="What gives you a pause at work?")
    themes = tuple(
        Theme(id=name, name=name, examples=tuple(say(n)[3:] for n in range(4)), questions=("Q1",))
        for name, say in (("tea", tea), ("rota", rota))
    )
    for known, n_new in ((themes, 0), (themes[:1], 1)):
        book = Codebook(questions=(question,), themes=known)
        found = secondcoder.propose(CHAT, codebook=book, grain=1)
        assert sum(theme.is_new for theme in found.themes) == n_new
        assert found.saturation[0].points[-1].n_themes == n_new
        (read,) = proposal_of(found.codebook).questions
        assert read.n_themes == n_new


def test_where_all_answer_in_the_same_words_that_is_the_theme() -> None:
    """Six people, and nobody said anything else."""
    posts = (Post(id=f"s{n}", author=f"eve{n}", text=SAME) for n in range(6))
    found = secondcoder.propose(Chat(info=CHAT.info, posts=(CHAT.posts[0], *posts)))
    assert [(theme.n_authors, theme.n_posts) for theme in found.themes] == [(6, 6)]
    assert not found.residue[0].quotes
