"""What reads infra/ is pinned by its hash, names no index, and stays out of the package."""

from __future__ import annotations

import re

from tests.infra.conftest import ROOT


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_tool_has_its_version_and_hashes_and_no_index_is_named() -> None:
    joined = _text("infra/requirements.txt").replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(lines) > 50
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+", line) and "--hash=sha256:" in line for line in lines)
    for name in ("infra/requirements.in", "infra/requirements.txt"):
        told = "\n".join(line for line in _text(name).splitlines() if not line.lstrip().startswith("#"))
        assert not re.search(r"index-url|find-links|trusted-host|--pre\b|https?://|\bgit\+", told)


def test_everything_that_is_asked_for_is_pinned() -> None:
    asked = {line for line in _text("infra/requirements.in").splitlines() if line and not line.startswith("#")}
    pinned = set(re.findall(r"(?m)^([A-Za-z0-9._-]+)==", _text("infra/requirements.txt")))
    assert asked
    assert asked <= pinned


def test_neither_the_tools_nor_the_pipeline_are_deployed() -> None:
    ignored = _text(".funcignore").splitlines()
    assert {"infra/", ".venv*/", "azure-pipelines.yml", "tools/"} <= set(ignored)
