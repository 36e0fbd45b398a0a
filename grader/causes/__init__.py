"""Causes, by topic: a file each, an entry for each cause. Where two tell as much, the one named first is the likelier."""

from __future__ import annotations

from grader.causes import (
    again,
    children,
    clients,
    closing,
    descriptors,
    interruption,
    leaving,
    limits,
    outside,
    reaping,
    replies,
    starting,
    turns,
)
from grader.causes.cause import Cause

TOPICS = (
    starting, replies, closing, turns, children, leaving, descriptors, reaping, interruption, again,
    clients, limits, outside,
)  # fmt: skip
"""As a student meets them; those of the bonus come last."""
CAUSES: tuple[Cause, ...] = tuple(cause for topic in TOPICS for cause in topic.CAUSES)
