"""A folder with a chat of twelve answers, and ways to submit, collect and compare."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from servers.batch_server import BatchServer
from servers.openai_server import ChatRequest, HttpReply, Script, code_by_keyword

import secondcoder
from secondcoder.schema.batches import AskAgain, BatchLimits, BatchReport
from secondcoder.schema.codings import Outcome

N_POSTS = 12
N_VICTIMS = 3
"""Posts where a process is killed at every step."""
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


def fill(folder: Path, n_posts: int = N_POSTS) -> Path:
    """Write the chat and the codebook into a folder; return it."""
    rows = ["id,author,created_at,text", "0,host,2026-05-14T19:00:00Z,Q1: What would help?"]
    rows += [
        f"{n},ann{n},2026-05-14T19:{n % 60:02}:30Z,A1 Protected time on day {n} helps all of us."
        for n in range(1, n_posts + 1)
    ]
    (folder / "chat.csv").write_text("\n".join(rows), "utf-8")
    (folder / "codebook.yaml").write_text(BOOK, "utf-8")
    return folder


def submit(
    folder: Path,
    server: BatchServer,
    *,
    coder: str = "openai/tiny",
    output: str = "codings.jsonl",
    max_requests: int = 50_000,
    **options: str | float | None,
) -> BatchReport:
    """Submit the folder's chat."""
    given = {"base_url": server.url, **options}
    return secondcoder.submit_batch(
        folder / "chat.csv",
        folder / "codebook.yaml",
        coder=coder,
        options=secondcoder.ModelOptions.model_validate(given),
        output=folder / output,
        limits=BatchLimits(max_requests=max_requests),
    )


def ledger_of(folder: Path) -> Path:
    """Return the folder's ledger."""
    return folder / "secondcoder-ledger.sqlite"


def collect(
    folder: Path,
    *,
    again: AskAgain = "batch",
    times: int = 40,
    budget_usd: float | None = None,
) -> BatchReport:
    """Collect until nothing is on its way; the server moves batches on whenever it is asked."""
    ledger = ledger_of(folder)
    report = secondcoder.collect_batch(ledger, again=again, budget_usd=budget_usd)
    for _ in range(times):
        if not report.n_open:
            break
        report = secondcoder.collect_batch(ledger, again=again, budget_usd=budget_usd)
    assert not report.n_open, f"{report.n_open} posts are still on their way"
    return report


def outcomes(path: Path) -> dict[str, Outcome]:
    """Return what became of each post of a file of codings."""
    return {coded.post.id: coded.outcome for coded in secondcoder.read_codings(path).posts}


def asked(server: BatchServer) -> Counter[int]:
    """Return how often each post was asked about, in batches and out of them."""
    counts: Counter[int] = Counter()
    for request in (*server.executed, *server.requests):
        for n in range(1, N_POSTS + 1):
            counts[n] += f"day {n} helps" in request.user
    return counts


class Faulty:
    """A script that answers about some days in a wrong way, the first so many times."""

    def __init__(
        self, faults: Mapping[int, Script], times: int, otherwise: Script = code_by_keyword
    ) -> None:
        self._faults = faults
        self._left = dict.fromkeys(faults, times)
        self._otherwise = otherwise

    def __call__(self, request: ChatRequest) -> HttpReply:
        """Reply as the server would, but for the faults."""
        for day, fault in self._faults.items():
            if f"day {day} helps" in request.user and self._left[day]:
                self._left[day] -= 1
                return fault(request)
        return self._otherwise(request)


def run_to_the_end(folder: str, url: str) -> None:
    """Do what a person does, in a process of its own: submit, then collect until all is there."""
    submit_to(folder, url)
    for _ in range(10):
        if not secondcoder.collect_batch(ledger_of(Path(folder))).n_open:
            return


def submit_to(
    folder: str, url: str, output: str = "codings.jsonl", max_requests: str = "50000"
) -> None:
    """Submit the folder's chat."""
    secondcoder.submit_batch(
        Path(folder) / "chat.csv",
        Path(folder) / "codebook.yaml",
        coder="openai/tiny",
        options=secondcoder.ModelOptions(base_url=url),
        output=Path(folder) / output,
        limits=BatchLimits(max_requests=int(max_requests)),
    )
