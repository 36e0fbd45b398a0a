"""Whose a submission is, as the platform tells it. Frozen, without I/O."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """Whose submission it is.

    Args:
        late: the platform says so.
        submitted_at: when it was handed in, by the platform's clock, with an offset; None where it does not tell.
    """

    late: bool = False
    submitted_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
