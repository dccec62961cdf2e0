"""The proxy that the environment names for what leaves for a messenger's servers, as other programs use it."""

import logging
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

log = logging.getLogger(__name__)

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def proxy_for(origin: str) -> str | None:
    """The proxy that the environment names for `origin`; None for this machine, and where it names none."""
    address = urlsplit(origin)
    host = address.hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(address.scheme) or proxies.get("all")
    if proxy and urlsplit(proxy).scheme not in {"http", "https"}:
        log.warning("the proxy for %s is passed by: only http and https proxies can be used", host)
        return None
    return proxy
