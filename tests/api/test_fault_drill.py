"""The fault drill: ten thousand posts, a faulty server, five kills, and nothing lost or paid twice.

"Paid twice" needs a definition, since a client that is killed can't know of a reply that is on its
way to it, or to its disk. Such a reply is *in flight*: sent by the server, and not in the ledger
when the process is dead. Posts in flight at a kill are asked about again; nothing else is. So the
server must have given each post one usable answer, and one more for each kill that found it in
flight; and no more posts can be in flight than the runner has under way at once.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from servers.faults import (
    SPOILT,
    UNUSABLE,
    FaultyScript,
    is_beyond_it,
    is_filtered,
    is_refused,
)
from servers.openai_server import ScriptedServer

import secondcoder
from secondcoder.schema.codings import Abstention, Failure
from secondcoder.store.ledger import Ledger

N_POSTS = 10_000
PACK = 5
CONCURRENCY = 32
MOST_UNDER_WAY = 2 * PACK * CONCURRENCY
"""The runner reads two rounds of requests ahead, and no post is under way that it has not read."""
MAX_ATTEMPTS = 8
KILLED_AT = (1_000, 2_500, 4_000, 5_500, 7_000)
"""Posts with a usable answer when the process is killed."""
BOOK = """
questions:
  - id: Q1
    text: What would help?
themes:
  - {id: time, name: Protected hours, questions: [Q1]}
  - {id: people, name: Colleagues listening, questions: [Q1]}
  - {id: tools, name: Simple tools, questions: [Q1]}
"""
WORDS = (
    "A1 Protected hours on day {} would help all of us.",
    "A1 What helped on day {}: colleagues. And simple tools, too.",
    "A1 Nothing new on day {} but the weather, I fear.",
    "A1 On the ward on day {} people were listening to us.",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and a chat of ten thousand answers to one question."""
    rows = ["id,author,created_at,text", "0,host,2026-05-14T19:00:00Z,Q1: What would help?"]
    rows += [
        f'{day},ann{day % 700},2026-05-14T19:{day // 200:02}:{day % 60:02}Z,"{words.format(day)}"'
        for day in range(1, N_POSTS + 1)
        for words in [WORDS[day % len(WORDS)]]
    ]
    (tmp_path / "chat.csv").write_text("\n".join(rows), "utf-8")
    (tmp_path / "codebook.yaml").write_text(BOOK, "utf-8")
    return tmp_path


def start(folder: Path, server: ScriptedServer, name: str) -> subprocess.Popen[str]:
    """Start the command, always the same but for the files it writes."""
    command = [sys.executable, "-m", "secondcoder", "code", "chat.csv", "-c", "codebook.yaml"]
    command += ["--coder", "m", "--base-url", server.url, "--json"]
    command += ["--pack", str(PACK), "--concurrency", str(CONCURRENCY), "--timeout", "15"]
    command += ["--max-attempts", str(MAX_ATTEMPTS)]
    command += ["--ledger", f"{name}.sqlite", "-o", f"{name}.jsonl"]
    return subprocess.Popen(  # noqa: S603  # our own program
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def in_ledger(folder: Path) -> set[int]:
    """Return the days whose posts have an answer on disk."""
    with Ledger(folder / "drill.sqlite") as ledger:
        return {int(answer.post_id) for answer in ledger.answers()}


def run_and_kill(
    folder: Path, server: ScriptedServer, script: FaultyScript, n_answered: int
) -> set[int]:
    """Run until so many posts have an answer, kill, and return whose answers were in flight."""
    before = {day: len(requests) for day, requests in script.good.items()}
    process = start(folder, server, "drill")

    def kill(n: int) -> None:
        if n >= n_answered:
            process.kill()

    script.after = kill
    process.communicate(timeout=300)
    assert process.returncode == -9
    script.after = lambda _: None
    assert script.idle.wait(60)
    new = {day: len(requests) - before.get(day, 0) for day, requests in script.good.items()}
    assert max(new.values()) == 1, "no run is given two answers about a post"
    kept = in_ledger(folder)
    return {day for day, n in new.items() if n and day not in kept}


@pytest.mark.slow
def test_ten_thousand_posts_survive_every_fault_and_five_kills(folder: Path) -> None:
    """Every post is coded or a named failure, each answer is paid for once, none differs."""
    script = FaultyScript(0.2)
    in_flight: Counter[int] = Counter()
    n_known = 0
    with ScriptedServer(script, keeps_requests=False) as server:
        for n_answered in KILLED_AT:
            lost = run_and_kill(folder, server, script, n_answered)
            assert len(lost) <= MOST_UNDER_WAY
            in_flight.update(lost)
            assert len(in_ledger(folder)) > n_known, "what was answered before the kill is there"
            n_known = len(in_ledger(folder))
        script.since_start()
        process = start(folder, server, "drill")
        said, errors = process.communicate(timeout=300)
        assert process.returncode == 1, errors
    summary = json.loads(said)
    assert summary["run"]["usage"]["n_reused"] == n_known

    # It was a drill: one reply in five was faulty, in every way there is.
    assert 0.18 < script.n_faulty / script.n_requests < 0.25
    assert script.kinds == {
        *UNUSABLE,
        *SPOILT,
        "more posts than were asked about",
        "filtered",
        "hangs",
        "refused",
    }

    # Every post is coded or a failure that says why.
    drilled = secondcoder.read_codings(folder / "drill.jsonl")
    answers = {int(one.post.id): one for one in drilled.posts if one.post.id != "0"}
    assert answers.keys() == set(range(1, N_POSTS + 1))
    failures = {
        day: one.outcome for day, one in answers.items() if isinstance(one.outcome, Failure)
    }
    assert failures.keys() == {d for d in answers if is_filtered(d) or is_beyond_it(d)}
    assert all(failure.error and failure.detail for failure in failures.values())
    refused = {day for day, one in answers.items() if isinstance(one.outcome, Abstention)}
    assert refused == {day for day in answers if is_refused(day) and not is_filtered(day)}

    # No answer was paid for twice, but for what was in flight at a kill.
    paid = {day: len(requests) for day, requests in script.good.items()}
    assert paid == {day: 1 + in_flight[day] for day in answers.keys() - failures.keys()}
    assert in_ledger(folder) == paid.keys()
    assert max(script.most_carried.values()) <= MAX_ATTEMPTS

    # The codings are those of a quiet run.
    with ScriptedServer(FaultyScript(0.0), keeps_requests=False) as server:
        process = start(folder, server, "quiet")
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 1, errors
    quiet = secondcoder.read_codings(folder / "quiet.jsonl")
    assert list(map(_decided, drilled.posts)) == list(map(_decided, quiet.posts))


def _decided(coded: secondcoder.PostCodings) -> tuple[object, ...]:
    """Return what was decided about a post, without which request said it."""
    quotes = [(one.quote.spans, one.question_id, one.theme_ids) for one in coded.codings]
    return (coded.post, coded.attribution, coded.outcome.kind, quotes)
