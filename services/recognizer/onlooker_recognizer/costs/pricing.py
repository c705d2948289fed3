"""What calls cost, by a price list whose prices fall with the calls of a month. Pure.

Amazon groups operations, and counts the calls of a group in a month together: the first million have one price, the
next four million a lower one, and so on ("Amazon Rekognition pricing", Rekognition Image). `prices.json` has that list;
an installation with other prices (a region, an agreement) names a list of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from onlooker_shared.errors import ConfigurationError

PROPERTIES = "DetectLabels (image properties)"
"""What a list calls the second half of DetectLabels, which Amazon charges by itself."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tier(_Part):
    """One price."""

    up_to: int | None = Field(gt=0, description="Calls of the month for which it holds, from its first; null: all.")
    price: float = Field(ge=0, allow_inf_nan=False, description="Of one call, in the list's currency.")


class Group(_Part):
    """Operations whose calls are counted together."""

    name: str
    operations: tuple[str, ...] = Field(min_length=1)
    tiers: tuple[Tier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising_to_the_end(self) -> Self:
        bounds = [tier.up_to for tier in self.tiers]
        limited = [bound for bound in bounds[:-1] if bound is not None]
        if bounds[-1] is not None or len(limited) < len(bounds) - 1 or limited != sorted(set(limited)):
            raise ValueError(f"{self.name}: each tier reaches further than the one before; only the last has no end")
        return self

    def price_of(self, calls: int, *, after: int) -> float:
        """Return what so many calls cost after so many others in the same month."""
        return self._total(after + calls) - self._total(after)

    def _total(self, calls: int) -> float:
        total, begun = 0.0, 0
        for tier in self.tiers:
            end = calls if tier.up_to is None else min(calls, tier.up_to)
            total += max(0, end - begun) * tier.price
            begun = max(begun, end)
        return total


class PriceList(_Part):
    """What operations cost; those that are not in it cost nothing."""

    source: str = Field(description="Where the prices are from.")
    region: str = ""
    currency: str = "USD"
    groups: tuple[Group, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [operation for group in self.groups for operation in group.operations]
        if twice := sorted({operation for operation in named if named.count(operation) > 1}):
            raise ValueError(f"in more than one group: {', '.join(twice)}")
        return self

    @property
    def operations(self) -> frozenset[str]:
        """Those that have a price."""
        return frozenset(operation for group in self.groups for operation in group.operations)

    def total(self, calls: Mapping[str, int]) -> float:
        """Return what a month's calls cost, by operation."""
        return sum(group.price_of(_of(group, calls), after=0) for group in self.groups)

    def next_call(self, operation: str, calls: Mapping[str, int]) -> float:
        """Return what one more call costs after those of the month."""
        group = next((group for group in self.groups if operation in group.operations), None)
        return group.price_of(1, after=_of(group, calls)) if group else 0.0


@dataclass(frozen=True, slots=True)
class Counted:
    """Calls of one operation for the pictures of one bucket on one day."""

    day: str
    """As in 2026-11-22, UTC."""
    bucket: str
    """Empty for calls that are about no stored picture."""
    operation: str
    calls: int


@dataclass(frozen=True, slots=True)
class Priced:
    """The same with what they cost."""

    counted: Counted
    cost: float


def priced(prices: PriceList, month: Iterable[Counted]) -> list[Priced]:
    """Return what the calls of one month cost, day by day, as the prices fall.

    Of a day on which a price falls, each bucket and operation of the group bears the same price.
    """
    rows = sorted(month, key=lambda row: (row.day, row.bucket, row.operation))
    costs: list[Priced] = []
    before = dict.fromkeys((group.name for group in prices.groups), 0)
    for day in dict.fromkeys(row.day for row in rows):
        today = [row for row in rows if row.day == day]
        a_call: dict[str, float] = {}
        for group in prices.groups:
            calls = sum(row.calls for row in today if row.operation in group.operations)
            each = group.price_of(calls, after=before[group.name]) / calls if calls else 0.0
            a_call |= dict.fromkeys(group.operations, each)
            before[group.name] += calls
        costs += [Priced(row, row.calls * a_call.get(row.operation, 0.0)) for row in today]
    return costs


def chargeable(operation: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a call counts as: one operation, or two where DetectLabels looks for labels and for colours."""
    if operation != "DetectLabels":
        return (operation,)
    features = parameters.get("Features", ("GENERAL_LABELS",))
    names = {"GENERAL_LABELS": operation, "IMAGE_PROPERTIES": PROPERTIES}
    return tuple(name for feature, name in names.items() if feature in features)


def price_list(path: Path | None = None) -> PriceList:
    """Return the price list of a file, else the one that comes along: Amazon's in us-east-1.

    Raises:
        ConfigurationError: there is no such file, or it is no price list.
    """
    if path is None:
        return PriceList.model_validate_json(resources.files(__package__).joinpath("prices.json").read_bytes())
    try:
        return PriceList.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"ONLOOKER_RECOGNIZER_PRICES: {path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise ConfigurationError(f"ONLOOKER_RECOGNIZER_PRICES: {path}, {place}: {first['msg']}.") from error


def _of(group: Group, calls: Mapping[str, int]) -> int:
    return sum(calls.get(operation, 0) for operation in group.operations)
