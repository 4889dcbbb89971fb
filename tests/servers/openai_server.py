"""An OpenAI-compatible server on loopback that answers as it is told, faults included.

with ScriptedServer() as server:          # codes posts by the words of the themes' names
    ...  base_url=server.url ...
    server.requests[0].body["messages"]

ScriptedServer(lambda request: failing(500))
"""

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self

from pydantic import JsonValue
from typing_extensions import override

Json = dict[str, JsonValue]
_POST = re.compile(r"^<<<POST (\d+)\n(.*?)\nPOST \1>>>$", re.DOTALL | re.MULTILINE)
_SEGMENT = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_LINE = re.compile(r"^(?:Question (?P<question>\S+?)(?::|$)|- Theme (?P<theme>\S+): (?P<name>.*))")
_GENERAL = ("General themes", "Themes for any question")
_MARKED = re.compile(r"^(?:Question (?P<question>\S+?)(?::|$)|(?P<theme>T[0-9]+): (?P<name>.*))")
_LETTERED = re.compile(r"^([A-Z])\. (.*)$", re.MULTILINE)
_IN_LINES = "one line"


class ChatRequest(NamedTuple):
    """A request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: Json

    @property
    def system(self) -> str:
        """Return the text of the system message."""
        return self._content(0)

    @property
    def user(self) -> str:
        """Return the text of the user message."""
        return self._content(-1)

    @property
    def mode(self) -> str:
        """Return how the reply's form was asked for: tools, json-schema or json."""
        if "tools" in self.body:
            return "tools"
        return "json-schema" if "response_format" in self.body else "json"

    @property
    def is_in_lines(self) -> bool:
        """Whether the prompt asks for a line of text per post, in place of nested lists."""
        return _IN_LINES in self.system

    @property
    def posts(self) -> dict[int, str]:
        """Return the fenced posts by their number."""
        return {int(number): block for number, block in _POST.findall(self.user)}

    def _content(self, place: int) -> str:
        messages = self.body["messages"]
        assert isinstance(messages, list)
        message = messages[place]
        assert isinstance(message, dict)
        return str(message["content"])


class HttpReply(NamedTuple):
    """What to send back, or what to do instead."""

    status: int = 200
    body: Json | str = ""
    headers: Mapping[str, str] = {}
    drop: bool = False
    """Close the connection."""
    hang: bool = False
    """Never answer."""
    cut: bool = False
    """Close the connection in the middle of the body."""


Script = Callable[[ChatRequest], HttpReply]


def saying(request: ChatRequest, content: str, **message: JsonValue) -> HttpReply:
    """Return a completion whose message is this text, in no particular form."""
    reason = message.pop("finish_reason", "stop")
    said: Json = {"role": "assistant", "content": content, **message}
    n_in, n_out = (len(request.system) + len(request.user)) // 4, len(json.dumps(said)) // 4
    choice: JsonValue = {"index": 0, "finish_reason": reason, "message": said}
    return HttpReply(
        body={
            "id": "chatcmpl-scripted",
            "object": "chat.completion",
            "created": 0,
            "model": request.body["model"],
            "choices": [choice],
            "usage": {
                "prompt_tokens": n_in,
                "completion_tokens": n_out,
                "total_tokens": n_in + n_out,
            },
        }
    )


def calling(request: ChatRequest, arguments: str, **message: JsonValue) -> HttpReply:
    """Return a completion that answers in the form asked for: a tool call, JSON, or a code block.

    Args:
        request: What is answered.
        arguments: The JSON text, well formed or not.
        **message: More fields of the message.
    """
    if request.mode == "tools":
        call: JsonValue = {
            "id": "call_1",
            "type": "function",
            "function": {"name": "Reply", "arguments": arguments},
        }
        return saying(request, "", tool_calls=[call], **message)
    if request.mode == "json-schema":
        return saying(request, arguments, **message)
    return saying(request, f"Here it is:\n```json\n{arguments}\n```", **message)


def replying(request: ChatRequest, posts: Sequence[JsonValue]) -> HttpReply:
    """Return a completion that codes the posts as given, each in a line where lines are asked for.

    A post that is given as a text is a line as it stands.
    """
    in_lines = request.is_in_lines
    said = [lined(post) if in_lines and isinstance(post, dict) else post for post in posts]
    return calling(request, json.dumps({"posts": said}))


def failing(
    status: int, message: str = "scripted fault", code: str = "", **headers: str
) -> HttpReply:
    """Return an error of the API; underscores in the headers' names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    error: Json = {"message": message, "type": "scripted", "code": code or None}
    return HttpReply(status, {"error": error}, named)


def down_for_three(script: Script) -> Script:
    """Return a script that is down until it is asked for the third time whether it is back."""
    n_pings = 0

    def answer(request: ChatRequest) -> HttpReply:
        nonlocal n_pings
        n_pings += not request.posts
        return failing(503) if n_pings < 3 else script(request)

    return answer


def code_by_keyword(request: ChatRequest) -> HttpReply:
    """Return codings made from the request's own text: a theme fits where a word of its name is."""
    return replying(request, [coded(request, number) for number in request.posts])


def weighed_by_keyword(request: ChatRequest) -> HttpReply:
    """Return how likely the letters are: for the theme that shares a word with the text, and A.

    As small models do, it prefers what stands first, and by more than any word can tell. Where the
    posts are numbered, it prefers that by half as much as a word tells, and says a line for each of
    them, with the theme's name behind its mark.
    """
    if request.posts:
        lines = (line(request, number) for number in request.posts)
        return spelling(request, [token for tokens in lines for token in tokens])
    text = request.user.partition("<<<POST\n")[2].partition("\nPOST>>>")[0]
    themes = dict(_LETTERED.findall(request.user.partition("POST>>>")[2]))
    if not themes:
        return spelling(request, [{"OK": -0.1}])
    return weighing(request, _fitting(text, themes, of_first=4.0))


def _fitting(text: str, themes: Mapping[str, str], *, of_first: float) -> dict[str, float]:
    fitting = [letter for letter, name in themes.items() if _words(name) & _words(text)]
    other = [letter for letter, name in themes.items() if name == "Another idea"]
    said = fitting or other * bool(text)
    return {letter: -9.0 + 2 * (letter in said) + of_first * (letter == "A") for letter in themes}


def line(request: ChatRequest, number: int) -> list[Mapping[str, float]]:
    """Return the tokens of the line about a numbered post, with how likely others were there.

    The first of each is the one that is drawn.
    """
    behind = request.user.partition(f"\nPOST {number}>>>\n")[2].partition("<<<POST")[0]
    themes = dict(re.findall(rf"^{number}([A-Z])\. (.*)$", behind, re.MULTILINE))
    weights = _fitting(request.posts[number], themes, of_first=1.0)
    drawn = max(weights, key=lambda letter: weights[letter])
    said: list[Mapping[str, float]] = [{str(number): -0.1}, {drawn: weights[drawn], **weights}]
    return [*said, {". ": -0.1}, {themes[drawn]: -0.1}, {"\n": -0.1}]


def weighing(request: ChatRequest, weights: Mapping[str, float], *, n_top: int = 20) -> HttpReply:
    """Return a completion of one token, with the likeliest ones in its place."""
    said = max(weights, key=lambda token: weights[token])
    return spelling(request, [{said: weights[said], **weights}], n_top=n_top)


def spelling(
    request: ChatRequest, tokens: Sequence[Mapping[str, float]], *, n_top: int = 20
) -> HttpReply:
    """Return a completion of tokens, the first of each place, with the likeliest ones there."""
    drawn = [next(iter(weights)) for weights in tokens]
    reply = saying(request, "".join(drawn), finish_reason="length")
    choices = reply.body["choices"] if isinstance(reply.body, dict) else None
    assert isinstance(choices, list)
    assert isinstance(choices[0], dict)
    content: list[JsonValue] = []
    for token, weights in zip(drawn, tokens, strict=True):
        likely = list(weights.items())[:n_top]
        top: list[JsonValue] = [{"token": other, "logprob": weight} for other, weight in likely]
        content.append({"token": token, "logprob": weights[token], "top_logprobs": top})
    choices[0]["logprobs"] = {"content": content}
    return reply


def lined(post: Json) -> str:
    """Return what a post of a nested reply says, faults included, as the line that says it."""
    quotes = post.get("quotes") or []
    assert isinstance(quotes, list)
    said = [_quote_line(quote) for quote in quotes]
    said += [str(post["left_out"])] if post.get("left_out") else []
    said += [f"undecided {post['undecided']}"] if post.get("undecided") else []
    return f"{post['post']}: {'; '.join(said)}"


def _quote_line(quote: JsonValue) -> str:
    """Return a quote as a line says it, the question only where no theme tells it.

    That a quote has no segment can't be said in a line; it names one that there never is.
    """
    assert isinstance(quote, dict)
    segments, themes = quote["segments"], quote["themes"]
    assert isinstance(segments, list)
    assert isinstance(themes, list)
    place = ",".join(map(str, segments)) or "0"
    if not themes and quote["question"]:
        place += f"/{quote['question']}"
    return f"{place} {','.join(map(str, themes)) or 'other'}"


def coded(request: ChatRequest, number: int) -> Json:
    """Return what `code_by_keyword` says of one post of the request."""
    if request.is_in_lines:
        # In the user's part only where they stand there: examples of themes do, too.
        themes = _themes(request.system, _MARKED) or _themes(request.user, _MARKED)
    else:
        themes = _themes(request.system, _LINE)
    segments = [(int(n), text) for n, text in _SEGMENT.findall(request.posts[number])]
    quotes: list[JsonValue] = []
    for segment, text in segments:
        fitting = [theme for theme in themes if theme.words & _words(text)]
        if fitting:
            question = fitting[0].question
            ids: list[JsonValue] = [t.id for t in fitting if t.question in {question, None}]
            quotes.append({"segments": [segment], "question": question, "themes": ids})
    n_words = sum(len(text.split()) for _, text in segments)
    if not quotes and n_words > 3:
        question = next((theme.question for theme in themes), None)
        numbers: list[JsonValue] = [segment for segment, _ in segments]
        quotes = [{"segments": numbers, "question": question, "themes": []}]
    reason = None if quotes else "no-idea"
    return {"post": number, "quotes": quotes, "left_out": reason, "undecided": None}


class _Theme(NamedTuple):
    question: str | None
    id: str
    words: frozenset[str]


def _themes(text: str, form: re.Pattern[str]) -> list[_Theme]:
    """Return the themes a prompt lists, each with its question; None is a general one."""
    themes: list[_Theme] = []
    question: str | None = None
    for line in text.splitlines():
        found = form.match(line)
        if line.startswith(_GENERAL):
            question = None
        elif found and found["question"]:
            question = found["question"]
        elif found:
            themes.append(_Theme(question, found["theme"], _words(found["name"])))
    return themes


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3)


class ScriptedServer:
    """The server; a context manager. `requests` holds what it was asked, in order of arrival."""

    handler: "type[Handler]"

    def __init__(
        self,
        script: Script = code_by_keyword,
        *,
        delay_s: float = 0.0,
        keeps_requests: bool = True,
    ) -> None:
        """Start listening on a free port of loopback.

        Args:
            script: Makes the reply to each request; called from several threads.
            delay_s: Time each reply takes.
            keeps_requests: Whether `requests` is filled; thousands take room.
        """
        self.script = script
        self.delay_s = delay_s
        self.keeps_requests = keeps_requests
        self.requests: list[ChatRequest] = []
        self.closing = threading.Event()
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Return the base URL a client is given."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def answer(self, request: ChatRequest) -> HttpReply:
        """Return what the script says to a request, which is recorded."""
        if self.keeps_requests:
            self.requests.append(request)
        if self.delay_s:
            self.closing.wait(self.delay_s)
        return self.script(request)

    def close(self) -> None:
        """Stop; a request that hangs is let go."""
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, scripted: ScriptedServer) -> None:
        super().__init__(("127.0.0.1", 0), scripted.handler)
        self.scripted = scripted

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that give up are part of the tests."""


class Handler(BaseHTTPRequestHandler):
    """Answers requests as the server it belongs to says."""

    protocol_version = "HTTP/1.1"
    server: _Http

    def do_POST(self) -> None:  # the name http.server looks for
        """Answer a request as the script says."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send(self.server.scripted.answer(ChatRequest(self.path, headers, body)))

    def send(self, reply: HttpReply) -> None:
        """Send a reply, or fail to."""
        if reply.hang:
            self.server.scripted.closing.wait()
        if reply.hang or reply.drop:
            self.close_connection = True
            return
        content = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
        self.send_response(reply.status)
        kind = "text/html" if isinstance(reply.body, str) else "application/json"
        for name, value in {"Content-Type": kind, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if reply.cut:
            self.close_connection = True
            content = content[: len(content) // 2]
        self.wfile.write(content)

    @override
    def log_message(self, format: str, *args: object) -> None:  # as in the base
        """Keep quiet."""


ScriptedServer.handler = Handler
