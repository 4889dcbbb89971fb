"""Print how often each kind of interval holds the true alpha, on simulated codings.

python evals/coverage.py --sims 600 [--json]

Three coders, four themes of which one is common (0.55, 0.25, 0.15, 0.05). A post leans to one
theme: each of its units carries that with probability 0.5, else a theme drawn anew. A coder gives
the unit's theme with a probability of the post's own (mean 0.8), else a theme drawn at random; so
units of a post resemble each other, both in theme and in how hard they are. The true alpha of a
design is the alpha of 200,000 such posts. The seed of simulation i is i.
"""

import argparse
import json
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement import Interval, IntervalOptions, Ratings, Statistic, estimate

THEMES = np.array([0.55, 0.25, 0.15, 0.05])
LEANING = 0.5
"""Chance that a unit carries the theme its post leans to."""
METHODS = ("bootstrap", "bca", "jackknife-t", "linear-t", "auto")


class Design(NamedTuple):
    """How many posts there are, and whether each has one unit or one to six."""

    n_posts: int
    is_clustered: bool

    @property
    def name(self) -> str:
        """Return the design in words."""
        return f"{self.n_posts} posts x {'1-6 quotes' if self.is_clustered else '1 quote'}"


DESIGNS = (
    Design(20, is_clustered=False),
    Design(50, is_clustered=False),
    Design(200, is_clustered=False),
    Design(30, is_clustered=True),
    Design(50, is_clustered=True),
    Design(100, is_clustered=True),
    Design(300, is_clustered=True),
)


def simulate(
    design: Design, n_posts: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return codes, shape (3, n_units), and the post of each unit."""
    n_quotes = rng.integers(1, 7, n_posts) if design.is_clustered else np.ones(n_posts, np.int64)
    posts = np.repeat(np.arange(n_posts), n_quotes)
    leaning = rng.choice(len(THEMES), n_posts, p=THEMES)[posts]
    other = rng.choice(len(THEMES), len(posts), p=THEMES)
    themes = np.where(rng.random(len(posts)) < LEANING, leaning, other)
    skill = rng.beta(8, 2, n_posts)[posts]
    guesses = rng.integers(len(THEMES), size=(3, len(posts)))
    is_known = rng.random((3, len(posts))) < skill
    return np.where(is_known, themes, guesses), posts


def alpha(
    codes: NDArray[np.int64], posts: NDArray[np.int64], options: IntervalOptions
) -> Statistic:
    """Return alpha with its interval.

    Raises:
        TypeError: If alpha is undefined, which these designs do not bring about.
    """
    ratings = Ratings(codes, tuple(range(len(THEMES))), posts)
    found = estimate("krippendorff_alpha", ratings).result(options)
    if not isinstance(found, Statistic):
        raise TypeError(found.reason)
    return found


def coverage(design: Design, n_sims: int) -> dict[str, object]:
    """Return the share of intervals that hold the true alpha, by method, and their mean width."""
    population = simulate(design, 200_000, np.random.default_rng(2**32))
    truth = alpha(*population, IntervalOptions(method="bootstrap", n_replicates=2)).value
    held: dict[str, list[bool]] = {method: [] for method in (*METHODS, "unit bootstrap")}
    widths: dict[str, list[float]] = {method: [] for method in held}
    for seed in range(n_sims):
        codes, posts = simulate(design, design.n_posts, np.random.default_rng(seed))
        for method, hits in held.items():
            is_by_unit = method == "unit bootstrap"
            options = IntervalOptions.model_validate({
                "method": "bootstrap" if is_by_unit else method,
                "seed": seed,
            })
            clusters = np.arange(len(posts)) if is_by_unit else posts
            found = alpha(codes, clusters, options).interval
            if isinstance(found, Interval):
                hits.append(found.low <= truth <= found.high)
                widths[method].append(found.high - found.low)
    return {
        "design": design.name,
        "true_alpha": round(truth, 4),
        "n_sims": n_sims,
        "coverage": {method: round(float(np.mean(hits)), 3) for method, hits in held.items()},
        "mean_width": {method: round(float(np.mean(w)), 3) for method, w in widths.items()},
        "n_without_interval": {method: n_sims - len(hits) for method, hits in held.items()},
    }


def main() -> None:
    """Simulate every design and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sims", type=int, default=600, help="simulations of each design")
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    arguments = parser.parse_args()
    results = [coverage(design, arguments.sims) for design in DESIGNS]
    if arguments.json:
        print(json.dumps(results, indent=2))
        return
    methods = (*METHODS, "unit bootstrap")
    print("| design |", " | ".join(methods), "|")
    print("|---|" + "---|" * len(methods))
    for result in results:
        shares = result["coverage"]
        if isinstance(shares, dict):
            print(f"| {result['design']} |", " | ".join(f"{shares[m]:.3f}" for m in methods), "|")


if __name__ == "__main__":
    main()
