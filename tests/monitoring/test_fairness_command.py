"""Anyone can check published counts: every measure, by hand and by another formula, and nothing told of wrong cells."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.cli import main
from shared.monitoring.publishedcounts import COLUMNS, CountsUnusable, measured, privileged_values, published_rows

HEADER = ",".join(COLUMNS)
# Worked out by hand: 20 men (TN 6, FP 4, FN 2, TP 8), 10 women (TN 3, FP 3, FN 0, TP 4).
TABLE = f"""{HEADER}
pilot,ebm,geslacht,man,6,4,2,8
pilot,ebm,geslacht,vrouw,3,3,0,4
pilot,ebm,leeftijd,jong,,3,5,12
pilot,ebm,leeftijd,oud,0,0,0,0
"""


def printed(tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, *arguments: str) -> list[dict[str, str]]:
    """Run the command on a table and read what it prints."""
    path = tmp_path / "counts.csv"
    path.write_text(table, encoding="utf-8")
    assert main(["fairness", str(path), *arguments]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_every_measure_is_as_worked_out_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    men, women, young, old = printed(tmp_path, capsys, TABLE)
    assert men == {
        "dataset": "pilot",
        "model": "ebm",
        "group": "geslacht",
        "value": "man",
        "n": "20",
        "FPR": "40",
        "PPV": "66.6667",
        "FDR": "33.3333",
        "TPR": "80",
        "share_flagged": "60",
        "wrongly_flagged_per_member": "20",
        "error": "30",
    }
    assert (women["FPR"], women["TPR"], women["error"], women["n"]) == ("50", "100", "30", "10")
    # hidden is not nothing: what needs TN stays empty, what does not is there
    assert (young["PPV"], young["FDR"], young["TPR"]) == ("80", "20", "70.5882")
    assert not any(young[name] for name in ("n", "FPR", "share_flagged", "wrongly_flagged_per_member", "error"))
    assert old["n"] == "0" and not any(old[name] for name in list(old)[5:])


def test_differences_and_ratios_are_as_worked_out_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    men, women, young, old = printed(tmp_path, capsys, TABLE, "--privileged", "geslacht=man", "leeftijd=oud")
    assert (women["FPR_difference"], women["FPR_ratio"]) == ("10", "1.25")
    assert (women["PPV_difference"], women["PPV_ratio"]) == ("-9.5238", "0.8571")
    assert (women["share_flagged_difference"], women["share_flagged_ratio"]) == ("10", "1.1667")
    assert (women["error_difference"], women["error_ratio"]) == ("0", "1")
    for row in (men, young, old):  # the privileged group itself, and a group beside which nothing is known
        assert not any(text for name, text in row.items() if name.endswith(("_difference", "_ratio")))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(0, 10**6), min_size=4, max_size=4), min_size=2, max_size=4))
def test_another_formula_gives_the_same(tables: list[list[int]]) -> None:
    text = HEADER + "\n" + "".join(f"d,m,g,v{at},{tn},{fp},{fn},{tp}\n" for at, (tn, fp, fn, tp) in enumerate(tables))
    rows = published_rows(text.encode())
    lines = measured(rows, privileged_values(["g=v0"], rows))
    for line, (tn, fp, fn, tp) in zip(lines, tables, strict=True):
        # by Bayes and by complements, from prevalence and specificity
        n, bad, good = tn + fp + fn + tp, tp + fn, tn + fp
        sensitivity, specificity = tp / bad if bad else None, tn / good if good else None
        expected: dict[str, float | None] = {
            "TPR": sensitivity,
            "FPR": None if specificity is None else 1 - specificity,
            "PPV": None if not tp + fp else 1 - fp / (tp + fp),
            "FDR": None if not tp + fp else 1 - tp / (tp + fp),
            "share_flagged": None if not n else 1 - (tn + fn) / n,
            "wrongly_flagged_per_member": None if not n else (good - tn) / n,
            "error": None if not n else 1 - (tn + tp) / n,
        }
        for name, value in expected.items():
            assert line[name] == (None if value is None else pytest.approx(100 * value, abs=1e-4)), name
            first, apart, times = lines[0][name], line[f"{name}_difference"], line[f"{name}_ratio"]
            if line is not lines[0] and value is not None and isinstance(first, float):
                assert apart == pytest.approx(100 * value - first, abs=3e-4)
                assert (times is None) == (first == 0 and apart == line[name])


def test_text_that_a_spreadsheet_would_run_is_neutralised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    signs = ["=1+1", "+1", "-1", "@x"]
    table = HEADER + "\n" + "".join(f'{sign},"{sign},b",{sign},{sign},1,2,3,4\n' for sign in signs)
    rows = printed(tmp_path, capsys, table)
    for row, sign in zip(rows, signs, strict=True):
        assert [row[name] for name in ("dataset", "model", "group", "value")] == [
            f"'{sign}",
            f"'{sign},b",
            f"'{sign}",
            f"'{sign}",
        ]


CANARY = "Jansen-123456782"


@pytest.mark.parametrize(
    "table",
    [
        "",
        f"{CANARY}\n",
        HEADER.replace("TN", CANARY) + "\n",
        HEADER + f",{CANARY}\n",
        HEADER.replace(",", ";") + "\n",
        f"{HEADER}\nd,m,g,v,1,2,3,{CANARY}\n",
        f"{HEADER}\nd,m,g,{CANARY},1,2,3,-4\n",
        f"{HEADER}\nd,m,g,{CANARY},1,2,3,4.0\n",
        f"{HEADER}\nd,m,g,{CANARY},1,2,3,1e3\n",
        f"{HEADER}\nd,m,g,{CANARY},1,2,3,²\n",
        f"{HEADER}\nd,m,g,{CANARY},1,2,3\n",
        f"{HEADER}\nd,m,g,{CANARY},1,2,3,4,5\n",
        f"{HEADER}\n" + 2 * f"d,m,g,{CANARY},1,2,3,4\n",
        f'{HEADER}\nd,m,g,"{CANARY},1,2,3,4\n',
    ],
)
def test_what_is_no_table_of_counts_is_refused_without_a_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str
) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(table, encoding="utf-8")
    assert main(["fairness", str(path)]) == 1
    told = capsys.readouterr()
    assert told.err.startswith("SC-661") and not told.out
    assert CANARY not in told.err and "Jansen" not in told.err


@pytest.mark.parametrize("argument", ["geslacht", "geslacht=x", f"{CANARY}=man", "=man"])
def test_a_privileged_group_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], argument: str
) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(TABLE, encoding="utf-8")
    assert main(["fairness", str(path), "--privileged", argument]) == 1
    told = capsys.readouterr().err
    assert told.startswith("SC-661") and CANARY not in told


def test_a_file_that_is_not_there_or_not_utf8_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fairness", str(tmp_path / "niets.csv")]) == 1
    assert capsys.readouterr().err.startswith("SC-660")
    (tmp_path / "latin.csv").write_bytes(HEADER.encode() + b"\nd,m,g,\xe9,1,2,3,4\n")
    assert main(["fairness", str(tmp_path / "latin.csv")]) == 1
    assert capsys.readouterr().err.startswith("SC-661")


def test_a_table_may_have_a_mark_of_utf8_and_columns_in_any_order() -> None:
    text = "\ufeffTP,FN,FP,TN,value,group,model,dataset\r\n8,2,4,6,man,geslacht,ebm,pilot\r\n"
    line = measured(published_rows(text.encode()), {})[0]
    assert (line["n"], line["FPR"], line["value"]) == (20, 40.0, "man")


def test_the_document_names_every_column_that_is_printed() -> None:
    text = (Path(__file__).parents[2] / "docs" / "eerlijkheid.md").read_text(encoding="utf-8")
    line = measured(published_rows(f"{TABLE}".encode()), {})[0]
    assert [name for name in list(line)[4:] if f"`{name}`" not in text] == []
    assert f"`{HEADER}`" in text


def test_a_doubled_column_is_refused() -> None:
    with pytest.raises(CountsUnusable, match="SC-661"):
        published_rows(HEADER.replace("FN", "TN").encode())
