"""The import contracts of pyproject.toml, for `make check`: a line for what breaks one, with what to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importlinter import configuration
from importlinter.application import use_cases
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.domain.contract import Contract, ContractCheck, registry

LONGEST = 1  # one wrong import breaks many chains, which are told only when no import is wrong by itself
TYPES: dict[str, Any] = {
    "layers": LayersContract,
    "forbidden": ForbiddenContract,
    "acyclic_siblings": AcyclicSiblingsContract,
}


@dataclass(frozen=True)
class Broken:
    line: str
    length: int = 1  # of the chain of imports


def main() -> int:
    """Print what is broken, a line each; 1 when something is. Reads the folder it is started in."""
    sys.path.insert(0, str(Path.cwd()))
    configuration.configure()
    for name, kind in TYPES.items():
        registry.register(kind, name)
    try:
        report = use_cases.create_report(use_cases.read_user_options())
    except ValueError as error:  # a module that is gone
        print(f"pyproject.toml: {error} Take the name out of its contract, or write the new one.")
        return 1
    for name, invalid in report.invalid_contract_options.items():
        print(f"pyproject.toml: contract ‘{name}’ cannot be read: {invalid.errors}")
    checks = report.get_contracts_and_checks()
    found = [one for contract, checked in checks for one in broken(contract, checked)]
    longest = max(LONGEST, min((one.length for one in found), default=0))
    for line in dict.fromkeys(one.line for one in found if one.length <= longest):
        print(line)
    return int(report.could_not_run or report.contains_failures)


def broken(contract: Contract, checked: ContractCheck) -> Iterator[Broken]:
    facts: dict[str, Any] = {} if checked.kept else checked.metadata
    for module in sorted(facts.get("undeclared_modules", ())):
        yield Broken(
            f"{place(module)}: is in no layer. Name it in the contract ‘{contract.name}’ of pyproject.toml, "
            "on a line below all that may import it."
        )
    for one in facts.get("invalid_dependencies", ()):
        for route in one["routes"]:
            for first in (route["chain"][0], *route["extra_firsts"]):
                line = f"{line_of(first)}: imports {told(first, route['chain'])}, which is above or beside it"
                what = "Move what it needs below both, or let the upper one register it."
                yield Broken(f"{line} in ‘{contract.name}’. {what}", len(route["chain"]))
    for one in facts.get("invalid_chains", ()):
        for chain in one["chains"]:
            said = f"{line_of(chain[0])}: imports {told(chain[0], chain)}, and: {contract.name}."
            yield Broken(said, len(chain))
    for circle in sorted(facts.get("summaries", ())):
        for arrow in sorted(circle.dependencies):
            yield Broken(
                f"{place(arrow.downstream)}: imports {arrow.upstream}, which imports it in turn. Move what "
                "both need into a module below them."
            )


def told(first: dict[str, Any], chain: list[dict[str, Any]]) -> str:
    last = chain[-1]["imported"]
    return str(first["imported"]) if len(chain) == 1 else f"{first['imported']} and with it {last}"


def line_of(link: dict[str, Any]) -> str:
    numbers = [number for number in link["line_numbers"] if number]
    return f"{place(link['importer'])}:{numbers[0]}" if numbers else place(link["importer"])


def place(module: str) -> str:
    path = module.replace(".", "/")
    return path if Path(path).is_dir() else f"{path}.py"


if __name__ == "__main__":
    sys.exit(main())
