"""The registry's routes, one module a subject."""

from services.registry.api import care, households, imports, ledger, plans, residents, rounds

routers = [
    households.router,
    residents.router,
    care.router,
    plans.router,
    rounds.router,
    ledger.router,
    imports.router,
]
