"""Finds the columns that a feature needs: the reason of a column names the features it is asked for, by number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared.dataset import Column, DatasetSchema, TableSchema

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage

_NUMBERS = re.compile(r"kenmerk(?:en)? (\d+(?:(?:, | en )\d+)*)", re.IGNORECASE)


def features_named(reason: str) -> frozenset[int]:
    """Return the numbers of the features that the reason of a column names."""
    return frozenset(int(number) for found in _NUMBERS.findall(reason) for number in re.findall(r"\d+", found))


def columns_of(number: int, schema: DatasetSchema) -> tuple[tuple[TableSchema, Column], ...]:
    """Return the columns whose reason names a feature."""
    return tuple(
        (each, c) for each in schema.tables.values() for c in each.columns if number in features_named(c.reason)
    )


def columns_of_feature(
    package: ModelPackage, number: int, schema: DatasetSchema
) -> tuple[tuple[TableSchema, Column], ...]:
    """Return the columns of a feature of a model; the flag of an unknown value comes from those of that value."""
    rule, names = package.imputation, package.feature_names
    if rule is not None and names[number - 1] == rule.flag:
        number = names.index(rule.feature) + 1
    return columns_of(number, schema)
