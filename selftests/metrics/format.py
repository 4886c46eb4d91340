#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The text format of `naawg metrics`, without a kernel: names, labels and values of each
set of names, and hostile names of interfaces and peers."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

# pylint: disable=wrong-import-position
from suite import Suite, same  # noqa: E402
from metrics_lib import (CONNECTED, KEYS, UNREACHABLE, Description,  # noqa: E402
                         lint, promtool, samples, values)

# Names that would end a label, a line or the page, or are not UTF-8.
HOSTILE = ['"', "\\", 'a"} 1\nnaawg_up 0\n', "\\n", "<b>&", "M\u00fcller \u6f22\u5b57 \U0001f600",
           b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", "\x01\x1f\x7f"]


def two_links():
    """A host with two interfaces, of which one has no peers."""
    host = Description()
    host.link("wg0")
    host.peer(KEYS[1], "web", CONNECTED, 1799999990, (1, 2, 3, 4))
    host.peer(KEYS[2], "services", UNREACHABLE, 0, (0, 148, 0, 1), "unanswered")
    host.add("reason", "unknown-peer", 3, "handshake").add("reason", "no-peer", 0, "drop")
    host.add("counter", "batches-moved", 7)
    host.add("forward", "3306:tcp:10.101.0.2", 5, 1799999000)
    host.add("forward", "8000-8010:udp:[fd00::2]:9000", 0, 0)
    host.add("forward", "22:tcp", 0, 0)
    host.link("wg1", "down", 0, KEYS[3])
    host.add("reason", "unknown-peer", 0, "handshake").add("reason", "no-peer", 1, "drop")
    return host


def states():
    """Gauges of interfaces and peers."""
    page = two_links().page()
    same(values(page, "naawg_module_info"), {("0.1.0",): 1})
    same(values(page, "naawg_up"), {(): 1})
    same(values(page, "naawg_scrape_errors"), {(): 0})
    same(values(page, "naawg_interface_info"), {("wg0", KEYS[0], "51820"): 1,
                                                ("wg1", KEYS[3], "0"): 1})
    same(values(page, "naawg_interface_up"), {("wg0",): 1, ("wg1",): 0})
    same(values(page, "naawg_peers"), {("wg0",): 2, ("wg1",): 0})
    same(values(page, "naawg_peers_connected"), {("wg0",): 1, ("wg1",): 0})
    same(values(page, "naawg_peer_info"), {("wg0", KEYS[1], "web"): 1,
                                           ("wg0", KEYS[2], "services"): 1})
    same(values(page, "naawg_peer_connected"), {("wg0", KEYS[1]): 1, ("wg0", KEYS[2]): 0})
    same(values(page, "naawg_peer_unreachable"), {("wg0", KEYS[1]): 0, ("wg0", KEYS[2]): 1})
    same(values(page, "naawg_peer_last_reason_info"), {("wg0", KEYS[2], "unanswered"): 1})


def counters():
    """Counters, all reasons at 0 too."""
    page = two_links().page()
    for way, first, second in (("receive_bytes", 1, 0), ("transmit_bytes", 2, 148),
                               ("receive_packets", 3, 0), ("transmit_packets", 4, 1)):
        same(values(page, f"naawg_peer_{way}_total"), {("wg0", KEYS[1]): first,
                                                       ("wg0", KEYS[2]): second})
    same(values(page, "naawg_handshake_failures_total"), {("wg0", "unknown-peer"): 3,
                                                          ("wg1", "unknown-peer"): 0})
    same(values(page, "naawg_drops_total"), {("wg0", "no-peer"): 0, ("wg1", "no-peer"): 1})
    same(values(page, "naawg_batch_packets_total"), {("wg0", "batches-moved"): 7})


def paths():
    """Round-trip time and losses of a peer, which an older module does not report."""
    host = two_links().peer(KEYS[3], "path").add("path", 12345, 6, 7, 1799999991, 0)
    host.peer(KEYS[0], "new").add("path", 0, 0, 0, 0, 0)
    page, new, path = host.page(), ("wg1", KEYS[0]), ("wg1", KEYS[3])
    same(values(page, "naawg_peer_handshake_rtt_seconds"), {path: 0.012345})
    same(values(page, "naawg_peer_retransmissions_total"), {path: 6, new: 0})
    same(values(page, "naawg_peer_lost_packets_total"), {path: 7, new: 0})
    same(values(page, "naawg_peer_last_receive_timestamp_seconds"), {path: 1799999991})
    same(values(page, "naawg_peer_last_transmit_timestamp_seconds"), {})


def forwards():
    """Counters of forwards; the time of one that was never used is absent."""
    page = two_links().page()
    first = ("wg0", "tcp", "3306", "10.101.0.2:3306")
    same(values(page, "naawg_forward_connections_total"),
         {first: 5, ("wg0", "udp", "8000-8010", "[fd00::2]:9000"): 0,
          ("wg0", "tcp", "22", "this-host:22"): 0})
    same(values(page, "naawg_forward_last_use_timestamp_seconds"), {first: 1799999000})
    for way in ("receive_bytes", "transmit_bytes", "receive_packets", "transmit_packets"):
        same(len(values(page, f"naawg_forward_{way}_total")), 3)


def never():
    """A peer without a handshake has no time of one, but 0 under other names."""
    same(values(two_links().page(), "naawg_peer_last_handshake_timestamp_seconds"),
         {("wg0", KEYS[1]): 1799999990})
    same(values(two_links().page("mdlayher"), "wireguard_peer_last_handshake_seconds"),
         {("wg0", KEYS[1]): 1799999990, ("wg0", KEYS[2]): 0})
    same(values(two_links().page("mindflavor"), "wireguard_latest_handshake_seconds"),
         {("wg0", KEYS[1], "web"): 1799999990, ("wg0", KEYS[2], "services"): 0})


def mdlayher():
    """Names, and names of labels, of that exporter."""
    found = samples(two_links().page("mdlayher"))
    wanted = {"wireguard_device_info": ("device", "public_key"),
              "wireguard_peer_info": ("device", "public_key", "name"),
              "wireguard_peer_receive_bytes_total": ("device", "public_key"),
              "wireguard_peer_transmit_bytes_total": ("device", "public_key"),
              "wireguard_peer_last_handshake_seconds": ("device", "public_key")}
    same({name: tuple(label for label, _ in labels) for name, labels in found}, wanted)


def mindflavor():
    """Names, and names of labels, of that exporter."""
    found = samples(two_links().page("mindflavor"))
    names = ("wireguard_sent_bytes_total", "wireguard_received_bytes_total",
             "wireguard_latest_handshake_seconds")
    same({name: tuple(label for label, _ in labels) for name, labels in found},
         {name: ("interface", "public_key", "friendly_name") for name in names})


def without_module():
    """No module, no interface: that is a page as well."""
    found = samples(Description(version=None).page())
    same(found, {("naawg_up", ()): 0, ("naawg_scrape_errors", ()): 0,
                 ("naawg_wireguard_served_info", (("by", "nobody"),)): 1})


def served():
    """The driver that serves interfaces of kind wireguard, in the order of enum served."""
    for number, word in enumerate(("nobody", "naawg", "stock", "built-in", "unknown")):
        page = two_links().add("served", number).page()
        same(values(page, "naawg_wireguard_served_info"), {(word,): 1})


def unread():
    """An interface that could not be read has no sample, and counts as an error."""
    host = two_links().link("wg2", "failed", 0, KEYS[0]).add("errors", 1)
    same(values(host.page(), "naawg_scrape_errors"), {(): 1})
    same(b"wg2" in host.page(), False)
    same(b"wg2" in host.page("mdlayher"), False)


def bounded():
    """--peers-max limits the samples and says how many peers are missing."""
    host = Description().link("wg0").add("peers", 10).link("wg1").add("peers", 2)
    page = host.page(peers_max=3)
    same(values(page, "naawg_peers"), {("wg0",): 10, ("wg1",): 2})
    same(values(page, "naawg_peers_omitted"), {("wg0",): 7, ("wg1",): 0})
    same(len(values(page, "naawg_peer_connected")), 5)
    same(len(values(host.page("mdlayher", 0), "wireguard_peer_info")), 0)


def hostile():
    """Each hostile name is one label of one sample. Names that are UTF-8 stay."""
    for name in HOSTILE:
        host = Description().link(name).peer(KEYS[1], name)
        for kind in ("naawg", "mdlayher", "mindflavor"):
            found = samples(host.page(kind))
            same({dict(labels).get("public_key") for _, labels in found} - {None},
                 {KEYS[0], KEYS[1]} if kind != "mindflavor" else {KEYS[1]})
        (_, _, seen), = values(host.page(), "naawg_peer_info")
        if isinstance(name, str):
            same(seen, name)


def lints(host, kind):
    """promtool reads the page and has no complaint."""
    same(lint(host().page(kind)), "")


def hostile_host():
    """An interface for each hostile name; longer ones would be cut."""
    host = Description()
    for name in HOSTILE:
        host.link(name[:15]).peer(KEYS[1], name)
    return host


def main():
    """All of it."""
    suite = Suite(kernel=False)
    suite.case("the page has the state of each interface and peer", states)
    suite.case("the page has each counter, those at 0 too", counters)
    suite.case("the page tells round-trip times, losses and times of packets", paths)
    suite.case("the page has each forward", forwards)
    suite.case("the time of a handshake is absent before the first one", never)
    suite.case("the names of mdlayher's exporter are as its dashboards want them", mdlayher)
    suite.case("the names of MindFlavor's exporter are as its dashboards want them", mindflavor)
    suite.case("a page without a module says so", without_module)
    suite.case("the page tells which driver serves interfaces of kind wireguard", served)
    suite.case("an interface that cannot be read is counted", unread)
    suite.case("--peers-max bounds the page", bounded)
    suite.case("a hostile name stays inside its label", hostile)
    for host in (two_links, hostile_host):
        for kind in ("naawg", "mdlayher", "mindflavor"):
            sentence = f"promtool has no complaint about {kind} of {host.__name__}"
            if promtool():
                suite.case(sentence, lints, host, kind)
            else:
                suite.skip(sentence, "no promtool, which is in Debian's package prometheus")
    suite.end()


if __name__ == "__main__":
    main()
