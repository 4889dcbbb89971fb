"""Requests: the slice of the codebook a post is coded with, what is sent, and the answer's key."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from secondcoder.coding.cards import cards, shown
from secondcoder.coding.fence import example_lines, fenced, neutralised
from secondcoder.coding.lines import line_reply
from secondcoder.coding.messages import Message
from secondcoder.coding.outcomes import Allowed, last_segment
from secondcoder.coding.prompts import Template
from secondcoder.coding.pseudonyms import Pseudonyms
from secondcoder.coding.replies import Reply, reply_model
from secondcoder.coding.tasks import Task
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.identity import sha256
from secondcoder.schema.renames import Earlier

if TYPE_CHECKING:
    from secondcoder.coding.nearest import Nearest

LINES = "Lines"
"""What a prompt's front matter calls replies in lines."""
KEY_SCHEME = 1
"""Raised whenever what goes into an answer's key changes; see docs/decisions."""

_LONGEST_CORRECTION = 300
"""Characters of a complaint that the model is told."""
_SLICES_KEPT = 128
"""More than the sets of questions that the posts of a chat may answer, as a rule."""

Parameters = Mapping[str, str | int | float | bool | None]


class Slice(NamedTuple):
    """What the posts of one set of questions share: the stable start of each of their requests."""

    question_ids: tuple[str, ...]
    system: str
    system_with_schema: str
    """For servers that know neither tools nor schemas: the schema stands in the text."""
    reply_model: type[Reply]
    allowed: Allowed
    called: Mapping[str, str]
    """Theme id → what a model calls it: the same, or a mark."""
    in_user: Mapping[str, object]
    """What the part of a request that holds the posts says of the codebook, if it does."""
    sha256: str


class Ask(NamedTuple):
    """A post to ask a model about, with the key its answer will be kept under."""

    task: Task
    slice: Slice
    key: str
    examples: tuple[str, ...] = ()
    """What is shown with it, a line each."""
    alone: str | None = None
    """How it is sent where no other post is in the request, if that was made."""


class Requests:
    """Makes what is sent, from a prompt template and a codebook."""

    def __init__(  # noqa: PLR0913  # all but three by keyword, with a default
        self,
        template: Template,
        codebook: Codebook,
        parameters: Parameters,
        *,
        pseudonyms: bool = True,
        named: tuple[str, ...] = (),
        nearest: "Nearest | None" = None,
        earlier: Earlier | None = None,
    ) -> None:
        """Start without slices; each is made when the first post needs it.

        Args:
            template: The prompt.
            codebook: Questions and themes.
            parameters: All that was asked for besides the prompt, the model's name included.
            pseudonyms: Whether handles, addresses, numbers and links are hidden in what is sent.
            named: Handles that the codebook's texts and the examples hold without a sign, in small
                letters; hidden there.
            nearest: Chooses the examples that are shown with each post; None: none are.
            earlier: The codebook under ids and references that it had once, to be asked with in
                its place.
        """
        self._nearest = nearest
        self._pseudonyms = pseudonyms
        self._named = named
        self._template = template
        self._codebook = codebook if earlier is None else earlier.codebook
        self._id_now = {} if earlier is None else earlier.id_now
        self._parameters = dict(parameters)
        self._slices: dict[tuple[str, ...], Slice] = {}

    def ask(self, task: Task) -> Ask:
        """Return the post ready to be asked about.

        A post said to answer a question that the codebook lacks is a `CodebookError`.
        """
        part = self.slice(task)
        examples = self._examples(task, part)
        alone = _sent(task, 1, self._names([task]), examples)
        key = sha256({
            "scheme": KEY_SCHEME,
            "prompt": self._template.sha256,
            "slice": part.sha256,
            "parameters": self._parameters,
            "sent": alone,
            "post": task.post.id,
            "text": task.post.text,
            "context": task.context,
            "segments": [
                [segment.span.start, segment.span.end, segment.kind.value]
                for segment in task.segments
            ],
        })
        return Ask(task, part, key, examples, alone)

    def user_text(self, asks: Sequence[Ask], correction: str | None = None) -> str:
        """Return the part of a request that holds the posts, numbered from 1.

        Args:
            asks: The posts.
            correction: What was wrong with the last reply about them; its beginning is told.
        """
        return self._template.render(
            "user",
            posts=self._sent_together(asks),
            n_posts=len(asks),
            correction=None
            if correction is None
            else neutralised(correction[:_LONGEST_CORRECTION]),
            **asks[0].slice.in_user,
        )

    def message(self, asks: Sequence[Ask], correction: str | None = None) -> Message:
        """Return what to send about posts of one slice, numbered from 1."""
        part = asks[0].slice
        return Message(
            part.system,
            part.system_with_schema,
            self.user_text(asks, correction),
            part.reply_model,
            size=(len(asks), max(last_segment(ask.task) for ask in asks)),
        )

    def _examples(self, task: Task, part: Slice) -> tuple[str, ...]:
        """Return the examples that are shown with a post, as they are sent."""
        if self._nearest is None:
            return ()
        called = {
            self._id_now.get(theme.id, theme.id): part.called[theme.id]
            for question_id in (*part.question_ids, None)
            for theme in self._codebook.themes_for(question_id)
        }
        nearest = self._nearest.of(task.post, list(called))
        return tuple(f"{called[one.theme_id]}: {shown(one.text, self._named)}" for one in nearest)

    def _sent_together(self, asks: Sequence[Ask]) -> list[str]:
        """Return the posts of a request as they are sent."""
        if len(asks) == 1 and asks[0].alone is not None:
            return [asks[0].alone]
        names = self._names([ask.task for ask in asks])
        return [_sent(ask.task, number, names, ask.examples) for number, ask in enumerate(asks, 1)]

    def _names(self, tasks: Sequence[Task]) -> Pseudonyms:
        known = {name for task in tasks for name in task.named}
        return Pseudonyms(hides=self._pseudonyms, known=known)

    def slice(self, task: Task) -> Slice:
        """Return what a post shares with others of its questions.

        A question that the codebook lacks is a `CodebookError`.
        """
        ids = self._codebook.answerable_by(task.attribution.question_ids)
        if ids not in self._slices:
            self._slices[ids] = _made(self._template, self._codebook, ids, self._named)
        return self._slices[ids]


def _sent(task: Task, number: int, names: Pseudonyms, examples: Sequence[str]) -> str:
    """Return a post as it is sent, its examples in front.

    They stand here and not with the themes, so that requests about one question keep the same
    beginning, which providers read from their cache.
    """
    return "\n".join([*example_lines(examples, number), fenced(task, number, names)])


@lru_cache(maxsize=_SLICES_KEPT)
def _made(
    template: Template, book: Codebook, ids: tuple[str, ...], named: tuple[str, ...]
) -> Slice:
    """Return the slice of a codebook for some questions, without the handles that are named.

    It takes some 10 ms, and a run that measures how many posts a request can hold needs the same
    ones for each number.
    """
    allowed = {
        question_id: frozenset(theme.id for theme in book.themes_for(question_id))
        for question_id in (*ids, None)
    }
    front = template.front
    told = cards(book, ids, named=named, reverse=front.theme_order == "reversed")
    usable = [t.id for t in book.themes if any(t.id in each for each in allowed.values())]
    called = {theme_id: theme_id for theme_id in usable}
    model: type[Reply]
    if front.reply_model == LINES:
        form = told.form(most_quotes=front.most_quotes, most_themes=front.most_themes)
        called = {theme_id: mark for mark, theme_id in form.theme_of.items()}
        model = line_reply(form)
    else:
        model = reply_model(usable, ids)
    schema = model.model_json_schema()
    values = {"language": book.language, **told._asdict()}
    variables = front.variables
    in_system = {key: value for key, value in values.items() if key in variables["system"]}
    in_user = {key: value for key, value in values.items() if key in variables["user"]}
    system = template.render("system", reply_schema=None, **in_system)
    in_text = json.dumps(schema, ensure_ascii=False)
    determined: dict[str, object] = {"system": system, "schema": schema}
    if front.reply_model == LINES:
        # Marks stand for ids that are not in the prompt; an answer is kept with the ids.
        determined["themes"] = called
    if in_user:
        # Only then: answers to prompts that have the codebook in front keep their key.
        determined["user"] = in_user
    return Slice(
        question_ids=ids,
        system=system,
        system_with_schema=template.render("system", reply_schema=in_text, **in_system),
        reply_model=model,
        allowed=allowed,
        called=called,
        in_user=in_user,
        sha256=sha256(determined),
    )
