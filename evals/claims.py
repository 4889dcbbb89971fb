"""Claims of how many: which sentences are taken to say how many, or to name a number.

A key finding that does is checked against the codings, and refused of a model. What is not taken
for such may stand though nobody counted it; too many would be withheld if sentences that say
nothing of the kind were taken for such. Prints how many are taken so, and of how many of those a
claim of how many people spoke: of invented sentences (data/amounts.txt), with each that is missed
or taken wrongly; of the example's codebook, with what its report makes of them; and of the key
themes of ../shared/qi-hour and its participants' own quotes, where that is there.

Run from the repository root: `python evals/claims.py`; with --show, every sentence so taken.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import secondcoder
from secondcoder.induction.claims import beside_claims, claims_of
from secondcoder.induction.numbers import figures_of

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "improvement-chat"
INVENTED = Path(__file__).resolve().parent / "data" / "amounts.txt"
REPORT = Path(__file__).resolve().parents[1] / ".." / "shared" / "qi-hour" / "report-part1.txt"
_BULLET, _QUOTE = "\u00b7", "\u201c"


def main() -> None:
    """Print how many sentences say how many."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", action="store_true", help="print the sentences, too")
    is_shown = parser.parse_args().show
    _tell_invented()
    book = secondcoder.read_codebook(EXAMPLE / "codebook.yaml")
    sentences = [theme.key_finding for theme in book.themes if theme.key_finding]
    _tell("the example's key findings", sentences, is_shown=True)
    report = json.loads(secondcoder.report(_example(), form="json"))
    found = [
        theme["finding"]
        for question in report["breakdown"]["questions"]
        for theme in question["themes"]
    ]
    withheld = [one["withheld"]["why"] for one in found if one["withheld"]]
    own = sum(one["origin"] == "codebook" for one in found)
    print(f"the example's report: {own} stand, {len(withheld)} are withheld: {withheld}")
    if REPORT.is_file():
        lines = [line.strip() for line in REPORT.read_text("utf-8").splitlines()]
        for name, mark in (("key themes", _BULLET), ("participants' quotes", _QUOTE)):
            said = [line[1:] for line in lines if line[:1] == mark]
            _tell(f"people's report, {name}", said, is_shown=is_shown)


def _example() -> secondcoder.Codings:
    return secondcoder.read_codings(EXAMPLE / "reference.jsonl")


def _taken(sentence: str) -> list[str]:
    """Return what a sentence says of how many, as written; claims of how many spoke first."""
    claims = [claim.words for claim in claims_of(sentence)]
    return claims + [figure.words for figure in figures_of(beside_claims(sentence))]


def _tell(name: str, sentences: Sequence[str], *, is_shown: bool) -> None:
    taken = {sentence: found for sentence in sentences if (found := _taken(sentence))}
    n_claims = sum(bool(claims_of(sentence)) for sentence in taken)
    print(f"{name}: {len(taken)} of {len(sentences)} say how many, {n_claims} how many spoke")
    if is_shown:
        for sentence, found in taken.items():
            print(f"  {', '.join(found)} | {sentence}")


def _tell_invented() -> None:
    """Print hits and false alarms of each set of invented sentences."""
    for part in INVENTED.read_text("utf-8").split("== ")[1:]:
        name, *lines = part.splitlines()
        for mark, told in (("+", "say how many, caught"), ("-", "do not, taken wrongly")):
            sentences = [line[2:] for line in lines if line[:1] == mark]
            caught = [sentence for sentence in sentences if _taken(sentence)]
            print(f"invented, {name}: {len(sentences)} {told}: {len(caught)}")
            for sentence in sentences:
                if (sentence in caught) is (mark == "-"):
                    what = ", ".join(_taken(sentence)) or "missed"
                    print(f"  {what} | {sentence}")


if __name__ == "__main__":
    main()
