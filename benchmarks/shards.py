"""What coding in shards costs the driver and its workers, per post: processor time, memory, disk.

Each size is coded in a process of its own by `--engine processes`, on posts made from the example
chat: with the embedded coder, or with a model whose server answers at once, so that what is
measured is ours. The driver's figures are those of the process that cuts and puts together, the
workers' are those of its children. Bytes are of the files that a run leaves.

    python benchmarks/shards.py --sizes 5000 20000 --coder model --pack 8 --json
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from invented_chat import EXAMPLE, write_chat

HERE = Path(__file__).parent
PRICED = "openai/gpt-5-mini"


def measure(folder: Path, args: argparse.Namespace) -> dict[str, float]:
    """Code the chat in a folder in shards; return the figures of this process and its workers.

    Raises:
        SystemExit: If a post failed.
    """
    import secondcoder  # noqa: PLC0415  # the importing is part of what is measured

    engine = secondcoder.EngineOptions(workers=args.workers, shard_posts=args.shard_posts)
    options = secondcoder.ModelOptions(
        base_url=args.url, posts_per_request=args.pack, concurrency=args.concurrency
    )
    is_model = args.coder == "model"
    started = time.perf_counter()
    summary = secondcoder.code(
        folder / "chat.csv",
        EXAMPLE / "codebook.yaml",
        coder="m" if is_model else "embedded",
        options=options if is_model else None,
        output=folder / "codings.jsonl",
        engine=engine,
    )
    wall_s = time.perf_counter() - started
    if summary.n_failed:
        raise SystemExit(f"{summary.n_failed} posts failed: the figures mean nothing")
    driver = resource.getrusage(resource.RUSAGE_SELF)
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    driver_s, workers_s = (each.ru_utime + each.ru_stime for each in (driver, workers))
    shards = folder / "secondcoder-shards"
    usage = summary.run.usage
    n_asked = (
        secondcoder.show_ledger(folder / "secondcoder-ledger.sqlite").n_answers
        if is_model
        else sum(counts_asked(manifest) for manifest in shards.glob("codings-*.json"))
    )
    return {
        "posts": summary.n_posts,
        "posts_asked": n_asked,
        "requests": usage.n_requests,
        "wall_s": round(wall_s, 2),
        "driver_cpu_s": round(driver_s, 2),
        "workers_cpu_s": round(workers_s, 2),
        "driver_posts_per_cpu_s": round(summary.n_posts / driver_s),
        "workers_posts_per_cpu_s": round(summary.n_posts / workers_s),
        "driver_peak_mb": round(driver.ru_maxrss / 1024, 1),
        "worker_peak_mb": round(workers.ru_maxrss / 1024, 1),
        "chat_bytes_per_post": per_post(folder, "chat.csv", summary.n_posts),
        "posts_bytes_per_post": per_post(shards, "posts-*", summary.n_posts),
        "codings_bytes_per_post": per_post(shards, "codings-*", summary.n_posts),
        "ledger_bytes_per_post": per_post(folder, "*.sqlite*", summary.n_posts),
        "output_bytes_per_post": per_post(folder, "codings.jsonl", summary.n_posts),
    }


def counts_asked(manifest: Path) -> int:
    """Return how many posts of a shard a coder looked at that leaves none out, as rules do."""
    outcomes = json.loads(manifest.read_text("utf-8"))["outcomes"]
    return int(sum(n for outcome, n in outcomes.items() if outcome != "left-out"))


def per_post(folder: Path, pattern: str, n_posts: int) -> float:
    """Return the bytes of some files, per post."""
    return round(sum(path.stat().st_size for path in folder.glob(pattern)) / n_posts, 1)


def cost(posts: int, pack: int) -> dict[str, float | str | None]:
    """Return what a model of OpenAI would be sent and cost, per thousand posts of the chat."""
    import secondcoder  # noqa: PLC0415  # not needed by what is measured

    with tempfile.TemporaryDirectory() as folder:
        chat = Path(folder) / "chat.csv"
        write_chat(chat, posts, seed=7)
        found = secondcoder.estimate(
            chat,
            EXAMPLE / "codebook.yaml",
            coder=PRICED,
            options=secondcoder.ModelOptions(posts_per_request=pack),
            output=Path(folder) / "codings.jsonl",
        )
    return {
        "model": PRICED,
        "tokenizer": found.tokenizer,
        "prices": f"{found.price_source}, as of {found.price_as_of}",
        "prompt_tokens_per_1000_posts": round(1000 * found.prompt_tokens / posts),
        "completion_tokens_per_1000_posts": round(1000 * found.completion_tokens / posts),
        "usd_per_1000_posts": None
        if found.cost_usd is None
        else round(found.cost_usd / posts * 1000, 5),
    }


def main() -> None:
    """Print a JSON object per coder and pack: its sizes, and what a priced model would cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 20_000])
    parser.add_argument("--coder", choices=("embedded", "model"), default="model")
    parser.add_argument("--pack", type=int, default=8, help="posts per request")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shard-posts", type=int, default=5_000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(json.dumps(measure(args.measure, args)))
        return
    serving = [sys.executable, str(HERE / "answering_server.py"), "--latency", "0"]
    with (
        subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as server,  # noqa: S603
        tempfile.TemporaryDirectory() as folder,
    ):
        try:
            assert server.stdout is not None  # noqa: S101  # it is a pipe
            url = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
            sizes = [measured(Path(folder) / str(size), size, url) for size in args.sizes]
        finally:
            server.kill()
    command = f"--coder {args.coder} --pack {args.pack} --shard-posts {args.shard_posts}"
    priced = cost(2_000, args.pack) if args.coder == "model" else None
    print(json.dumps({"command": command, "sizes": sizes, "cost": priced}, indent=2))


def measured(folder: Path, size: int, url: str) -> dict[str, float]:
    """Return the figures of one size, measured in a process of its own."""
    folder.mkdir()
    write_chat(folder / "chat.csv", size, seed=7)
    command = [sys.executable, __file__, *sys.argv[1:], "--measure", str(folder), "--url", url]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, float] = json.loads(ran.stdout)
    return found


main()
