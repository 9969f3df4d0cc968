"""Packages of EBMs that somebody else trained, and the policies that go with them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pytest

from development.packaging.build import build_package, package_files
from development.packaging.errors import PackagingRefused
from development.packaging.export import read_export
from development.packaging.policy import read_policy
from shared.adapters.packages import load_package
from shared.cli import package as package_command
from shared.modelpackage.canonical import canonical_json
from shared.modelpackage.package import read_package
from shared.stages.score import score_features
from tests.model.conftest import CITY
from tests.model.machines import POLICY, REASON, exported, machine, mixed_frame, package
from tests.model.machines import package_files as files_of

MINIMAL = json.loads(POLICY)


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    package_command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["package", *arguments])
    return args.run(args)


def test_a_foreign_ebm_becomes_a_package_by_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ebm.json").write_bytes(exported(machine("pairs"), "minimal"))
    out = tmp_path / "new" / "model"
    arguments = [str(tmp_path / "ebm.json"), "--policy", str(CITY / "policy.json"), "-o", str(out)]
    with pytest.raises(PackagingRefused, match="cannot judge"):
        command(*arguments)
    assert not out.exists()
    assert command(*arguments, "--accept-unguarded", REASON) == 0
    said = capsys.readouterr().out
    assert "sureness: unknown" in said and REASON in said and "no label for: wealth" in said
    model = load_package(out)
    frame = mixed_frame(500, seed=8)
    expected = machine("pairs").predict_proba(frame)[:, 1]
    assert abs(score_features(model, frame).score - expected).max() <= 1e-12
    assert model.imputation is None  # it has no income
    with pytest.raises(PackagingRefused, match="already holds"):
        command(*arguments, "--accept-unguarded", REASON)


def test_where_development_is_not_installed_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "development.packaging.build", None)
    with pytest.raises(package_command.DevelopmentMissing, match="needs the folder `development`"):
        command("a.json", "--policy", "b.json", "-o", "c")


def test_equal_input_gives_equal_bytes() -> None:
    export = exported(machine("pairs"))
    assert build_package(export, POLICY, accept_unguarded=REASON) == build_package(
        export, POLICY, accept_unguarded=REASON
    )


def test_a_packaged_policy_is_a_policy_again() -> None:
    files = files_of("pairs")
    again = build_package(exported(machine("pairs")), files["policy.json"], accept_unguarded=REASON)
    for name in ("policy.json", "ebm.json", "golden.json"):
        assert again[name] == files[name]


@pytest.mark.parametrize("kind", ["mains", "triple", "auto", "words"])
def test_the_fifty_golden_cases_meet_most_of_the_model(kind: str) -> None:
    cases = json.loads(files_of(kind)["golden.json"])["cases"]
    assert len(cases) == 50
    assert len({case["score"] for case in cases}) > 40
    for term in package(kind).term_names:
        assert len({case["contributions"][term] for case in cases}) >= 2


def test_names_of_terms_are_those_of_the_contract() -> None:
    assert package("pairs").term_names[6:] == ("wealth__days", "share__code", "flag__days", "code__level")


def test_a_feature_that_no_term_uses_is_not_asked_for() -> None:
    assert package("alone").feature_names == ("wealth",)


def change_export(**members: object) -> bytes:
    export = json.loads(exported(machine("alone")))
    export["ebm"].update(members)
    return json.dumps(export).encode()


BINARY = {"task": "classification", "classes": [0, 1], "link": "logit", "link_param": "nan"}


@pytest.mark.parametrize(
    ("export", "message"),
    [
        (b"no json", "not what interpret"),
        (b"[]", "not what interpret"),
        (b"{}", "not what interpret"),
        (b"[" * 100_000, "not what interpret"),
        (change_export(outputs=[BINARY | {"task": "regression", "link": "identity"}]), "binary classifier"),
        (change_export(outputs=[BINARY | {"classes": [0, 1, 2], "link": "mlogit"}]), "binary classifier"),
        (change_export(outputs=[BINARY | {"link": "cloglog"}]), "binary classifier"),
        (change_export(outputs=[BINARY | {"classes": [1, 0]}]), "reorder_classes"),
        (change_export(outputs=[BINARY | {"classes": [True, False]}]), "reorder_classes"),
        (change_export(intercept=[0.1, 0.2]), "more than one score"),
        (change_export(intercept=["nan"]), "intercept"),
        (change_export(terms=[]), "no terms"),
    ],
)
def test_what_is_no_binary_ebm_is_refused_in_one_sentence(export: bytes, message: str) -> None:
    with pytest.raises(PackagingRefused, match=message):
        build_package(export, POLICY, accept_unguarded=REASON)


@pytest.mark.parametrize("name", ["score", "intercept", "bijdrage_x"])
def test_a_feature_by_the_name_of_an_outcome_is_refused(name: str) -> None:
    export = exported(machine("alone")).replace(b'"wealth"', f'"{name}"'.encode())
    with pytest.raises(PackagingRefused, match="reserved"):
        build_package(export, POLICY, accept_unguarded=REASON)


def test_an_infinite_score_is_refused() -> None:
    export = json.loads(exported(machine("alone")))
    export["ebm"]["terms"][0]["scores"][4] = "-inf"
    with pytest.raises(PackagingRefused, match="finite"):
        build_package(json.dumps(export).encode(), POLICY, accept_unguarded=REASON)


def test_the_positive_class_of_the_policy_is_the_second_of_the_model() -> None:
    export = exported(machine("words"))
    assert read_export(export).ebm.classes == ("gewoon", "onderzoek")
    right = canonical_json(MINIMAL | {"positive_class": "onderzoek"})
    assert read_package(build_package(export, right, accept_unguarded=REASON)).card["positive_class"] == "onderzoek"
    with pytest.raises(PackagingRefused, match="positive_class"):
        build_package(export, canonical_json(MINIMAL | {"positive_class": "gewoon"}), accept_unguarded=REASON)


@pytest.mark.parametrize(
    "change",
    [
        {"threshold": value}
        for value in (0, 1, 1.0, 0.0, -0.1, 1.1, "0.63", None, True, [0.5], float("nan"), float("inf"))
    ]
    + [{"sample_share": value} for value in (-0.01, 1.01, "0", None, True)]
    + [{"version": value} for value in ("1", "1.0", "v1.0.0", "01.0.0", "1.0.0\n", None, 1.0)]
    + [{"name": value} for value in ("", "Naam", "a/b", "../x", None, "a b")]
    + [{"date": value} for value in ("vandaag", 20261101, "2026-1-1")]
    + [
        {"labels": {"a": 1}},
        {"labels": ["a"]},
        {"texts": {"a": "x"}},
        {"product_codes": ["131"]},
        {"product_codes": [True]},
        {"bands": {"diensten": {"laag": -1, "hoog": 2}}},
        {"bands": {"diensten": {"low": 1}}},
        {"bands": {"diensten": 1}},
        {"income_feature": "wealth"},
        {"income_mean": 3.0},
        {"income_unknown_flag": "flag"},
        {"income_feature": "wealth", "income_mean": "3"},
    ],
)
def test_a_wrong_policy_is_refused_by_the_name_of_the_key(change: dict[str, object]) -> None:
    with pytest.raises(PackagingRefused) as found:
        read_policy(json.dumps(MINIMAL | change).encode())
    assert any(key in str(found.value) for key in change)


def test_an_unknown_key_is_refused_by_its_name() -> None:
    with pytest.raises(PackagingRefused, match="treshold"):
        read_policy(json.dumps(MINIMAL | {"treshold": 0.5}).encode())


@pytest.mark.parametrize("key", ["name", "version", "threshold"])
def test_a_policy_without_a_required_key_is_refused(key: str) -> None:
    with pytest.raises(PackagingRefused, match=key):
        read_policy(json.dumps({k: v for k, v in MINIMAL.items() if k != key}).encode())


@pytest.mark.parametrize("threshold", [1e-9, 0.5, 0.63, 1 - 1e-9])
def test_every_threshold_between_0_and_1_is_right(threshold: float) -> None:
    assert read_policy(json.dumps(MINIMAL | {"threshold": threshold}).encode())["threshold"] == threshold


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(PackagingRefused, match=r"nothing\.json"):
        package_files(tmp_path / "nothing.json", CITY / "policy.json", tmp_path / "out")
    (tmp_path / "ebm.json").write_bytes(exported(machine("alone")))
    (tmp_path / "facts.json").write_bytes(b"not json")
    with pytest.raises(PackagingRefused, match=r"facts\.json"):
        package_files(
            tmp_path / "ebm.json", CITY / "policy.json", tmp_path / "out", REASON, facts=tmp_path / "facts.json"
        )
