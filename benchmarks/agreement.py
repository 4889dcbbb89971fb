"""How long alpha and its bootstrap take, beside other packages.

python benchmarks/agreement.py --json [--peers FOLDER] [--repeats 5]

With `--peers` each other package runs in its own environment under FOLDER, made on the first run
(interrater, krippendorff, nltk; nothing of them is installed beside secondcoder). What would take
minutes there is measured on a few replicates and multiplied; `replicates_measured` says how many.
All ratios come from the same run. For gamma see benchmarks/gamma.py.
"""

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement import (
    IntervalOptions,
    Statistic,
    Undefined,
    krippendorff_alpha,
    read_ratings,
    set_alpha,
)
from secondcoder.agreement.alpha import alpha_estimate

N_UNITS, N_THEMES, N_REPLICATES = 100_000, 40, 1000
N_SET_UNITS = 10_000
MISSING = 0.05

PEERS = {
    "interrater": """
from interrater.array_utils import category_counts
from interrater.analyzers.agreement_functions.krippendorff import krippendorff_alpha
from interrater.analyzers.resampling_functions.subject_resampling import subject_bootstrap
from interrater.intermediates.estimator_parts import NijMatrix
codes = np.where(np.isnan(table), -1, table).T.astype(np.int8)
def alpha(codes):
    return krippendorff_alpha(NijMatrix(matrix=category_counts(codes, 40)))
value = alpha(codes)
began = time.perf_counter()
for drawn in subject_bootstrap(codes, n_resamples=replicates):
    alpha(drawn)
""",
    "krippendorff": """
import krippendorff
value = krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
rng = np.random.default_rng(0)
began = time.perf_counter()
for _ in range(replicates):
    drawn = table[:, rng.integers(0, table.shape[1], table.shape[1])]
    krippendorff.alpha(reliability_data=drawn, level_of_measurement="nominal")
""",
    "nltk": """
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import masi_distance
data = [
    (coder, unit, frozenset(np.flatnonzero(themes).tolist()))
    for coder, row in enumerate(table) for unit, themes in enumerate(row)
]
began = time.perf_counter()
value = AnnotationTask(data=data, distance=masi_distance).alpha()
""",
}
"""What each package runs: `table` and `replicates` are given, `value` and `began` are read."""

VERSIONS = {"interrater": "2.0.0", "krippendorff": "0.9.0", "nltk": "3.10.4"}

FRAME = """
import json, sys, time
import numpy as np
table, replicates = np.load(sys.argv[1]), int(sys.argv[2])
{body}
print(json.dumps({{"value": float(value), "seconds": time.perf_counter() - began}}))
"""


def invented_ratings(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return ratings of three coders who know the theme four times of five. NaN is missing."""
    shares = 1 / np.arange(1, N_THEMES + 1)
    shares /= shares.sum()
    themes = rng.choice(N_THEMES, N_UNITS, p=shares)
    guesses = rng.choice(N_THEMES, (3, N_UNITS), p=shares)
    table = np.where(rng.random((3, N_UNITS)) < 0.8, themes, guesses).astype(float)  # noqa: PLR2004 # four of five
    table[rng.random(table.shape) < MISSING] = np.nan
    return table


def invented_sets(rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return the themes of two coders: one to several of 40. Shape: (2, units, themes)."""
    shares = 1 / np.arange(1, N_THEMES + 1)
    chances = np.minimum(0.9, 1.75 * shares / shares.sum())
    themes = rng.random((N_SET_UNITS, N_THEMES)) < chances
    # Each coder sees a theme that is there four times of five.
    seen = themes[None] & (rng.random((2, N_SET_UNITS, N_THEMES)) < 0.8)  # noqa: PLR2004 # four of five
    is_empty = ~seen.any(axis=2)
    # The distances of nltk divide by zero for two empty sets.
    seen[is_empty, 0] = True
    return np.asarray(seen)


def bootstrap(seed: int) -> IntervalOptions:
    """Return how the interval is made. Each run has its own seed, so that none finds kept draws."""
    return IntervalOptions(method="bootstrap", n_replicates=N_REPLICATES, seed=seed)


def timed(run: Callable[[int], object], repeats: int) -> float:
    """Return the median time of a run in seconds; each is given its number."""
    seconds = []
    for number in range(repeats):
        began = time.perf_counter()
        run(number)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def value_of(result: Statistic | Undefined) -> float:
    """Return the value, which these ratings have.

    Raises:
        TypeError: If there is none.
    """
    if result.value is None:
        raise TypeError("the benchmark's own ratings have no alpha")
    return result.value


def peer(name: str, folder: Path, table: NDArray[np.generic], replicates: int) -> dict[str, float]:
    """Return the value another package finds and how long it took, in its own environment."""
    python = folder / name / "bin" / "python"
    wanted = f"{name}=={VERSIONS[name]}"
    if not python.exists():
        venv.create(folder / name, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "numpy", wanted], check=True)  # noqa: S603 # our own environment
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "table.npy"
        np.save(path, table)
        script = FRAME.format(body=PEERS[name])
        command = [str(python), "-c", script, str(path), str(replicates)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 # our own script
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def beside_peers(
    folder: Path, table: NDArray[np.float64], sets: NDArray[np.bool_], own: dict[str, float]
) -> list[dict[str, object]]:
    """Return what each package needs and how many times as long that is."""
    rows: list[dict[str, object]] = []
    for name, replicates in (("interrater", 10), ("krippendorff", 10)):
        found = peer(name, folder, table, replicates)
        seconds = found["seconds"] / replicates * N_REPLICATES
        rows.append({
            "package": name,
            "task": "alpha nominal + bootstrap",
            "seconds": round(seconds, 2),
            "replicates_measured": replicates,
            "ratio": round(seconds / own["bootstrap_s"], 1),
            "difference_of_value": abs(found["value"] - own["alpha"]),
        })
    found = peer("nltk", folder, sets, 1)
    rows.append({
        "package": "nltk",
        "task": "MASI alpha",
        "seconds": round(found["seconds"], 2),
        "replicates_measured": 1,
        "ratio": round(found["seconds"] / own["masi_s"], 1),
        "difference_of_value": abs(found["value"] - own["masi_alpha"]),
    })
    return rows


def present_absent(table: NDArray[np.float64], seed: int) -> None:
    """Bootstrap alpha of each theme, present or absent."""
    ratings = read_ratings(table)
    for theme in ratings.categories:
        alpha_estimate(ratings.present(theme)).result(bootstrap(seed))


def beside(script: str, peers: Path | None) -> object:
    """Return what another benchmark of this folder prints, run in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name(script)), "--json"]
    if peers is not None:
        command += ["--peers", "--peer-folder", str(peers / "pygamma")]
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603
    return json.loads(done.stdout)


def main() -> None:
    """Print the timings."""
    parser = argparse.ArgumentParser(description="alpha and its bootstrap, beside other packages")
    parser.add_argument("--peers", type=Path, help="folder of the other packages' environments")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    table = invented_ratings(rng)
    own = {
        "alpha": value_of(krippendorff_alpha(table)),
        "value_s": timed(lambda _: krippendorff_alpha(table), options.repeats),
        "bootstrap_s": timed(
            lambda seed: krippendorff_alpha(table, interval=bootstrap(seed)), options.repeats
        ),
    }
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sets = invented_sets(rng)
    lists = [[frozenset(np.flatnonzero(themes).tolist()) for themes in row] for row in sets]
    own["masi_alpha"] = value_of(set_alpha(lists))
    own["present_absent_s"] = timed(lambda seed: present_absent(table, seed), options.repeats)
    own["masi_s"] = timed(lambda _: set_alpha(lists), options.repeats)
    result: dict[str, object] = {
        "units": N_UNITS,
        "coders": 3,
        "themes": N_THEMES,
        "replicates": N_REPLICATES,
        **{name: round(number, 12 if "alpha" in name else 4) for name, number in own.items()},
        "bootstrap_peak_mb": round(peak_mb),
        "set_units": N_SET_UNITS,
        "distinct_sets": len({themes for row in lists for themes in row}),
        "peers": beside_peers(options.peers, table, sets, own) if options.peers else [],
        "gamma": beside("gamma.py", options.peers),
        "agree": beside("agree.py", None),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    if options.json:
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
        return
    for name, number in result.items():
        print(f"{name}: {number}")


if __name__ == "__main__":
    main()
