"""What is mounted in the containers of a pod, line by line, and what is wrong with it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.container import containers
from kustz_tpl.kinds.kind import Config, Rule
from kustz_tpl.messages import Shown, any_of, quoted
from kustz_tpl.notation.choices import KubeVersion, parse_kube_version
from kustz_tpl.notation.mount import Mount, parse_mount

_IN_A_LIST = ("configmap", "secret", "token")
_READ_ONLY = ("configmap", "secret", "token", "image")
_BY_NAME = ("pvc", "emptydir", "volume")
_IMAGE_VERSION = KubeVersion(1, 35)


class Mounted(NamedTuple):
    """Hold what is mounted at a path of a container: a line, or the lines of a list.

    `path` is that of the config, `at` the one in the container.
    """

    path: KeyPath
    container: str
    at: str
    lines: tuple[Mount, ...]
    is_list: bool

    @property
    def first(self) -> Mount:
        """Return the line, or the first one of the list."""
        return self.lines[0]

    @property
    def scheme(self) -> str:
        """Return the scheme of the line; a list is a projected volume."""
        return "projected" if self.is_list else self.first.scheme

    @property
    def source(self) -> object:
        """Return what all mounts of one volume have in common, and no others."""
        same = tuple(each._replace(read_only=None, text="") for each in self.lines)
        if self.is_list:
            return same
        if self.scheme == "emptydir" and not self.first.name:
            return self.path
        line = same[0] if self.scheme == "nfs" else same[0]._replace(part=None)
        return line._replace(options=()) if self.scheme in _BY_NAME else line

    @property
    def is_read_only(self) -> bool:
        """Check whether nothing can be written, as the kubelet sees to for some sources."""
        is_fixed = self.is_list or self.scheme in _READ_ONLY
        return is_fixed or bool(self.first.read_only)

    @property
    def says_read_only(self) -> bool:
        """Check whether the mount has the field that says so."""
        return self.is_read_only and all(line.read_only is not False for line in self.lines)


def parse_mounts(config: Config) -> list[Mounted]:
    """Return what is mounted, in the order of naming, without what is wrong."""
    found = []
    for container in containers(config):
        for at, written in container.entry["mounts"].items():
            lines = written if isinstance(written, list) else [written]
            if lines and None not in lines:
                mounts = tuple(parse_mount(line) for line in lines if line)
                path = (*container.path, "mounts", at)
                found.append(Mounted(path, container.name, at, mounts, isinstance(written, list)))
    return found


def has_outside_volumes(config: Config) -> bool:
    """Check whether a mount names a volume that something else defines."""
    return any(each.scheme == "volume" for each in parse_mounts(config))


def check_paths(config: Config) -> Iterator[Diagnostic]:
    """Find a path that is mounted twice in a container, and an empty list."""
    for container in containers(config):
        seen: dict[str, KeyPath] = {}
        for at, written in container.entry["mounts"].items():
            path = (*container.path, "mounts", at)
            first = seen.setdefault(_normal(at), path)
            if first != path:
                error = NotationError("unique paths", Shown(f"{quoted(_normal(at))} twice"))
                yield Diagnostic.about(path, error, other=first, is_about_key=True)
            if written == []:
                yield Diagnostic.about(path, NotationError("a volume in the list", Shown("none")))


def check_lists(config: Config) -> Iterator[Diagnostic]:
    """Find the lines that no projected volume can have."""
    for each in parse_mounts(config):
        seen: dict[object, int] = {}
        for index, line in enumerate(each.lines if each.is_list else ()):
            path = (*each.path, index)
            file = line.name if line.scheme == "token" else line.part
            first = seen.setdefault(file or (line.scheme, line.name), index)
            if error := _refused_in_list(line):
                yield Diagnostic.about(path, error)
            elif first != index:
                got = Shown(f"{quoted(file or line.text)} twice")
                error = NotationError("unique files in a list", got)
                yield Diagnostic.about(path, error, other=(*each.path, first))


def check_empty_folders(config: Config) -> Iterator[Diagnostic]:
    """Find the parameters of a named folder that another line has in another way."""
    first: dict[object, Mounted] = {}
    for each in parse_mounts(config):
        if each.scheme == "emptydir" and each.first.options:
            before = first.setdefault(each.source, each)
            if before.first.options != each.first.options:
                expected = f"the parameters of emptydir://{each.first.name} on one line only"
                error = NotationError(expected, each.first.text)
                yield Diagnostic.about(each.path, error, other=before.path)


def check_images(config: Config) -> Iterator[Diagnostic]:
    """Find images that are mounted in a Kubernetes that is too old for it."""
    written = config["kubeVersion"]
    if written is None or parse_kube_version(written) >= _IMAGE_VERSION:
        return
    for each in parse_mounts(config):
        if each.scheme == "image":
            expected = f"Kubernetes {_IMAGE_VERSION} or newer for image://"
            error = NotationError(expected, hint=f"write kubeVersion: {_IMAGE_VERSION}")
            yield Diagnostic.about(each.path, error, depends_on=(("kubeVersion",),))


def check_mount_points(config: Config) -> Iterator[Diagnostic]:
    """Find what is mounted below something read-only, where no mount point can be made."""
    mounted = parse_mounts(config)
    by_place = {(each.container, _normal(each.at)): each for each in mounted}
    for each in mounted:
        around = (by_place.get((each.container, above)) for above in _parents(_normal(each.at)))
        outer = next(filter(None, around), None)
        if outer and outer.is_read_only:
            message = f"{outer.at} is read-only: the container starts only if this path is in it"
            yield Diagnostic.about(each.path, message, is_about_key=True, severity="warning")


RULES: tuple[Rule, ...] = (
    check_paths,
    check_lists,
    check_empty_folders,
    check_images,
    check_mount_points,
)


def _refused_in_list(line: Mount) -> NotationError | None:
    if line.scheme not in _IN_A_LIST:
        expected = f"{any_of(_IN_A_LIST)} in a list: it becomes one projected volume"
        return NotationError(expected, line.scheme)
    if line.option("mode") is not None and line.part is None:
        expected = f"mode in a list only with a key, as in {line.scheme}://NAME/KEY?mode=0440"
        return NotationError(expected, line.text)
    return None


def _normal(at: str) -> str:
    """Return a path as the kubelet sees it."""
    return posixpath.normpath(f"/{at.lstrip('/')}")


def _parents(path: str) -> Iterator[str]:
    while path != (path := posixpath.dirname(path)):
        yield path
