"""Extending a codebook without a model: is what the known themes cover right, and the rest found?

Takes the quotations of people's codings. Of each question, half of the people's themes are known,
with their names and definitions alone, or with two of their quotations each, too, which are then no
answers; `propose` extends that codebook. Printed are sums over the draws of which half is known:

- `covered`: how many quotations known themes cover, and `right`, which share of them people laid
  under that theme;
- `kept`: of the quotations of known themes, the share that their theme covers;
- `found`: of the themes that are not known, the share matched with a proposed one (one to one,
  Jaccard 0.25 or more), and how many were proposed.

Run from the repository root: `python -m evals.extend [--codings FILE] [--seeds 5]`. Without
--codings it reads ../shared/qi-hour/report-part1.txt, or says what to supply where that is absent.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import secondcoder
from evals.propose import REPORT, Quotation, codings_of, matched, quotations_of

Themes = dict[tuple[str, str], list[Quotation]]
"""The quotations of each theme of people, by question and theme."""


def main() -> None:
    """Print one row for names and definitions alone, and one with examples."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--codings", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    codings = codings_of(options.codings)
    if codings is None:
        print(f"{REPORT.name} is not there; give people's codings with --codings FILE")
        sys.exit(0)
    print("| known by | covered | right | kept | themes not known | found | proposed |")
    print("|" + " --- |" * 7)
    for n_examples, known_by in ((0, "name and definition"), (2, "two examples, too")):
        sums = Counter[str]()
        for seed in range(options.seeds):
            sums += _extended(codings, n_examples, seed)
        shares = (
            sums["right"] / max(1, sums["covered"]),
            sums["right"] / sums["to cover"],
            sums["found"] / sums["unknown"],
        )
        right, kept, found = (f"{share:.3f}" for share in shares)
        print(
            f"| {known_by} | {sums['covered']} | {right} | {kept} | {sums['unknown']} | {found} | "
            f"{sums['proposed']} |"
        )


def _extended(codings: secondcoder.Codings, n_examples: int, seed: int) -> Counter[str]:
    """Return the counts of one draw."""
    chance = random.Random(seed)  # noqa: S311  # a draw, no secret
    quotations = list(quotations_of(codings))
    themes: Themes = {}
    for one in quotations:
        themes.setdefault((one.question_id, one.theme_id), []).append(one)
    known = _half(themes, chance)
    shown = {key: chance.sample(themes[key], min(n_examples, len(themes[key]))) for key in known}
    used = {one.id for ones in shown.values() for one in ones}
    rest = [one for one in quotations if one.id not in used]
    book = codings.info.codebook
    start = secondcoder.Codebook(
        questions=book.questions,
        themes=[
            secondcoder.Theme(
                id=f"{question_id}-{theme_id}",
                name=book.theme_by_id[theme_id].name,
                definition=book.theme_by_id[theme_id].definition,
                examples=[one.text for one in shown[question_id, theme_id]],
                questions=[question_id],
            )
            for question_id, theme_id in known
        ],
    )
    posts = tuple(
        secondcoder.Post(id=one.id, text=one.text, author=one.id, question=one.question_id)
        for one in rest
    )
    chat = secondcoder.Chat(info=secondcoder.ChatInfo(), posts=posts)
    return _counts(rest, set(known), secondcoder.propose(chat, codebook=start))


def _half(themes: Themes, chance: random.Random) -> list[tuple[str, str]]:
    """Return half of each question's themes, rounded down."""
    by_question: dict[str, list[str]] = {}
    for question_id, theme_id in themes:
        by_question.setdefault(question_id, []).append(theme_id)
    return [
        (question_id, theme_id)
        for question_id, ids in sorted(by_question.items())
        for theme_id in sorted(chance.sample(sorted(ids), len(ids) // 2))
    ]


def _counts(
    rest: Sequence[Quotation], known: set[tuple[str, str]], found: secondcoder.Proposal
) -> Counter[str]:
    where = {one.id: f"{one.question_id}-{one.theme_id}" for one in rest}
    covers = {
        (quote.post_id, theme.theme_id)
        for theme in found.themes
        if not theme.is_new
        for quote in theme.quotes
    }
    counts = Counter({
        "covered": len(covers),
        "right": sum(where[post_id] == theme_id for post_id, theme_id in covers),
        "to cover": sum((one.question_id, one.theme_id) in known for one in rest),
    })
    new = {
        (theme.question_id, theme.theme_id): {quote.post_id for quote in theme.quotes}
        for theme in found.themes
        if theme.is_new
    }
    counts["proposed"] = len(new)
    for question_id in {one.question_id for one in rest}:
        people: dict[str, set[str]] = {}
        for one in rest:
            if one.question_id == question_id and (question_id, one.theme_id) not in known:
                people.setdefault(one.theme_id, set()).add(one.id)
        here = [ids for (asked, _), ids in new.items() if asked == question_id]
        counts["unknown"] += len(people)
        counts["found"] += matched(list(people.values()), here)
    return counts


if __name__ == "__main__":
    main()
