"""Finds the blocks that a template fills in vain: none that it extends has a place for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

Blocks = Mapping[str, list[Callable[..., Any]]]


class LostBlock(NamedTuple):
    """Name a block that has no place, its template and line, and the template it was meant for.

    Jinja says nothing of it, and it changes nothing. `known` are the blocks that there are; where
    it is one of them, it was in the block `holder`, which is replaced by one without it.
    """

    template: str
    line: int
    block: str
    parent: str
    known: tuple[str, ...]
    holder: str = ""


def find_lost_blocks(
    blocks: Blocks, called: Collection[str], root: Mapping[str, Any]
) -> Iterator[LostBlock]:
    """Yield the lost ones among a page's blocks, of which each has a function per template.

    Those that are `called` by a parent, with `self`, have a place. `root` is the module of the
    template that extends no other.
    What the function was compiled with tells: the last template that has the block extends
    another one, and has the block for that.
    """
    modules = {name: functions[-1].__globals__ for name, functions in blocks.items()}
    known = tuple(name for name, module in modules.items() if name not in module["fills"])
    for block, module in modules.items():
        if block not in known and block not in called:
            line = module["fills"][block]
            yield LostBlock(module["name"], line, block, module["parent"], known)
    yield from _replaced(blocks, known, root)


def _replaced(
    blocks: Blocks, known: Collection[str], root: Mapping[str, Any]
) -> Iterator[LostBlock]:
    """Yield the blocks that are filled and were in another one, which no longer has them."""
    modules = [function.__globals__ for each in blocks.values() for function in each]
    if not all(each["is_traceable"] for each in modules):
        return
    called = {block for each in modules for block in each["calls"]}
    placed = _placed(blocks, [*root["holds"][""], *called])
    for block in (each for each in known if each not in placed):
        module = blocks[block][0].__globals__
        holders = (
            name
            for name, functions in blocks.items()
            if any(block in each.__globals__["holds"].get(name, ()) for each in functions)
        )
        if block in module["fills"] and (holder := next(holders, "")):
            line = module["fills"][block]
            yield LostBlock(module["name"], line, block, module["parent"], (), holder)


def _placed(blocks: Blocks, todo: list[str]) -> set[str]:
    """Return the blocks that are printed where these are, if their conditions hold."""
    placed: set[str] = set()
    while todo:
        block = todo.pop()
        for function in () if block in placed else blocks.get(block, ()):
            todo += function.__globals__["holds"].get(block, ())
            if block not in function.__globals__["supers"]:
                break
        placed.add(block)
    return placed
