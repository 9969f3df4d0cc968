"""Which package may judge now: the register names the version, and its bytes must be those that were approved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import ModelPackageInvalid, RequestRefused
from shared.events import AuditEvent
from shared.modelregister.port import ModelRegister, ModelVersion, VersionId
from shared.modelregister.states import VersionStatus

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage


@dataclass(frozen=True)
class Versions:
    """The register of a dataset, and where its packages come from.

    `load` returns the package of a name and version as it lies there now; `loaded` as this process read it before.
    `first`: name and version of the package that an installation begins with. `entered`: the event of entering it.
    """

    dataset: str
    register: ModelRegister
    load: Callable[[str, str], ModelPackage]
    loaded: Callable[[str, str], ModelPackage]
    first: tuple[str, str]
    entered: Callable[[VersionId], AuditEvent]

    def active(self) -> ModelPackage:
        """Return the package that judges what is claimed from now on; enters the first one in an empty register.

        ModelPackageInvalid when the package is not the approved one, bit for bit.
        """
        return self.package(self.active_version().id)

    def active_version(self) -> ModelVersion:
        """Return the active version by the register, whatever became of its package; an empty register gets the first.

        ModelPackageInvalid when that cannot be entered because its package is broken.
        """
        known = self.register.active(self.dataset)
        if known is None:
            first = self._id(self.loaded(*self.first))
            known = self.register.enter_first(first, self.entered(first))
        return known

    def in_use(self) -> tuple[str, str]:
        """Return name and version of what is active by the register, or would be entered first; reads no package."""
        known = self.register.active(self.dataset)
        return (known.id.model, known.id.version) if known is not None else self.first

    def check_active(self) -> None:
        """Read the active package as it lies there now, whatever this process read before.

        ModelPackageInvalid when it is not the approved one, bit for bit, or gives its golden cases another score.
        """
        known = self.active_version()
        _refuse_another(self.load(known.id.model, known.id.version), known.id)

    def would_judge(self) -> ModelPackage:
        """Return the active package, or the first one while the register is empty; enters nothing."""
        known = self.register.active(self.dataset)
        return self.package(known.id) if known is not None else self.loaded(*self.first)

    def shadows(self) -> list[ModelVersion]:
        """Return the versions that score beside the active one."""
        return [one for one in self.register.versions(self.dataset) if one.status is VersionStatus.SCHADUW]

    def package(self, version: VersionId) -> ModelPackage:
        """Return the package of a version in the register; ModelPackageInvalid when it is not that one."""
        package = self.loaded(version.model, version.version)
        _refuse_another(package, version)
        return package

    def candidate(self, version: str) -> tuple[VersionId, ModelPackage]:
        """Return the package with this version of the model in use, whether the register knows it or not."""
        name, _ = self.in_use()
        package = self.load(name, version)
        if (package.name, package.version) != (name, version):
            raise RequestRefused(
                "The package in this folder is of another model or version.",
                where=f"model {name}",
                next_step="Name the folder after the model and the version in its policy.",
            )
        return self._id(package), package

    def known(self, version: str) -> tuple[ModelVersion, VersionId]:
        """Return a version as the register knows it, and by the digest that its package has now."""
        known = self.register.version(self.dataset, version)
        package = self.load(known.id.model, version)
        return known, VersionId(self.dataset, known.id.model, version, package.sha256)

    def _id(self, package: ModelPackage) -> VersionId:
        return VersionId(self.dataset, package.name, package.version, package.sha256)


def _refuse_another(package: ModelPackage, version: VersionId) -> None:
    """Raise ModelPackageInvalid unless the package is the one that the register knows, bit for bit."""
    if package.sha256 != version.sha256:
        raise ModelPackageInvalid(
            "The package of this version is not the one that is in the register.",
            where=f"model {version.title}",
            next_step="Put back the package that was proposed; another package needs a new version and a proposal.",
        )
