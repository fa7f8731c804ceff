"""One POST to an address of the operator's, over the same network as the calls to the Order API: one deadline for all
of it, no redirect followed, nothing read of what is answered but its status."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from order_api.deadline import Deadline, until
from order_api.network import network


class NotTakenError(Exception):
    """Nobody took it, or nobody said so. Why, in a word or a status; the address does not stand in it. `status`: what
    was answered, None where nothing was."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> None:
    """Returns where the answer is a 2xx. Raises NotTakenError otherwise, whatever happened. What is not encrypted goes
    through no proxy: it is meant for this machine."""
    try:
        way_out = network(url, 1, kept=0, through_proxy=urlsplit(url).scheme == "https")
        with (
            until(Deadline(seconds)),
            httpx.Client(transport=way_out, timeout=seconds, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, content=body, headers=dict(headers)) as response,
        ):
            status = response.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise NotTakenError(type(error).__name__) from None
    if not 200 <= status < 300:
        raise NotTakenError(f"answered {status}", status)
