"""A chat of twelve people on one question, of which every count was made by hand."""

from collections.abc import Sequence

from secondcoder.schema.chat import ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Coding, Codings, CodingsInfo, PostCodings, Quoted
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run

BOOK = Codebook(
    title="Tea",
    questions=(Question(id="Q1", text="What keeps the kettle on?"), Question(id="Q2")),
    themes=(
        Theme(id="tea", name="Tea breaks", definition="Pauses together.", questions=("Q1",)),
        Theme(id="time", name="Time", questions=("Q1", "Q2")),
        Theme(id="cake", name="Cake"),
    ),
)

Said = tuple[str | None, str, str | None, str]
"""Author, text, question id and theme ids with spaces between; the whole post is the quote."""

TWELVE: Sequence[Said] = (
    ("ann", "we stop for tea at ten and talk it over", "Q1", "tea"),
    ("@Ann", "tea at ten is when we talk it over properly", "Q1", "tea"),
    ("bo", "tea at ten, all of us, and we talk", "Q1", "tea"),
    *((f"p{n}", f"we stop for tea and talk, ward {n}", "Q1", "tea") for n in range(5)),
    ("cy", "nobody has a minute to stop and drink it", "Q1", "time"),
    ("dee", "rotas decide who gets a pause at all", "Q1", "time"),
    ("eli", "a biscuit helps everybody along a little", "Q1", ""),
    ("fay", "the big oven in the hall kitchen", "Q1", "time"),
    ("ann", "two hours on a Friday afternoon is enough", "Q2", "time"),
)


def coded(said: Sequence[Said] = TWELVE, book: Codebook = BOOK) -> Codings:
    """Return the codings of posts `p0`, `p1`, and so on."""
    posts = []
    for number, (author, text, question_id, theme_ids) in enumerate(said):
        post = Post(id=f"p{number}", text=text, author=author)
        quote = Quote.cut(post, [Span(start=0, end=len(text))])
        coding = Coding(quote=quote, question_id=question_id, theme_ids=tuple(theme_ids.split()))
        posts.append(PostCodings(post=post, outcome=Quoted(codings=(coding,))))
    run = Run(id="r", coder=Coder(id="people", kind=CoderKind.PERSON))
    return Codings(info=CodingsInfo(chat=ChatInfo(), codebook=book, run=run), posts=tuple(posts))


def with_finding(theme_id: str, sentence: str) -> Codebook:
    """Return the codebook in which a person wrote the theme's key finding."""
    themes = tuple(
        theme.model_copy(update={"key_finding": sentence}) if theme.id == theme_id else theme
        for theme in BOOK.themes
    )
    return BOOK.model_copy(update={"themes": themes})
