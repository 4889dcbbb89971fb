"""One way of asking a model about every post of a chat, measured in a process of its own.

Run by `throughput.py` with the Python of the environment that the way needs, so it imports nothing
but the standard library and, inside each function, what is measured. It codes a chat of few posts
first, which is not counted: so what is imported late, and connections, are not.
"""

import argparse
import asyncio
import csv
import json
import math
import os
import resource
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple


class Task(NamedTuple):
    """What to code, and how."""

    chat: Path
    codebook: Path
    categories: Path
    """The codebook's themes as JSON: name → definition."""
    url: str
    concurrency: int
    pack: str
    prompt_version: int | None
    """None: the library's default."""


class Outcome(NamedTuple):
    """What came of it."""

    n_asked: int | None
    """Posts that reached the model; None: the server knows."""
    quotes: Callable[[], Sequence[tuple[str, str]]]
    """Gives each quote with the text of its post. Looked at when the time is up."""


def second_coder(task: Task) -> Outcome:
    """Code the chat with this library.

    Raises:
        SystemExit: If a post failed.
    """
    import secondcoder  # noqa: PLC0415  # each process measures one thing

    pack = {} if task.pack == "default" else {"posts_per_request": int(task.pack)}
    prompt = {} if task.prompt_version is None else {"prompt_version": task.prompt_version}
    options = secondcoder.ModelOptions(
        base_url=task.url, concurrency=task.concurrency, **pack, **prompt
    )
    output = task.chat.with_suffix(".jsonl")
    ledger = task.chat.with_suffix(".sqlite")
    summary = secondcoder.code(
        task.chat, task.codebook, coder="m", options=options, output=output, ledger=ledger
    )
    if summary.n_failed:
        raise SystemExit(f"{summary.n_failed} posts failed: the figures mean nothing")
    return Outcome(None, partial(_quotes, output))


def _quotes(codings: Path) -> Sequence[tuple[str, str]]:
    quotes = []
    with codings.open(encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            outcome = line.get("outcome", {})
            quotes += [
                (piece, line["post"]["text"])
                for coding in outcome.get("codings", ())
                for piece in coding["quote"]["text"].split(" […] ")
            ]
    return quotes


def instructor_loop(task: Task) -> Outcome:
    """Ask about one post per request by instructor, many at once, with the whole codebook."""
    import instructor  # noqa: PLC0415, TID251  # the peer is what this measures
    import openai  # noqa: PLC0415, TID251
    from pydantic import BaseModel  # noqa: PLC0415

    class Quote(BaseModel):
        text: str
        theme: str | None

    class Quotes(BaseModel):
        quotes: list[Quote]

    system = "Quote each idea and name its theme.\n" + task.codebook.read_text(encoding="utf-8")
    texts = _texts(task.chat)

    async def ask_all() -> list[Quotes]:
        client = instructor.from_openai(openai.AsyncOpenAI(base_url=task.url, api_key="none"))
        slots = asyncio.Semaphore(task.concurrency)

        async def ask(text: str) -> Quotes:
            async with slots:
                return await client.create(
                    model="m",
                    response_model=Quotes,
                    messages=[
                        {"role": "system", "content": system},
                        {"role": "user", "content": text},
                    ],
                )

        return await asyncio.gather(*map(ask, texts))

    found = asyncio.run(ask_all())
    pairs = zip(found, texts, strict=True)
    quotes = [(quote.text, text) for each, text in pairs for quote in each.quotes]
    return Outcome(len(texts), lambda: quotes)


def gabriel_codify(task: Task) -> Outcome:
    """Code the posts with GABRIEL's `codify`, one round."""
    import gabriel  # type: ignore[import-not-found]  # noqa: PLC0415  # in its own environment
    import pandas as pd  # noqa: PLC0415

    os.environ |= {"OPENAI_BASE_URL": task.url, "OPENAI_API_KEY": "none"}
    texts = _texts(task.chat)
    categories = json.loads(task.categories.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        coded = asyncio.run(
            gabriel.codify(
                pd.DataFrame({"text": texts}),
                "text",
                save_dir=folder,
                categories=categories,
                model="gpt-5-mini",
                n_parallels=task.concurrency,
                n_rounds=1,
            )
        )
    quotes = [
        (quote, text)
        for name in categories
        for text, found in zip(texts, coded[name], strict=True)
        for quote in found
    ]
    return Outcome(len(texts), lambda: quotes)


def _texts(chat: Path) -> list[str]:
    with chat.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


PATHS: dict[str, Callable[[Task], Outcome]] = {
    "secondcoder": second_coder,
    "instructor-loop": instructor_loop,
    "gabriel": gabriel_codify,
}


def figures(path: str, task: Task, warm_up: Path, latency_s: float) -> dict[str, object]:
    """Return what a path cost in time, processor, memory and words."""
    started_cpu_s = _cpu_s()
    PATHS[path](task._replace(chat=warm_up))
    _counted(task.url)
    before_cpu_s, started = _cpu_s(), time.perf_counter()
    outcome = PATHS[path](task)
    wall_s, cpu_s = time.perf_counter() - started, _cpu_s() - before_cpu_s
    counted = _counted(task.url)
    n_posts, n_requests = len(_texts(task.chat)), counted["requests"]
    n_asked = outcome.n_asked or counted["posts"]
    said = set(counted["said"])
    # Requests that are all the same long go in rounds, the last of which need not be full.
    held_s, n_rounds = counted["held_s"] / n_requests, math.ceil(n_requests / task.concurrency)
    quotes = outcome.quotes()
    n_quotes = len(quotes)
    found: dict[str, object] = {
        "posts": n_posts,
        "posts_asked": n_asked,
        "requests": n_requests,
        "wall_s": round(wall_s, 3),
        "wall_over_limit": round(wall_s / (n_requests * latency_s / task.concurrency), 3),
        "server_ms_per_request": round(1000 * held_s, 2),
        "wall_over_rounds": round(wall_s / (n_rounds * held_s), 3),
        "cpu_ms_per_post": round(1000 * cpu_s / n_posts, 3),
        "start_cpu_s": round(before_cpu_s - started_cpu_s, 3),
        "prompt_chars_per_post": round(counted["prompt_chars"] / n_asked),
        "prompt_tokens_per_post": round(counted["prompt_tokens"] / n_asked),
        "reply_chars_per_post": round(counted["reply_chars"] / n_asked),
        "reply_tokens_per_post": round(counted["reply_tokens"] / n_asked, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "quotes": n_quotes,
        "quotes_verbatim": round(sum(q in text for q, text in quotes) / n_quotes, 4),
        "tokenizer": counted["tokenizer"],
    }
    if counted["copied_chars"]:
        found["copying_reply_chars_per_post"] = round(counted["copied_chars"] / n_asked)
        found["copying_reply_tokens_per_post"] = round(counted["copied_tokens"] / n_asked, 1)
    else:
        found["quotes_as_the_model_gave_them"] = round(
            sum(quote in said for quote, _ in quotes) / n_quotes, 4
        )
    return found


def _cpu_s() -> float:
    """Return the processor time of this process and of those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _counted(url: str) -> dict[str, Any]:
    """Return what the server counted since the last time."""
    with urllib.request.urlopen(f"{url}/figures") as answer:  # noqa: S310  # our own server
        found: dict[str, Any] = json.load(answer)
    return found


def main() -> None:
    """Measure one path; print its figures as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", choices=PATHS)
    parser.add_argument("--folder", type=Path, help="holds chat.csv, codebook.yaml, …")
    parser.add_argument("--url")
    parser.add_argument("--latency", type=float)
    parser.add_argument("--concurrency", type=int)
    parser.add_argument("--pack")
    parser.add_argument("--prompt-version", type=int)
    args = parser.parse_args()
    task = Task(
        args.folder / "chat.csv",
        args.folder / "codebook.yaml",
        args.folder / "categories.json",
        args.url,
        args.concurrency,
        args.pack,
        args.prompt_version,
    )
    found = figures(args.path, task, args.folder / "warm-up.csv", args.latency)
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
