"""A drawn picture, with the same in words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chart:
    """A drawn picture; ``alt`` tells in words what it shows, with the figures that matter."""

    model: str
    title: str
    alt: str
    png: bytes
