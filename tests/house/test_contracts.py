"""Who imports whom: the contracts of .importlinter hold, and each sees the breach that it is there for."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import grimp
import pytest
from importlinter import configuration
from importlinter.application import use_cases
from importlinter.domain.contract import Contract, registry

from shared.topology import SERVICES
from tests.house.sources import ROOT

configuration.configure()


@cache
def options() -> Any:
    use_cases._register_built_in_contract_types()
    return use_cases.read_user_options(str(ROOT / ".importlinter"))


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        *options().session_options["root_packages"],
        include_external_packages=True,
        exclude_type_checking_imports=True,
        cache_dir=None,
    )


def contracts() -> Iterator[tuple[str, Contract]]:
    for said in options().contracts_options:
        kind = registry.get_contract_class(said["type"])
        yield said["id"], kind(said["name"], options().session_options, said)


def kept(importer: str | None = None, imported: str | None = None) -> dict[str, bool]:
    """Which contracts hold, with one more import where one is named."""
    found = {}
    for id, contract in contracts():
        trial = deepcopy(graph())
        if importer and imported:
            for module in (importer, imported):
                if module not in trial.modules:
                    trial.add_module(module)
            trial.add_import(importer=importer, imported=imported, line_number=1, line_contents="planted")
        found[id] = contract.check(trial, verbose=False).kept
    return found


def test_every_contract_is_kept() -> None:
    assert all(kept().values()), f"{kept()}: run .venv/bin/lint-imports"


@pytest.mark.parametrize(
    ("broken", "importer", "imported"),
    [
        ("strangers", "services.dispatch.handlers", "services.registry.domain"),
        ("kernel", "shared.desk", "services.dispatch.store"),
        ("running", "services.dispatch.main", "deploy.embedded.plan"),
        ("pure", "services.dispatch.domain.task", "shared.settings"),
        ("pure", "services.dispatch.domain.task", "asyncio"),
        ("pure", "shared.calendar", "random"),
        ("language", "shared.events.dispatch", "shared.store"),
        ("layers", "services.dispatch.domain.task", "services.dispatch.store"),
        ("layers", "services.dispatch.store", "services.dispatch.api.queue"),
        ("layers", "services.dispatch.api.queue", "services.dispatch.handlers"),
    ],
)
def test_a_planted_import_breaks_its_contract(broken: str, importer: str, imported: str) -> None:
    assert not kept(importer, imported)[broken]


def test_every_service_has_rules_that_the_contracts_see() -> None:
    assert all(f"services.{name}.domain" in graph().modules for name in SERVICES)
