"""The base of every model that one part of the library hands another."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen model that refuses unknown fields.

    What exists has been checked once, at the edge; nothing that receives a record checks it again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")
