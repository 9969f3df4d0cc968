"""What a worker on another machine needs to judge: the model and the key that a job names, and no administration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.bootstrap.wiring import loaded_package, settings
from shared.errors import ModelPackageInvalid

if TYPE_CHECKING:
    from shared.administration import NewRun
    from shared.modelpackage.package import ModelPackage
    from shared.ports import KeySource
    from shared.stages.pseudonym import PseudonymKey

_PROVEN_BY = "bewijs van de sleutel"  # no number of anybody


def proof_of(key: PseudonymKey) -> str:
    """Return by what another machine knows whether its key is this one; the key cannot be found back from it."""
    from shared.dataset import ColumnClass
    from shared.stages.pseudonym import Pseudonymiser

    return Pseudonymiser(key).pseudonym(ColumnClass.DIENST, _PROVEN_BY)


def keys_elsewhere(proof: str) -> KeySource:
    """Return where this machine reads keys, from its own settings; KeyChanged when they are others than proven.

    No key is ever made here, and none travels: a machine without the key file or the right to read the vault has none.
    """
    from shared.adapters.chosen import key_source_of
    from shared.adapters.provenkeys import ProvenKeys

    return ProvenKeys(key_source_of(settings(), lambda: False), lambda _: (_PROVEN_BY, proof))


def model_elsewhere(run: NewRun) -> ModelPackage:
    """Return the model package of a run as it lies on this machine; ModelPackageInvalid when it is another one."""
    package = loaded_package(settings(), run.model, run.model_version)
    if package.sha256 != run.model_sha256:
        raise ModelPackageInvalid(
            "The model package on this machine is not the one of the job.",
            where=f"{run.model}-{run.model_version}",
            next_step="Put the same package on every machine.",
        )
    return package
