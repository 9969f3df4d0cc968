"""What we build on: exactly these libraries, under these licences, with no known fault that nobody decided about."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from packaging.version import Version

from development.docs.licences import licence_of, pinned
from development.supplychain import (
    EXCEPTIONS,
    FOUND,
    LONGEST,
    NOT_ASKED,
    REQUIREMENTS,
    Exemption,
    Judgement,
    judge,
    read_exemptions,
)
from tests.house.repository import DOCS, ROOT

TODAY = date(2026, 11, 22)
# each lets us use and pass on what is under it beside the EUPL; LGPL and MPL are on its list of compatible licences or
# bind the library alone, which goes along unchanged
FREE = {
    *("MIT", "MIT-0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Zlib", "CC0-1.0", "PSF-2.0", "Apache-2.0"),
    *("LGPL-3.0-only", "MPL-2.0", "ISC"),
}
LIVED_WITH = Exemption("PYSEC-1", "voorbeeld", "De functie wordt hier niet gebruikt.", TODAY, TODAY + LONGEST)


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_everything_that_is_installed_is_pinned_by_its_hash(name: str) -> None:
    joined = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    assert not [line.split()[0] for line in lines if "==" not in line or "--hash=sha256:" not in line]


def test_there_are_no_other_files_of_requirements_and_every_install_checks_hashes() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("requirements*.txt")
        if not {"node_modules", "werk"} & set(path.parts) and not any(part.startswith(".") for part in path.parts)
    }
    assert found == set(REQUIREMENTS)
    installs = re.findall(r"pip install.*", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert len(installs) >= 4
    assert not [line for line in installs if "--require-hashes" not in line and "--no-deps" not in line]
    assert not [
        line for line in re.findall(r"npm (?:ci|install).*", (ROOT / "Makefile").read_text()) if "npm ci" not in line
    ]


def test_the_list_of_licences_names_every_library_with_a_licence_we_may_use() -> None:
    page = (DOCS / "licenties.md").read_text(encoding="utf-8")
    for name, version in (pinned("requirements.txt") | pinned("requirements-dev.txt")).items():
        licence = licence_of(name)
        parts = set(re.split(r" (?:AND|OR) ", licence))
        assert parts <= FREE, f"{name}: {licence or 'no licence'}"
        assert f"| {name} | {version} | {licence} |" in page


# the last advisory that was told of each before 22 November 2026, in threads of GitHub: the version that mended it
MENDED = {
    "azure-core": "1.38.0",  # CVE-2026-21226
    "cryptography": "50.0.0",  # CVE-2026-69247
    "pyarrow": "23.0.1",  # CVE-2026-25087
    "pyjwt": "2.13.0",  # CVE-2026-48526
    "python-multipart": "0.0.27",  # CVE-2026-42561
    "requests": "2.33.0",  # CVE-2026-25645
    "starlette": "1.3.1",  # CVE-2026-48710, CVE-2026-54283
    "urllib3": "2.7.0",  # CVE-2026-44432
    "werkzeug": "3.1.6",
}


def test_no_library_is_older_than_what_mended_it() -> None:
    for file in REQUIREMENTS:
        versions = pinned(file)
        assert not [name for name in MENDED.keys() & versions if Version(versions[name]) < Version(MENDED[name])], file
    assert pinned("requirements.txt").keys() >= MENDED.keys(), "each is deployed"
    assert Version("0.0.100") > Version("0.0.27"), "numbers are compared, not texts"


# --- known vulnerabilities --------------------------------------------------------------------------------------------
def report(*vulns: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": [{"name": "voorbeeld", "version": "1.0", "vulns": list(vulns)}]}


def test_every_exception_has_a_reason_and_an_end_that_has_not_passed() -> None:
    """Fails by itself on the day that an exception ends; that is what it is for."""
    exemptions = read_exemptions(EXCEPTIONS.read_text(encoding="utf-8"))
    assert not [fault for one in exemptions for fault in one.faults(date.today())]
    installed = {name for file in REQUIREMENTS for name in pinned(file)}
    assert not [one.id for one in exemptions if one.package not in installed], "nobody installs it any more"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reason": "kan"}, "no reason"),
        ({"end": TODAY + LONGEST + timedelta(1)}, "longer than 90 days"),
        ({"end": TODAY - timedelta(1), "begin": TODAY - timedelta(9)}, "ended on"),
        ({"begin": TODAY + timedelta(1), "end": TODAY + timedelta(2)}, "begins after today"),
    ],
)
def test_an_exception_that_is_not_right_exempts_nothing(change: dict[str, Any], says: str) -> None:
    wrong = Exemption(**{**vars(LIVED_WITH), **change})
    assert says in " ".join(wrong.faults(TODAY))
    assert judge(report({"id": "PYSEC-1"}), [wrong], TODAY).code == FOUND
    assert judge(report({"id": "PYSEC-1"}), [LIVED_WITH], TODAY).code == 0


def test_what_is_known_fails_unless_it_is_exempt_by_one_of_its_names() -> None:
    assert judge(report(), [], TODAY) == Judgement((), (), ())
    found = judge(report({"id": "GHSA-9", "aliases": ["PYSEC-1"]}, {"id": "PYSEC-2"}), [LIVED_WITH], TODAY)
    assert found == Judgement(("voorbeeld 1.0: PYSEC-2",), ("voorbeeld 1.0: GHSA-9",), ())
    other = {"dependencies": [{"name": "iets-anders", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}]}
    assert judge(other, [LIVED_WITH], TODAY).code == FOUND


def test_what_was_not_looked_up_is_not_called_safe() -> None:
    """The answer of pip-audit 2.10.1 behind a mirror without advisories: it calls that nothing known, and ends well."""
    skipped = {
        "name": "alembic",
        "skip_reason": "Dependency not found on PyPI and could not be audited: alembic (1.20.1)",
    }
    found = judge({"dependencies": [skipped], "fixes": []}, [], TODAY)
    assert (found.code, found.not_asked) == (NOT_ASKED, ("alembic",))


@pytest.mark.parametrize(
    "text",
    [
        '[[uitzondering]]\nid = "PYSEC-1"',
        '[[uitzondering]]\nid = "a"\npakket = "b"\nreden = "c"\nbegin = "ooit"\neinde = 2026-12-01',
    ],
)
def test_an_exception_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="exactly"):
        read_exemptions(text)
