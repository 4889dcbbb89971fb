"""The local server with `/files` and `/batches`: OpenAI's Batch API over real HTTP.

with BatchServer() as server:              # each look at a batch moves it one status on
    ...  base_url=server.url ...
    server.executed                        # the requests that were carried out, and paid for

Statuses, error codes and the lines of both result files are those of OpenAI's documentation
(platform.openai.com/docs/guides/batch and the reference of the Batch API).
"""

import email
import email.policy
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from pydantic import JsonValue
from servers.openai_server import (
    ChatRequest,
    Handler,
    HttpReply,
    Json,
    Script,
    ScriptedServer,
    code_by_keyword,
    failing,
)
from typing_extensions import override

ENDED = ("completed", "failed", "expired", "cancelled")
Watcher = Callable[[str, str], None]
"""Told what is about to be done and what has been: `before` or `after`, then `POST /files`."""


@dataclass
class StoredFile:
    """A file on the server."""

    id: str
    name: str
    purpose: str
    content: bytes

    def shown(self) -> Json:
        """Return what the API says of it."""
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.content),
            "created_at": int(time.time()),
            "filename": self.name,
            "purpose": self.purpose,
            "status": "processed",
        }


@dataclass
class StoredBatch:
    """A batch on the server, and how far it has come."""

    id: str
    input_file_id: str
    endpoint: str
    metadata: dict[str, str]
    created_at: int
    requests: list[Json] = field(default_factory=list)
    status: str = "validating"
    n_done: int = 0
    good: list[Json] = field(default_factory=list)
    bad: list[Json] = field(default_factory=list)
    errors: list[JsonValue] = field(default_factory=list)
    output_file_id: str | None = None
    error_file_id: str | None = None

    def shown(self) -> Json:
        """Return what the API says of it."""
        errors: Json | None = {"object": "list", "data": self.errors} if self.errors else None
        counts: Json = {
            "total": len(self.requests),
            "completed": len(self.good),
            "failed": sum(line["response"] is not None for line in self.bad),
        }
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": self.endpoint,
            "errors": errors,
            "input_file_id": self.input_file_id,
            "completion_window": "24h",
            "status": self.status,
            "output_file_id": self.output_file_id,
            "error_file_id": self.error_file_id,
            "created_at": self.created_at,
            "expires_at": self.created_at + 86_400,
            "request_counts": counts,
            "metadata": dict(self.metadata),
        }


class BatchServer(ScriptedServer):
    """The server. Lines are answered by the script, and written in reverse of their order."""

    def __init__(
        self,
        script: Script = code_by_keyword,
        *,
        ends: Sequence[tuple[str, int | None]] = (),
        refuses: Sequence[tuple[str, str] | None] = (),
        most_enqueued: int | None = None,
        watch: Watcher | None = None,
    ) -> None:
        """Start listening on a free port of loopback.

        Args:
            script: Makes the reply to each request.
            ends: How each batch ends, in order of creation: `completed`, `expired` or `stuck`
                (which ends only when it is cancelled), after so many requests (None: all); those
                without are completed.
            refuses: Code and message with which each batch fails its validation; None: it passes.
            most_enqueued: So many requests may be on their way at once.
            watch: Called around each operation, in the server's thread.
        """
        super().__init__(script)
        self.files: dict[str, StoredFile] = {}
        self.batches: dict[str, StoredBatch] = {}
        self.executed: list[ChatRequest] = []
        self.calls: list[str] = []
        self.ends = list(ends)
        self.refuses = list(refuses)
        self.most_enqueued = most_enqueued
        self.watch = watch
        self.page_size = 100
        self.redirects_to: str | None = None
        self._lock = threading.RLock()
        self._n_made = 0

    def finish(self) -> None:
        """Bring every batch to its end."""
        for batch in list(self.batches.values()):
            while batch.status not in {*ENDED} and self._move(batch):
                pass

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> HttpReply:
        """Return the reply to a request for a file or a batch."""
        parts = urlsplit(path)
        _, _, *names = parts.path.split("/")
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        generic = [name if place != 1 else "{id}" for place, name in enumerate(names)]
        call = f"{method} /{'/'.join(generic)}"
        if self.redirects_to is not None:
            return HttpReply(307, headers={"Location": f"{self.redirects_to}{path[3:]}"})
        self._tell("before", call)
        with self._lock:
            self.calls.append(call)
            reply = self._route(call, names, query, headers, body)
        self._tell("after", call)
        return reply

    def _tell(self, when: str, call: str) -> None:
        if self.watch is not None:
            self.watch(when, call)

    def _route(
        self,
        call: str,
        names: list[str],
        query: dict[str, str],
        headers: dict[str, str],
        body: bytes,
    ) -> HttpReply:
        found: Json | str | HttpReply | None = None
        match call:
            case "POST /files":
                found = self._upload(headers["content-type"], body).shown()
            case "GET /files":
                files: list[JsonValue] = [each.shown() for each in reversed(self.files.values())]
                found = {"object": "list", "data": files, "has_more": False}
            case "POST /batches":
                found = self._create(json.loads(body))
            case "GET /batches":
                found = self._page(query.get("after"), int(query.get("limit", 20)))
            case "GET /files/{id}/content" if names[1] in self.files:
                found = self.files[names[1]].content.decode("utf-8", "surrogatepass")
            case _ if names[0] == "batches" and names[1] in self.batches:
                found = self._one(call, self.batches[names[1]])
        if found is None:
            return failing(404, f"No such thing: {'/'.join(names)}")
        return found if isinstance(found, HttpReply) else HttpReply(body=found)

    def _one(self, call: str, batch: StoredBatch) -> Json | HttpReply:
        if call != "POST /batches/{id}/cancel":
            self._move(batch)
        elif batch.status in ENDED:
            return failing(409, f"Cannot cancel a batch with status '{batch.status}'.")
        else:
            batch.status = "cancelling"
        return batch.shown()

    def _upload(self, kind: str, body: bytes) -> StoredFile:
        head = b"Content-Type: " + kind.encode() + b"\r\n\r\n"
        message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        fields = {
            part.get_param("name", header="content-disposition"): part
            for part in message.iter_parts()
        }
        assert fields["purpose"].get_content().strip() == "batch"
        name = str(fields["file"].get_filename())
        assert name.endswith(".jsonl")
        content = fields["file"].get_payload(decode=True)
        assert isinstance(content, bytes)
        return self._store(name, "batch", content)

    def _store(self, name: str, purpose: str, content: bytes) -> StoredFile:
        self._n_made += 1
        file = StoredFile(f"file-{self._n_made}", name, purpose, content)
        self.files[file.id] = file
        return file

    def _create(self, asked: Json) -> HttpReply:
        file = self.files.get(str(asked["input_file_id"]))
        if file is None or asked["completion_window"] != "24h":
            return failing(400, "no such input file")
        self._n_made += 1
        batch = StoredBatch(
            id=f"batch_{self._n_made}",
            input_file_id=file.id,
            endpoint=str(asked["endpoint"]),
            metadata={key: str(value) for key, value in dict(asked["metadata"]).items()},  # type: ignore[arg-type] # a mapping
            created_at=int(time.time()),
        )
        self.batches[batch.id] = batch
        return HttpReply(body=batch.shown())

    def _page(self, after: str | None, limit: int) -> Json:
        newest_first = list(reversed(self.batches.values()))
        if after is not None:
            ids = [batch.id for batch in newest_first]
            newest_first = newest_first[ids.index(after) + 1 :]
        limit = min(limit, self.page_size)
        shown: list[JsonValue] = [batch.shown() for batch in newest_first[:limit]]
        last = newest_first[:limit][-1].id if shown else None
        return {
            "object": "list",
            "data": shown,
            "last_id": last,
            "has_more": len(newest_first) > limit,
        }

    def _move(self, batch: StoredBatch) -> bool:
        """Bring a batch one status on; return whether it moved."""
        place = list(self.batches).index(batch.id)
        end, most = (self.ends[place : place + 1] or [("completed", None)])[0]
        match batch.status:
            case "validating":
                self._validate(batch, place)
            case "in_progress":
                self._execute(batch, most)
                if end == "stuck":
                    return False
                batch.status = "finalizing" if end == "completed" else end
                if end != "completed":
                    self._write(batch, f"batch_{end}")
            case "finalizing":
                self._write(batch, "")
                batch.status = "completed"
            case "cancelling":
                self._write(batch, "batch_cancelled")
                batch.status = "cancelled"
            case _:
                return False
        return True

    def _validate(self, batch: StoredBatch, place: int) -> None:
        lines = self.files[batch.input_file_id].content.split(b"\n")
        batch.requests = [json.loads(line) for line in lines if line]
        ids = [request["custom_id"] for request in batch.requests]
        models = {str(dict(request["body"])["model"]) for request in batch.requests}  # type: ignore[arg-type] # a mapping
        urls = {request["url"] for request in batch.requests}
        refused = (self.refuses[place : place + 1] or [None])[0]
        enqueued = sum(
            len(other.requests) for other in self.batches.values() if other.status not in ENDED
        )
        if refused:
            code, message = refused
        elif len(set(ids)) < len(ids):
            code, message = "duplicate_custom_id", "custom ids must be unique"
        elif urls != {batch.endpoint}:
            code, message = "url_mismatch", "one endpoint per batch"
        elif len(models) != 1:
            code, message = "model_mismatch", "one model per batch"
        elif self.most_enqueued is not None and enqueued > self.most_enqueued:
            code, message = (
                "token_limit_exceeded",
                (
                    "Enqueued token limit reached for tiny in organization org-1. Limit: 90,000 "
                    "enqueued tokens. Please try again once some in_progress batches have been "
                    "completed."
                ),
            )
        else:
            batch.status = "in_progress"
            return
        batch.status = "failed"
        batch.errors = [{"code": code, "message": message, "line": None, "param": None}]
        batch.requests = []

    def _execute(self, batch: StoredBatch, most: int | None) -> None:
        for asked in batch.requests[batch.n_done : most]:
            batch.n_done += 1
            body = asked["body"]
            assert isinstance(body, dict)
            request = ChatRequest(str(asked["url"]), {}, body)
            self.executed.append(request)
            reply = self.script(request)
            response: Json = {
                "status_code": reply.status,
                "request_id": f"req_{len(self.executed)}",
                "body": reply.body,
            }
            line: Json = {
                "id": f"batch_req_{len(self.executed)}",
                "custom_id": asked["custom_id"],
                "response": None if reply.drop else response,
                "error": None,
            }
            if reply.drop:
                line["error"] = {"code": "server_error", "message": "the request was dropped"}
            if reply.hang:  # in neither file: no server should do this
                continue
            (batch.good if reply.status == 200 and not reply.drop else batch.bad).append(line)

    def _write(self, batch: StoredBatch, code: str) -> None:
        """Write both files; what was not carried out stands in the error file, with a code."""
        if code:
            for asked in batch.requests[batch.n_done :]:
                error: Json = {"code": code, "message": f"This request was not carried out: {code}"}
                batch.bad.append({
                    "id": "batch_req_none",
                    "custom_id": asked["custom_id"],
                    "response": None,
                    "error": error,
                })
        # In reverse, since no order is promised.
        if batch.good:
            batch.output_file_id = self._results(batch.good).id
        if batch.bad:
            batch.error_file_id = self._results(batch.bad).id

    def _results(self, lines: Sequence[Json]) -> StoredFile:
        # Not escaped: a reply may hold characters that some readers take for line ends.
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in reversed(lines))
        return self._store("results.jsonl", "batch_output", text.encode("utf-8", "surrogatepass"))


class _BatchHandler(Handler):
    @override
    def do_POST(self) -> None:
        """Answer a chat completion as the server it extends, the rest as the Batch API does."""
        if self.path.endswith("/chat/completions"):
            super().do_POST()
        else:
            self._handle(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def do_GET(self) -> None:  # noqa: N802  # the name http.server looks for
        """Answer as the Batch API does."""
        self._handle(b"")

    def _handle(self, body: bytes) -> None:
        server = self.server.scripted
        assert isinstance(server, BatchServer)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send(server.handle(self.command, self.path, headers, body))


BatchServer.handler = _BatchHandler
