"""Check an installed wheel from outside the checkout: prompts inside, example coded, report made.

Run by the interpreter of an environment that holds the wheel and nothing else; the argument is a
clean clone, used for its example chat only.
"""

import sys
from importlib import resources
from pathlib import Path

import secondcoder


def main() -> None:
    """End with an error unless the wheel works by itself."""
    clone = Path(sys.argv[1])
    if clone in Path(secondcoder.__file__).parents:
        sys.exit("secondcoder is imported from the checkout, not from the wheel")
    prompt = resources.files("secondcoder") / "prompts" / "code-posts" / "v1.md"
    if not prompt.is_file():
        sys.exit("the wheel holds no prompts")
    if not resources.files("secondcoder").joinpath("py.typed").is_file():
        sys.exit("the wheel is not marked as typed")
    example = clone / "examples" / "improvement-chat"
    codings = secondcoder.code(example / "chat.csv", example / "codebook.yaml")
    page = secondcoder.report(codings, form="html")
    if not codings.quotes or "<html" not in page:
        sys.exit("the wheel coded nothing, or wrote no report")
    sys.stdout.write(f"wheel: {len(codings.posts)} posts, {len(codings.quotes)} quotes\n")


main()
