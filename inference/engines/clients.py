"""Where the model of an endpoint runs, and which client asks it: one over HTTP, or one that runs it in this process."""

from inference.engines.address import Address, read_address
from inference.engines.chat import ChatClient
from inference.engines.local import LocalClient
from inference.engines.place import Place, is_place, read_place
from inference.engines.protocol import Endpoint

Client = ChatClient | LocalClient


def client_of(endpoint: Endpoint) -> Client:
    """A client of an endpoint, wherever its model runs."""
    return LocalClient(endpoint) if is_place(endpoint.address) else ChatClient(endpoint)


def where_of(address: str) -> Address | Place:
    """What the address of an endpoint means. Raises ValueError where it means nothing."""
    return read_place(address) if is_place(address) else read_address(address)
