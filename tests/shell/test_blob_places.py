"""An error says where a blob is, and nothing that somebody else may have chosen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from shared.adapters.folder import FolderStore
from shared.blobplaces import told_place
from shared.errors import BlobNotFound
from shared.ports import Container
from shared.sweep import report_strays
from tests.shell.workshop import Workshop

DIGEST, RUN = "ab" * 32, "0f" * 16


@pytest.mark.parametrize(
    ("container", "name", "told"),
    [
        ("brievenbus", "", "brievenbus"),
        ("brievenbus", "aanvragen/2026-11-20/123456782.csv", "brievenbus/aanvragen/2026-11-20/…"),
        (
            "brievenbus",
            "aanvragen/2026-11-20-jansen/datapackage.json",
            "brievenbus/aanvragen/2026-11-20…/datapackage.json",
        ),
        ("brievenbus", "aanvragen/123456782/datapackage.json", "brievenbus/aanvragen/…/datapackage.json"),
        (
            "quarantaine",
            f"aanvragen/2026-11-20/{DIGEST}/levering/jansen.csv",
            f"quarantaine/aanvragen/2026-11-20/{DIGEST}/levering/…",
        ),
        ("terugkoppeling", "aanvragen/jansen/bericht.json", "terugkoppeling/aanvragen/…/bericht.json"),
        ("logboek", f"aanvragen/jansen/{RUN}/poging-1.jsonl", f"logboek/aanvragen/…/{RUN}/poging-1.jsonl"),
        ("logboek", "ankers/000012.json", "logboek/ankers/000012.json"),
        ("uitvoer", "aanvragen/actueel.json", "uitvoer/aanvragen/actueel.json"),
        ("rapportage", "aanvragen/2026-10/rapport.html", "rapportage/aanvragen/2026-10/rapport.html"),
    ],
)
def test_of_a_name_is_told_what_is_ours(container: str, name: str, told: str) -> None:
    assert told_place(container, name) == told


def test_a_file_that_is_gone_is_told_without_its_name(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    for call in (store.read, store.open, store.sha256, store.written_at):
        with pytest.raises(BlobNotFound) as told:
            call(Container.BRIEVENBUS, "aanvragen/2026-11-20/jansen-123456782.csv")
        assert told.value.where == "brievenbus/aanvragen/2026-11-20/…"


def test_what_stands_for_unknown_post_cannot_be_guessed_without_the_key(workshop: Workshop) -> None:
    workshop.deliver(dataset="123456782")
    report_strays(workshop.installation, frozenset())
    ((object_,),) = workshop.sql("SELECT object FROM gebeurtenissen")
    plain = hashlib.sha256(b"123456782").hexdigest()
    assert "123456782" not in object_ and plain[:8] not in object_
    assert object_.startswith("brievenbus, onbekende post k-1:")
