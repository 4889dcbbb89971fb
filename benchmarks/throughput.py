"""How full the model path keeps its concurrency, and what a post costs in processor time and words.

A server in a process of its own answers every request after the same latency, so the least time a
run can take is known: requests x latency / concurrency. What it answers stands in
`answering_server.py`. Posts are made from the example chat; a few are coded first and not counted.

    python benchmarks/throughput.py --posts 2000 --latency 0.2 --concurrency 64 --json [--peers]

The figures are those of `--pack` posts per request and, under `default_packing`, those of the
default, which measures how many posts a request can hold. `wall_over_rounds` sets the wall time
against full rounds of requests, each as long as the server itself held one. Beside what was sent
it tells what would have been: one post per request with the whole codebook, and replies that copy
their quotes.
`--peers` measures this library, a loop of instructor calls and GABRIEL one after the other against
the same server, each in an environment made for it.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any, NamedTuple

from invented_chat import EXAMPLE, write_chat

from secondcoder import ModelOptions, read_codebook
from secondcoder.coding.prompts import load_template
from secondcoder.coding.requests import Requests
from secondcoder.coding.segments import segments
from secondcoder.coding.tasks import Task
from secondcoder.coding.tokens import tokenizer
from secondcoder.schema.chat import Attribution, AttributionRule, Post
from secondcoder.schema.codebook import Codebook

HERE = Path(__file__).parent
Figures = dict[str, Any]
"""Numbers by name, as a process printed them."""
WARM_UP = 40
"""Posts coded before anything is counted."""
ENVIRONMENTS = {
    "secondcoder": ["--editable", str(HERE.parent)],
    "instructor-loop": ["instructor==1.17.0", "openai==3.3.0"],
    "gabriel": ["openai-gabriel>=1.1,<1.2"],
}
"""What is installed for each path."""


def main() -> None:
    """Start the server, measure each path in a process of its own, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds per answer")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--pack", default="1", help="posts per request")
    parser.add_argument(
        "--prompt-version", type=int, help="of this library's prompt; else its default"
    )
    parser.add_argument("--runs", type=int, default=1, help="each figure is the runs' median")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument(
        "--environments",
        type=Path,
        default=Path(tempfile.gettempdir()) / "secondcoder-peers",
        help="where peers are installed, once",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    args = parser.parse_args()
    pythons = {"secondcoder": sys.executable}
    if args.peers:
        pythons = {name: environment(args.environments / name, name) for name in ENVIRONMENTS}
    found = measured(pythons, args)
    ours, packed = found.pop("secondcoder"), found.pop("default_packing")
    version = args.prompt_version or ModelOptions().prompt_version
    asked = {"pack": args.pack, "runs": args.runs, "prompt_version": version}
    result = {**asked, **ours, **whole_codebook(ours, version)}
    result["default_packing"] = packed | whole_codebook(packed, version)
    if args.peers:
        result["peers"] = found
    sys.stdout.write(json.dumps(result, indent=None if args.json else 2) + "\n")


def environment(folder: Path, name: str) -> str:
    """Return the Python of a path's own environment, made if it is not there."""
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *ENVIRONMENTS[name]]
        subprocess.run(command, check=True)  # noqa: S603  # what is installed stands above
        done.touch()
    return str(python)


def measured(pythons: dict[str, str], args: argparse.Namespace) -> dict[str, Figures]:
    """Return the figures of each path: the medians of its runs, which take turns."""
    runs: dict[str, list[Figures]] = {name: [] for name in (*pythons, "default_packing")}
    command = [sys.executable, str(HERE / "answering_server.py"), f"--latency={args.latency}"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,  # noqa: S603
    ):
        try:
            port = server.stdout.readline().strip() if server.stdout is not None else ""
            write_material(Path(folder), args.posts)
            for _ in range(args.runs):
                for name, python in pythons.items():
                    run = Run(name, python, Path(folder), port, args)
                    runs[name].append(run.figures(args.pack))
                    if name == "secondcoder":
                        runs["default_packing"].append(run.figures("default"))
        finally:
            server.kill()
    return {name: medians(each) for name, each in runs.items()}


def write_material(folder: Path, n_posts: int) -> None:
    """Write what every path needs: the chat, a short one, the codebook, its themes."""
    write_chat(folder / "chat.csv", n_posts, seed=7)
    write_chat(folder / "warm-up.csv", WARM_UP, seed=8)
    book = EXAMPLE / "codebook.yaml"
    (folder / "codebook.yaml").write_text(book.read_text(encoding="utf-8"), encoding="utf-8")
    themes = {theme.name: theme.definition for theme in read_codebook(book).themes}
    (folder / "categories.json").write_text(json.dumps(themes), encoding="utf-8")


class Run(NamedTuple):
    """A path, the Python it runs with, and what it is run on."""

    path: str
    python: str
    folder: Path
    port: str
    args: argparse.Namespace

    def figures(self, pack: str) -> Figures:
        """Return the figures of one run.

        Args:
            pack: Posts per request, or `default`.

        Raises:
            SystemExit: If it ends with an error, whose last words are shown.
        """
        for left in (*self.folder.glob("*.sqlite*"), *self.folder.glob("*.jsonl")):
            left.unlink()
        command = [
            self.python,
            str(HERE / "throughput_paths.py"),
            self.path,
            f"--folder={self.folder}",
            f"--url=http://127.0.0.1:{self.port}/v1",
            f"--latency={self.args.latency}",
            f"--concurrency={self.args.concurrency}",
            f"--pack={pack}",
        ]
        if self.args.prompt_version is not None:
            command.append(f"--prompt-version={self.args.prompt_version}")
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise SystemExit(f"{self.path} failed:\n{done.stderr[-3000:]}")
        found: Figures = json.loads(done.stdout.splitlines()[-1])
        return found


def medians(runs: list[Figures]) -> Figures:
    """Return the median of each figure; what is no number is the same in all runs."""
    return {
        key: statistics.median_low([run[key] for run in runs])
        if isinstance(first, float)
        else first
        for key, first in runs[0].items()
    }


def whole_codebook(ours: Figures, version: int) -> Figures:
    """Return what one post per request with the whole codebook costs, and how much less ours.

    `reply_over_copying` is the reply's tokens over those of one that copies its quotes.
    """
    book = read_codebook(EXAMPLE / "codebook.yaml")
    leaves = {question.id for question in book.questions} - {q.parent for q in book.questions}
    count = tokenizer().count
    text = "A1: Time to talk matters, but so does tea. #hour"
    attribution = Attribution(question_ids=tuple(leaves), rule=AttributionRule.TIME)
    asking = requests(book, version)
    ask = asking.ask(Task(Post(id="1", text=text), attribution, segments(text)))
    schema = json.dumps(ask.slice.reply_model.model_json_schema())
    prompt = [ask.slice.system, asking.user_text([ask]), schema]
    n_tokens = sum(map(count, prompt))
    return {
        "whole_codebook_prompt_chars_per_post": sum(map(len, prompt)),
        "whole_codebook_prompt_tokens_per_post": n_tokens,
        "times_fewer_prompt_tokens": round(n_tokens / ours["prompt_tokens_per_post"], 2),
        "reply_over_copying": round(
            ours["reply_tokens_per_post"] / ours["copying_reply_tokens_per_post"], 3
        ),
    }


def requests(book: Codebook, version: int) -> Requests:
    """Return what makes requests with the codebook, by this version of the prompt."""
    return Requests(load_template("code-posts", version=version), book, {})


if __name__ == "__main__":
    main()
