"""The refusal of what could never be right, whatever the state: an unknown code, a missing answer."""

from shared.decision import Rejected


class Unfit(Rejected):
    """Refused for its content, as a malformed field is."""

    status = 422
    title = "not as it should be"
