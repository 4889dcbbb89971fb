"""Refining on a small chat: what is learnt, what is accepted, and whether it helps."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    ScriptedServer,
    code_by_keyword,
    failing,
    saying,
)

import secondcoder
from secondcoder.errors import CodingsError, InputError, StoreError
from secondcoder.induction.refine import Pair, halves
from secondcoder.schema.chat import Attribution, AttributionRule, ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Codings,
    CodingsInfo,
    Failure,
    LeftOut,
    LeftOutReason,
    Outcome,
    PostCodings,
    Quoted,
)
from secondcoder.schema.edits import EditKind
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.refinements import Refinement
from secondcoder.schema.runs import Coder, CoderKind, Run

BOOK = Codebook(
    title="Pauses",
    questions=(Question(id="Q1", text="What gives you a pause?"),),
    themes=(
        Theme(id="tea", name="Kettle", definition="A kettle boils.", questions=("Q1",)),
        Theme(id="rota", name="Rota", examples=("the rota is full",), questions=("Q1",)),
    ),
)
N = 12
TEXTS = {
    **{f"b{n}": f"biscuit a{n} tin b{n} shared c{n} with d{n} everybody" for n in range(N)},
    **{f"r{n}": f"rota a{n} full b{n} night c{n} shift d{n} again" for n in range(N)},
}
ATTRIBUTION = Attribution(question_ids=("Q1",), rule=AttributionRule.LABEL, evidence="A1")


def coded(themes: dict[str, str], who: str, kind: CoderKind, **others: Outcome) -> Codings:
    """Return codings in which a post has the theme of its first letter, or another outcome."""
    posts = []
    for name, text in TEXTS.items():
        post = Post(id=name, author=f"ann{name}", text=text)
        quote = Quote.cut(post, [Span(start=0, end=len(text))])
        coding = Coding(quote=quote, question_id="Q1", theme_ids=(themes[name[0]],))
        outcome = others.get(name, Quoted(codings=(coding,)))
        posts.append(PostCodings(post=post, attribution=ATTRIBUTION, outcome=outcome))
    info = CodingsInfo(
        chat=ChatInfo(questions=BOOK.questions),
        codebook=BOOK,
        run=Run(id="r", coder=Coder(id=who, kind=kind)),
    )
    return Codings(info=info, posts=tuple(posts))


PEOPLE = coded({"b": "tea", "r": "rota"}, "people", CoderKind.PERSON)
CODER = coded({"b": "rota", "r": "rota"}, "coder", CoderKind.MODEL)
"""It takes every biscuit for a rota."""


def test_missed_quotes_become_examples_and_confused_themes_get_a_border() -> None:
    """People gave tea where the coder gave the rota: three examples, and one line against it."""
    found = secondcoder.refine(CODER, PEOPLE)
    fields = [(line.theme_id, line.field) for line in found.suggestions]
    assert sorted(fields) == [("rota", "exclude"), *[("tea", "examples")] * 3]
    border = next(line for line in found.suggestions if line.field == "exclude")
    assert border.after.endswith("belongs to 'Kettle'")
    assert found.n_learnt + found.n_held_back == 2 * N
    assert found.n_disagreed == len(border.quotes)


@pytest.mark.parametrize("seed", range(4))
def test_no_held_back_word_is_in_a_suggestion(seed: int) -> None:
    """Every quote is of a learnt post; the held-back posts' own words are in no line."""
    found = secondcoder.refine(CODER, PEOPLE, seed=seed)
    pairs = [Pair(*both) for both in zip(PEOPLE.posts, CODER.posts, strict=True)]
    held = {pair.people.post.id for pair in halves(pairs, 0.5, seed)[1]}
    used = {quote.post_id for line in found.suggestions for quote in line.quotes}
    assert len(held) == found.n_held_back
    assert used
    assert used.isdisjoint(held)
    assert not any(TEXTS[name] in line.after for name in held for line in found.suggestions)


def test_a_repost_of_a_held_back_post_teaches_nothing() -> None:
    """All biscuits say the same: whatever half a post is in, its words are held back too."""
    same = {name: "biscuits are in the tin for all of us" for name in TEXTS if name[0] == "b"}

    def alike(codings: Codings) -> Codings:
        posts = []
        for one in codings.posts:
            text = same.get(one.post.id, one.post.text)
            post = one.post.model_copy(update={"text": text})
            quote = Quote.cut(post, [Span(start=0, end=len(text))])
            coding = one.codings[0].model_copy(update={"quote": quote})
            posts.append(
                PostCodings(post=post, attribution=ATTRIBUTION, outcome=Quoted(codings=(coding,)))
            )
        return codings.model_copy(update={"posts": tuple(posts)})

    found = secondcoder.refine(alike(CODER), alike(PEOPLE))
    assert found.n_disagreed > 0
    assert found.suggestions == ()
    assert (found.scores, found.verdict) == ((), "nothing to score")


def test_whole_posts_of_a_sheet_suggest_what_a_proposal_would_quote() -> None:
    """One sentence, without label, handle, link or tag; each of ten posts is counted once."""

    def furnished(codings: Codings) -> Codings:
        posts = []
        for n, one in enumerate(codings.posts):
            text = (
                f"@host A1 {one.post.text.capitalize()}. Unlike g{n} the h{n} crumbles i{n} away "
                f"k{n}! https://t.example.org/{n} #Pauses"
            )
            post = one.post.model_copy(update={"text": text})
            quote = Quote.cut(post, [Span(start=0, end=len(text))])
            coding = one.codings[0].model_copy(update={"quote": quote})
            posts.append(
                PostCodings(post=post, attribution=ATTRIBUTION, outcome=Quoted(codings=(coding,)))
            )
        return codings.model_copy(update={"posts": tuple(posts)})

    found = secondcoder.refine(furnished(CODER), furnished(PEOPLE))
    examples = [line for line in found.suggestions if line.field == "examples"]
    (border,) = (line for line in found.suggestions if line.field == "exclude")
    assert len(examples) == 3
    for line in (*examples, border):
        assert not re.search("A1|@host|#Pauses|https", line.after)
        assert sum(word in line.after for word in ("iscuit", "crumbles")) == 1
    assert f"in {found.n_disagreed} posts" in border.reason
    assert f"in {found.n_disagreed} posts" in examples[0].reason


def test_a_change_that_helps_is_seen_on_posts_it_was_not_learnt_from() -> None:
    """With examples of biscuits the embedded coder knows all biscuits; without, none."""
    found = secondcoder.refine(CODER, PEOPLE, accept="all")
    f1 = found.scores[0]
    assert f1.before.value is not None
    assert f1.after.value == 1.0
    assert f1.difference.value == pytest.approx(1 - f1.before.value)
    assert found.verdict == "helps"
    assert 0 < found.n_changed <= found.n_held_back


def test_a_score_of_another_coder_than_the_codings_are_of_says_so() -> None:
    """No model is asked unnamed, so a model's codings are scored by the embedded coder."""
    told = secondcoder.refine(CODER, PEOPLE).notes[0].message
    assert told.startswith("scored is embedded, another coder than coder, whose codings the lines")
    assert told.endswith("; --coder coder scores that one")
    own = coded({"b": "rota", "r": "rota"}, "embedded/words-v1", CoderKind.EMBEDDED)
    assert secondcoder.refine(own, PEOPLE).notes == ()


def test_nothing_is_accepted_unasked() -> None:
    """The codebook stays; what all lines would do is scored."""
    found = secondcoder.refine(CODER, PEOPLE)
    assert (found.accepted, found.scored, found.codebook) == ((), "all", BOOK)
    assert found.verdict == "helps"


def test_lines_are_accepted_one_by_one(tmp_path: Path) -> None:
    """Two of four by number or by asking; the new version records one edit with its reason."""
    target = tmp_path / "book.yaml"
    found = secondcoder.refine(CODER, PEOPLE, accept=[1, 2], output=target, by=" Ann ")
    asked = secondcoder.refine(CODER, PEOPLE, accept=lambda lines: range(1, len(lines[:2]) + 1))
    assert found.accepted == asked.accepted == (1, 2)
    assert found.codebook.themes == asked.codebook.themes
    book = secondcoder.read_codebook(target)
    assert book == found.codebook
    assert book.version == "2"
    assert {edit.kind for edit in book.edits} == {EditKind.REFINE}
    assert all(edit.reason for edit in book.edits)
    assert {edit.made_by for edit in book.edits} == {"Ann"}
    first, *others = (edit.refined for edit in book.edits)
    assert not any(others), "scores are of all lines together, so they stand once"
    assert first is not None
    assert (first.n_suggested, first.accepted, first.verdict) == (4, (1, 2), found.verdict)
    assert (first.people, first.coder, first.seed) == (found.people, "embedded", 0)
    for kept, score in zip(first.scores, found.scores, strict=True):
        assert (kept.name, kept.before, kept.after) == (
            score.name,
            score.before.value,
            score.after.value,
        )
        assert isinstance(score.difference.interval, secondcoder.Interval)
        assert (kept.low, kept.high) == (
            score.difference.interval.low,
            score.difference.interval.high,
        )
    lines = found.suggestions[:2]
    for line in lines:
        assert line.after in getattr(book.theme_by_id[line.theme_id], line.field)
    followed = secondcoder.follow_codebook(book, CODER)
    assert (followed.n_moved, followed.codings.posts) == (0, CODER.posts)
    with pytest.raises(InputError, match="accept 9: there is no such line; 4 lines"):
        secondcoder.refine(CODER, PEOPLE, accept=[9])


def test_what_cannot_be_refined_is_said(tmp_path: Path) -> None:
    """A share out of range, no shared posts, several people, another text, a file in the way."""
    with pytest.raises(InputError, match="held back 1: give a share between 0 and 1"):
        secondcoder.refine(CODER, PEOPLE, held_back=1)
    never = LeftOut(reason=LeftOutReason.NOT_CODED)
    undecided = {name: Abstention(note="n") if name[0] == "b" else never for name in TEXTS}
    nobody = coded({"b": "tea", "r": "rota"}, "people", CoderKind.PERSON, **undecided)
    with pytest.raises(CodingsError, match="both coded 0 posts"):
        secondcoder.refine(CODER, nobody)
    post = PEOPLE.posts[-1]
    other = PostCodings(
        post=post.post.model_copy(update={"text": "other"}),
        outcome=LeftOut(reason=LeftOutReason.NO_IDEA),
    )
    changed = PEOPLE.model_copy(update={"posts": (*PEOPLE.posts[:-1], other)})
    with pytest.raises(CodingsError, match="post r11 reads differently"):
        secondcoder.refine(CODER, changed)
    mine = tmp_path / "mine.txt"
    mine.write_text("mine", "utf-8")
    with pytest.raises(StoreError):
        secondcoder.refine(CODER, PEOPLE, output=mine)


def test_posts_on_which_the_coder_failed_tell_nothing() -> None:
    """They are not counted; what it left to people is."""
    failed = coded(
        {"b": "rota", "r": "rota"},
        "coder",
        CoderKind.MODEL,
        b0=Failure(error="E", detail="d"),
        b1=Abstention(note="unsure"),
    )
    found = secondcoder.refine(failed, PEOPLE)
    assert found.n_learnt + found.n_held_back == 2 * N - 1


def test_codings_that_agree_suggest_nothing() -> None:
    """No disagreement, no line, no score; accepting all changes nothing."""
    found = secondcoder.refine(PEOPLE, PEOPLE, accept="all")
    assert (found.n_disagreed, found.suggestions, found.codebook) == (0, (), BOOK)


RULE = {"rule": "Biscuits are eaten together.", "quotes": [1]}
REPLY = {
    "definition": "A pause with a kettle or a biscuit.",
    "use_when": [RULE],
    "not_when": [{"rule": "Rotas belong to 'Rota'.", "quotes": [1]}],
}


def refined_by_model(
    reply: object, tmp_path: Path, *, accept: list[int] | str = "all"
) -> tuple[Refinement, list[ChatRequest], str]:
    """Return what a model suggests that answers so, and codes by the words of themes' names."""

    def script(request: ChatRequest) -> HttpReply:
        if not request.user.startswith("Sharpen this theme"):
            return code_by_keyword(request)
        return saying(request, json.dumps(reply)) if reply else failing(400)

    with ScriptedServer(script) as server:
        options = ModelOptions(base_url=server.url, mode="json", max_attempts=3)
        found = secondcoder.refine(
            CODER,
            PEOPLE,
            coder="m",
            options=options,
            accept=accept,  # type: ignore[arg-type]  # either form
            ledger=tmp_path / "ledger.sqlite",
        )
        asked = [one for one in server.requests if one.user.startswith("Sharpen")]
        return found, asked, server.url


def test_an_estimate_of_refining_counts_wording_and_scoring(tmp_path: Path) -> None:
    """As many requests for wording as are sent; the held-back posts before and after; none sent."""
    found = secondcoder.estimate_refinement(
        CODER,
        PEOPLE,
        coder="openai/gpt-4o-mini",
        ledger=tmp_path / "ledger.sqlite",
    )
    _, asked, _ = refined_by_model(REPLY, tmp_path)
    steps = {step.step: step.n_requests for step in found.steps}
    assert steps["sharper wording"] == len(asked)
    assert steps["held-back posts before"] > 0
    assert steps["held-back posts after"] > 0
    assert found.n_requests == sum(steps.values())
    assert found.cost_usd is not None


def test_a_model_rewords_a_theme_line_by_line(tmp_path: Path) -> None:
    """It sees both sides and the neighbour; a definition, two rules, examples are lines."""
    found, asked, _ = refined_by_model(REPLY, tmp_path)
    assert len(asked) == 2
    tea = next(one for one in asked if "theme: Kettle" in one.user)
    assert "People gave it to these quotes, the coder did not:\n[1] biscuit" in tea.user
    assert "(the coder gave: Rota)" in tea.user
    assert "@ann" not in tea.user
    lines = [line for line in found.suggestions if line.theme_id == "tea"]
    assert [line.field for line in lines] == ["definition", "include", "exclude", *["examples"] * 3]
    assert (lines[0].before, lines[0].after) == ("A kettle boils.", REPLY["definition"])
    theme = found.codebook.theme_by_id["tea"]
    assert lines[1].reason == "it settles 1 quote on which people and the coder differ"
    assert theme.definition == REPLY["definition"]
    assert theme.include == (RULE["rule"],)
    assert len(theme.examples) == 3
    assert found.usage.n_requests > 2
    assert found.verdict == "no change"
    held_back = set(TEXTS) - {quote.post_id for line in found.suggestions for quote in line.quotes}
    biscuits = [TEXTS[name] for name in held_back if name[0] == "b"]
    assert biscuits
    assert not any(text in one.user for text in biscuits for one in asked)


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        ({"use_when": [{"rule": "r", "quotes": [99]}]}, "it cites quote 99"),
        ({"use_when": [RULE] * 4}, "at most 3 rules each"),
        ({"definition": "one\ntwo"}, "must be one sentence"),
    ],
)
def test_a_reply_that_does_not_hold_is_asked_again_and_noted(
    reply: object, complaint: str, tmp_path: Path
) -> None:
    """The model is told what is wrong; after three tries only the examples are suggested."""
    found, asked, _ = refined_by_model(reply, tmp_path)
    assert complaint in asked[1].user
    assert {line.field for line in found.suggestions} == {"examples"}
    assert any("was not reworded" in note.message for note in found.notes)


@pytest.mark.slow  # two processes
def test_the_command_says_why_no_line_is_suggested(tmp_path: Path) -> None:
    """Who agrees leaves nothing to learn; else what a line takes is told, and what to try."""
    secondcoder.write_codings(CODER, tmp_path / "coder.jsonl")
    nothing = {f"b{n}": LeftOut(reason=LeftOutReason.NO_IDEA) for n in range(N)}
    differing = coded({"b": "rota", "r": "rota"}, "people", CoderKind.PERSON, **nothing)
    agreeing = CODER.model_copy(update={"info": PEOPLE.info})
    for name, people in (("agree", agreeing), ("differ", differing)):
        secondcoder.write_codings(people, tmp_path / f"{name}.jsonl")
    said = {}
    for name in ("agree", "differ"):
        command = [sys.executable, "-m", "secondcoder", "refine", "coder.jsonl", f"{name}.jsonl"]
        said[name] = subprocess.run(  # noqa: S603  # our own program
            command,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    for text in said.values():
        assert "nothing to score, and the codebook stays as it is" in text
        assert "--accept" not in text
    assert "they agree on every post" in said["agree"]
    assert "another --seed learns from other posts" in said["differ"]


@pytest.mark.slow  # four processes
def test_the_command_shows_a_diff_and_writes_what_is_accepted(tmp_path: Path) -> None:
    """Without a terminal nothing is accepted; with numbers or answers, those lines are."""
    secondcoder.write_codings(CODER, tmp_path / "coder.jsonl")
    secondcoder.write_codings(PEOPLE, tmp_path / "people.jsonl")

    def run(*words: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "secondcoder", "refine", "coder.jsonl", "people.jsonl"]
        return subprocess.run(  # noqa: S603  # our own program
            [*command, *words],
            cwd=tmp_path,
            input=answers,
            capture_output=True,
            text=True,
            check=False,
        )

    shown = run("-o", "book.yaml")
    assert shown.returncode == 0, shown.stderr
    assert "+ biscuit" in shown.stdout
    assert "F1: before" in shown.stdout
    assert "nothing accepted, so the codebook stays" in shown.stdout
    assert not (tmp_path / "book.yaml").exists()
    taken = run("-o", "book.yaml", "--accept", "ask", answers="y\nn\nn\nn\n")
    assert "wrote book.yaml: version 2" in taken.stdout, taken.stderr
    assert "1 of 4 accepted" in taken.stderr
    told = Refinement.model_validate_json(run("--accept", "1,2", "--json").stdout)
    assert told.accepted == (1, 2)
    wrong = run("--accept", "some")
    assert wrong.returncode == InputError.exit_code
    assert "--accept some: write all, none, ask, or numbers" in wrong.stderr
