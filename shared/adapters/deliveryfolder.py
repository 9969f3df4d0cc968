"""The files of one delivery in a folder on disk, under any name."""

from __future__ import annotations

from pathlib import Path

from shared.errors import BlobNotFound


class DeliveryFolder:
    """Reads a delivery that lies in a folder; looks at plain files only and never outside the folder."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise BlobNotFound(
                "There is no such folder.", where=str(folder), next_step="Name a folder that holds a datapackage.json."
            )
        self._folder = folder

    def names(self) -> frozenset[str]:
        """Return the names of everything in the folder, so that what does not belong there is seen too."""
        return frozenset(entry.name for entry in self._folder.iterdir())

    def read(self, name: str, most: int | None = None) -> bytes:
        """Return the bytes of one file, of a larger one the first `most`; raises BlobNotFound where it is not there."""
        path = self._folder / name
        inside = Path(name).name == name and path.resolve().parent == self._folder.resolve()
        if not inside or not path.is_file():
            raise BlobNotFound("A file of the delivery is not there.", where=str(self._folder))
        with path.open("rb") as stream:
            return stream.read(-1 if most is None else most)
