"""A server that speaks `/chat/completions` and `/responses`, in the same time for each answer.

It costs little of the processor it shares with its clients, and counts what it is sent. A text
always gets the same answer.

- Asked for numbers of segments (Second Coder): about what the example's reference says. A quarter
  of the posts are left out with a reason; of the others, one in four holds two ideas. They take all
  segments but the first, where there are several, under the first question and theme of the
  prompt. The reply has the form that the prompt asks for. Beside it, what a reply would have been
  that copies the words in place of numbers is counted, with no field that says nothing.
- Asked for a list of quotes (the instructor loop): the post's text, in one quote.
- Asked for excerpts by category (GABRIEL): the post's text under the first category of the request,
  whole if it has fewer than 20 words, else its first and last eight words, as the prompt demands. A
  post is asked about once for every eight categories, so it gets as many quotes.

Models do not copy exactly: in every tenth post that is copied, `&amp;` becomes `&`, emoji are left
out, line breaks and runs of spaces become one space, typographic quotation marks, apostrophes and
dashes the plain ones. How often models do so is not claimed here.

The headers grant ample limits, without which GABRIEL sends one request a second.

    python benchmarks/answering_server.py --latency 0.2      # prints the port it listens on
"""

import argparse
import asyncio
import html
import json
import re
import sys
import time
import zlib
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from secondcoder.coding.tokens import tokenizer

Request = dict[str, Any]

ALTERED = 10
"""One in so many copied posts is not copied exactly."""
_LIMITS = b"".join(
    f"x-ratelimit-limit-{kind}: {n}\r\nx-ratelimit-remaining-{kind}: {n - 1}\r\n"
    f"x-ratelimit-reset-{kind}: 1ms\r\n".encode()
    for kind, n in (("requests", 30_000), ("tokens", 180_000_000))
)
_SHORT = 20
_EXCERPT = 8
_POST = re.compile(r"^<<<POST (\d+)\n(.*?)\nPOST \1>>>$", re.DOTALL | re.MULTILINE)
_SEGMENT = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_IN_LINES = "one line"
"""Stands in prompts that ask for a line per post."""
_REASONS = ("greeting", "question", "no-idea", "logistics")
_LINE = re.compile(
    r"^(?:Question (?P<question>\S+?)(?::|$)|(?:- Theme )?(?P<theme>T[0-9]+|(?<=Theme )\S+): )",
    re.MULTILINE,
)
_CATEGORY = re.compile(r"BEGIN CATEGORIES/ATTRIBUTES\s+\{(['\"])(.*?)\1: ")
_ENTRY = re.compile(r"BEGIN TEXT ENTRY\n(.*?)\nEND TEXT ENTRY", re.DOTALL)
_DIGITS = re.compile("[0-9]+")
_EMOJI = re.compile("[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")
_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-"})


class Counted:
    """What was asked and answered since the last time somebody looked."""

    def __init__(self) -> None:
        """Start from nothing."""
        self.n_requests = 0
        self.held_s = 0.0
        """From each request's head to the last of its answer, together."""
        self.prompts: Counter[str] = Counter()
        self.replies: list[str] = []
        self.copied: list[str] = []
        """What the replies would have been, had they copied the quotes instead of naming them."""
        self.posts: set[str] = set()
        """Posts asked about by number of segment, however often each."""
        self.said: set[str] = set()
        """Quotes as they were copied."""

    def figures(self) -> dict[str, object]:
        """Return the sums, tokens by the tokenizer that the library counts with."""
        count = tokenizer().count
        return {
            "requests": self.n_requests,
            "held_s": self.held_s,
            "posts": len(self.posts),
            "prompt_chars": sum(len(text) * n for text, n in self.prompts.items()),
            "prompt_tokens": sum(count(text) * n for text, n in self.prompts.items()),
            "reply_chars": sum(map(len, self.replies)),
            "reply_tokens": sum(map(count, self.replies)),
            "copied_chars": sum(map(len, self.copied)),
            "copied_tokens": sum(map(count, self.copied)),
            "tokenizer": tokenizer().name,
            "said": sorted(self.said),
        }


class Server:
    """Answers any number of connections, each request after the same time."""

    def __init__(self, latency_s: float) -> None:
        """Take the time every answer takes, in seconds."""
        self._latency_s = latency_s
        self._counted = Counted()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until it ends."""
        while head := await self._head(reader):
            started = time.perf_counter()
            length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            body = await reader.readexactly(int(length[1]) if length else 0)
            if head.startswith(b"GET"):
                answer, self._counted = self._counted.figures(), Counted()
            else:
                is_chat = b"/chat/completions" in head[:200]
                answer = (
                    self._chat(json.loads(body)) if is_chat else self._response(json.loads(body))
                )
                await asyncio.sleep(max(0.0, self._latency_s - (time.perf_counter() - started)))
            content = json.dumps(answer).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                + _LIMITS
                + b"content-length: "
                + str(len(content)).encode()
                + b"\r\n\r\n"
                + content
            )
            await writer.drain()
            if not head.startswith(b"GET"):
                self._counted.held_s += time.perf_counter() - started
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    def _chat(self, request: Request) -> dict[str, object]:
        system, user = request["messages"][0]["content"], request["messages"][-1]["content"]
        tools = request.get("tools")
        if not tools:  # GABRIEL asks for nothing but the headers
            return _completion(request, {"role": "assistant", "content": "."}, "stop", {})
        function = tools[0]["function"]
        if function["name"] == "Reply":
            said, copied = _numbered(system, user)
            self._counted.copied.append(copied)
            self._counted.posts.update(_unnumbered(block) for _, block in _POST.findall(user))
        else:
            said = json.dumps({"quotes": [{"text": self._copy(user), "theme": None}]})
        usage = self._count([system, user, json.dumps(tools)], said)
        call = {
            "id": "1",
            "type": "function",
            "function": {"name": function["name"], "arguments": said},
        }
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        return _completion(request, message, "tool_calls", usage)

    def _response(self, request: Request) -> dict[str, object]:
        texts = [request.get("instructions") or "", *_inputs(request["input"])]
        prompt = texts[-1]
        category, entry = _CATEGORY.search(prompt), _ENTRY.search(prompt)
        text = self._copy(entry[1].strip() if entry else "")
        words = text.split()
        is_long = len(words) >= _SHORT
        excerpt = {
            "beginning excerpt": " ".join(words[:_EXCERPT]) if is_long else text,
            "ending excerpt": " ".join(words[-_EXCERPT:]) if is_long else "",
        }
        said = json.dumps({category[2] if category else "": [excerpt]})
        usage = self._count(texts, said)
        content = {"type": "output_text", "text": said, "annotations": []}
        message = {"type": "message", "id": "m", "role": "assistant", "status": "completed"}
        return {
            "id": "r",
            "object": "response",
            "created_at": 0,
            "status": "completed",
            "model": request["model"],
            "output": [message | {"content": [content]}],
            "parallel_tool_calls": False,
            "tool_choice": "auto",
            "tools": [],
            "usage": {
                "input_tokens": usage["prompt_tokens"],
                "output_tokens": usage["completion_tokens"],
                "total_tokens": usage["total_tokens"],
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens_details": {"reasoning_tokens": 0},
            },
        }

    def _copy(self, text: str) -> str:
        """Return the text as a model copies it."""
        if zlib.crc32(text.encode()) % ALTERED == 0:
            text = " ".join(_EMOJI.sub("", html.unescape(text)).translate(_PLAIN).split())
        self._counted.said.add(text)
        return text

    def _count(self, prompts: list[str], said: str) -> dict[str, int]:
        self._counted.n_requests += 1
        self._counted.prompts.update(prompts)
        self._counted.replies.append(said)
        n_in, n_out = sum(map(len, prompts)) // 4, len(said) // 4
        return {"prompt_tokens": n_in, "completion_tokens": n_out, "total_tokens": n_in + n_out}


def _completion(
    request: Request, message: Mapping[str, object], reason: str, usage: dict[str, int]
) -> dict[str, object]:
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": [{"index": 0, "finish_reason": reason, "message": message}],
        "usage": usage,
    }


def _numbered(system: str, user: str) -> tuple[str, str]:
    """Return a reply that names segments, and one that copies their text instead."""
    question, theme = _first_theme(system)
    in_lines = _IN_LINES in system
    named: list[object] = []
    copied: list[object] = []
    for number, block in _POST.findall(user):
        segments = _SEGMENT.findall(block)
        chance = zlib.crc32(_unnumbered(block).encode())
        ideas = _ideas(segments, chance)
        if ideas:
            where = {"question": question, "themes": [theme] if theme else []}
            texts = [" ".join(text for _, text in idea) for idea in ideas]
            copied.append({
                "post": int(number),
                "quotes": [{"text": text, **where} for text in texts],
            })
            numbers = [[int(n) for n, _ in idea] for idea in ideas]
            quotes = [{"segments": each, **where} for each in numbers]
            reason = None
        else:
            reason = _REASONS[chance // 4 % len(_REASONS)]
            copied.append({"post": int(number), "left_out": reason})
            numbers, quotes = [], []
        if in_lines:
            named.append(f"{number}: {reason or _line(numbers, len(segments), theme)}")
        else:
            named.append({
                "post": int(number),
                "quotes": quotes,
                "left_out": reason,
                "undecided": None,
            })
    return json.dumps({"posts": named}), json.dumps({"posts": copied})


def _unnumbered(block: str) -> str:
    """Return a post as it is whichever others it is sent with: pseudonyms have other numbers."""
    return _DIGITS.sub("", block)


def _ideas(segments: list[tuple[str, str]], chance: int) -> list[list[tuple[str, str]]]:
    """Return the segments of each idea of a post; none if it is left out."""
    if not chance % 4:
        return []
    taken = segments[1:] or segments
    if chance % 16 >= 13 and len(taken) > 1:  # noqa: PLR2004  # three of the twelve left
        half = len(taken) // 2
        return [taken[:half], taken[half:]]
    return [taken]


def _line(ideas: list[list[int]], n_segments: int, theme: str | None) -> str:
    """Return ideas as a line says them, as short as the prompt shows."""
    mark = theme or "other"
    if len(ideas) == 1 and len(ideas[0]) == n_segments:
        return mark
    spans = (f"{i[0]}-{i[-1]}" if len(i) > 1 else str(i[0]) for i in ideas)
    return "; ".join(f"{span} {mark}" for span in spans)


@lru_cache(maxsize=256)
def _first_theme(system: str) -> tuple[str | None, str | None]:
    """Return the first question of a prompt with a theme of its own, and that theme."""
    question = None
    for found in _LINE.finditer(system):
        question = found["question"] or question
        if found["theme"]:
            return question, found["theme"]
    return question, None


def _inputs(given: object) -> list[str]:
    """Return the texts of the input of a response."""
    if isinstance(given, str):
        return [given]
    if isinstance(given, dict):
        return [text for key in ("content", "text") for text in _inputs(given.get(key, []))]
    return [text for item in given for text in _inputs(item)] if isinstance(given, list) else []


async def serve(latency_s: float) -> None:
    """Serve on a free port of loopback until killed; print the port."""
    server = await asyncio.start_server(Server(latency_s).handle, "127.0.0.1", 0, limit=1 << 20)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds per answer")
    asyncio.run(serve(parser.parse_args().latency))
