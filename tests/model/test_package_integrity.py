"""One flipped bit, one file too many or too few, another contract: no start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import shared
from shared.adapters.packages import load_package
from shared.errors import ModelPackageInvalid
from shared.modelpackage.canonical import canonical_json, sha256
from shared.modelpackage.manifest import MANIFEST_FILE, OWN_DIGEST, seal
from shared.modelpackage.package import read_package
from tests.model.machines import package_files

ROOT = Path(__file__).parents[2]
NAMES = sorted(package_files("alone"))


@pytest.mark.parametrize("name", NAMES)
def test_a_flipped_bit_anywhere_is_found(name: str) -> None:
    files = package_files("alone")
    content = files[name]
    rng = np.random.default_rng(len(content))
    spread = np.unique(np.concatenate([rng.integers(0, len(content), 150), [0, len(content) - 1]]))
    for position in spread.tolist():
        changed = bytearray(content)
        changed[position] ^= 1 << int(rng.integers(8))
        with pytest.raises(ModelPackageInvalid) as found:
            read_package({**files, name: bytes(changed)})
        assert found.value.where == name
        assert found.value.next_step


def test_every_bit_of_the_manifest_counts() -> None:
    files = package_files("alone")
    content = files[MANIFEST_FILE]
    for bit in range(8 * len(content)):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(ModelPackageInvalid):
            read_package({**files, MANIFEST_FILE: bytes(changed)})


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_or_cut_off_file_is_found(name: str) -> None:
    files = package_files("alone")
    with pytest.raises(ModelPackageInvalid, match=name):
        read_package({key: content for key, content in files.items() if key != name})
    for changed in (b"", files[name][:-1], files[name] + b"\n"):
        with pytest.raises(ModelPackageInvalid, match=name):
            read_package({**files, name: changed})


def test_an_extra_file_is_found() -> None:
    with pytest.raises(ModelPackageInvalid, match=r"notes\.txt"):
        read_package({**package_files("alone"), "notes.txt": b"hello"})


def test_another_contract_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    files = package_files("alone")
    read_package(files)
    monkeypatch.setattr(shared, "CONTRACT_VERSION", "2.0.0")
    with pytest.raises(ModelPackageInvalid, match="contract"):
        read_package(files)


def resealed(name: str, change) -> dict[str, bytes]:
    """A package that somebody changed and sealed again: the digests are right, the content is not."""
    files = {key: content for key, content in package_files("pairs").items() if key != MANIFEST_FILE}
    document = json.loads(files[name])
    change(document)
    files[name] = canonical_json(document)
    manifest = json.loads(package_files("pairs")[MANIFEST_FILE])
    return files | {MANIFEST_FILE: seal(files, {k: v for k, v in manifest.items() if k != OWN_DIGEST})}


def nudge(number: float) -> float:
    return number + 2e-12


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ebm.json", lambda d: d["terms"][0]["scores"].pop()),
        ("ebm.json", lambda d: d["terms"][0]["bagged_scores"].pop()),
        ("ebm.json", lambda d: d["terms"][0]["scores"].__setitem__(3, "nan")),
        ("ebm.json", lambda d: d["terms"][0]["scores"].__setitem__(3, "+inf")),
        ("ebm.json", lambda d: d["terms"][6]["scores"].pop()),
        ("ebm.json", lambda d: d["features"][0]["cuts"][0].reverse()),
        ("ebm.json", lambda d: d["features"].append(d["features"][0])),
        ("ebm.json", lambda d: d["features"][0].update(name="score")),
        ("ebm.json", lambda d: d.update(format="other")),
        ("ebm.json", lambda d: d.pop("terms")),
        ("golden.json", lambda d: d["cases"][17].update(score=nudge(d["cases"][17]["score"]))),
        (
            "golden.json",
            lambda d: d["cases"][49]["contributions"].update(code=nudge(d["cases"][49]["contributions"]["code"])),
        ),
        ("golden.json", lambda d: d["cases"][3]["contributions"].pop("code")),
        ("golden.json", lambda d: d["cases"].pop()),
        ("golden.json", lambda d: d.update(cases=[])),
        ("policy.json", lambda d: d.update(threshold=1.0)),
        ("policy.json", lambda d: d.update(threshold="high")),
        ("policy.json", lambda d: d.update(sample_share=-0.1)),
        ("policy.json", lambda d: d.update(income_feature="nothing", income_mean=1.0)),
        ("policy.json", lambda d: d.pop("version")),
    ],
)
def test_wrong_content_is_refused_also_under_right_digests(name: str, change) -> None:
    with pytest.raises(ModelPackageInvalid) as found:
        read_package(resealed(name, change))
    assert name in str(found.value)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(intercept=d["intercept"] + 1e-9),
        lambda d: d["terms"][2].update(scores=[score + 1e-9 for score in d["terms"][2]["scores"]]),
        lambda d: d["features"][0].update(cuts=[[cut + 1.0 for cut in cuts] for cuts in d["features"][0]["cuts"]]),
        lambda d: d["features"][3]["categories"][0].reverse(),
    ],
    ids=["intercept", "scores", "cuts", "categories"],
)
def test_another_model_under_right_digests_fails_the_golden_cases(change) -> None:
    with pytest.raises(ModelPackageInvalid, match=r"golden\.json"):
        read_package(resealed("ebm.json", change))


def test_the_digest_of_a_package_is_that_of_its_manifest() -> None:
    files = package_files("alone")
    assert read_package(files).sha256 == sha256(files[MANIFEST_FILE])


def test_a_folder_with_a_subfolder_or_a_link_is_refused(tmp_path: Path) -> None:
    for name, content in package_files("alone").items():
        (tmp_path / name).write_bytes(content)
    assert load_package(tmp_path).name == "proef"
    (tmp_path / "sub").mkdir()
    with pytest.raises(ModelPackageInvalid, match="sub"):
        load_package(tmp_path)
    (tmp_path / "sub").rmdir()
    (tmp_path / "card.md").rename(tmp_path.parent / "card.md")
    (tmp_path / "card.md").symlink_to(tmp_path.parent / "card.md")
    with pytest.raises(ModelPackageInvalid, match=r"card\.md"):
        load_package(tmp_path)
    with pytest.raises(ModelPackageInvalid, match="no model package"):
        load_package(tmp_path / "nowhere")


def test_loading_and_scoring_a_row_needs_numpy_and_nothing_else() -> None:
    """The cold start (docs/adr/0001): no pandas, no scikit-learn, no interpret, and nothing that runs code on load."""
    script = (
        "import sys; from pathlib import Path; from shared.adapters.packages import load_package; import numpy as np\n"
        "p = load_package(Path('models/levensonderhoud-1.0.0'))\n"
        "p.evaluate({name: np.zeros(1) for name in p.feature_names}, 1)\n"
        "print([m for m in ('pandas', 'pyarrow', 'sklearn', 'scipy', 'interpret', 'joblib') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
