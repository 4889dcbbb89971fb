"""Masked quotes: how many names are hidden, and how many words that name nobody.

Masks whole posts as `report --quotes masked` does and compares word by word. Of the invented posts
in `data/masking.txt`, in which names are marked, it prints how many were hidden and which were
missed. Of other codings it prints the words that were hidden, for a person to judge; with the
report of ../shared/qi-hour where that is there.

Run from the repository root: `python evals/masking.py [--codings FILE]`.
"""

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import secondcoder
from secondcoder.schema.runs import CoderKind

POSTS = Path(__file__).with_name("data") / "masking.txt"
REPORT = Path(__file__).resolve().parents[1] / ".." / "shared" / "qi-hour" / "report-part1.txt"
_WORD = re.compile(r"\[name\]|[^\W_]+(?:['\u2019-][^\W_]+)*")
_LINKS = re.compile(r"@\w+|\[link\]|https?://\S+")
_BRACED = re.compile(r"\{([^}]*)\}")


def main() -> None:
    """Print what was hidden, and what should have been."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--codings", type=Path)
    options = parser.parse_args()
    if options.codings is None:
        _tell_invented()
    for name, codings in _others(options.codings):
        texts = [coded.post.text for coded in codings.posts]
        hidden = Counter(word for word, is_hidden in _hidden(codings, texts) if is_hidden)
        n_words = sum(len(_words(text)) for text in texts)
        print(f"{name}: {hidden.total()} of {n_words} words hidden: {', '.join(sorted(hidden))}")


def _tell_invented() -> None:
    rows = [line.split("\t") for line in POSTS.read_text("utf-8").splitlines() if line[:1] != "#"]
    posts = [
        secondcoder.Post(id=f"p{n}", author=author, text=_BRACED.sub(r"\1", text))
        for n, (author, text) in enumerate(rows)
    ]
    texts = [post.text for post in posts]
    names = [
        is_name
        for _, text in rows
        for at, part in enumerate(_BRACED.split(text))
        for is_name in [at % 2 == 1] * len(_WORD.findall(part))
    ]
    chat = secondcoder.Chat(info=secondcoder.ChatInfo(), posts=tuple(posts))
    found = list(zip(_hidden(_codings(chat.posts), texts), names, strict=True))
    for kind, is_kind in (
        ("capitalised", str.istitle),
        ("in small letters", str.islower),
        ("that begin with a figure", str.isdigit),
    ):
        of_kind = [(word, is_hidden) for (word, is_hidden), named in found if named]
        marked = [(word, is_hidden) for word, is_hidden in of_kind if is_kind(word[:1])]
        missed = sorted(word for word, is_hidden in marked if not is_hidden)
        print(
            f"invented, words of names {kind}: {len(marked) - len(missed)} of {len(marked)} "
            f"hidden; missed: {', '.join(missed) or 'none'}"
        )
    wrong = sorted(word for (word, is_hidden), named in found if is_hidden and not named)
    n_others = sum(not named for named in names)
    print(f"invented, other words: {len(wrong)} of {n_others} hidden: {', '.join(wrong)}")


def _others(path: Path | None) -> Iterator[tuple[str, secondcoder.Codings]]:
    """Yield codings whose names nobody marked."""
    if path is not None:
        yield path.name, secondcoder.read_codings(path)
    elif REPORT.is_file():
        with tempfile.TemporaryDirectory() as folder:
            secondcoder.convert(REPORT, folder)
            yield REPORT.name, secondcoder.read_codings(Path(folder) / "codings.jsonl")


def _codings(posts: tuple[secondcoder.Post, ...]) -> secondcoder.Codings:
    """Return codings in which every post is quoted as a whole."""
    coded = []
    for post in posts:
        quote = secondcoder.Quote.cut(post, [secondcoder.Span(start=0, end=len(post.text))])
        quoted = secondcoder.Quoted(codings=(secondcoder.Coding(quote=quote, question_id=None),))
        coded.append(secondcoder.PostCodings(post=post, outcome=quoted))
    run = secondcoder.Run(id="masking", coder=secondcoder.Coder(id="nobody", kind=CoderKind.PERSON))
    info = secondcoder.CodingsInfo(
        chat=secondcoder.ChatInfo(), codebook=secondcoder.Codebook(), run=run
    )
    return secondcoder.Codings(info=info, posts=tuple(coded))


def _hidden(codings: secondcoder.Codings, texts: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield every word of the posts, and whether a masked report hides it."""
    whole = _codings(tuple(coded.post for coded in codings.posts))
    book = codings.info.codebook
    asked = whole.model_copy(update={"info": whole.info.model_copy(update={"codebook": book})})
    report = json.loads(secondcoder.report(asked, form="json", quotes="masked"))
    shown = {
        int(quote["post_id"]): quote["text"]
        for section in report["breakdown"]["questions"]
        for quote in section["other_ideas"]
    }
    for number, text in enumerate(texts, 1):
        before, after = _words(text), _words(shown[number])
        kept = set[int]()
        for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
            kept.update(range(block.a, block.a + block.size))
        for place, word in enumerate(before):
            yield word, place not in kept


def _words(text: str) -> list[str]:
    """Return the words of a text, less handles and links, which are hidden as such."""
    return _WORD.findall(_LINKS.sub(" ", text))


if __name__ == "__main__":
    main()
