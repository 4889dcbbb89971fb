"""A panel from the command line and from Python: its files, its screen, its report."""

import json
from pathlib import Path

import pytest
from coding.panel_cases import Says, failed, left_out
from pydantic import JsonValue
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, code_by_keyword, replying
from typer.testing import CliRunner

import secondcoder
from secondcoder.cli.main import app
from secondcoder.errors import StoreError
from secondcoder.schema.codings import Abstention
from secondcoder.store.ledger import Ledger

CHAT = "examples/improvement-chat/chat.csv"
BOOK = "examples/improvement-chat/codebook.yaml"
POSTS = """id,author,created_at,text
0,host,2026-05-14T19:00:00Z,Q1: What would help?
1,ann,2026-05-14T19:01:00Z,A1 Protected time every week would help us most.
2,bob,2026-05-14T19:02:00Z,A1 Colleagues who listen and who have time.
3,cy,2026-05-14T19:03:00Z,RT @ann: A1 Protected time every week would help us most.
4,di,2026-05-14T19:04:00Z,A1 More money for the team that visits people at home.
"""
THEMES = """
questions:
  - {id: Q1, text: "What would help?"}
themes:
  - {id: time, name: Protected time, questions: [Q1]}
  - {id: people, name: Colleagues who listen, questions: [Q1]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a chat of three answers and a repost, and a codebook."""
    (tmp_path / "chat.csv").write_text(POSTS, "utf-8")
    (tmp_path / "book.yaml").write_text(THEMES, "utf-8")
    return tmp_path


def contrary(request: ChatRequest) -> HttpReply:
    """Return the keyword coding, but of model b for bob's post another theme."""
    if request.body["model"] != "b" or "Colleagues" not in request.user:
        return code_by_keyword(request)
    quote: JsonValue = {"segments": [2], "question": "Q1", "themes": ["T1"]}
    return replying(request, [{"post": 1, "quotes": [quote], "left_out": None, "undecided": None}])


def code(folder: Path, server: ScriptedServer, *words: str) -> tuple[int, str]:
    """Run `secondcoder code` on the folder's chat; return the exit code and what was printed."""
    command = ["code", str(folder / "chat.csv"), "-c", str(folder / "book.yaml")]
    command += ["-o", str(folder / "out.jsonl"), "--base-url", server.url, *words]
    ran = CliRunner().invoke(app, command)
    error = ran.exception
    if isinstance(error, secondcoder.SecondCoderError):  # as `run` in cli/main.py ends
        return error.exit_code, str(error)
    return ran.exit_code, ran.output


def test_a_panel_on_the_command_line_writes_each_members_codings_beside_its_own(
    folder: Path, server: ScriptedServer
) -> None:
    """They are complete files, which `agree` and `report` take as they are."""
    server.script = contrary
    exit_code, printed = code(folder, server, "--coder", "a", "--coder", "b", "--coder", "c")
    assert exit_code == 0, printed
    files = [folder / f"out.{name}.jsonl" for name in "abc"]
    for file, name in zip(files, "abc", strict=True):
        member = secondcoder.read_codings(file)
        assert member.info.run.coder.id == name
        assert len(member.posts) == 5
    panel = secondcoder.read_codings(folder / "out.jsonl")
    assert panel.info.run.coder.kind == "panel"
    assert [run.coder.id for run in panel.info.run.members] == ["a", "b", "c"]
    assert panel.info.run.usage.n_requests == sum(
        run.usage.n_requests for run in panel.info.run.members
    )
    assert "votes: 2 with 3 of 3 votes, 1 with 2 of 3 votes" in printed
    agreement = secondcoder.agree(*files)
    assert {each.coder.id for each in agreement.coders} == {"a", "b", "c"}


def test_the_same_panel_may_be_written_over_and_another_may_not(
    folder: Path, server: ScriptedServer
) -> None:
    """A member's file of another coder is never lost."""
    assert code(folder, server, "--coder", "a", "--samples", "2")[0] == 0
    assert (folder / "out.a-2.jsonl").exists()
    n_asked = len(server.requests)
    assert code(folder, server, "--coder", "a", "--samples", "2")[0] == 0
    assert len(server.requests) == n_asked
    with Ledger(folder / "secondcoder-ledger.sqlite") as ledger:
        assert len(ledger) == n_asked
    exit_code, printed = code(folder, server, "--coder", "a", "--coder", "b")
    assert exit_code == StoreError.exit_code
    assert "holds the codings of panel:a*2" in printed.replace("\n", " ")


def test_the_report_shows_votes_members_and_where_words_went(
    folder: Path, server: ScriptedServer
) -> None:
    """In both forms; a post that divides the panel is for people."""
    server.script = contrary
    options = secondcoder.ModelOptions(base_url=server.url)
    codings = secondcoder.code(
        folder / "chat.csv",
        folder / "book.yaml",
        coder=["a", "b", "embedded"],
        min_votes=1.0,
        options=options,
        ledger=folder / "l.sqlite",
    )
    names = [member.info.run.coder.id for member in codings.members]
    assert names == ["a", "b", "embedded/words-v1"]
    texts = (secondcoder.report(codings), secondcoder.report(codings, form="html"))
    for text in texts:
        assert "of 3 votes" in text
        assert "Member 2" in text
        assert "on this machine" in text
    assert any(isinstance(one.outcome, Abstention) for one in codings.posts)
    assert all("the panel disagrees" in text for text in texts)


def test_codings_of_a_panel_are_written_with_their_members(folder: Path) -> None:
    """Nothing is lost between Python and files."""
    panel = secondcoder.code(CHAT, BOOK, coder=[Says("a", left_out()), Says("b", left_out())])
    secondcoder.write_codings(panel, folder / "p.jsonl")
    again = secondcoder.read_codings(folder / "p.b.jsonl")
    assert again.posts == panel.members[1].posts


def test_names_that_would_share_a_file_get_one_each(folder: Path) -> None:
    """`a/b` and `a:b` are written alike."""
    summary = secondcoder.code(
        CHAT,
        BOOK,
        coder=[Says("a/b", left_out()), Says("a:b", failed())],
        output=folder / "p.jsonl",
    )
    assert [one.output and one.output.name for one in summary.members] == [
        "p.a-b.jsonl",
        "p.a-b.2.jsonl",
    ]
    assert summary.n_failed == summary.members[1].n_failed > 0


def test_a_dry_run_adds_up_the_members(folder: Path, server: ScriptedServer) -> None:
    """What one member has an answer for is still asked of the other."""
    options = secondcoder.ModelOptions(base_url=server.url)
    book, chat, ledger = folder / "book.yaml", folder / "chat.csv", folder / "l.sqlite"
    secondcoder.code(chat, book, coder="a", options=options, ledger=ledger)
    found = secondcoder.estimate(
        chat, book, coder=["a", "embedded"], samples=2, options=options, ledger=ledger
    )
    assert [one.coder for one in found.members] == ["a#1", "a#2"]
    assert [one.n_requests for one in found.members] == [0, 3]
    assert (found.n_posts_to_ask, found.n_reused, found.n_settled) == (3, 0, 2)
    assert found.prompt_tokens == found.members[1].prompt_tokens
    exit_code, printed = code(
        folder, server, "--coder", "a", "--samples", "2", "--dry-run", "--ledger", str(ledger)
    )
    assert exit_code == 0, printed
    assert "of it a#2" in printed


def test_votes_without_a_panel_are_refused(folder: Path, server: ScriptedServer) -> None:
    """And no coder at all."""
    exit_code, printed = code(folder, server, "--min-votes", "0.7")
    assert exit_code == 2
    assert "--min-votes is for a panel" in printed
    with pytest.raises(secondcoder.InputError, match="no coder is named"):
        secondcoder.code(folder / "chat.csv", folder / "book.yaml", coder=[])


def test_a_panel_as_json_holds_its_members(folder: Path, server: ScriptedServer) -> None:
    """What is printed is what the library returns."""
    exit_code, printed = code(folder, server, "--coder", "a", "--samples", "3", "--json")
    assert exit_code == 0
    summary = json.loads(printed)
    assert [one["run"]["coder"]["id"] for one in summary["members"]] == ["a#1", "a#2", "a#3"]
    assert summary["votes"] == {"3 of 3": summary["n_quotes"]}


def test_examples_are_read_from_people_and_named_in_the_run(
    folder: Path, server: ScriptedServer
) -> None:
    """From codings and from sheets; of the post itself none is shown."""
    people = "post_id,text,quote,theme\n" + "".join(
        f"{post_id},,{quote},{theme}\n"
        for post_id, quote, theme in (
            ("1", "Protected time every week", "time"),
            ("4", "More money for the team", "people"),
        )
    )
    (folder / "ann.csv").write_text(people, "utf-8")
    exit_code, printed = code(
        folder, server, "--coder", "a", "--examples", str(folder / "ann.csv"), "--json"
    )
    assert exit_code == 0, printed
    asked = {request.user for request in server.requests}
    of_ann = next(user for user in asked if "help us most" in user)
    assert "T1: Protected time every week" not in of_ann
    assert "T2: More money for the team" in of_ann
    parameters = json.loads(printed)["run"]["parameters"]
    assert parameters["examples_per_theme"] == 2
    exit_code, printed = code(folder, server, "--examples", str(folder / "ann.csv"))
    assert exit_code == 2
    assert "shown to a model" in printed
    for words, message in (
        (("--examples-per-theme", "0"), "give 1 to 20"),
        (("--examples", str(folder / "none.jsonl")), "can't be read"),
    ):
        given = ("--coder", "a", "--examples", str(folder / "ann.csv"), *words)
        exit_code, printed = code(folder, server, *given)
        assert exit_code == 2
        assert message in printed


def test_codings_without_a_theme_are_no_examples() -> None:
    """Left out all of it."""
    nothing = secondcoder.code(CHAT, BOOK, coder=Says("m", left_out()))
    with pytest.raises(secondcoder.InputError, match="no quote has a theme"):
        secondcoder.read_examples(nothing)
    some = secondcoder.read_examples("examples/improvement-chat/reference.jsonl", per_theme=3)
    assert some.per_theme == 3
    assert all(quote.theme_ids for quote in some.quotes)
