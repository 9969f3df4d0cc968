"""checkov holds, each exception has its reason, and a file that it cannot read is not passed over."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from development.infra.scan import REASONS, judge
from tests.infra.conftest import PYTHON, ROOT

FOUND = {
    "check_id": "CKV_AZURE_206",
    "check_name": "Ensure that Storage Accounts use replication",
    "resource": "Microsoft.Storage/storageAccounts.account",
    "file_path": "/modules/storage.bicep",
    "file_line_range": [16, 59],
}
REASON = {"CKV_AZURE_206": {"where": "storage.bicep", "why": "The sku is a parameter."}}


def _report(*found: dict[str, Any], unread: int = 0) -> dict[str, Any]:
    return {"results": {"failed_checks": list(found)}, "summary": {"parsing_errors": unread}}


def test_a_finding_needs_a_reason_for_that_file() -> None:
    assert list(judge(_report(FOUND), REASON)) == []
    (told,) = judge(_report(FOUND), {})
    assert str(told).startswith("infra/modules/storage.bicep:16: [checkov] CKV_AZURE_206")
    elsewhere = FOUND | {"file_path": "/modules/vault.bicep"}
    assert len(list(judge(_report(elsewhere), REASON))) == 2, "the finding, and the reason that excuses nothing"
    assert list(judge(_report(FOUND), {"CKV_AZURE_206": {"where": "storage.bicep", "why": ""}}))


def test_a_reason_without_a_finding_goes() -> None:
    (told,) = judge(_report(), REASON)
    assert told.place.file == REASONS


def test_files_that_could_not_be_read_are_told() -> None:
    (told,) = judge(_report(unread=1), {})
    assert "Parsing errors" in str(told)


@pytest.mark.slow
def test_the_command_is_green(checker: Path) -> None:
    done = subprocess.run(
        [checker, "-m", "development.infra", "check"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (0, "Nothing wrong in ontwikkel, test, acceptatie, productie.\n"), done


@pytest.mark.slow
def test_checkov_reads_every_file_or_says_so(checker: Path, copy: Path) -> None:
    (copy / "infra" / "modules" / "vault.bicep").write_text("resource {", encoding="utf-8")
    code = "import json, sys; from pathlib import Path; from development.infra.scan import scan; "
    code += "print(json.dumps(scan(Path(sys.argv[1]))['summary']))"
    done = subprocess.run([PYTHON, "-c", code, copy], capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(done.stdout)["parsing_errors"] == 1
