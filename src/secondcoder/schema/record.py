"""The base of every model that one part of the library hands another."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen model that refuses unknown fields.

    What exists has been checked once, at the edge; nothing that receives a record checks it again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")

    # typing.override, which mypy asks for here, needs Python 3.12.
    def model_copy(  # type: ignore[explicit-override]
        self, *, update: Mapping[str, object] | None = None, deep: bool = False
    ) -> Self:
        """Return a copy with some fields replaced, unchecked; what was derived is derived anew.

        Pydantic copies cached properties too: an edited codebook would keep its old hash.
        """
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied
