"""An application after reading and rendering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.secret_string import partial_repr

if TYPE_CHECKING:
    from kustz_tpl.data_files import Sources
    from kustz_tpl.patches import Additions
    from kustz_tpl.patches.dry_run import Tried
    from kustz_tpl.patches.patch import Patch
    from kustz_tpl.render import Draft, Renderer
    from kustz_tpl.resource import Identity
    from kustz_tpl.schema.workloads import Workload
    from kustz_tpl.secrets.backends import Delivery


class Application(NamedTuple):
    """Hold what was read and rendered; the first workload is the main one.

    The Secrets of `data` are those that kustomize generates.
    """

    workloads: Sequence[Workload]
    draft: Draft
    renderer: Renderer
    data: Sources
    delivery: Delivery | None = None
    completed: tuple[Additions, Tried] | None = None

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "workloads")

    @property
    def main(self) -> Workload:
        """Return the main workload."""
        return self.workloads[0]

    def is_unknown(self, name: Identity) -> bool:
        """Check whether an object is a Secret whose values are not known in this run."""
        left = self.delivery.left if self.delivery else ()
        return name[:3] == ("", SECRET.name, "") and name.name in left

    @property
    def additions(self) -> Additions | None:
        """Return the patches and the user's own manifests."""
        return self.completed[0] if self.completed else None

    @property
    def patches(self) -> Sequence[Patch]:
        """Return the patches, in the order of kustz.yml."""
        return self.additions.patches if self.additions else ()
