"""The arithmetic of coding many posts: shards, endpoints, cost, time, memory and disk.

Reads what benchmarks/shards.py measured and prints what follows for a corpus of many chats. What
was not measured is an option, and printed as assumed: how many requests an endpoint takes at once,
and how long each lasts.

    python benchmarks/scale_plan.py --posts 100_000_000
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

MEASURED = Path(__file__).with_name("scale_measured.json")
DAY_S = 86_400
ROUND = 10
"""From here on decimals say nothing."""


@dataclass(frozen=True)
class Figures:
    """What was measured of one coder and number of posts per request."""

    command: str
    asked: float
    """Share of the posts that a coder looks at; rules settle the rest."""
    posts_per_request: float
    driver_s: float
    """Processor seconds per post, beyond what a run costs however small it is."""
    workers_s: float
    driver_mb: float
    """Of the smallest size measured."""
    driver_bytes: float
    """Memory per post, beyond that."""
    n_posts: float
    """Of the smallest size measured."""
    worker_mb: float
    disk_bytes: dict[str, float]
    cost: dict[str, float | str] | None


def figures(path: Path, coder: str, pack: int | None = None) -> Figures:
    """Return what the file says of a coder: slopes between its smallest and largest size.

    Raises:
        SystemExit: If the file holds no such measurement.
    """
    wanted = f"--coder {coder} " + (f"--pack {pack} " if pack is not None else "")
    for found in json.loads(path.read_text("utf-8")):
        if not found["command"].startswith(wanted):
            continue
        small, large = found["sizes"][0], found["sizes"][-1]

        def slope(
            name: str, small: dict[str, float] = small, large: dict[str, float] = large
        ) -> float:
            return (large[name] - small[name]) / (large["posts"] - small["posts"])

        disk = ("chat", "posts", "codings", "ledger", "output")
        return Figures(
            command=f"benchmarks/shards.py {found['command']}",
            asked=large["posts_asked"] / large["posts"],
            posts_per_request=large["posts_asked"] / max(1, large["requests"]),
            driver_s=slope("driver_cpu_s"),
            workers_s=slope("workers_cpu_s"),
            driver_mb=small["driver_peak_mb"],
            driver_bytes=max(0.0, slope("driver_peak_mb")) * 2**20,
            n_posts=small["posts"],
            worker_mb=large["worker_peak_mb"],
            disk_bytes={name: large[f"{name}_bytes_per_post"] for name in disk},
            cost=found["cost"],
        )
    raise SystemExit(f"{path} holds nothing of {wanted}; measure it first")


def plan(args: argparse.Namespace) -> list[tuple[str, str]]:
    """Return the plan as rows: what, and how much."""
    model = figures(args.measured, "model", args.pack)
    alone = figures(args.measured, "embedded")
    # Chats short enough to be held in memory say nothing of longer ones; those of this coder are.
    more_mb = (args.chat_posts - alone.n_posts) * alone.driver_bytes / 2**20
    memory_mb = alone.driver_mb + max(0.0, more_mb)
    posts = args.posts
    n_asked = posts * model.asked
    n_requests = n_asked / model.posts_per_request
    per_s = args.endpoints * args.in_flight / args.latency
    chats = -(-posts // args.chat_posts)
    shards = chats * -(-args.chat_posts // args.shard_posts)
    worker_s, driver_s = posts * model.workers_s, posts * model.driver_s
    wall_s = n_requests / per_s
    shard_s = args.shard_posts * model.asked / model.posts_per_request / (per_s / args.workers)
    rows = [
        ("posts", f"{posts:,}, in {chats:,} chats of {args.chat_posts:,}"),
        ("shards", f"{shards:,} of {args.shard_posts:,} posts"),
        ("asked about", f"{n_asked:,.0f} posts ({model.asked:.1%}); rules settle the rest"),
        ("requests", f"{n_requests:,.0f}, {model.posts_per_request:.1f} posts each"),
        (
            "endpoints",
            f"{args.endpoints} (assumed: {args.in_flight} requests in flight, {args.latency:g} s "
            f"each): {few(per_s)} requests per s",
        ),
        ("time by the endpoints", f"{few(wall_s / DAY_S)} days"),
        ("a shard takes", f"{shard_s / 60:.1f} min of one of {args.workers} workers"),
        (
            "workers' processor time",
            f"{few(worker_s / 3600)} core hours; {few(worker_s / wall_s)} cores keep up",
        ),
        (
            "driver's processor time",
            f"{few(driver_s / 3600)} core hours; {few(driver_s / wall_s)} drivers at once keep up",
        ),
        (
            "driver's memory",
            f"{memory_mb / 1024:.1f} GB for a chat of {args.chat_posts:,} "
            f"({alone.driver_bytes:,.0f} bytes per post)",
        ),
        ("a worker's memory", f"{model.worker_mb:,.0f} MB, whatever the chat"),
        *((f"disk: {NAMES[name]}", size(posts * n)) for name, n in model.disk_bytes.items()),
    ]
    if model.cost is not None:
        usd = float(model.cost["usd_per_1000_posts"]) * posts / 1000
        tokens = [
            float(model.cost[f"{kind}_tokens_per_1000_posts"]) * posts / 1000
            for kind in ("prompt", "completion")
        ]
        rows += [
            ("tokens", f"{tokens[0] / 1e9:,.1f} + {tokens[1] / 1e9:,.1f} billion, in + out"),
            (f"at the price of {model.cost['model']}", f"{usd:,.0f} USD ({model.cost['prices']})"),
        ]
    hours = posts * (alone.driver_s + alone.workers_s) / 3600
    rows.append(("with the embedded coder instead", f"{few(hours)} core hours, no endpoint"))
    return rows


NAMES = {
    "chat": "the chats",
    "posts": "shards' posts",
    "codings": "shards' codings",
    "ledger": "ledgers",
    "output": "codings.jsonl",
}


def few(number: float) -> str:
    """Return a number with two digits at least.

    >>> few(0.0416), few(4.16), few(4160)
    ('0.042', '4.2', '4,160')
    """
    return f"{number:.2g}" if number < ROUND else f"{number:,.0f}"


def size(n_bytes: float) -> str:
    """Return bytes in GB."""
    return f"{n_bytes / 1e9:,.0f} GB"


def main() -> None:
    """Print the plan as a table of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=100_000_000)
    parser.add_argument("--chat-posts", type=int, default=1_000_000)
    parser.add_argument("--shard-posts", type=int, default=5_000)
    parser.add_argument("--pack", type=int, default=8, help="posts per request, as measured")
    parser.add_argument("--endpoints", type=int, default=8, help="servers of the model")
    parser.add_argument("--in-flight", type=int, default=64, help="requests at one endpoint")
    parser.add_argument("--latency", type=float, default=4.0, help="seconds of a request")
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--measured", type=Path, default=MEASURED)
    for what, how_much in [("what", "how much"), ("---", "---"), *plan(parser.parse_args())]:
        print(f"| {what} | {how_much} |")


if __name__ == "__main__":
    main()
