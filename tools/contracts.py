"""A contract for import-linter that it has no type for: an app is entered through its open modules only."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OpenModulesContract(Contract):
    """Each package in `apps` may be imported from outside only through the modules in `open`.

    `open` holds names within an app: with apps = shiliu.aid and open = models, the module shiliu.aid.models
    and what lies below it may be imported anywhere, shiliu.aid.views only from inside shiliu.aid.
    """

    type_name = "open_modules"

    apps = fields.ListField(subfield=fields.StringField())
    open = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        wrong = []
        for app in [app for app in self.apps if app in graph.modules]:
            closed = {module for module in graph.find_descendants(app) if self._is_closed(app, module)}
            for module in sorted(closed):
                importers = graph.find_modules_that_directly_import(module)
                wrong += [(each, module) for each in sorted(importers) if not each.startswith(f"{app}.")]
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def _is_closed(self, app: str, module: str) -> bool:
        return module.removeprefix(f"{app}.").split(".")[0] not in self.open

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, module in check.metadata["wrong"]:
            output.print_error(
                f"{importer} imports {module}; from outside only {', '.join(self.open)} are open."
            )
