"""Finds the blocks that a template fills although none that it extends has them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple


class LostBlock(NamedTuple):
    """Name a block that has no place, its template and line, and the template it was meant for.

    Jinja says nothing of it, and it changes nothing. `known` are the blocks that there are.
    """

    template: str
    line: int
    block: str
    parent: str
    known: tuple[str, ...]


def find_lost_blocks(
    blocks: Mapping[str, list[Callable[..., Any]]], called: Collection[str]
) -> Iterator[LostBlock]:
    """Yield the lost ones among a page's blocks, of which each has a function per template.

    Those that are `called` by a parent, with `self`, have a place.
    What the function was compiled with tells: the last template that has the block extends
    another one, and has the block for that.
    """
    modules = {name: functions[-1].__globals__ for name, functions in blocks.items()}
    known = tuple(name for name, module in modules.items() if name not in module["fills"])
    for block, module in modules.items():
        if block not in known and block not in called:
            line = module["fills"][block]
            yield LostBlock(module["name"], line, block, module["parent"], known)
