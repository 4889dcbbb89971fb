"""The JSON Schema of each public model, by name."""

from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, JsonValue

from secondcoder.errors import InputError
from secondcoder.schema.answers import Answer
from secondcoder.schema.chat import Attribution, Chat, ChatCounts, ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Codings,
    CodingsInfo,
    Failure,
    LeftOut,
    PostCodings,
    Quoted,
)
from secondcoder.schema.quotes import Quote, Segment, Span
from secondcoder.schema.readings import Note, ReportReading
from secondcoder.schema.runs import Coder, Run, Usage
from secondcoder.schema.statistics import Interval, Statistic, Undefined

MODELS: Final = MappingProxyType[str, type[BaseModel]]({
    model.__name__: model
    for model in (
        Abstention,
        Answer,
        Attribution,
        Chat,
        ChatCounts,
        ChatInfo,
        Codebook,
        Coder,
        Coding,
        Codings,
        CodingsInfo,
        Failure,
        Interval,
        LeftOut,
        Note,
        Post,
        PostCodings,
        Question,
        Quote,
        Quoted,
        ReportReading,
        Run,
        Segment,
        Span,
        Statistic,
        Theme,
        Undefined,
        Usage,
    )
})
"""Every model whose schema can be exported, by name."""


def json_schema(name: str) -> dict[str, JsonValue]:
    """Return the JSON Schema (draft 2020-12) of what a model writes as JSON.

    Raises:
        InputError: If there is no such model; the message lists those there are.

    >>> json_schema("Span")["required"]
    ['start', 'end']
    """
    if name not in MODELS:
        raise InputError(f"there is no model '{name}'; the models are {', '.join(MODELS)}")
    schema: dict[str, JsonValue] = MODELS[name].model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}
