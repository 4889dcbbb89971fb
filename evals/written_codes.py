"""How good are themes of good codes: clustered, put right by who wrote the codes, or by nobody?

A small model on this machine writes no codes that themes could be made of, so the way from codes to
themes is measured on codes that a large language model wrote: `data/written-codes.yaml`, which says
how. A server on loopback answers with them, so that all else is what `propose` does with a model.
The measures are those of `evals/propose.py`, on the quotations of the invented example chat.

- `clustered`: candidates as they are, whatever they are called;
- `put right`: at medium grain, with the moves that the model made when it was shown candidates;
- `gathered`: no candidates; the model laid its codes together freely, in as many themes. Those of
  fewer than three quotations are none, as with `propose`.

Run from the repository root: `python -m evals.written_codes`.
"""

import json
import re
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import yaml
from typing_extensions import override

import secondcoder
from evals.propose import (
    Asked,
    Grain,
    Quotation,
    labels_of,
    mean_scores,
    proposal_of,
    quotations_of,
    quotes_of,
)

CHAT = Path("examples/improvement-chat/reference.jsonl")
CODES = Path(__file__).with_name("data") / "written-codes.yaml"
FEWEST = 3
"""Quotations of a theme."""
_CODE = re.compile(r"^\[(\d+)\] (.*) \(\d+\)$", re.MULTILINE)


class Written(NamedTuple):
    """What was written of one question."""

    codes: Mapping[str, Sequence[int]]
    """Name, and the numbers of the segments that it cites."""
    gathered: Sequence[Sequence[str]]
    moves: Mapping[str, str]
    """Codes that belong in the group where another stands."""


def main() -> None:
    """Print one row per way and grain."""
    codings = secondcoder.read_codings(CHAT)
    quotations = list(quotations_of(codings))
    rows = dict(_rows(codings, quotations, read_written()))
    names = list(next(iter(rows.values())))
    print("| | " + " | ".join(names) + " |")
    print("|" + " --- |" * (len(names) + 1))
    for way, row in rows.items():
        print(f"| {way} | " + " | ".join(f"{row[name]:.3f}" for name in names) + " |")


def read_written() -> dict[str, Written]:
    """Return what was written, by question id."""
    questions = yaml.safe_load(CODES.read_text("utf-8"))
    return {question_id: Written(**parts) for question_id, parts in questions.items()}


def _rows(
    codings: secondcoder.Codings,
    quotations: Sequence[Quotation],
    written: Mapping[str, Written],
) -> Iterator[tuple[str, dict[str, float]]]:
    grains: tuple[Grain, ...] = ("few", "medium", "many")
    for grain in grains:
        found = _proposed(codings, quotations, written, grain, moves=False)
        yield f"clustered, {grain}", _scores(quotations, found)
    found = _proposed(codings, quotations, written, "medium", moves=True)
    yield "put right, medium", _scores(quotations, found)
    yield "gathered", mean_scores(quotations, _gathered(found, written))


def _scores(quotations: Sequence[Quotation], found: secondcoder.Proposal) -> dict[str, float]:
    return mean_scores(quotations, labels_of(quotes_of(found)))


def _proposed(
    codings: secondcoder.Codings,
    quotations: Sequence[Quotation],
    written: Mapping[str, Written],
    grain: Grain,
    *,
    moves: bool,
) -> secondcoder.Proposal:
    texts = {question.id: question.text for question in codings.info.codebook.questions}
    by_text = {texts[question_id]: parts for question_id, parts in written.items()}
    with tempfile.TemporaryDirectory() as folder, _answering(by_text, moves=moves) as url:
        asked = Asked("written-codes", url, Path(folder) / "ledger.sqlite")
        return proposal_of(codings, asked, grain, quotations, 0)


def _gathered(found: secondcoder.Proposal, written: Mapping[str, Written]) -> Mapping[str, str]:
    """Return the theme of each quotation as the codes were laid together freely."""
    cited = {
        (question_id, code.name): code.segments
        for question_id, codes in (
            *((theme.question_id, theme.codes) for theme in found.themes),
            *((part.question_id, few.codes) for part in found.residue for few in part.too_few),
        )
        for code in codes
    }
    quotes = []
    for question_id, parts in written.items():
        for number, names in enumerate(parts.gathered):
            mine = [quote for name in names for quote in cited[question_id, name]]
            if len({quote.post_id for quote in mine}) >= FEWEST:
                quotes += [(f"{question_id}/{number}", quote) for quote in mine]
    return labels_of(quotes)


@contextmanager
def _answering(by_text: Mapping[str, Written], *, moves: bool) -> Iterator[str]:
    """Serve what was written, by the question's text in the prompt; yields the base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer with codes, or with a name for each group."""
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            system, user = (asked["messages"][at]["content"] for at in (0, -1))
            parts = next(parts for text, parts in by_text.items() if text in system)
            said = _names(user, parts if moves else None) or _codes(parts)
            message = {"role": "assistant", "content": json.dumps(said)}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            body = json.dumps({
                "id": "written",
                "object": "chat.completion",
                "created": 0,
                "model": asked["model"],
                "choices": [choice],
            }).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()


def _codes(parts: Written) -> dict[str, object]:
    return {
        "codes": [{"code": name, "segments": list(cited)} for name, cited in parts.codes.items()]
    }


def _names(user: str, parts: Written | None) -> dict[str, object] | None:
    """Return a name for each group of a prompt and the moves; None where it shows no group."""
    shown = re.split(r"^Group \d+|^In no group$", user, flags=re.MULTILINE)[1:]
    n_groups = user.count("\nGroup ")
    if not n_groups:
        return None
    groups = {name: at for at, text in enumerate(shown, 1) for _, name in _CODE.findall(text)}
    numbers = {name: int(number) for number, name in _CODE.findall(user)}
    moved = parts.moves if parts is not None else {}
    return {
        "themes": [
            {"group": group, "name": f"Theme {group}", "definition": "As its codes say."}
            for group in range(1, n_groups + 1)
        ],
        "moves": [
            {"code": numbers[name], "group": groups[beside]} for name, beside in moved.items()
        ],
    }


if __name__ == "__main__":
    main()
