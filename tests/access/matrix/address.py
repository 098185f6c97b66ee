"""What stands in the matrix: an address, and what each of four people gets there."""

from dataclasses import dataclass

LOGIN = "/accounts/login/"
RECEIPT, PHOTO, NOTE = "K7Q3MN84TD", "PHOTO00001", "NOTE000001"
SOUND = "<str:code>/recordings/<str:recording>/"
EVERYBODY = (200, 200, 200, 200)
LEADS_ON = (302, 302, 302, 302)
SIGNED_IN = (302, 200, 200, 200)
WORDS = "三号楼前的路灯不亮"


@dataclass(frozen=True)
class Address:
    """A route as the resolver has it, an address on it, and the status for each of the four columns."""

    route: str
    path: str
    statuses: tuple[int, int, int, int]
    holder: str = "coordinator"  # of `tests.factories.Staff`
    stranger: str = "far_coordinator"
    method: str = "get"
    sees: str = ""  # what only the one who holds the right is shown
    leads_to: str = ""  # where the anonymous are sent; the sign-in where there is something behind it
    by_token: bool = False  # who comes, comes by an access token of the API; a session opens nothing there
