"""Read and write a folder as a value."""

from __future__ import annotations

from pathlib import Path

Tree = dict[str, bytes]


def read_tree(folder: Path) -> Tree:
    """Return {path: content} of every file below the folder that may be committed."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".kustz-tpl" not in path.parts
    }


def write_tree(folder: Path, tree: Tree) -> None:
    """Write the files of the tree below the folder."""
    for path, content in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
