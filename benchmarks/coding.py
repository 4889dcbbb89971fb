"""Time and memory of the whole path from a chat file to a codings file, with the embedded coder.

Each size runs in a process of its own, on posts made by repeating the example chat with new ids and
new words mixed in, so that few are duplicates. Linear time shows as posts per second that do not
fall, flat memory as a peak that hardly rises.

    python benchmarks/coding.py --sizes 1000 10000 100000 --json
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


def measure(path: Path) -> dict[str, float]:
    """Code a chat file in this process; return its figures."""
    import secondcoder  # noqa: PLC0415  # the importing is part of what is measured

    started = time.perf_counter()
    summary = secondcoder.code(path, EXAMPLE / "codebook.yaml", output=path.with_suffix(".jsonl"))
    seconds = time.perf_counter() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "posts": summary.n_posts,
        "quotes": summary.n_quotes,
        "seconds": round(seconds, 2),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "posts_per_cpu_s": round(summary.n_posts / (usage.ru_utime + usage.ru_stime)),
        "peak_mb": round(usage.ru_maxrss / 1024, 1),
    }


def main() -> None:
    """Print a line, or with `--json` an object, per size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure)))
        return
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes:
            path = Path(folder) / f"{size}.csv"
            write_chat(path, size, arguments.seed)
            command = [sys.executable, __file__, "--measure", str(path)]
            ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
            results.append(json.loads(ran.stdout))
    if arguments.json:
        print(json.dumps(results, indent=2))
        return
    for result in results:
        print("  ".join(f"{name} {value:,}" for name, value in result.items()))


main()
