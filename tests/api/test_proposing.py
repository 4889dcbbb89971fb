"""Proposals from small chats whose themes anyone can see, with and without a model."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, failing, saying

import secondcoder
from secondcoder.errors import InputError, StoreError
from secondcoder.schema.chat import Chat, ChatInfo, Post
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import LeftOutReason
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.proposals import Proposal
from secondcoder.schema.runs import CoderKind

TEA = "A1 we stop for a pot of tea in the kitchen, ward {n}"
ROTA = "A1 the rota leaves nobody free on night shifts, unit {n}"
CHAT = Chat(
    info=ChatInfo(title="Pauses", moderators=("host",)),
    posts=(
        Post(id="q", author="host", text="Q1: What gives you a pause at work?"),
        *(Post(id=f"t{n}", author=f"ann{n}", text=TEA.format(n=n)) for n in range(4)),
        *(Post(id=f"r{n}", author=f"bo{n}", text=ROTA.format(n=n)) for n in range(4)),
        Post(id="x", author="cy", text="A1 Zebras gallop quickly along dusty plains at dawn"),
    ),
)


def members(proposal: Proposal) -> list[set[str]]:
    """Return the posts of each theme."""
    return [{quote.post_id for quote in theme.quotes} for theme in proposal.themes]


def test_ideas_that_share_words_become_themes_and_the_rest_is_listed() -> None:
    """Four posts on tea, four on rotas, one on zebras that nobody else spoke of."""
    found = secondcoder.propose(CHAT, grain=3)
    assert members(found) == [{"t0", "t1", "t2", "t3"}, {"r0", "r1", "r2", "r3"}]
    assert [[quote.post_id for quote in part.quotes] for part in found.residue] == [["x"]]
    tea = found.themes[0]
    assert (tea.question_id, tea.n_posts, tea.n_authors, tea.is_new) == ("Q1", 4, 4, True)
    assert "tea" in tea.terms
    assert tea.nearest[0].theme_id == found.themes[1].theme_id
    assert 0 <= tea.nearest[0].similarity < 0.5


def test_a_theme_arrives_with_all_a_coder_needs() -> None:
    """Name, definition, when to use it, examples in participants' own words by different people."""
    found = secondcoder.propose(CHAT, grain=3)
    theme = found.theme(found.themes[0].theme_id)
    assert theme.name
    assert theme.definition
    assert theme.include
    assert len(theme.examples) == 4
    texts = [post.text for post in CHAT.posts]
    assert all(any(example in text for text in texts) for example in theme.examples)
    assert theme.questions == ("Q1",)


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
    assert one.model_dump(exclude={"run"}) == two.model_dump(exclude={"run"})


def test_a_large_chat_is_read_in_part_and_the_part_is_recorded() -> None:
    """Four of nine posts, drawn by the seed; the codebook rests on those alone."""
    found = secondcoder.propose(CHAT, sample=4, seed=3)
    assert (found.sample.n_posts, found.sample.n_read, found.sample.seed) == (9, 4, 3)
    assert len(found.sample.post_ids) == 4
    read = {quote.post_id for theme in found.themes for quote in theme.quotes}
    assert read <= set(found.sample.post_ids)
    assert secondcoder.propose(CHAT, sample=4, seed=3).sample == found.sample


def test_a_codebook_is_extended_by_what_it_does_not_cover() -> None:
    """The theme of tea is known, with its examples; only rotas are new. Known themes keep first."""
    start = Codebook(
        title="Mine",
        questions=(secondcoder.Question(id="Q1", text="What gives you a pause at work?"),),
        themes=(
            Theme(
                id="tea",
                name="Tea in the kitchen",
                examples=tuple(TEA.format(n=n)[3:] for n in (7, 8, 9)),
                questions=("Q1",),
            ),
        ),
    )
    found = secondcoder.propose(CHAT, codebook=start, grain=2)
    assert found.codebook.themes[0] == start.themes[0]
    assert found.codebook.title == "Mine"
    by_id = {theme.theme_id: theme for theme in found.themes}
    assert {quote.post_id for quote in by_id["tea"].quotes} == {"t0", "t1", "t2", "t3"}
    assert not by_id["tea"].is_new
    assert [m for m in members(found) if "r0" in m] == [{"r0", "r1", "r2", "r3"}]


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
                examples=(ROTA.format(n=9)[3:],),
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
    assert {"r0", "r1", "r2", "r3"} in members(found)
    with pytest.raises(InputError, match="not both"):
        secondcoder.propose(CHAT, codebook=book, coded=people)


def analyst(request: ChatRequest) -> HttpReply:
    """Answer as a model would: code what mentions tea or rotas; gather codes by their word."""
    lines = re.findall(r"^\[(\d+)\] (.*)$", request.user, re.MULTILINE)
    groups: dict[str, list[int]] = {}
    for number, text in lines:
        for word in ("tea", "rota"):
            if word in text:
                groups.setdefault(word, []).append(int(number))
    if request.user.startswith("Make about"):
        themes = [
            {
                "name": f"All about {word}",
                "definition": f"It is about {word}.",
                "use_when": [f"{word} is named"],
                "not_when": ["something else is"],
                "codes": codes,
            }
            for word, codes in groups.items()
        ]
        return saying(request, json.dumps({"themes": themes}))
    codes = [{"code": f"{word} it is", "segments": places} for word, places in groups.items()]
    return saying(request, json.dumps({"codes": codes}))


def asked(script: object, tmp_path: Path, **options: object) -> tuple[Proposal, list[ChatRequest]]:
    """Return what a model behind a server that follows the script proposes."""
    with ScriptedServer(script) as server:  # type: ignore[arg-type]
        found = secondcoder.propose(
            CHAT,
            coder="m",
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
    assert members(found) == [{"t0", "t1", "t2", "t3"}, {"r0", "r1", "r2", "r3"}]
    theme = found.codebook.themes[0]
    assert (theme.name, theme.definition) == ("All about tea", "It is about tea.")
    assert (theme.include, theme.exclude) == (("tea is named",), ("something else is",))
    assert found.themes[0].codes == ("tea it is",)
    assert found.run.usage.n_requests == 2
    assert len(requests) == 2
    assert "@ann" not in requests[0].user
    assert again.codebook == found.codebook
    assert again.run.usage.n_reused == 2


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


@pytest.mark.parametrize(
    ("codes", "complaint"),
    [
        ([[1]], "code 2 is in no theme"),
        ([[1, 2], [2]], "code 2 is in more than one theme"),
        ([[1, 2, 3]], "it names code 3, and there are codes 1 to 2"),
    ],
)
def test_every_code_has_exactly_one_theme(
    codes: list[list[int]], complaint: str, tmp_path: Path
) -> None:
    """Two codes; a reply that loses, doubles or invents one is asked again."""

    def script(request: ChatRequest) -> HttpReply:
        if not request.user.startswith("Make about"):
            return analyst(request)
        themes = [{"name": "A", "definition": "B", "codes": each} for each in codes]
        return saying(request, json.dumps({"themes": themes}))

    found, requests = asked(script, tmp_path)
    assert complaint in requests[2].user
    assert found.themes == ()
    assert any(complaint in note.message for note in found.notes)


def test_a_server_that_fails_loses_no_words(tmp_path: Path) -> None:
    """The request for themes meets a broken server: all quotes are listed as in no theme."""

    def script(request: ChatRequest) -> HttpReply:
        return failing(500) if request.user.startswith("Make about") else analyst(request)

    found, _ = asked(script, tmp_path)
    assert found.themes == ()
    assert len(found.residue[0].quotes) == 9


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
    assert "2 themes proposed; 1 quotes in no theme" in done.stdout
    evidence = Proposal.model_validate_json((tmp_path / "evidence.json").read_text("utf-8"))
    assert len(evidence.themes) == 2
    coded = run("code", "chat.csv", "-c", "codebook.yaml", "--json", "--moderator", "host")
    assert json.loads(coded.stdout)["n_quoted"] >= 8
    assert run("propose", "chat.csv", "-o", "chat.csv").returncode == StoreError.exit_code
    wrong = run("propose", "chat.csv", "--grain", "fine")
    assert wrong.returncode == InputError.exit_code
    assert "--grain fine: write few, medium, many, or a number of themes" in wrong.stderr


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
    assert members(found) == [{"t0", "t1", "t2", "t3"}, {"r0", "r1", "r2", "r3"}]


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
