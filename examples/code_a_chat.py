"""Code the example chat from Python, look at the quotes, write codings and report.

python examples/code_a_chat.py [FOLDER]
"""

import sys
from pathlib import Path

import secondcoder

EXAMPLE = Path(__file__).parent / "improvement-chat"


def main(folder: Path) -> None:
    """Write codings.jsonl and report.html into the folder, and print the first quotes."""
    chat = secondcoder.read_chat(EXAMPLE / "chat.csv")
    codebook = secondcoder.read_codebook(EXAMPLE / "codebook.yaml")
    codings = secondcoder.code(chat, codebook)

    for coding in codings.quotes[:5]:
        names = [codebook.theme_by_id[theme_id].name for theme_id in coding.theme_ids]
        print(f"{coding.question_id}  {' and '.join(names) or 'other ideas'}")
        print(f"    {coding.quote.text}")
    for_people = sum(coded.outcome.kind == "abstained" for coded in codings.posts)
    print(f"{len(codings.quotes)} quotes; {for_people} posts are left for people to decide")

    secondcoder.write_codings(codings, folder / "codings.jsonl")
    secondcoder.report(codings, output=folder / "report.html")


main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
