"""The rules and limits of linkage: read from YAML, validated, compiled by `identity.sql`."""

from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from guestbook.errors import ConfigError

NameClass = Literal["same", "close", "partial", "unknown", "nameless", "married", "different"]
Role = Literal["guest", "booker", "caller", "payer"]
Agreement = Literal[
    "birth_date", "phone", "email", "postal_code", "address", "city", "gender", "loyalty_number", "profile"
]
Disagreement = Literal["email", "profile"]
ProfileColumn = Literal[
    "document_key", "loyalty_number_key", "guest_profile_key", "email_key", "phone_key", "phone_tail", "shared_email",
    "shared_phone", "first_key", "last_key", "birth_date", "postal_code_key", "card_token",
]  # fmt: skip
RecordColumn = Literal["reservation_role_key", "reservation_key", "confirmation_key", "stay_key"]
RECORD_COLUMNS = frozenset(RecordColumn.__args__)  # type: ignore[attr-defined]
MAX_RULES = 60  # a pair's rules are bits of one integer


class Rule(BaseModel):
    """One deterministic rule. `names` maps a class of name agreement to evidence in bits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    blocks: tuple[tuple[ProfileColumn | RecordColumn, ...], ...] = Field(min_length=1)
    names: dict[NameClass, Annotated[float, Field(gt=0, le=60)]] = Field(min_length=1)
    roles: tuple[tuple[Role, Role], ...] = ()
    all_of: tuple[Agreement, ...] = ()
    any_of: tuple[Agreement, ...] = ()
    none_of: tuple[Disagreement, ...] = ()
    is_of_family: bool = False
    yields_to_model: bool = False
    why: str

    @model_validator(mode="after")
    def _compares_one_thing(self) -> Self:
        kinds = {column in RECORD_COLUMNS for block in self.blocks for column in block}
        if kinds != {self.is_about_records}:
            raise ValueError(f"a rule with roles blocks on record columns only: {', '.join(sorted(RECORD_COLUMNS))}")
        return self

    @property
    def is_about_records(self) -> bool:
        """Whether the rule compares records (a reservation, a role), not only what they say about a person."""
        return bool(self.roles) or any(column in RECORD_COLUMNS for block in self.blocks for column in block)


class RuleBook(BaseModel):
    """All rules in their order; the order is the priority among rules of equal weight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[Rule, ...] = Field(min_length=1, max_length=MAX_RULES)


@cache
def rule_book() -> RuleBook:
    """The project's rules. Raises ConfigError that names the wrong key and value."""
    return read_rules(resources.files("identity").joinpath("rules.yml").read_text(encoding="utf-8"))


def read_rules(text: str) -> RuleBook:
    """Rules from YAML text. Raises ConfigError that names the wrong key and value."""
    try:
        return RuleBook.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in problem['loc'])} = {problem['input']!r}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise ConfigError("identity/rules.yml is not valid:\n" + "\n".join(lines)) from None
