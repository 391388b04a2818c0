"""The bounded types that `review.json` is read into."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Commit = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Line = Annotated[int, Field(ge=1, le=100_000_000)]
Count = Annotated[int, Field(ge=0, le=100_000_000)]
Words = Annotated[str, StringConstraints(max_length=20_000)]
Name = Annotated[str, StringConstraints(max_length=1_000)]
Path = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Quote = Annotated[str, StringConstraints(max_length=5_000_000)]


class Closed(BaseModel):
    """A value with exactly these keys, none of them converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
