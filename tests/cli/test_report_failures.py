"""A report for which a model failed to write something ends as one with failures, and says so."""

import csv
import json
import re
from pathlib import Path

from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, saying
from typer.testing import CliRunner, Result

import secondcoder
from secondcoder.cli.main import app
from secondcoder.schema.chat import ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Coding, Codings, CodingsInfo, PostCodings, Quoted
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run

SAID = (
    "we wait for tea every morning at ten",
    "nobody fills the kettle in our kitchen here",
    "biscuits are shared by all who come in",
)


def coded(key_finding: str | None) -> Codings:
    """Return three posts by three people under one theme."""
    book = Codebook(
        title="Tea",
        questions=(Question(id="Q1", text="What about tea?"),),
        themes=(Theme(id="tea", name="Tea", questions=("Q1",), key_finding=key_finding),),
    )
    posts = []
    for number, text in enumerate(SAID):
        post = Post(id=f"p{number}", text=text, author=f"person_{number}")
        quote = Quote.cut(post, [Span(start=0, end=len(text))])
        coding = Coding(quote=quote, question_id="Q1", theme_ids=("tea",))
        posts.append(PostCodings(post=post, outcome=Quoted(codings=(coding,))))
    run = Run(id="r", coder=Coder(id="embedded", kind=CoderKind.EMBEDDED))
    info = CodingsInfo(chat=ChatInfo(title="Tea"), codebook=book, run=run)
    return Codings(info=info, posts=tuple(posts))


def reported(folder: Path, codings: Codings, server: ScriptedServer, *options: str) -> Result:
    """Run the command."""
    secondcoder.write_codings(codings, folder / "c.jsonl")
    command = ["report", str(folder / "c.jsonl"), "-o", str(folder / "r.md"), "--coder", "m"]
    return CliRunner().invoke(app, [*command, "--base-url", server.url, *options])


def test_quotes_without_a_paraphrase_are_told_of_with_the_reason(tmp_path: Path) -> None:
    """One is copied each time, one refused: on screen, in the methods, by the exit code."""

    def script(request: ChatRequest) -> HttpReply:
        quotes = re.findall(r"^\[(\d+)\] (.*)$", request.user, re.MULTILINE)
        if len(quotes) == 1 and "kettle" in quotes[0][1]:
            return saying(request, "I would rather not.")
        said = [
            {"quote": int(n), "text": text if "tea every" in text else f"other words {n}"}
            for n, text in quotes
        ]
        if len(quotes) > 1:
            said = said[:1]
        return saying(request, json.dumps({"paraphrases": said}))

    with ScriptedServer(script) as server:
        done = reported(tmp_path, coded("Tea matters."), server, "--quotes", "paraphrased")
    assert done.exit_code == 1, done.stderr
    why = (
        "2 of 3 quotes could not be paraphrased: of 1, every reply kept 5 words in a row of the "
        "quote, or more; of 1, no reply was of the form asked for."
    )
    assert f"note: {why}" in done.stderr
    report = (tmp_path / "r.md").read_text("utf-8")
    assert f"| Quotes without a paraphrase | {why} |" in report
    rows = list(csv.DictReader((tmp_path / "r.md.private.csv").read_text("utf-8").splitlines()))
    by_words = {row["verbatim"]: row["paraphrase"] for row in rows}
    assert by_words == {SAID[0]: "", SAID[1]: "", SAID[2]: "other words 1"}
    assert not any(text in report + done.stderr for text in SAID)


def test_a_sentence_that_a_model_failed_to_write_is_a_failure(tmp_path: Path) -> None:
    """It names a number that nothing holds, until the end; a sentence that can stand is none."""
    sentences = ["It was 4711 wards.", "Tea is waited for."]
    for sentence, code in zip(sentences, (1, 0), strict=True):

        def script(request: ChatRequest, sentence: str = sentence) -> HttpReply:
            return saying(request, json.dumps({"sentence": sentence, "quotes": [1]}))

        with ScriptedServer(script) as server:
            done = reported(tmp_path, coded(None), server)
        assert done.exit_code == code, done.stderr
        assert ("The model's sentence is withheld" in done.stderr) is bool(code)


def test_a_sentence_of_the_codebook_that_is_withheld_is_no_failure(tmp_path: Path) -> None:
    """A note tells of it: a person mends the codebook, and nothing was asked in vain."""
    with ScriptedServer() as server:
        done = reported(tmp_path, coded("All 77 of them wait."), server)
    assert "The codebook's sentence" in done.stderr
    assert done.exit_code == 0, done.stderr
