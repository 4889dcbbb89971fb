"""How full the model path keeps its concurrency, and what a post costs in processor time and words.

A server in a process of its own answers every request after the same latency, so the least time a
run can take is known: requests x latency / concurrency. Posts are made from the example chat.

    python benchmarks/throughput.py --posts 2000 --latency 0.2 --concurrency 64 --json [--peers]

`--peers` adds, against the same server, a plain loop of instructor calls: one post per request,
the whole codebook, quotes copied.
"""

import argparse
import asyncio
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from invented_chat import EXAMPLE, write_chat

_FENCE = re.compile(r"^<<<POST (\d+)\n.*?^\[(\d+)\] ", re.DOTALL | re.MULTILINE)


class Server:
    """A minimal completion server: it costs little of the processor it shares with the client."""

    def __init__(self, latency_s: float) -> None:
        """Take the time every answer takes, in seconds."""
        self.latency_s = latency_s
        self.n_requests = 0
        self.n_prompt = 0
        self.n_reply = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until it ends."""
        while head := await self._head(reader):
            length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            body = await reader.readexactly(int(length[1]) if length else 0)
            answer = self._figures() if head.startswith(b"GET") else await self._reply(body)
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                + str(len(answer)).encode()
                + b"\r\n\r\n"
                + answer
            )
            await writer.drain()
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    def _figures(self) -> bytes:
        """Return what was counted since the last time, and count anew."""
        counted = json.dumps([self.n_requests, self.n_prompt, self.n_reply]).encode()
        self.n_requests = self.n_prompt = self.n_reply = 0
        return counted

    async def _reply(self, body: bytes) -> bytes:
        started = time.perf_counter()
        request = json.loads(body)
        prompt = sum(len(message["content"]) for message in request["messages"])
        tool = request["tools"][0]["function"]
        said = json.dumps(_coded(request["messages"][-1]["content"], tool))
        self.n_requests += 1
        self.n_prompt += prompt + len(json.dumps(request["tools"]))
        self.n_reply += len(said)
        call = {
            "id": "1",
            "type": "function",
            "function": {"name": tool["name"], "arguments": said},
        }
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        answer = {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}],
            "usage": {"prompt_tokens": prompt // 4, "completion_tokens": len(said) // 4,
                      "total_tokens": (prompt + len(said)) // 4},
        }  # fmt: skip
        await asyncio.sleep(max(0.0, self.latency_s - (time.perf_counter() - started)))
        return json.dumps(answer).encode()


def _coded(user: str, tool: dict[str, object]) -> dict[str, object]:
    """Return a valid reply: the first words of each post, under other ideas."""
    if tool["name"] != "Reply":
        return {"quotes": [{"text": user.strip(), "theme": None}]}
    return {
        "posts": [
            {
                "post": int(number),
                "quotes": [{"segments": [int(segment)], "question": None, "themes": []}],
                "left_out": None,
                "undecided": None,
            }
            for number, segment in _FENCE.findall(user)
        ]
    }


async def serve(latency_s: float) -> None:
    """Serve on a free port of loopback until killed; print the port."""
    server = await asyncio.start_server(Server(latency_s).handle, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def ours(chat: Path, url: str, args: argparse.Namespace) -> int:
    """Code the chat; return how many posts were asked about.

    Raises:
        SystemExit: If a post failed.
    """
    import secondcoder  # noqa: PLC0415  # a child process measures one thing

    options = secondcoder.ModelOptions(
        base_url=url, posts_per_request=args.pack, concurrency=args.concurrency
    )
    output = chat.with_name("codings.jsonl")
    summary = secondcoder.code(
        chat, EXAMPLE / "codebook.yaml", coder="m", options=options, output=output
    )
    if summary.n_failed:
        raise SystemExit(f"{summary.n_failed} posts failed: the figures mean nothing")
    with output.open(encoding="utf-8") as lines:
        kinds = [json.loads(line).get("outcome", {}) for line in lines]
    return sum(outcome.get("kind") == "quoted" for outcome in kinds)


def instructor_loop(chat: Path, url: str, args: argparse.Namespace) -> int:
    """Ask about one post after the other by instructor, many at once; return how many."""
    import csv  # noqa: PLC0415  # as above

    import instructor  # noqa: PLC0415, TID251  # the peer is what this measures
    import openai  # noqa: PLC0415, TID251
    from pydantic import BaseModel  # noqa: PLC0415

    class Quote(BaseModel):
        text: str
        theme: str | None

    class Quotes(BaseModel):
        quotes: list[Quote]

    system = "Quote each idea and name its theme.\n" + (EXAMPLE / "codebook.yaml").read_text()
    with chat.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]

    async def ask_all() -> None:
        client = instructor.from_openai(openai.AsyncOpenAI(base_url=url, api_key="none"))
        slots = asyncio.Semaphore(args.concurrency)

        async def ask(text: str) -> None:
            async with slots:
                await client.create(
                    model="m",
                    response_model=Quotes,
                    messages=[
                        {"role": "system", "content": system},
                        {"role": "user", "content": text},
                    ],
                )

        await asyncio.gather(*map(ask, texts))

    asyncio.run(ask_all())
    return len(texts)


def measure(what: Callable[[Path, str, argparse.Namespace], int], args: argparse.Namespace) -> None:
    """Run one path in this process and print its figures as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        chat = Path(folder) / "chat.csv"
        write_chat(chat, args.posts, seed=7)
        # Not counted: importing is not coding. Both paths need what this one imports.
        import openai.resources.chat  # noqa: F401, PLC0415, TID251

        import secondcoder.coding.model  # noqa: F401, PLC0415

        before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        n_posts = what(chat, args.url, args)
        wall_s = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_SELF)
    with urllib.request.urlopen(f"{args.url}/figures") as answer:  # noqa: S310  # our own server
        n_requests, n_prompt, n_reply = json.load(answer)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    limit_s = n_requests * args.latency / args.concurrency
    figures = {
        "posts": args.posts,
        "posts_asked": n_posts,
        "requests": n_requests,
        "wall_s": round(wall_s, 3),
        "wall_over_limit": round(wall_s / limit_s, 3),
        "cpu_ms_per_post": round(1000 * cpu_s / args.posts, 3),
        "cpu_ms_per_request": round(1000 * cpu_s / n_requests, 3),
        "prompt_chars_per_post": round(n_prompt / n_posts),
        "reply_chars_per_post": round(n_reply / n_posts),
        "peak_mb": round(after.ru_maxrss / 1024),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


_PATHS = {"secondcoder": ours, "instructor-loop": instructor_loop}


def main() -> None:
    """Start the server, measure each path in a process of its own, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds per answer")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--pack", type=int, default=1, help="posts per request")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure", choices=_PATHS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        asyncio.run(serve(args.latency))
    elif args.measure:
        measure(_PATHS[args.measure], args)
    else:
        report(args)


def report(args: argparse.Namespace) -> None:
    """Measure in child processes; print."""
    me = [sys.executable, __file__]
    common = [
        f"--posts={args.posts}",
        f"--latency={args.latency}",
        f"--concurrency={args.concurrency}",
        f"--pack={args.pack}",
    ]
    with subprocess.Popen([*me, "--serve", *common], stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        port = server.stdout.readline().strip() if server.stdout is not None else ""
        url = f"http://127.0.0.1:{port}/v1"
        found = {}
        for name in _PATHS if args.peers else ["secondcoder"]:
            done = subprocess.run(  # noqa: S603  # this script
                [*me, f"--measure={name}", f"--url={url}", *common],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            found[name] = json.loads(done.stdout.splitlines()[-1])
        server.kill()
    result = {"pack": args.pack, **found["secondcoder"]}
    if args.peers:
        result["peers"] = {"instructor-loop": found["instructor-loop"]}
    sys.stdout.write(json.dumps(result, indent=None if args.json else 2) + "\n")


if __name__ == "__main__":
    main()
