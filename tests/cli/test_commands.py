"""The commands as a person types them, in a process of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "improvement-chat"
CODEBOOK = """
questions:
  - id: Q1
    text: What would help?
themes:
  - id: time
    name: Protected time
    questions: [Q1]
  - id: people
    name: Colleagues who listen
    questions: [Q1]
"""
CHAT = """id,author,created_at,text
1,host,2026-05-14T19:00:00Z,Q1: What would help? #chat
2,ann,2026-05-14T19:02:00Z,A1 Protected time every week would help us all.
3,ben,2026-05-14T19:03:00Z,A1: Colleagues who listen. <script>alert(1)</script>
4,cem,2026-05-14T19:04:00Z,Good evening everyone!
"""


def run(*words: str | Path, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Return what a command printed, having ended with the exit code."""
    command = [sys.executable, "-m", "secondcoder", *map(str, words)]
    ran = subprocess.run(  # noqa: S603  # our own program
        command, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert ran.returncode == code, ran.stderr
    return ran


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a chat and a codebook."""
    (tmp_path / "chat.csv").write_text(CHAT, "utf-8")
    (tmp_path / "codebook.yaml").write_text(CODEBOOK, "utf-8")
    return tmp_path


def test_what_is_told_of_the_chats_time_is_kept_and_the_rest_is_not_made_up(folder: Path) -> None:
    """The first question's time is a guess, and is called one; no length is none."""

    def told(*words: str) -> dict[str, object]:
        run("code", "chat.csv", "-c", "codebook.yaml", *words, cwd=folder)
        first, _, _ = (folder / "codings.jsonl").read_text("utf-8").partition("\n")
        chat: dict[str, object] = json.loads(first)["info"]["chat"]
        return {name: chat.get(name) for name in ("starts_at", "start_is_inferred", "length")}

    start = "2026-05-14T19:00:00Z"
    assert told() == {"starts_at": start, "start_is_inferred": True, "length": None}
    given = told("--start", "2026-05-14T18:55Z", "--length", "1h30m")
    assert given == {
        "starts_at": "2026-05-14T18:55:00Z",
        "start_is_inferred": False,
        "length": "PT1H30M",
    }


def test_a_chat_is_coded_and_reported(folder: Path) -> None:
    """Two commands from posts to a page; the screen accounts for every post."""
    coded = run("code", "chat.csv", "--codebook", "codebook.yaml", cwd=folder)
    assert "4 posts: 2 quoted, 2 left out, 0 for people to decide, 0 failed" in coded.stdout
    assert "left out: question 1, greeting 1" in coded.stdout
    run("report", "codings.jsonl", "-o", "report.html", cwd=folder)
    page = (folder / "report.html").read_text("utf-8")
    assert "Protected time every week would help us all." in page
    assert "<script>alert(1)" not in page


def test_json_is_all_that_is_printed(folder: Path) -> None:
    """`--json` output parses as it stands, for every command."""
    coded = run("code", "chat.csv", "-c", "codebook.yaml", "--json", cwd=folder)
    assert json.loads(coded.stdout)["n_posts"] == 4
    for words in (
        ("report", "codings.jsonl", "--json"),
        ("questions", "chat.csv", "--json"),
        ("segment", "Tea first. Then talk.", "--json"),
        ("schema", "Codebook"),
    ):
        assert json.loads(run(*words, cwd=folder).stdout)


def test_segments_of_a_file_are_offsets_into_that_file(folder: Path) -> None:
    """A file's name reads the file; line ends are kept, so that offsets hold."""
    text = "Tea first.\r\nThen talk."
    (folder / "post.txt").write_bytes(text.encode())
    pieces = json.loads(run("segment", "post.txt", "--json", cwd=folder).stdout)
    assert "".join(text[p["span"]["start"] : p["span"]["end"]] for p in pieces) == text


def test_questions_are_shown_with_their_rules(folder: Path) -> None:
    """One question, two labelled answers."""
    shown = json.loads(run("questions", "chat.csv", "--json", cwd=folder).stdout)
    first = shown["questions"][0]
    assert (first["question"]["id"], first["by_rule"]["label"]) == ("Q1", 2)
    assert "Q1" in run("questions", "chat.csv", cwd=folder).stdout
    timed = ("--length", "45m", "--start", "2026-05-14T19:00Z")
    assert (
        "within 45 minutes of the start: "
        in run("questions", "chat.csv", *timed, cwd=folder).stdout
    )


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("code", "none.csv", "-c", "codebook.yaml"), 2, "none.csv"),
        (("code", "chat.csv", "-c", "none.yaml"), 2, "none.yaml"),
        (("code", "chat.csv", "-c", "codebook.yaml", "--column", "text"), 2, "FIELD=COLUMN"),
        (("code", "chat.csv", "-c", "codebook.yaml", "--column", "text=Post"), 2, "Post"),
        (("code", "chat.csv", "-c", "codebook.yaml", "--start", "soon"), 2, "not a time"),
        (("code", "chat.csv", "-c", "codebook.yaml", "--length", "90"), 2, "like 90m or 1h30m"),
        (("code", "chat.csv", "-c", "codebook.yaml", "--timezone", "Mars/X"), 2, "Mars/X"),
        (("code", "chat.csv", "-c", "codebook.yaml", "--concurrency", "0"), 2, "--concurrency 0"),
        (("code", "chat.csv", "-c", "codebook.yaml", "-o", "chat.csv"), 4, "not overwritten"),
        (("code", "chat.csv", "-c", "codebook.yaml", "-o", "no/x.jsonl"), 4, "folder"),
        (("report", "chat.csv"), 2, "chat.csv"),
        (("convert", "chat.csv", "-o", "out"), 2, "chat.csv"),
        (("schema", "Tweet"), 2, "Codebook"),
        (("code", "chat.csv", "-c", "codebook.yaml", "--coder", "openai/gpt-5-mini"), 3, "KEY"),
    ],
)
def test_an_error_is_one_sentence_and_an_exit_code(
    folder: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    """No traceback; what is wrong is named; nothing is left behind."""
    before = {path.name for path in folder.iterdir()}
    environment = {key: value for key, value in os.environ.items() if key != "OPENAI_API_KEY"}
    command = [sys.executable, "-m", "secondcoder", *words]
    ran = subprocess.run(  # noqa: S603  # our own program
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment
    )
    assert ran.returncode == code, ran.stderr
    assert ran.stderr.startswith("error: ")
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    after = {path.name for path in folder.iterdir() if "ledger" not in path.name}
    assert after == before


def test_a_people_report_becomes_files_that_can_be_used(folder: Path) -> None:
    """What `convert` writes, `code` and `report` read; it does not overwrite."""
    (folder / "people.txt").write_text(
        "1. Introduction\n\nThere were 9 tweets.\n\n2. Key themes\n\nQ1. What would help?\n\n"
        "· Time was named first.\n\n3. Breakdown tweets / quotes by theme\n\n"
        "\t1. What would help?\n\n\tTheme 1: Protected time\n\n“An hour a week”\n\n"
        "“Slots nobody can take”\n\n\tOther ideas\n\n“Better chairs”\n",
        "utf-8",
    )
    shown = run("convert", "people.txt", "-o", "people", cwd=folder)
    assert "3 quotations, 1 of them other ideas" in shown.stdout
    run("code", "chat.csv", "-c", "people/codebook.yaml", cwd=folder)
    assert "An hour a week" in run("report", "people/codings.jsonl", cwd=folder).stdout
    run("convert", "people.txt", "-o", "people", cwd=folder, code=4)


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(folder: Path) -> None:
    """No traceback, no half a file, exit code 130 as shells expect."""
    rows = "".join(f"{n},ann,,A1 Protected time number {n} helps us.\n" for n in range(10, 60_000))
    (folder / "long.csv").write_text(CHAT + rows, "utf-8")
    command = [sys.executable, "-m", "secondcoder", "code", "long.csv", "-c", "codebook.yaml"]
    process = subprocess.Popen(  # noqa: S603  # our own program
        command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not list(folder.glob(".codings.jsonl.*")) and time.monotonic() < deadline:
        time.sleep(0.05)  # until it has begun to write; nothing is asserted about the time
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.strip().endswith("the same command starts again")
    assert not list(folder.glob("*codings.jsonl*"))


@pytest.mark.skipif(not EXAMPLE.exists(), reason="the example chat is not in this copy")
def test_the_example_is_coded_in_full(folder: Path) -> None:
    """Every post of the example is accounted for, and none fails."""
    words = ("code", EXAMPLE / "chat.csv", "-c", EXAMPLE / "codebook.yaml", "--json")
    summary = json.loads(run(*words, cwd=folder).stdout)
    left_out = sum(summary["left_out"].values())
    assert summary["n_posts"] == summary["n_quoted"] + left_out + summary["n_abstained"]
    assert summary["n_failed"] == 0
    assert summary["n_quotes"] >= summary["n_quoted"] > 0


def test_help_and_version_are_shown() -> None:
    """The two things anyone tries first."""
    cwd = Path.cwd()
    assert "code" in run("--help", cwd=cwd).stdout
    assert run("--version", cwd=cwd).stdout.startswith("secondcoder ")
