"""How fast gamma is, beside pygamma-agreement: `python benchmarks/gamma.py --json [--peers]`.

Invented units of three kinds: two coders of one long text, three coders of one text, two coders of
many short posts. Timed are the best alignment alone, and gamma with random continua. With
`--peers` pygamma-agreement is installed into an environment of its own and runs on the same units
in the same run; both disorders must agree to 1e-5.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from secondcoder.agreement.gamma import gamma_report
from secondcoder.agreement.gamma_sampling import Arena
from secondcoder.agreement.gamma_settings import Options
from secondcoder.agreement.gamma_tally import tally
from secondcoder.agreement.unitizing import Unit, read_units

PEER = "pygamma-agreement==0.5.9"

PEER_SCRIPT = """
import json, logging, sys, time, warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
from pyannote.core import Segment
from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum, ShuffleContinuumSampler

def continuum(units):
    made = Continuum()
    for coder, start, end, category, _ in units:
        made.add(coder, Segment(start, end), category)
    return made

task = json.load(sys.stdin)
dissimilarity = CombinedCategoricalDissimilarity(alpha=1, beta=1, delta_empty=1)
posts = {}
for unit in task["units"]:
    posts.setdefault(unit[4], []).append(unit)
continua = [continuum(units) for units in posts.values()]
# Its first call compiles.
continuum([["a", 0, 5, "x", 0], ["b", 1, 5, "x", 0]]).get_best_alignment(dissimilarity)
times, costs, means = [], 0.0, 0.0
for _ in range(task["repeats"]):
    began = time.perf_counter()
    alignments = [one.get_best_alignment(dissimilarity) for one in continua]
    times.append(time.perf_counter() - began)
for one, alignment in zip(continua, alignments):
    costs += alignment.disorder * one.avg_num_annotations_per_annotator
    means += one.avg_num_annotations_per_annotator
began = time.perf_counter()
for one in continua:
    one.compute_gamma(dissimilarity, n_samples=task["n_samples"], sampler=ShuffleContinuumSampler())
print(json.dumps({
    "alignment_s": sorted(times)[len(times) // 2],
    "gamma_s": time.perf_counter() - began,
    "disorder": float(costs / means),
}))
"""


def long_text(coders: str, n_units: int) -> tuple[list[Unit], dict[object, float]]:
    """Return units of coders who mark one text much alike: a tenth left out, ends moved."""
    rng = random.Random(n_units)  # noqa: S311 # not a secret
    units = []
    for place in range(n_units):
        start, length, category = 20 * place, rng.randint(8, 18), rng.choice("abcdefgh")
        for coder in coders:
            if rng.random() < 0.9:  # noqa: PLR2004 # a tenth left out
                begin = max(0, start + rng.randint(-4, 4))
                said = category if rng.random() < 0.8 else rng.choice("abcdefgh")  # noqa: PLR2004
                units.append(Unit(coder, begin, begin + length + rng.randint(-3, 3), said, 0))
    return units, {0: 20.0 * n_units + 40}


def short_posts(n_posts: int) -> tuple[list[Unit], dict[object, float]]:
    """Return quotes of two coders in posts of 80 to 280 characters, one to four quotes each."""
    rng = random.Random(n_posts)  # noqa: S311 # not a secret
    units: list[Unit] = []
    lengths: dict[object, float] = {}
    for post in range(n_posts):
        length = rng.randint(80, 280)
        cuts = [0, *sorted(rng.sample(range(10, length - 10), rng.randint(0, 3))), length]
        lengths[post] = float(length)
        for coder in "ab":
            kept = rng.randint(1, len(cuts) - 1)
            for start, end in pairwise(cuts[: kept + 1]):
                units.append(
                    Unit(
                        coder,
                        start,
                        max(start + 1, end - rng.randint(0, 4)),
                        rng.choice("abcdefgh"),
                        post,
                    )
                )
    return units, lengths


def median_s(work: Callable[[], object], repeats: int) -> float:
    """Return the median time of some runs, after one to warm up."""
    work()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def measure(
    units: list[Unit], lengths: dict[object, float], repeats: int, n_samples: int
) -> dict[str, float]:
    """Return the times of the best alignment and of gamma, and the disorder."""

    def align() -> float:
        found = read_units(units, lengths)
        arena = Arena(found, len(found.coders))
        return tally(arena.observed(), Options().costs, arena.continua, len(found.ids)).disorder

    return {
        "n_units": len(units),
        "disorder": align(),
        "alignment_s": median_s(align, repeats),
        "gamma_s": median_s(lambda: gamma_report(units, lengths, n_samples=n_samples), repeats),
    }


def peer_python(folder: Path) -> Path:
    """Return the interpreter of the peer's environment, made if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PEER], check=True)  # noqa: S603 # own
    return python


def main() -> None:
    """Time each kind of continuum and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--peers", action="store_true", help=f"run {PEER} as well")
    parser.add_argument(
        "--peer-folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "secondcoder-peer-pygamma",
        help="where the peer's environment is or will be",
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--samples", type=int, default=30)
    options = parser.parse_args()
    kinds = {
        "two coders x 1,000 units": long_text("ab", 1000),
        "three coders x 100 units": long_text("abc", 100),
        "100 short posts, two coders": short_posts(100),
    }
    results: dict[str, dict[str, float]] = {}
    for kind, (units, lengths) in kinds.items():
        results[kind] = measure(units, lengths, options.repeats, options.samples)
        if options.peers:
            task = {"units": units, "repeats": options.repeats, "n_samples": options.samples}
            done = subprocess.run(  # noqa: S603 # our own script
                [peer_python(options.peer_folder), "-c", PEER_SCRIPT],
                input=json.dumps(task),
                capture_output=True,
                check=True,
                text=True,
            )
            # The solver prints a line of its own now and then.
            peer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
            row = results[kind]
            row |= {f"peer_{name}": value for name, value in peer.items()}
            row["alignment_ratio"] = peer["alignment_s"] / row["alignment_s"]
            row["gamma_ratio"] = peer["gamma_s"] / row["gamma_s"]
            if abs(peer["disorder"] - row["disorder"]) > 1e-5 * row["disorder"]:
                sys.exit(f"{kind}: disorder {row['disorder']}, the peer's {peer['disorder']}")
    if options.json:
        print(json.dumps(results, indent=2))
        return
    for kind, row in results.items():
        print(kind)
        for name, value in row.items():
            print(f"  {name:16} {value:.6g}")


if __name__ == "__main__":
    main()
