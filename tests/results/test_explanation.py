"""The explanation adds up, is in words, and never shows a sentinel or an imputed mean as if it were a value."""

from __future__ import annotations

import hmac
import io
import json
import math
import re
from dataclasses import replace
from itertools import product
from typing import Any

import pyarrow.parquet as pq
import pytest

from shared import CONTRACT_VERSION, pipeline
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.levensonderhoud.features.frame import FEATURES
from shared.levensonderhoud.outcomes import OUTCOMES, REASONS, ROUTES
from shared.levensonderhoud.sentences import SENTENCES, value_in_words
from shared.modelpackage.package import ModelPackage
from shared.stages.explain import FACTORS_SHOWN
from shared.stages.pseudonym import PseudonymKey
from shared.stages.resultfiles import result_files
from shared.stages.resultform import PARQUET
from shared.stages.sample import draw
from tests.results.conftest import KEY, Night, identity

_DRAW = b"slimme-check/v1/steekproef\x00" + b"a" * 64 + b"\x00"


@pytest.fixture(scope="module")
def documents(night: Night) -> list[dict[str, Any]]:
    """The result documents of the night."""
    return [json.loads(line) for line in night.results.lines.splitlines()]


@pytest.fixture(scope="module")
def scored(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that the model decided on."""
    return [document for document in documents if document["reden"] == "MODEL"]


def test_every_application_has_exactly_one_result(night: Night, documents: list[dict[str, Any]]) -> None:
    assert [document["aanvraagnummer"] for document in documents] == sorted(night.delivery.aanvraagnummers)
    assert len(documents) == 2_000


def test_the_score_is_the_sum_of_what_is_stored_on_every_row(
    scored: list[dict[str, Any]], package: ModelPackage
) -> None:
    assert len(scored) > 1_000
    for document in scored:
        assert list(document["bijdragen"]) == list(package.term_names)
        total = document["intercept"]
        for contribution in document["bijdragen"].values():
            total += contribution
        assert abs(document["score"] - 1 / (1 + math.exp(-total))) <= 1e-12


def test_the_type_follows_the_threshold_at_full_precision(scored: list[dict[str, Any]], package: ModelPackage) -> None:
    for document in scored:
        assert document["drempel"] == package.threshold
        assert document["resultaattype"] == (1 if document["score"] >= package.threshold else 2)
        assert document["advies"] == ("handhaving" if document["resultaattype"] == 1 else "inkomensconsulent")


def test_a_score_exactly_on_the_threshold_is_flagged(night: Night, package: ModelPackage) -> None:
    some = night.results.results["score"].dropna().iloc[0]
    on_it = pipeline.judge(night.table, LEVENSONDERHOUD, identity(replace(package, threshold=float(some))), KEY).results
    assert on_it.loc[on_it["score"] == some, "resultaattype"].eq(1).all()


def test_who_is_not_scored_has_neither_score_nor_features(documents: list[dict[str, Any]]) -> None:
    others = [document for document in documents if document["reden"] != "MODEL"]
    assert {document["resultaattype"] for document in others} == {2, 3, 4}
    for document in others:
        for member in ("score", "drempel", "zekerheid", "intercept", "bijdragen", "kenmerken"):
            assert document[member] is None
        assert (
            document["uitleg"]["verhogend"] == document["uitleg"]["verlagend"] == document["uitleg"]["onbekend"] == []
        )
        assert document["uitleg"]["reden"] == REASONS[document["reden"]]


def test_up_to_three_factors_each_way_by_size_and_never_a_zero(scored: list[dict[str, Any]]) -> None:
    for document in scored:
        for side, sign in (("verhogend", 1), ("verlagend", -1)):
            told = [(factor["kenmerk"], factor["bijdrage"]) for factor in document["uitleg"][side]]
            ranked = sorted(document["bijdragen"].items(), key=lambda item: -sign * item[1])
            assert told == [item for item in ranked if sign * item[1] > 0][:FACTORS_SHOWN]


def test_no_sentence_shows_a_sentinel_or_the_imputed_mean(scored: list[dict[str, Any]], package: ModelPackage) -> None:
    mean = f"{package.policy['income_mean']:.2f}".replace(".", ",")
    sentences = [f["zin"] for d in scored for side in ("verhogend", "verlagend") for f in d["uitleg"][side]]
    assert len(sentences) > 5_000
    assert not [zin for zin in sentences if re.search(r"99[.]?999|nan|None", zin) or mean in zin]
    assert {"Er zijn geen gegevens over de hoogte van het inkomen"} <= set(sentences)
    assert any(re.fullmatch(r"Geen van de aangemelde trajecten is gestart \(0 van \d+\)", zin) for zin in sentences)


def test_unknown_is_told_in_words_beside_the_score(scored: list[dict[str, Any]]) -> None:
    for document in scored:
        assert ("inkomen" in document["uitleg"]["onbekend"]) == (document["kenmerken"]["inkomen_onbekend"] == 1)
        assert ("adres" in document["uitleg"]["onbekend"]) == (document["kenmerken"]["adres_onbekend"] == 1)


def test_every_case_a_feature_can_choose_has_a_sentence_in_the_package(package: ModelPackage) -> None:
    numbers = (0, 1, 2, -5.0, 0.5, 30_000.0, 99_999.0)
    for feature in FEATURES:
        rule = SENTENCES[feature]
        for values in product(numbers, *([(0, 1, 2)] * (len(rule.columns) - 1))):
            case = rule.choose(*values)
            sentence = package.policy["texts"][feature][case.name].format(**case.facts)
            assert sentence[0].isupper(), (feature, case)


def test_every_text_of_the_package_belongs_to_a_case_that_exists(package: ModelPackage) -> None:
    numbers = (0, 1, 2, -5.0, 0.5, 30_000.0, 99_999.0)
    for feature in FEATURES:
        rule = SENTENCES[feature]
        possible = {rule.choose(*values).name for values in product(numbers, *([(0, 1, 2)] * (len(rule.columns) - 1)))}
        assert set(package.policy["texts"][feature]) == possible, feature


def test_the_whole_sum_shows_words_where_there_is_no_value() -> None:
    features: dict[str, float | None] = dict.fromkeys(FEATURES, 0.0) | {
        "days_since_last_relocation": 99_999.0,
        "days_since_last_dienst_end": 99_999.0,
        "sum_inkomen_bruto_value": None,
        "total_vermogen": 0.0,
        "vermogen_onbekend": 1,
    }
    assert value_in_words("days_since_last_relocation", features) == "geen gegevens"
    assert value_in_words("days_since_last_dienst_end", features) == "geen eerdere uitkering"
    assert value_in_words("sum_inkomen_bruto_value", features) == "geen gegevens"
    assert value_in_words("total_vermogen", features) == "geen gegevens"
    assert value_in_words("active_address_count", features) == "0 adressen"
    assert value_in_words("active_address_count", features | {"active_address_count": 1.0}) == "1 adres"
    assert value_in_words("avg_percentage_maatregel", features | {"avg_percentage_maatregel": 30_000.0}) == "30 %"
    assert value_in_words("total_vermogen", features | {"total_vermogen": -1234.5, "vermogen_onbekend": 0}) == (
        "-1.234,50 euro"
    )


def test_every_outcome_has_a_reason_and_a_route() -> None:
    assert {outcome.reden for outcome in OUTCOMES} == set(REASONS)
    assert {outcome.resultaattype for outcome in OUTCOMES} - {0} | {1, 2} == set(ROUTES)


def test_parquet_holds_the_same_documents_as_the_lines(night: Night, documents: list[dict[str, Any]]) -> None:
    rows = pq.read_table(io.BytesIO(result_files([night.results])[PARQUET])).to_pylist()
    assert rows == documents


def test_with_a_random_sample_the_files_do_not_tell_who_was_drawn(night: Night, package: ModelPackage) -> None:
    sampling = replace(package, sample_share=0.2)
    results = pipeline.judge(night.table, LEVENSONDERHOUD, identity(sampling), KEY)
    kept, shown = results.results, [json.loads(line) for line in results.lines.splitlines()]
    drawn = kept["steekproef"].to_numpy()
    assert 0.15 < drawn[kept["reden"] == "MODEL"].mean() < 0.25
    assert not drawn[kept["reden"] != "MODEL"].any()
    assert (kept.loc[drawn, "resultaattype"] == 1).all()
    assert kept.loc[drawn, "score"].notna().all()
    assert {document["reden"] for document, is_drawn in zip(shown, drawn, strict=True) if is_drawn} == {"MODEL"}
    for document in shown:
        assert "steekproef" not in document
        for member in ("score", "drempel", "zekerheid", "intercept", "bijdragen"):
            assert document[member] is None
        assert document["uitleg"]["verhogend"] == document["uitleg"]["verlagend"] == []


def test_the_draw_is_reproducible_even_and_of_the_asked_size() -> None:
    names = [f"k:{number}" for number in range(100_000)]
    drawn = draw(names, KEY, "a" * 64, 0.05)
    assert (drawn == draw(names, KEY, "a" * 64, 0.05)).all()
    assert abs(drawn.mean() - 0.05) < 4 * math.sqrt(0.05 * 0.95 / len(names))
    assert not draw(names, KEY, "a" * 64, 0.0).any()
    assert draw(names, KEY, "a" * 64, 1.0).all()
    wider = draw(names, KEY, "a" * 64, 0.10)
    assert wider[drawn].all()
    other_model = draw(names, KEY, "b" * 64, 0.05)
    assert 0.02 < other_model[drawn].mean() < 0.08


def test_the_draw_of_a_contract_version_is_to_the_application_what_it_was() -> None:
    drawn = {CONTRACT_VERSION: draw([f"test-1:{number}" for number in range(200)], KEY, "a" * 64, 0.05).nonzero()[0]}
    # another draw is another rule: then CONTRACT_VERSION is raised, and older runs are not computed again (ADR 16)
    assert {version: places.tolist() for version, places in drawn.items()} == {"1.0.0": [4, 21, 43, 44, 93, 160]}


def test_who_has_no_key_cannot_tell_what_was_drawn() -> None:
    names = [f"k:{number}" for number in range(100_000)]
    drawn = draw(names, KEY, "a" * 64, 0.05)
    other_key = draw(names, PseudonymKey(KEY.key_id, bytes(32)), "a" * 64, 0.05)
    assert 0.02 < other_key[drawn].mean() < 0.08
    digest = hmac.digest(KEY.secret, _DRAW + b"k:0", "sha256")
    share = int.from_bytes(digest[:8], "big") / 2**64
    assert (
        draw(names[:1], KEY, "a" * 64, share * 1.001).all() and not draw(names[:1], KEY, "a" * 64, share * 0.999).any()
    )
