# SPDX-License-Identifier: GPL-2.0
"""Configures t0 with pyroute2, and prints what pyroute2 reads of it. The arguments are the
public keys of two peers. pyroute2.sh gives it to Python in a Debian that has pyroute2."""
import sys

from pyroute2 import IPRoute, WireGuard

ONE, TWO = sys.argv[1:]


def shown(value):
    """A value without secrets and numbers that differ from run to run."""
    if isinstance(value, dict) and "attrs" in value:
        return {name: shown(part) for name, part in sorted(value["attrs"], key=str)
                if "PRIVATE" not in name and "PRESHARED" not in name and "IFINDEX" not in name}
    if isinstance(value, (list, tuple)):
        return [shown(part) for part in value]
    return value


def show(wireguard, title):
    """All that the device has."""
    print("==", title)
    for message in wireguard.info("t0"):
        for name, value in shown(message).items():
            for line in value if isinstance(value, list) else [value]:
                print(name, line)


def main():
    """Create, change, read back."""
    with open("/etc/keys/a.key", encoding="ascii") as file:
        private = file.read().strip()
    with IPRoute() as route, WireGuard() as wireguard:
        route.link("add", ifname="t0", kind="wireguard")
        index = route.link_lookup(ifname="t0")[0]
        wireguard.set("t0", private_key=private, listen_port=5001, fwmark=7)
        show(wireguard, "identity")
        wireguard.set("t0", peer={
            "public_key": ONE, "endpoint_addr": "192.0.2.2", "endpoint_port": 5002,
            "persistent_keepalive": 20, "allowed_ips": ["10.9.0.2/32", "fd09::2/128"]})
        wireguard.set("t0", peer={"public_key": TWO, "allowed_ips": ["10.60.0.0/16"]})
        show(wireguard, "two peers")
        wireguard.set("t0", peer={"public_key": TWO, "remove": True})
        show(wireguard, "one peer")
        for device in ("t9", "lo"):
            try:
                wireguard.info(device)
                print(device, "is read")
            except Exception as error:  # pylint: disable=broad-exception-caught
                print(device, type(error).__name__, error)
        route.addr("add", index=index, address="10.9.0.1", prefixlen=24)
        route.link("set", index=index, state="up", mtu=1300)
        print("kind", route.get_links(index)[0].get_attr("IFLA_LINKINFO")
              .get_attr("IFLA_INFO_KIND"))


main()
