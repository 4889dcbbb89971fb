"""Claims of how many: how many ordinary sentences are taken to say how many people spoke.

A key finding that says so is checked against the codings, and refused of a model. Too many of
them would be withheld if sentences that say nothing of the kind were taken for such. Prints, of
the example's codebook, of the key themes of ../shared/qi-hour and of its participants' own
quotes where that is there, how many sentences hold a claim, and of the example which and whether it
stands.

Run from the repository root: `python evals/claims.py`.
"""

import json
from pathlib import Path

import secondcoder
from secondcoder.induction.claims import claims_of

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "improvement-chat"
REPORT = Path(__file__).resolve().parents[1] / ".." / "shared" / "qi-hour" / "report-part1.txt"
_BULLET, _QUOTE = "\u00b7", "\u201c"


def main() -> None:
    """Print how many sentences hold a claim."""
    book = secondcoder.read_codebook(EXAMPLE / "codebook.yaml")
    sentences = [theme.key_finding for theme in book.themes if theme.key_finding]
    _tell("the example's key findings", sentences)
    report = json.loads(secondcoder.report(_example(), form="json"))
    found = [
        theme["finding"]
        for question in report["breakdown"]["questions"]
        for theme in question["themes"]
    ]
    withheld = [one["withheld"]["why"] for one in found if one["withheld"]]
    own = sum(one["origin"] == "codebook" for one in found)
    print(f"the example's report: {own} stand, {len(withheld)} are withheld: {withheld}")
    for claim, sentence in ((one, each) for each in sentences for one in claims_of(each)):
        print(f"  {claim.words!r} in {sentence!r}")
    if REPORT.is_file():
        lines = [line.strip() for line in REPORT.read_text("utf-8").splitlines()]
        for name, mark in (("key themes", _BULLET), ("participants' quotes", _QUOTE)):
            _tell(f"people's report, {name}", [line[1:] for line in lines if line[:1] == mark])


def _example() -> secondcoder.Codings:
    return secondcoder.read_codings(EXAMPLE / "reference.jsonl")


def _tell(name: str, sentences: list[str]) -> None:
    n_claims = sum(bool(claims_of(sentence)) for sentence in sentences)
    print(f"{name}: {n_claims} of {len(sentences)} hold a claim")


if __name__ == "__main__":
    main()
