"""A chat of forty answers, workers that are threads, and what to compare of two codings."""

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Lock
from types import TracebackType
from typing import Self

from pydantic import SecretStr
from servers.openai_server import ChatRequest, HttpReply, Script, ScriptedServer, failing

import secondcoder
from secondcoder.api.ahead import ahead
from secondcoder.api.sharding import ShardedJob, chosen, in_shards
from secondcoder.api.sources import open_source
from secondcoder.api.survey import survey
from secondcoder.coding.coders import coder_named, is_embedded
from secondcoder.coding.shards import Shard, code_shard
from secondcoder.coding.tasks import LooksAhead
from secondcoder.schema.codings import Failure, PostCodings
from secondcoder.schema.options import ChatFile, ModelOptions
from secondcoder.schema.progress import Listener, Progress
from secondcoder.schema.runs import Run, Usage
from secondcoder.schema.shards import EngineOptions, ShardManifest
from secondcoder.store.ledger import Ledger

BOOK = """
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
N_ANSWERS = 40
SHARD_POSTS = 9
"""Five shards, the last of them of another size."""


def write_chat(folder: Path, n_answers: int = N_ANSWERS) -> None:
    """Write a codebook, a question, its answers and one greeting; some reply to others."""
    rows = [
        "id,author,created_at,text,in_reply_to",
        "0,host,2026-05-14T19:00:00+01:00,Q1: What would help?,",
    ]
    rows += [
        f"{n},ann{n},2026-05-14T19:{n % 60:02}:30+01:00,A1 Protected time on day {n} helps us all.,"
        f"{'hello' if n % 7 == 0 else ''}"
        for n in range(1, n_answers + 1)
    ]
    rows.append("hello,bob,2026-05-14T19:50:00+01:00,Hello everyone!,")
    (folder / "chat.csv").write_text("\n".join(rows), "utf-8")
    (folder / "codebook.yaml").write_text(BOOK, "utf-8")


def posts_of(path: Path) -> list[str]:
    """Return the lines of a file of codings that hold posts, as they are written."""
    lines = path.read_text("utf-8").splitlines()
    assert json.loads(lines[0])["kind"] == "codings"
    assert json.loads(lines[-1])["kind"] == "end"
    return lines[1:-1]


def failures_of(path: Path) -> list[str]:
    """Return the ids of the posts that failed."""
    codings = secondcoder.read_codings(path)
    return [each.post.id for each in codings.posts if isinstance(each.outcome, Failure)]


def days(requests: Iterable[ChatRequest]) -> list[int]:
    """Return which answers were asked about, in order; the day is in the post's own words."""
    return sorted(
        n
        for request in requests
        for n in range(1, N_ANSWERS + 1)
        if f"day {n} helps" in request.user
    )


def killing(script: Script, after: int, victim: Callable[[], int | None]) -> Script:
    """Return a script that answers as another does, and once kills a process first.

    Args:
        script: The other.
        after: Requests before the fatal one.
        victim: Returns the process to kill, or None to wait for the next request.
    """
    n_asked, is_over = 0, False
    one_at_a_time = Lock()  # the server calls from a thread per connection

    def answer(request: ChatRequest) -> HttpReply:
        nonlocal n_asked, is_over
        with one_at_a_time:
            n_asked += 1
            process = victim() if n_asked > after and not is_over else None
            if process is not None:
                is_over = True
                os.kill(process, signal.SIGKILL)
        return script(request)

    return answer


def a_worker(shards: Path) -> int | None:
    """Return the process of a worker that has been answered; its log is named after it."""
    logs = list(shards.glob("answers-*.*.*.jsonl"))
    return int(logs[0].name.split(".")[1]) if logs else None


class Threads:
    """Workers that are threads of this process; `given` holds each shard with its place."""

    def __init__(self) -> None:
        """Start with nobody at work."""
        self.given: list[tuple[int, Shard]] = []

    async def code(self, place: int, shard: Shard, api_key: SecretStr | None) -> ShardManifest:
        """Return what became of a shard."""
        self.given.append((place, shard))
        return await asyncio.to_thread(code_shard, shard, api_key)

    async def __aenter__(self) -> Self:
        """Return these workers."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let them go."""


class ShardedRun:
    """What became of a chat that threads coded in shards."""

    def __init__(
        self,
        folder: Path,
        engine: EngineOptions,
        coder: str = "local",
        options: ModelOptions | None = None,
    ) -> None:
        """Code the chat in the folder."""
        self.threads = Threads()
        self.posts: list[PostCodings] = []
        self.usage = self.spent = Usage()
        source = open_source(ChatFile(path=folder / "chat.csv"))
        book = secondcoder.read_codebook(folder / "codebook.yaml")
        found = survey(source, book, with_context=not is_embedded(coder))
        shards = folder / "secondcoder-shards"

        async def code(ledger: Ledger | None) -> None:
            named = coder_named(coder, found.codebook, options=options, answers=ledger)
            if isinstance(named, LooksAhead):
                named.look_ahead(ahead(source, found))
            run = named.describe(Run(id="r", coder=named.coder))
            job = ShardedJob(coder, found.codebook, options, run, engine, shards, ledger, ledger)
            job, self.spent = await chosen(job, named)
            async for coded, usage in in_shards(found.place(source), job, self.threads):
                self.posts.append(coded)
                self.usage = self.usage.plus(usage)

        if is_embedded(coder):
            asyncio.run(code(None))
        else:
            with Ledger(folder / "secondcoder-ledger.sqlite") as ledger:
                asyncio.run(code(ledger))


def down_until_told(server: ScriptedServer) -> tuple[list[str | None], Listener]:
    """Take a server down until a listener hears of a pause; return what it hears of, and it."""
    plain, is_back, heard = server.script, Event(), list[str | None]()
    server.script = lambda asked: plain(asked) if is_back.is_set() else failing(503)

    def hear(state: Progress) -> None:
        if state.paused != (heard[-1] if heard else None):
            heard.append(state.paused)
            is_back.set()

    return heard, hear
