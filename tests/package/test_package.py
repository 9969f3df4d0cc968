"""The zip of the Function App: what is in it, what is not, and that it runs in a Python that has nothing installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from development.deploying.package import LIBRARIES, Package, ignored_names, pack

ROOT = Path(__file__).resolve().parents[2]
LARGEST_PACKED, LARGEST_UNPACKED, MOST_FILES = 120_000_000, 350_000_000, 6_000
# trains, tests or develops: none of these names may be a library in the package
NEVER = ("interpret", "sklearn", "scipy", "joblib", "pytest", "hypothesis", "mypy", "ruff", "checkov", "playwright")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pakket")]


@pytest.fixture(scope="module")
def names(package: Package) -> list[str]:
    with zipfile.ZipFile(package.path) as packed:
        return packed.namelist()


def test_it_holds_the_app_its_models_and_its_libraries(names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    assert tops == {
        "function_app.py",
        "host.json",
        "requirements.txt",
        "LICENSE",
        "models",
        "shared",
        ".python_packages",
    }


def test_it_holds_nothing_that_develops_tests_or_trains(names: list[str]) -> None:
    libraries = {
        name.removeprefix(f"{LIBRARIES.as_posix()}/").partition("/")[0] for name in names if "site-packages" in name
    }
    wrong = {each for each in libraries if re.split(r"[-.]", each.lower())[0] in NEVER}
    assert not wrong
    ours = [name for name in names if not name.startswith(".python_packages/")]
    patterns = set(ignored_names())
    assert not [name for name in ours if set(name.split("/")) & (patterns - {"*.egg-info"})]
    assert not [
        name for name in names if re.search(r"(^|/)(tests?|__pycache__)/", name) and "/site-packages/" not in name
    ]
    assert not [name for name in names if re.search(r"/site-packages/[^/]+/(.*/)?tests/", name)]
    assert not [name for name in names if name.endswith((".pyc", ".key", "local.settings.json"))]
    assert {name.rpartition("/")[2] for name in names if name.endswith(".pem")} == {"cacert.pem"}, "public certificates"


def test_every_requirement_is_there_in_its_pinned_version_for_linux(names: list[str]) -> None:
    pinned = re.findall(
        r"(?m)^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", (ROOT / "requirements.txt").read_text("utf-8")
    )
    assert len(pinned) > 40
    flat = {re.sub(r"[-_.]+", "-", name.split("/")[3]).lower() for name in names if ".dist-info/METADATA" in name}
    for name, version in pinned:
        wanted = re.sub(r"[-_.]+", "-", f"{name}-{version}.dist-info").lower()
        assert wanted in flat, name
    built_for = {
        re.search(r"\.(cpython-\d+\S*|abi3)\.so", name)[1] for name in names if re.search(r"\.(cp\S*|abi3)\.so", name)
    }  # type: ignore[index]
    assert built_for <= {"cpython-313-x86_64-linux-gnu", "abi3"}, built_for


def test_it_stays_below_the_size_that_the_documents_promise(package: Package, names: list[str]) -> None:
    assert package.bytes_packed < LARGEST_PACKED
    assert package.bytes_unpacked < LARGEST_UNPACKED
    assert len(names) == package.files < MOST_FILES


def test_the_same_tree_gives_the_same_bytes(unpacked: Path, package: Package, tmp_path: Path) -> None:
    again = tmp_path / "nog-eens.zip"
    assert list(pack(unpacked, again))
    assert again.read_bytes() == package.path.read_bytes()


def test_its_bill_of_materials_names_every_library_and_model(package: Package, names: list[str]) -> None:
    document = json.loads(package.sbom.read_text(encoding="utf-8"))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    libraries = [part for part in document["components"] if part["type"] == "library"]
    assert len(libraries) == sum(name.endswith(".dist-info/METADATA") for name in names)
    assert all(part["purl"].startswith("pkg:pypi/") and part["hashes"] for part in libraries)
    models = [part for part in document["components"] if part["type"] == "machine-learning-model"]
    assert {part["bom-ref"] for part in models} == {
        f"model:{name.split('/')[1]}" for name in names if re.fullmatch(r"models/[^/]+/MANIFEST.json", name)
    }


def test_its_bill_of_materials_is_valid_cyclonedx(package: Package) -> None:
    checker = ROOT / ".venv-infra" / "bin" / "python"
    if not checker.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("make infra-tools did not install what knows CycloneDX")
        pytest.skip("make infra-tools")
    code = "import sys; from cyclonedx.schema import SchemaVersion; "
    code += "from cyclonedx.validation.json import JsonStrictValidator; "
    code += "print(JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read()))"
    done = subprocess.run([checker, "-c", code, package.sbom], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"


def test_the_worker_tests_pass_on_the_unpacked_zip_in_an_empty_python(
    unpacked: Path, empty_python: Path, tmp_path: Path
) -> None:
    bare = subprocess.run([empty_python, "-c", "import pandas"], capture_output=True, check=False)
    assert bare.returncode != 0, "there is nothing installed there"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/worker", "-q", "-n", "0", "-x", f"--basetemp={tmp_path / 'werk'}"],
        cwd=ROOT,
        env={**os.environ, "GEBOUWD_PAKKET": str(unpacked), "LEGE_PYTHON": str(empty_python)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
