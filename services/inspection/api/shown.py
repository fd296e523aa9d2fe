"""A hazard as it is answered: its state, and what is derived from it and the time."""

from datetime import datetime

from services.inspection.domain.hazard import Hazard, overdue


class HazardShown(Hazard):
    overdue: bool


def shown(hazard: Hazard, now: datetime) -> HazardShown:
    return HazardShown.model_construct(**{**dict(hazard), "overdue": overdue(hazard, now)})
