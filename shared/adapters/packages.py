"""Model packages in a folder on disk."""

from __future__ import annotations

from pathlib import Path

from shared.errors import ModelPackageInvalid
from shared.modelpackage.package import ModelPackage, read_package


def load_package(folder: Path) -> ModelPackage:
    """Return the verified package in a folder; anything in the folder that is not part of it is an error."""
    return read_package(read_package_files(folder))


def read_package_files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file in a package folder, by name."""
    if not folder.is_dir():
        raise ModelPackageInvalid(
            "There is no model package here.", where=str(folder), next_step="Give the folder that holds MANIFEST.json."
        )
    try:
        return {path.name: _read_file(path) for path in sorted(folder.iterdir())}
    except OSError as cause:
        raise ModelPackageInvalid(
            f"The model package cannot be read ({type(cause).__name__}).",
            where=str(folder),
            next_step="Check that the app may read this folder.",
        ) from None


def _read_file(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise ModelPackageInvalid(
            "The model package is not intact: something other than a file lies in it.",
            where=path.name,
            next_step="Put back the package as it was approved.",
        )
    return path.read_bytes()
