"""Replies in lines: the short form, one line of text per post.

    {"posts": ["1: T1", "2: 1-2 T1,T3; 4/Q2b T2", "3: other", "4: greeting", "5: undecided why"]}

A line begins with the number of its post. A quote is the numbers of its segments, the question
behind a slash, and the marks of its themes; what goes without saying is left out: the segments
where the whole post is meant, the question where there is one only or the themes tell it. No theme
is `other`. A line that says nothing is not admitted: asked for a list of quotes, small models send
an empty one.
"""

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, ClassVar, NamedTuple

from pydantic import JsonValue, WithJsonSchema, create_model
from typing_extensions import override

from secondcoder.coding.replies import PostReply, QuoteReply, Reason, Reply

OTHER = "other"
NO_QUESTION = "none"
UNDECIDED = "undecided"
_MOST_SEGMENTS = 999
_LINE = re.compile(r"\s*(?:post\s*)?([0-9]{1,9})\s*:(.*)", re.DOTALL | re.IGNORECASE)
_AT_END = string.whitespace + ";."
_MARK = re.compile("T[0-9]{1,4}")
_MARKS = rf"(?:{OTHER}|{_MARK.pattern}(?:[\s,]+{_MARK.pattern})*)"
_QUOTE = re.compile(rf"(?P<numbers>[\[\]0-9, -]*?)(?:/(?P<question>\S+) )?(?P<marks>{_MARKS})")
_RANGE = re.compile(r"\[?([0-9]{1,9})(?:-([0-9]{1,9}))?\]?")
_MOST = 9
"""So many more numbers of segments may follow the first."""
_WHY = "[A-Za-z ,']{3,100}"
"""What a server that holds the model to the form lets it say: nothing that JSON would escape."""


def marks(n: int) -> tuple[str, ...]:
    """Return so many marks.

    Letters would be shorter. But a small model that has written `1: ` goes on with `A`, whatever
    the post says.

    >>> marks(3)
    ('T1', 'T2', 'T3')
    """
    return tuple(f"T{number}" for number in range(1, n + 1))


class Form(NamedTuple):
    """What the lines about posts of one slice of the codebook may name."""

    theme_of: Mapping[str, str]
    """Mark → theme id."""
    questions_of: Mapping[str, tuple[str, ...]]
    """Theme id → the questions at hand that it belongs to; none for a general theme."""
    question_ids: tuple[str, ...]
    most_quotes: int
    most_themes: int
    """Of a quote. Without an end, or with room for every theme, small models name them all."""

    def quotes(self, text: str) -> Iterator[QuoteReply]:
        """Yield a quote; one for each question where its themes are of several.

        Args:
            text: Such as `1-2/Q2b T1,T3`.

        Raises:
            ValueError: If it is no quote, or names what is not there.
        """
        # Small models may write spaces without end, which an expression would try one by one.
        text = " ".join(text.split())
        found = _QUOTE.fullmatch(text)
        if found is None:
            raise ValueError(f"{text[:60]!r} is not like '1-2 T1,T2', 'T1', '{OTHER}' or a reason")
        asked = found["question"]
        if asked is not None and asked not in {*self.question_ids, NO_QUESTION}:
            known = ", ".join((*self.question_ids, NO_QUESTION))
            raise ValueError(f"question {asked[:60]!r} is not one of {known}")
        segments = list(_numbers(found["numbers"]))
        themes = list(self._themes(found["marks"]))
        for question, its_themes in self._placed(asked, themes):
            # Made without being checked again: no segments are all of them here.
            yield QuoteReply.model_construct(
                segments=segments, question=question, themes=its_themes
            )

    def pattern(self, size: tuple[int, int] | None = None) -> str:
        """Return the regular expression of a line, for servers that hold the model to it.

        Args:
            size: How many posts there are, and segments of the longest; None: any number.
        """
        post = number = "[0-9]{1,3}"
        n_segments = _MOST_SEGMENTS
        if size is not None:
            n_posts, n_segments = size
            post, number = _up_to(n_posts), _up_to(n_segments)
        questions = "|".join(map(re.escape, (*self.question_ids, NO_QUESTION)))
        place = []
        if n_segments > 1:
            place.append(f"{number}([,-]{number}){{0,{_MOST}}}(/({questions}))?")
        if self.question_ids:
            place.append(f"/({questions})")
        mark = f"({'|'.join(self.theme_of)})"
        more = f"(,{mark}){{0,{self.most_themes - 1}}}" if self.most_themes > 1 else ""
        themes = f"({mark}{more}|{OTHER})" if self.theme_of else OTHER
        quote = f"(({'|'.join(place)}) )?{themes}" if place else themes
        others = ""
        if n_segments > 1 and self.most_quotes > 1:
            others = f"(; {quote}){{0,{self.most_quotes - 1}}}"
        reasons = "|".join(reason.value for reason in Reason)
        return f"^{post}: ({quote}{others}|{reasons}|{UNDECIDED} {_WHY})$"

    def _themes(self, text: str) -> Iterator[str]:
        if text == OTHER:
            return
        for mark in _MARK.findall(text):
            if mark not in self.theme_of:
                raise ValueError(f"theme {mark} is not one of {', '.join(self.theme_of) or OTHER}")
            yield self.theme_of[mark]

    def _placed(
        self, asked: str | None, themes: Sequence[str]
    ) -> Iterator[tuple[str | None, list[str]]]:
        """Yield each question with its themes; general themes go with every one of them.

        Raises:
            ValueError: If the question is not told.
        """
        if asked is not None:
            yield None if asked == NO_QUESTION else asked, list(themes)
            return
        own = [self.questions_of[theme] for theme in themes if self.questions_of[theme]]
        shared = [each for each in self.question_ids if all(each in its for its in own)]
        if not own or len(shared) == 1:
            only = shared[0] if len(shared) == 1 else None
            yield only, list(themes)
            return
        # One theme of two questions at hand tells neither; themes of different ones tell each.
        told = {its[0] for its in own if len(its) == 1}
        if not told or any(len(its) != 1 for its in own):
            raise ValueError(f"say which question is answered, as in '1/{self.question_ids[0]} T1'")
        for question in (each for each in self.question_ids if each in told):
            yield question, [t for t in themes if self.questions_of[t] in {(question,), ()}]


class LineReply(Reply):
    """The coding of every post of the request, one line each."""

    form: ClassVar[Form]
    sized: ClassVar[dict[tuple[int, int], type[Reply]]]
    lines: ClassVar[dict[tuple[int, int], dict[str, JsonValue]]]

    @classmethod
    @override
    def of(cls, n_posts: int, n_segments: int) -> type[Reply]:
        """Return the form that admits as many lines, and the numbers that there are.

        Small models go on where they may, and name segments that are only in the instructions.
        """
        size = (n_posts, n_segments)
        if size not in cls.sized:
            cls.sized[size] = _closed(cls.form, size)
        return cls.sized[size]

    @classmethod
    @override
    def posts_of(cls, n_posts: int, n_segments: int) -> dict[str, JsonValue] | None:
        size = (n_posts, n_segments)
        if size not in cls.lines:
            cls.lines[size] = _lines(cls.form, size)
        return cls.lines[size]

    @classmethod
    @override
    def worded_as(cls) -> type[Reply]:
        return _any_lines()

    @classmethod
    @override
    def number_of(cls, item: JsonValue) -> int | None:
        found = _LINE.fullmatch(item) if isinstance(item, str) else None
        return int(found[1]) if found else None

    @classmethod
    @override
    def as_the_only_one(cls, item: JsonValue) -> JsonValue:
        return f"1: {item}" if isinstance(item, str) and cls.number_of(item) is None else item

    @classmethod
    @override
    def read(cls, item: JsonValue) -> PostReply:
        found = _LINE.fullmatch(item) if isinstance(item, str) else None
        if found is None:
            raise ValueError("write one line of text for each post, as in '1: T1'")
        number, said = int(found[1]), found[2].strip().rstrip(_AT_END)
        first, _, rest = said.partition(" ")
        if first.rstrip(":,") == UNDECIDED:
            return PostReply(post=number, undecided=rest.strip() or "no reason given")
        if said in set(Reason):
            return PostReply(post=number, left_out=Reason(said))
        quotes = [quote for text in said.split(";") for quote in cls.form.quotes(text)]
        return PostReply.model_construct(post=number, quotes=quotes)


def line_reply(form: Form) -> type[LineReply]:
    """Return the reply schema that admits lines of this form and nothing else."""
    return _closed(form, None)


@lru_cache(maxsize=1)
def _any_lines() -> type[LineReply]:
    return line_reply(Form({}, {}, (), 1, 1))


def _closed(form: Form, size: tuple[int, int] | None) -> type[LineReply]:
    posts = Annotated[list[JsonValue], WithJsonSchema(_lines(form, size))]
    closed = create_model(
        "Reply", __base__=LineReply, __doc__=LineReply.__doc__, posts=(posts, ...)
    )
    closed.form, closed.sized, closed.lines = form, {}, {}
    closed.usual = f"10: 1-2 {max(form.theme_of, key=len, default=OTHER)}"
    return closed


def _lines(form: Form, size: tuple[int, int] | None) -> dict[str, JsonValue]:
    line: dict[str, JsonValue] = {"type": "string", "pattern": form.pattern(size)}
    lines: dict[str, JsonValue] = {"type": "array", "items": line, "minItems": 1}
    return lines if size is None else lines | {"minItems": size[0], "maxItems": size[0]}


def _up_to(most: int) -> str:
    """Return the regular expression of the numbers from 1."""
    return f"({'|'.join(map(str, range(1, most + 1)))})"


def _numbers(text: str) -> Iterator[int]:
    """Yield the numbers of a list such as `1-3,5`.

    Raises:
        ValueError: If it is none.
    """
    for part in re.split(r"[\s,]+", text.strip(" ,")) if text.strip(" ,") else ():
        found = _RANGE.fullmatch(part)
        if found is None:
            raise ValueError(f"{part[:60]!r} is no number of a segment, nor a range such as 1-3")
        first, last = int(found[1]), int(found[2] or found[1])
        if not first <= last <= _MOST_SEGMENTS:
            raise ValueError(f"{part[:60]!r} is no range of segments")
        yield from range(first, last + 1)
