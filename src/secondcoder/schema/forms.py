"""Forms of replies: what a model is asked to fill in, in words that small servers understand."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic.json_schema import (
    DEFAULT_REF_TEMPLATE,
    GenerateJsonSchema,
    JsonSchemaMode,
    JsonSchemaValue,
)


class Form(BaseModel):
    """Base of what a model fills in. Docstrings and descriptions of its fields are prompt text.

    The schema that is sent admits no other fields; those that come all the same are dropped.
    """

    model_config = ConfigDict(
        extra="ignore", frozen=True, json_schema_extra={"additionalProperties": False}
    )

    @classmethod
    def model_json_schema(  # type: ignore[explicit-override]  # typing.override needs Python 3.12
        cls,
        by_alias: bool | None = None,  # noqa: FBT001  # pydantic's own signature
        ref_template: str = DEFAULT_REF_TEMPLATE,
        schema_generator: type[GenerateJsonSchema] = GenerateJsonSchema,
        mode: JsonSchemaMode = "validation",
        *,
        union_format: Literal["any_of", "primitive_type_array"] = "any_of",
    ) -> JsonSchemaValue:
        """Return the schema without references, which small servers don't follow.

        Its own title stays, for SDKs name a tool by it.
        """
        made = super().model_json_schema(
            by_alias is not False, ref_template, schema_generator, mode, union_format=union_format
        )
        return {"title": made["title"], **inlined(made)}


def inlined(schema: JsonSchemaValue) -> JsonSchemaValue:
    """Return the schema without references or titles: small servers don't follow references."""
    definitions = schema.get("$defs", {})

    def plain(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [plain(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            target = definitions[str(value["$ref"]).rpartition("/")[2]]
            value = {**target, **{key: item for key, item in value.items() if key != "$ref"}}
        return {
            key: plain(item)
            for key, item in value.items()
            if not (key == "title" and isinstance(item, str))
        }

    return {key: plain(value) for key, value in schema.items() if key not in {"$defs", "title"}}
