"""Stray quotes: how often does `codebook check` tell of people's own, and of what doesn't belong?

A quote is stray that shares no word with its theme. Theme by theme, three shares are counted: of
people's quotes as they coded them (false alarms, as far as people are right); of the question's
other quotes, each laid under the theme in turn; and of sentences that have nothing to do with the
chat, likewise.

Run from the repository root: `python evals/stray_quotes.py`. It reads the invented example chat,
and ../shared/qi-hour/report-part1.txt where that is there.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import secondcoder

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / ".." / "shared" / "qi-hour" / "report-part1.txt"
EXAMPLE = ROOT / "examples" / "improvement-chat" / "reference.jsonl"
FEWEST = 3
"""Quotes of a theme that is looked at."""
ELSEWHERE = (
    "My cat sleeps on the warm windowsill all afternoon",
    "Zebras gallop quickly along dusty plains at dawn",
    "The football last night was a great match",
    "Who else is watching the bake off final?",
    "Lovely sunshine today, off to the beach",
    "Parking costs nine pounds a day",
)


def main() -> None:
    """Print one row per chat."""
    print("| codings | as people coded | under another theme | about something else |")
    print("| --- | --- | --- | --- |")
    for name, codings in _codings():
        counts = [(0, 0)] * 3
        for question_id, theme_id, own, others in _themes(codings):
            found = (
                (_n_stray(codings, question_id, theme_id, own), len(own)),
                _laid(codings, question_id, theme_id, own, others),
                _laid(codings, question_id, theme_id, own, ELSEWHERE),
            )
            counts = [(a + c, b + d) for (a, b), (c, d) in zip(counts, found, strict=True)]
        shares = (f"{n} of {n_all} ({100 * n / n_all:.0f} %)" for n, n_all in counts)
        print(f"| {name} | {' | '.join(shares)} |")


def _codings() -> Iterator[tuple[str, secondcoder.Codings]]:
    yield "the example chat", secondcoder.read_codings(EXAMPLE)
    if REPORT.is_file():
        with tempfile.TemporaryDirectory() as folder:
            secondcoder.convert(REPORT, folder)
            yield REPORT.stem, secondcoder.read_codings(Path(folder) / "codings.jsonl")


def _themes(
    codings: secondcoder.Codings,
) -> Iterator[tuple[str | None, str, list[str], list[str]]]:
    """Yield question, theme, its quotes and the other quotes of the question."""
    said: dict[str | None, dict[str, set[str]]] = {}
    for coding in codings.quotes:
        for theme_id in coding.theme_ids:
            here = said.setdefault(coding.question_id, {})
            here.setdefault(theme_id, set()).add(coding.quote.text)
    for question_id, themes in said.items():
        everything = set().union(*themes.values())
        for theme_id, own in themes.items():
            if len(own) >= FEWEST:
                yield question_id, theme_id, sorted(own), sorted(everything - own)


def _laid(
    codings: secondcoder.Codings,
    question_id: str | None,
    theme_id: str,
    own: Sequence[str],
    others: Sequence[str],
) -> tuple[int, int]:
    """Return how many of the others are told when each is laid under the theme, of how many."""
    n = sum(_n_stray(codings, question_id, theme_id, [*own, other], last=True) for other in others)
    return n, len(others)


def _n_stray(
    codings: secondcoder.Codings,
    question_id: str | None,
    theme_id: str,
    texts: Sequence[str],
    *,
    last: bool = False,
) -> int:
    """Return how many quotes of a theme are told as stray; of the last one alone, 0 or 1."""
    posts = []
    for n, text in enumerate(texts):
        post = secondcoder.Post(id=str(n), text=text)
        quote = secondcoder.Quote.cut(post, [secondcoder.Span(start=0, end=len(text))])
        coding = secondcoder.Coding(quote=quote, question_id=question_id, theme_ids=(theme_id,))
        outcome = secondcoder.Quoted(codings=(coding,))
        posts.append(secondcoder.PostCodings(post=post, outcome=outcome))
    alone = secondcoder.Codings(info=codings.info, posts=tuple(posts))
    check = secondcoder.check_codebook(codings.info.codebook, codings=alone)
    told = [issue.quotes[0].post_id for issue in check.issues if issue.kind == "stray"]
    return told.count(str(len(texts) - 1)) if last else len(told)


if __name__ == "__main__":
    main()
