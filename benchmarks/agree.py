"""How long `agree` takes on invented codings of a large chat: `python benchmarks/agree.py --json`.

Three coders give 10,000 posts up to two quotes each out of 40 themes and differ on about a quarter
of them. Making the codings is not timed; everything `agree` does is, intervals included.
"""

import argparse
import json
import platform
import random
import resource
import sys
import time

from secondcoder import agree
from secondcoder.schema.chat import ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import (
    Coding,
    Codings,
    CodingsInfo,
    LeftOut,
    LeftOutReason,
    PostCodings,
    Quoted,
)
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run

WORDS = ("time", "trust", "people", "small", "change", "safe", "story", "learn", "ask", "kind")


def main() -> None:
    """Print how long agreement on the posts and on the quotes took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--themes", type=int, default=40)
    parser.add_argument("--coders", type=int, default=3)
    parser.add_argument("--unit", choices=("posts", "quotes"), default="posts")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    codings = invented_codings(options.posts, options.themes, options.coders)
    began, used = time.perf_counter(), time.process_time()
    report = agree(*codings, unit=options.unit)
    result = {
        "posts": options.posts,
        "coders": options.coders,
        "themes": options.themes,
        "unit": options.unit,
        "units": report.overall.n_units,
        "seconds": round(time.perf_counter() - began, 2),
        "processor_seconds": round(time.process_time() - used, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "python": platform.python_version(),
    }
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
        return
    print(", ".join(f"{name} {value}" for name, value in result.items()))


def invented_codings(n_posts: int, n_themes: int, n_coders: int) -> list[Codings]:
    """Return codings of invented posts by coders who start from the same quotes and stray."""
    rng = random.Random(7)  # noqa: S311 # invented data, not a secret
    questions = tuple(Question(id=f"Q{number}") for number in range(1, 9))
    themes = tuple(
        Theme(id=f"theme-{number}", name=f"Theme {number}", questions=(f"Q{number % 8 + 1}",))
        for number in range(n_themes)
    )
    book = Codebook(title="Invented", questions=questions, themes=themes)
    posts: list[list[PostCodings]] = [[] for _ in range(n_coders)]
    for number in range(n_posts):
        post = Post(id=str(number), text=" ".join(rng.choices(WORDS, k=30)))
        half = len(post.text) // 2
        spans = [Span(start=0, end=half), Span(start=half, end=len(post.text))]
        truth = [(span, rng.randrange(n_themes)) for span in spans[: rng.randint(0, 2)]]
        for own in posts:
            own.append(_coded(post, truth, themes, rng))
    return [
        Codings(
            info=CodingsInfo(
                chat=ChatInfo(title="Invented"),
                codebook=book,
                run=Run(id=str(place), coder=Coder(id=f"coder-{place}", kind=CoderKind.PERSON)),
            ),
            posts=tuple(own),
        )
        for place, own in enumerate(posts)
    ]


def _coded(
    post: Post, truth: list[tuple[Span, int]], themes: tuple[Theme, ...], rng: random.Random
) -> PostCodings:
    codings = []
    for span, number in truth:
        strays = rng.random()
        if strays < 0.1:  # noqa: PLR2004 # one in ten quotes is passed over
            continue
        theme = themes[rng.randrange(len(themes)) if strays > 0.85 else number]  # noqa: PLR2004
        trimmed = Span(start=span.start, end=span.end - rng.randint(0, 9))
        codings.append(
            Coding(
                quote=Quote.cut(post, [trimmed]),
                question_id=theme.questions[0],
                theme_ids=(theme.id,),
            )
        )
    if codings:
        return PostCodings(post=post, outcome=Quoted(codings=tuple(codings)))
    return PostCodings(post=post, outcome=LeftOut(reason=LeftOutReason.NO_IDEA))


if __name__ == "__main__":
    main()
