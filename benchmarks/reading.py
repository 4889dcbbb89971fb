"""How fast posts are read, and in how much memory: `python benchmarks/reading.py --rows 1000000`.

A CSV file of invented posts is written, then read in a process of its own per size and way, so
that each peak is that pass's alone.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from secondcoder.ingest.counts import count_posts
from secondcoder.ingest.duplicates import RepeatIndex
from secondcoder.ingest.posts import iter_posts

WORDS = (
    *("we", "huddle", "every", "morning", "and", "ask", "what", "went", "well,", "then"),
    *("write", "one", "small", "change", "down"),
)
FIRST_ID = 1_275_551_234_567_890_000
STEP = 4_194_307


def write_posts(path: Path, n_rows: int) -> None:
    """Write a file of invented posts; every twentieth is a repost, every fiftieth a repeat."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id_str", "from_user", "text", "created_at", "status_url"])
        for row in range(n_rows):
            text = f"A{row % 6 + 1}: {' '.join(WORDS[row % 7 :])} \U0001f642 #{row} #chat"
            if not (row + 1) % 20:
                text = f"RT @member{(row - 1) % 5000}: {text}"
            if not (row + 1) % 50:
                text = "A1: the same words again #chat"
            post_id, author = FIRST_ID + row * STEP, f"member{row % 5000}"
            moment = f"2020-06-24T19:{row // 60 % 60:02}:{row % 60:02}Z"
            link = f"https://x.com/{author}/status/{post_id}"
            writer.writerow([post_id, author, text, moment, link])


def _rows(path: Path) -> int:
    return sum(1 for _ in iter_posts(path))


def _counts(path: Path) -> int:
    return count_posts(iter_posts(path), starts_at=None).n_posts


def _repeats(path: Path) -> int:
    index = RepeatIndex.build(iter_posts(path))
    n_rows = 0
    for post in iter_posts(path):
        index.same_as(post)
        n_rows += 1
    return n_rows


WAYS: dict[str, Callable[[Path], int]] = {
    "read": _rows,
    "read and count": _counts,
    "read twice and find repeats": _repeats,
}


def measure(path: Path, way: str) -> None:
    """Print the figures of one pass in this process, as JSON."""
    started = time.process_time()
    n_rows = WAYS[way](path)
    cpu_s = time.process_time() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {
        "way": way,
        "n_rows": n_rows,
        "cpu_s": round(cpu_s, 2),
        "rows_per_cpu_s": round(n_rows / cpu_s),
        "peak_mb": round(peak_mb, 1),
    }
    print(json.dumps(figures))


def run(sizes: Iterable[int]) -> list[dict[str, object]]:
    """Return the figures of every way and size."""
    results: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for n_rows in sizes:
            path = Path(folder) / f"{n_rows}.csv"
            write_posts(path, n_rows)
            for way in WAYS:
                command = [sys.executable, __file__, "--measure", str(path), "--way", way]
                done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - itself
                results.append(json.loads(done.stdout))
    return results


def main() -> None:
    """Measure a tenth of the rows and all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--way", default="read", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure is not None:
        measure(given.measure, given.way)
        return
    results = run((given.rows // 10, given.rows))
    if given.json:
        print(json.dumps(results, indent=1))
        return
    print("| way | rows | rows per s of CPU | peak RSS, MB |\n|---|---|---|---|")
    for each in results:
        size, speed = f"{each['n_rows']:,}", f"{each['rows_per_cpu_s']:,}"
        print(f"| {each['way']} | {size} | {speed} | {each['peak_mb']} |")


if __name__ == "__main__":
    main()
