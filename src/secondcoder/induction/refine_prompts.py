"""What a model is asked about a theme that people and coder give differently."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from secondcoder.induction.refine import Case, Confused
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.drafting import Prompt
from secondcoder.schema.forms import Form
from secondcoder.schema.refinements import RefinedField, Suggestion

_MOST_QUOTES = 12
"""Quotes shown of each side, the most typical ones."""
_MOST_RULES = 3
_MOST_WORDS = 60


class RuleReply(Form):
    """One rule."""

    rule: str = Field(min_length=1, description="One sentence.")
    quotes: list[int] = Field(min_length=1, description="Numbers of the quotes it settles.")


class RefinedReply(Form):
    """The theme, said more sharply."""

    definition: str = Field(
        default="", description="One sentence; empty to keep the present definition."
    )
    use_when: list[RuleReply] = Field(default=[], description="At most three new rules.")
    not_when: list[RuleReply] = Field(default=[], description="At most three new rules.")


def refine_prompt(book: Codebook, confused: Confused) -> Prompt[RefinedReply]:
    """Return what to ask about a theme; quotes are numbered from 1 through both lists."""
    theme = confused.theme
    missed, wrong = _shown(confused)
    n_quotes = len(missed) + len(wrong)
    near = dict.fromkeys(other for case in (*missed, *wrong) for other in case.others)

    def check(reply: RefinedReply) -> str | None:
        rules = [*reply.use_when, *reply.not_when]
        cited = sorted({number for rule in rules for number in rule.quotes})
        unknown = [number for number in cited if not 1 <= number <= n_quotes]
        if unknown:
            return f"it cites quote {unknown[0]}, and there are quotes 1 to {n_quotes}"
        if max(len(reply.use_when), len(reply.not_when)) > _MOST_RULES:
            return f"use_when and not_when hold at most {_MOST_RULES} rules each"
        for text in (reply.definition, *(rule.rule for rule in rules)):
            if len(text.split()) > _MOST_WORDS or len(text.splitlines()) > 1:
                return f"each text must be one sentence of at most {_MOST_WORDS} words"
        return None

    def told(case: Case) -> dict[str, str]:
        names = ", ".join(book.theme_by_id[other].name for other in case.others)
        return {"text": case.quote.text, "others": names}

    return Prompt(
        task="refine-theme",
        version=1,
        system={"language": book.language},
        user={
            "name": theme.name,
            "definition": theme.definition,
            "include": list(theme.include),
            "exclude": list(theme.exclude),
            "neighbours": [
                {"name": other.name, "definition": other.definition}
                for other in (book.theme_by_id[other_id] for other_id in near)
            ],
            "missed": [told(case) for case in missed],
            "wrong": [told(case) for case in wrong],
        },
        reply=RefinedReply,
        check=check,
        expected=_ordinary,
    )


def _ordinary() -> RefinedReply:
    """Return a definition and three rules of the length that the prompt asks for."""
    said = " ".join(["word"] * 13)
    rules = [RuleReply(rule=f"Rule {number} {said}", quotes=[1]) for number in "abc"]
    return RefinedReply(definition=" ".join(["word"] * 25), use_when=rules[:2], not_when=rules[2:])


def lines_from_reply(confused: Confused, reply: RefinedReply) -> Iterator[Suggestion]:
    """Yield the lines of a checked reply that would change something."""
    theme = confused.theme
    quotes = [case.quote for side in _shown(confused) for case in side]
    definition = reply.definition.strip()
    if definition and definition != theme.definition:
        yield Suggestion(
            theme_id=theme.id,
            theme_name=theme.name,
            field="definition",
            before=theme.definition or None,
            after=definition,
            reason=(
                f"people alone gave it to {_quotes(len(confused.missed))}, "
                f"the coder alone to {len(confused.wrong)}"
            ),
            quotes=tuple(quotes),
        )
    sides: tuple[tuple[RefinedField, tuple[str, ...], Sequence[RuleReply]], ...] = (
        ("include", theme.include, reply.use_when),
        ("exclude", theme.exclude, reply.not_when),
    )
    for field, known, rules in sides:
        for rule in rules:
            if rule.rule.strip() and rule.rule.strip() not in known:
                cited = tuple(quotes[number - 1] for number in dict.fromkeys(rule.quotes))
                yield Suggestion(
                    theme_id=theme.id,
                    theme_name=theme.name,
                    field=field,
                    after=rule.rule.strip(),
                    reason=f"it settles {_quotes(len(cited))} on which people and the coder differ",
                    quotes=cited,
                )


def _shown(confused: Confused) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    return confused.missed[:_MOST_QUOTES], confused.wrong[:_MOST_QUOTES]


def _quotes(n: int) -> str:
    return f"{n:,} {'quote' if n == 1 else 'quotes'}"
