"""Themes found in quotations alone: how like those that people found?

Takes the quotations of people's codings with their questions and without their themes, lets
`propose` and what a user would pick instead find themes, and compares who lies with whom. Each
quotation counts under its first theme; scores are means over the seeds. The peers are given as many
themes per question as `propose` looked for, so that the number of groups is no advantage.

- `propose`: the embedded path at each grain; `--coder embedded:FOLDER` compares by the vectors of
  a sentence-transformers model instead of words; `--coder MODEL` asks a model;
- `k-means`: on TF-IDF without stop words (scikit-learn);
- `LDA`: latent Dirichlet allocation on word counts (scikit-learn);
- `BERTopic` on sentence embeddings, with HDBSCAN, which chooses the number of topics itself, and
  with k-means. Only with `--bertopic PYTHON`, the interpreter of an
  environment that `bertopic_groups.py` says how to make.

Two columns say how steady themes are. `stability` is between seeds, on the same quotations: where a
way uses no chance, as `propose` without a model, it is 1 by construction. `redrawn` is between
draws: each seed draws four fifths of every question's quotations, and what is found in two draws is
compared on what both hold.

With one seed (`--seeds 1`) there is nothing to compare, and nothing is drawn: so a model is asked
about the quotations once. Its answers are kept in `--ledger`, and how many requests were sent, were
known and came to nothing is told for each grain.

Run from the repository root: `python evals/propose.py [--codings FILE] [--seeds 5]
[--coder embedded] [--base-url URL] [--ledger FILE] [--json] [--bertopic PYTHON]`.
Without --codings it reads ../shared/qi-hour/report-part1.txt, or says what to supply where that is
absent.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

import secondcoder

REPORT = Path(__file__).resolve().parents[1] / ".." / "shared" / "qi-hour" / "report-part1.txt"
FEWEST = 8
"""Quotations of a question that has themes to find."""
DRAWN = 0.8
"""Share of each question's quotations in a draw."""
MATCHED = 0.25
"""Least Jaccard index of the quotations of two themes that are matched, one to one."""


Grain = Literal["few", "medium", "many"]


class Quotation(NamedTuple):
    """A quotation, and where people laid it."""

    id: str
    text: str
    question_id: str
    theme_id: str


class Scores(NamedTuple):
    """How like the people's themes a grouping is; means over questions, by quotations."""

    ami: float
    ari: float
    bcubed_f1: float
    covered: float
    """Of people's themes, those matched with a found one."""
    spurious: float
    """Of found themes, those matched with none."""
    placed: float
    """Of the quotations, those in a found theme."""
    stability: float | None
    """AMI between the groupings of every two seeds; None of one seed."""
    redrawn: float | None
    """AMI between what is found in every two draws, on the quotations that both hold; as above."""
    n_themes: float


class Asked(NamedTuple):
    """Who proposes, and how a model is reached."""

    coder: str
    base_url: str | None
    ledger: Path | None


Labels = Mapping[str, str]
"""Theme of each quotation that is in one, by id."""
Finder = Callable[[Sequence[Quotation], int], Labels]
"""From quotations and a seed to the theme of each that is in one."""
Grouping = Callable[[Sequence[str], int, int], Sequence[int]]
"""From texts, a number of groups and a seed to the group of each text."""


def main() -> None:
    """Print one row per way of finding themes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--codings", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--coder", default="embedded", help="embedded, embedded:FOLDER, or a model")
    parser.add_argument("--base-url", help="OpenAI-compatible server of the model")
    parser.add_argument("--ledger", type=Path, help="keeps what the model answers")
    parser.add_argument(
        "--bertopic", type=Path, help="python of an environment that holds BERTopic"
    )
    options = parser.parse_args()
    codings = codings_of(options.codings)
    if codings is None:
        print(f"{REPORT.name} is not there; give people's codings with --codings FILE")
        sys.exit(0)
    quotations = list(quotations_of(codings))
    asked = Asked(options.coder, options.base_url, options.ledger)
    rows = dict(_rows(codings, quotations, asked, range(options.seeds)))
    if options.bertopic is not None:
        rows |= _bertopic(options.bertopic, quotations, range(options.seeds))
    if options.json:
        print(json.dumps({name: row._asdict() for name, row in rows.items()}, indent=2))
        return
    questions = {quotation.question_id for quotation in quotations}
    themes = {(quotation.question_id, quotation.theme_id) for quotation in quotations}
    print(
        f"{len(quotations)} quotations, {len(questions)} questions, {len(themes)} themes of people"
    )
    head = ("", *Scores._fields)
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for name, row in rows.items():
        shown = ("none" if value is None else f"{value:.3f}" for value in row)
        print(f"| {name} | " + " | ".join(shown) + " |")


def codings_of(path: Path | None) -> secondcoder.Codings | None:
    """Return the codings of a file, else of the report; None where that is absent."""
    if path is not None:
        return secondcoder.read_codings(path)
    if not REPORT.is_file():
        return None
    with tempfile.TemporaryDirectory() as folder:
        secondcoder.convert(REPORT, folder)
        return secondcoder.read_codings(Path(folder) / "codings.jsonl")


def quotations_of(codings: secondcoder.Codings) -> Iterator[Quotation]:
    """Yield the quotations that people gave a theme, of questions that have enough of them."""
    found = [
        Quotation(f"q{number}", coding.quote.text, coding.question_id, coding.theme_ids[0])
        for number, coding in enumerate(codings.quotes)
        if coding.theme_ids and coding.question_id is not None
    ]
    for quotation in found:
        n_here = sum(other.question_id == quotation.question_id for other in found)
        if n_here >= FEWEST:
            yield quotation


def _rows(
    codings: secondcoder.Codings, quotations: Sequence[Quotation], asked: Asked, seeds: range
) -> Iterator[tuple[str, Scores]]:
    grains: tuple[Grain, ...] = ("few", "medium", "many")
    ways: dict[str, Finder] = {
        **{f"propose, {grain}": partial(_proposed, codings, asked, grain) for grain in grains},
        "k-means on TF-IDF": partial(_by_question, _k_means),
        "LDA": partial(_by_question, _lda),
    }
    for name, find in ways.items():
        yield (
            name,
            scores(
                quotations,
                [find(quotations, seed) for seed in seeds],
                [find(_draw(quotations, seed), seed) for seed in seeds if len(seeds) > 1],
            ),
        )


def _draw(quotations: Sequence[Quotation], seed: int) -> list[Quotation]:
    """Return four fifths of each question's quotations, in their order."""
    chance = random.Random(seed)  # noqa: S311  # a draw, no secret
    by_question: dict[str, list[str]] = {}
    for one in quotations:
        by_question.setdefault(one.question_id, []).append(one.id)
    drawn = {
        each for ids in by_question.values() for each in chance.sample(ids, round(DRAWN * len(ids)))
    }
    return [one for one in quotations if one.id in drawn]


def _sizes(quotations: Sequence[Quotation]) -> dict[str, int]:
    """Return how many themes per question `propose` looks for at medium grain."""
    counts = Counter(one.question_id for one in quotations)
    return {question_id: max(1, round(0.9 * n**0.5)) for question_id, n in counts.items()}


def _bertopic(python: Path, quotations: Sequence[Quotation], seeds: range) -> dict[str, Scores]:
    """Return the scores of topics that BERTopic finds in its own environment."""
    whole = _topics(python, quotations, list(seeds))
    drawn = [_topics(python, _draw(quotations, seed), [seed]) for seed in seeds]
    return {
        f"BERTopic, {way}": scores(quotations, found, [each[way][0] for each in drawn])
        for way, found in whole.items()
    }


def _topics(
    python: Path, quotations: Sequence[Quotation], seeds: Sequence[int]
) -> dict[str, list[Labels]]:
    """Return what each way of clustering finds with each seed."""
    by_question: dict[str, list[Quotation]] = {}
    for one in quotations:
        by_question.setdefault(one.question_id, []).append(one)
    asked = {
        "texts": {name: [one.text for one in mine] for name, mine in by_question.items()},
        "sizes": _sizes(quotations),
        "seeds": list(seeds),
    }
    script = Path(__file__).with_name("bertopic_groups.py")
    done = subprocess.run(  # noqa: S603  # the interpreter that was named
        # Alone (-I), or files beside the script would be taken for packages of the same names.
        [python, "-I", script],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return {
        way: [
            {
                one.id: f"{name}/{label}"
                for name, labels in groups.items()
                for one, label in zip(by_question[name], labels, strict=True)
                if label >= 0
            }
            for groups in runs
        ]
        for way, runs in json.loads(done.stdout).items()
    }


def _proposed(
    codings: secondcoder.Codings,
    asked: Asked,
    grain: Grain,
    quotations: Sequence[Quotation],
    seed: int,
) -> Labels:
    """Return the proposed theme of each quotation."""
    return labels_of(quotes_of(proposal_of(codings, asked, grain, quotations, seed)))


def proposal_of(
    codings: secondcoder.Codings,
    asked: Asked,
    grain: Grain,
    quotations: Sequence[Quotation],
    seed: int,
) -> secondcoder.Proposal:
    """Return what is proposed from quotations, each a post of its own by somebody else."""
    book = secondcoder.Codebook(questions=codings.info.codebook.questions)
    chat = secondcoder.Chat(
        info=secondcoder.ChatInfo(),
        posts=tuple(
            secondcoder.Post(id=one.id, text=one.text, author=one.id, question=one.question_id)
            for one in quotations
        ),
    )
    found = secondcoder.propose(
        chat,
        codebook=book,
        coder=asked.coder,
        options=secondcoder.ModelOptions(base_url=asked.base_url, timeout_s=600),
        grain=grain,
        seed=seed,
        ledger=asked.ledger,
    )
    _tell(found, grain)
    return found


def quotes_of(found: secondcoder.Proposal) -> Iterator[tuple[str, secondcoder.Quote]]:
    """Yield the quotes of a proposal, each with a theme of a question that it lies under."""
    for theme in found.themes:
        for quote in theme.quotes:
            yield f"{theme.question_id}/{theme.theme_id}", quote


def labels_of(quotes: Iterable[tuple[str, secondcoder.Quote]]) -> Labels:
    """Return the theme of each quotation: the one that most of its words lie under.

    Args:
        quotes: Of the quotations, each with a theme that it lies under.
    """
    weights: dict[str, dict[str, int]] = {}
    for name, quote in quotes:
        places = weights.setdefault(quote.post_id, {})
        places[name] = places.get(name, 0) + len(quote.text)
    return {
        post_id: max(places, key=lambda name: places[name]) for post_id, places in weights.items()
    }


def _tell(found: secondcoder.Proposal, grain: Grain) -> None:
    """Print what a model was asked; nothing where none was."""
    used = found.run.usage
    made = next((edit.proposed for edit in found.codebook.edits if edit.proposed), None)
    if made is not None and used.n_requests + used.n_reused:
        print(
            f"propose, {grain}: {used.n_requests} requests sent, {used.n_reused} answers known, "
            f"{made.n_failed} came to nothing",
            file=sys.stderr,
        )


def _by_question(group: Grouping, quotations: Sequence[Quotation], seed: int) -> Labels:
    labels: dict[str, str] = {}
    for question_id, n in _sizes(quotations).items():
        mine = [one for one in quotations if one.question_id == question_id]
        found = group([one.text for one in mine], n, seed)
        labels |= {one.id: f"{question_id}/{label}" for one, label in zip(mine, found, strict=True)}
    return labels


def _k_means(texts: Sequence[str], n: int, seed: int) -> Sequence[int]:
    vectors = TfidfVectorizer(stop_words="english").fit_transform(texts)
    fitted = KMeans(n, n_init=10, random_state=seed).fit_predict(vectors)
    return [int(label) for label in fitted]


def _lda(texts: Sequence[str], n: int, seed: int) -> Sequence[int]:
    counts = CountVectorizer(stop_words="english").fit_transform(texts)
    shares = LatentDirichletAllocation(n, random_state=seed, max_iter=50).fit_transform(counts)
    return [int(label) for label in np.argmax(shares, axis=1)]


def scores(
    quotations: Sequence[Quotation], groupings: Sequence[Labels], draws: Sequence[Labels]
) -> Scores:
    """Return the mean over groupings of the scores, each a mean over questions by quotations.

    Args:
        quotations: All of them.
        groupings: What each seed found in them.
        draws: What was found in the draw of each seed, in the order of the seeds from 0.
    """
    rows = [mean_scores(quotations, labels) for labels in groupings]
    whole = [{one.id for one in quotations}] * len(groupings)
    parts = [{one.id for one in _draw(quotations, seed)} for seed in range(len(draws))]
    means = {name: fmean(row[name] for row in rows) for name in rows[0]}
    return Scores(**means, stability=_alike(groupings, whole), redrawn=_alike(draws, parts))


def _alike(groupings: Sequence[Labels], held: Sequence[set[str]]) -> float | None:
    """Return the mean AMI of every two groupings on the quotations that both hold."""
    found = []
    for one, other in combinations(range(len(groupings)), 2):
        ids = sorted(held[one] & held[other])
        found.append(
            adjusted_mutual_info_score(_full(ids, groupings[one]), _full(ids, groupings[other]))
        )
    return fmean(found) if found else None


def mean_scores(quotations: Sequence[Quotation], labels: Labels) -> dict[str, float]:
    """Return the scores of one grouping by name, each a mean over questions by quotations."""
    totals: dict[str, float] = {}
    for question_id in {one.question_id for one in quotations}:
        mine = [one for one in quotations if one.question_id == question_id]
        ids = [one.id for one in mine]
        people, found = [one.theme_id for one in mine], _full(ids, labels)
        covered, spurious = _shares(mine, labels)
        here = {
            "ami": adjusted_mutual_info_score(people, found),
            "ari": adjusted_rand_score(people, found),
            "bcubed_f1": bcubed_f1(people, found),
            "covered": covered,
            "spurious": spurious,
            "placed": sum(one in labels for one in ids) / len(ids),
        }
        for name, value in here.items():
            totals[name] = totals.get(name, 0.0) + float(value) * len(mine) / len(quotations)
    return {**totals, "n_themes": float(len(set(labels.values())))}


def _full(ids: Sequence[str], labels: Labels) -> list[str]:
    """Return the label of each quotation; one in no theme stands alone."""
    return [labels.get(one, f"alone {one}") for one in ids]


def _shares(mine: Sequence[Quotation], labels: Labels) -> tuple[float, float]:
    """Return the share of people's themes that are covered and of found ones that are spurious."""
    people: dict[str, set[str]] = {}
    found: dict[str, set[str]] = {}
    for one in mine:
        people.setdefault(one.theme_id, set()).add(one.id)
        if one.id in labels:
            found.setdefault(labels[one.id], set()).add(one.id)
    if not found:
        return 0.0, 0.0
    n_matched = matched(list(people.values()), list(found.values()))
    return n_matched / len(people), 1 - n_matched / len(found)


def matched(people: Sequence[set[str]], found: Sequence[set[str]]) -> int:
    """Return how many groups are matched, one to one, by the quotations that they share.

    Source: the assignment that shares most, Kuhn (1955), by scipy.
    """
    if not people or not found:
        return 0
    shared = np.array([[len(a & b) / len(a | b) for b in found] for a in people])
    rows, columns = linear_sum_assignment(-shared)
    return int((shared[rows, columns] >= MATCHED).sum())


def bcubed_f1(people: Sequence[str], found: Sequence[str]) -> float:
    """Return the B-cubed F1. Source: Bagga and Baldwin (1998)."""
    a, b = np.array(people), np.array(found)
    same = (a[:, None] == a) & (b[:, None] == b)
    precision = float((same.sum(axis=1) / (b[:, None] == b).sum(axis=1)).mean())
    recall = float((same.sum(axis=1) / (a[:, None] == a).sum(axis=1)).mean())
    return 2 * precision * recall / (precision + recall)


if __name__ == "__main__":
    main()
