"""What `delegate` finds: a model's codings beside people's, from agreement to who codes what."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from secondcoder.schema.agreement import CoderAccount
from secondcoder.schema.model_beside_people import (
    AlternativeAnnotatorTest,
    Ceiling,
    DelegationPlan,
    Disagreements,
    Prevalence,
    Stability,
)
from secondcoder.schema.record import Record
from secondcoder.schema.statistics import Result, Undefined


class ThemeBesideOne(Record):
    """One theme by the model and by the only person, over the posts that both coded."""

    theme: str
    n_model: int = Field(ge=0, description="Posts the model gave it.")
    n_person: int = Field(ge=0, description="Posts the person gave it.")
    n_both: int = Field(ge=0)
    recall: Result = Field(description="Share of the person's that the model found.")
    precision: Result = Field(description="Share of the model's that the person gave too.")


class BesidePeople(Record):
    """A model beside people who coded some of the same posts. Themes stand under their ids."""

    kind: Literal["beside-people"] = "beside-people"
    title: str
    secondcoder_version: str
    codebook_sha256: str
    seed: int = Field(ge=0, description="Of all intervals and simulations.")
    theme_names: Mapping[str, str] = Field(description="By id; names that repeat carry the id.")
    model: CoderAccount
    people: tuple[CoderAccount, ...] = Field(min_length=1)
    n_posts: int = Field(
        ge=0, description="Posts to code: no reposts, repeats or questions of the moderators."
    )
    n_set_aside: int = Field(ge=0, description="Reposts, repeats and the moderators' questions.")
    n_beside: int = Field(ge=0, description="Posts the model and at least one person coded.")
    n_double_coded: int = Field(ge=0, description="Posts the model and two people or more coded.")
    agreement: Result = Field(
        description="Of the model with people on whole sets of themes, mean over people."
    )
    ceiling: Ceiling | Undefined
    test: AlternativeAnnotatorTest | Undefined
    one_person: tuple[ThemeBesideOne, ...] = Field(
        default=(), description="Each theme against the only person; empty: there are several."
    )
    sampling: str = Field(description="How the posts people coded were chosen, as a sentence.")
    is_representative: bool = Field(
        description="False: posts had unequal chances, so agreement is of the sample alone."
    )
    prevalences: tuple[Prevalence, ...]
    delegation: DelegationPlan | Undefined
    disagreements: tuple[Disagreements, ...] = Field(
        description="Of each two coders, the model with each person first."
    )
    stability: Stability | None = Field(default=None, description="None: coded once.")
    notes: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """Return the share of posts of each theme as a sentence, the theme by its name."""
        return tuple(
            share.model_copy(update={"theme": self.theme_names[share.theme]}).statement
            for share in self.prevalences
        )
