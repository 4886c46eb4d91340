# SPDX-License-Identifier: GPL-2.0
"""GSO packets of a peer in Python: an error in one message of
them costs that message, and what is inside is joined only where it may be.

The outer packets cross lo, which carries them whole.
"""
import os
import socket
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

# pylint: disable=wrong-import-position
from bench import (DEVICE, PATIENCE, WG, Bench, Peer, Suite,  # noqa: E402
                   Wire, checksum, ipv4, ipv6, run, same)

HOME = "10.9.0.1"
UDP, TCP = socket.IPPROTO_UDP, socket.IPPROTO_TCP
UDP_SEGMENT = 103
SO_MEMINFO = 55
PORT = 4040
ACK = 16
ETH_P_ALL = 3
PACKET_OUTGOING = 4
COUNTERS = os.path.join(HERE, "..", "out", "batch", "counters")

bench = Bench()
suite = Suite()
peer = Peer(bench)
peer.call()
sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
sink.bind((HOME, PORT))


def counters():
    """Counters of reasons and of batches."""
    return {line.split()[0]: int(line.split()[1])
            for line in run(COUNTERS, DEVICE).splitlines()}


def moved(before, **wanted):
    """Wait until exactly these counters moved that far; of those that speak of
    drops no other one may have."""
    wanted = {name.replace("_", "-"): by for name, by in wanted.items()}
    dropped = set(bench.reasons())
    end = time.monotonic() + PATIENCE
    while True:
        now = counters()
        found = {name: now[name] - before[name] for name in now
                 if now[name] != before[name]
                 and (name in dropped or name in wanted)}
        if found == wanted or time.monotonic() > end:
            break
        time.sleep(0.05)
    same(found, wanted, "counters,")


def datagram(data, source=None, tos=0, to=HOME):
    """An inner packet to the sink."""
    body = struct.pack("!HHHH", 4041, PORT, 8 + len(data), 0) + data
    return ipv4(source or peer.inner, to, UDP, body, tos=tos)


def datagrams(count, size=500):
    """Data, and inner packets with it."""
    data = [struct.pack("!I", n) + os.urandom(size - 4) for n in range(count)]
    return data, [datagram(each) for each in data]


def send_super(messages, wire=None, tos=0):
    """One call, one GSO packet: all as long as the first, the last at most."""
    wire = wire or peer.wire
    sizes = {len(message) for message in messages[:-1]} or {len(messages[0])}
    assert len(sizes) == 1 and len(messages[-1]) <= max(sizes), sizes
    wire.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
    wire.sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, max(sizes))
    wire.sock.sendto(b"".join(messages), wire.to)
    wire.sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
    wire.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0)


def arrive(wanted):
    """These and no other datagrams come to the sink, in order."""
    got = []
    sink.settimeout(PATIENCE)
    while len(got) < len(wanted):
        got.append(sink.recv(1 << 16))
    peer.works()
    sink.settimeout(0)
    try:
        got.append(sink.recv(1 << 16))
    except BlockingIOError:
        pass
    same([each[:4].hex() for each in got], [each[:4].hex() for each in wanted])
    assert got == wanted, "changed on the way"


def as_sent():
    for count, size in ((2, 100), (40, 1300), (44, 1372), (64, 61), (64, 16),
                        (3, 20000)):
        before = counters()
        data, packets = datagrams(count, size)
        send_super([peer.session.seal(each) for each in packets])
        arrive(data)
        moved(before, supers_received=1)


def unpadded():
    """Messages at odd addresses."""
    for size in (21, 22, 23, 333):
        before = counters()
        data, packets = datagrams(30, size)
        send_super([peer.session.seal(each, pad=False) for each in packets])
        arrive(data)
        moved(before, supers_received=1)


def too_large():
    """Messages too large to be decrypted out of place take the other path."""
    before = counters()
    data, packets = datagrams(2, 32740)
    peer.wire.send(peer.session.seal(packets[0]))
    arrive(data[:1])
    data, packets = datagrams(1, 40000)
    send_super([peer.session.seal(each) for each in packets])
    arrive(data)
    moved(before)


def large_among_small():
    """Messages larger than a page fragment, in one poll with GSO packets."""
    before = counters()
    wanted, sent = [], []
    for size, count in ((200, 8), (50000, 1), (1300, 20), (65000, 1), (32800, 1),
                        (500, 3)):
        data, packets = datagrams(count, size)
        wanted += data
        sent.append([peer.session.seal(each, pad=False) for each in packets])
    run("tc", "qdisc", "replace", "dev", "lo", "root", "netem",
        "slot", "300ms", "packets", "64")
    try:
        for messages in sent:
            send_super(messages)
        arrive(wanted)
    finally:
        run("tc", "qdisc", "del", "dev", "lo", "root")
    moved(before, supers_received=3)


def charged():
    """Most of the memory is charged to a socket that is not read."""
    data, packets = datagrams(10, 2000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as slow:
        sink.close()
        slow.bind((HOME, PORT))
        send_super([peer.session.seal(each) for each in packets])
        end = time.monotonic() + PATIENCE
        while True:
            kept = struct.unpack_from(
                "I", slow.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36))[0]
            if kept >= len(data) * 4096 or time.monotonic() > end:
                break
            time.sleep(0.05)
    assert kept >= len(data) * 4096, f"{kept} bytes for {len(data)} of 32 KB"


def keepalives():
    before = counters()
    shown = peer.shown()
    send_super([peer.session.seal(b"") for _ in range(10)])
    moved(before, supers_received=1)
    same(peer.shown()[2] - shown[2], 320)


def replayed():
    before = counters()
    data, packets = datagrams(30)
    messages = [peer.session.seal(each) for each in packets]
    send_super(messages)
    arrive(data)
    send_super(messages)
    # from another address as well, which is not the peer's
    send_super(messages, Wire(bench, "127.0.0.7"))
    arrive([])
    moved(before, supers_received=3, replay=60)
    same(peer.shown()[0], peer.wire.endpoint())
    # mixed with new ones, each once
    more, packets = datagrams(10)
    fresh = [peer.session.seal(each) for each in packets]
    mixed = [each for pair in zip(messages, fresh) for each in pair]
    before = counters()
    send_super(mixed + fresh)
    arrive(more)
    moved(before, supers_received=1, replay=20)


def truncated():
    for length, reason in ((500, "bad_tag"), (33, "bad_tag"), (32, "bad_tag"),
                           (31, "malformed"), (4, "malformed"), (1, "malformed")):
        before = counters()
        data, packets = datagrams(8)
        messages = [peer.session.seal(each) for each in packets]
        messages[-1] = messages[-1][:length]
        send_super(messages)
        arrive(data[:-1])
        moved(before, **{"supers_received": 1, reason: 1})


def one_bad():
    """An error of every kind at every position."""
    def tag(message):
        return message[:-1] + bytes((message[-1] ^ 1,))

    def index(message):
        return message[:4] + bytes((message[4] ^ 255,)) + message[5:]

    def kind(message):
        return b"\7" + message[1:]

    for spoil, reason in ((tag, "bad_tag"), (index, "unknown_index"),
                          (kind, None)):
        for at in (1, 4, 7):
            before = counters()
            data, packets = datagrams(8)
            messages = [peer.session.seal(each) for each in packets]
            messages[at] = spoil(messages[at])
            send_super(messages)
            arrive(data[:at] + data[at + 1:])
            if reason:
                moved(before, **{"supers_received": 1, reason: 1})
    before = counters()
    data, packets = datagrams(8)
    messages = [peer.session.seal(each) for each in packets]
    messages[0] = tag(messages[0])
    send_super(messages)
    arrive(data[1:])
    moved(before, supers_received=1, bad_tag=1)


def one_not_allowed():
    another = Peer(bench)
    for source in ("10.9.200.200", HOME, "127.0.0.1", another.inner):
        before = counters()
        data, packets = datagrams(8)
        packets[3] = datagram(data[3], source)
        send_super([peer.session.seal(each) for each in packets])
        arrive(data[:3] + data[4:])
        moved(before, supers_received=1, unallowed_source=1)
    before = counters()
    data, packets = datagrams(8)
    packets[2] = b"\x20" + packets[2][1:]
    packets[5] = packets[5][:2] + b"\xff\xff" + packets[5][4:]
    send_super([peer.session.seal(each) for each in packets])
    arrive([data[n] for n in (0, 1, 3, 4, 6, 7)])
    moved(before, supers_received=1, inner_not_ip=1, inner_malformed=1)


def one_forbidden():
    """The destination of each packet counts, also among allowed ones."""
    run(WG, "set", DEVICE, "forbid", "10.66.0.0/16,10.9.0.77")
    try:
        for to in ("10.66.0.1", "10.66.255.255", "10.9.0.77"):
            before = counters()
            data, packets = datagrams(8)
            packets[0] = datagram(data[0], to=to)
            packets[5] = datagram(data[5], to=to)
            send_super([peer.session.seal(each) for each in packets])
            arrive(data[1:5] + data[6:])
            moved(before, supers_received=1, forbidden_destination=2)
            before = counters()
            peer.wire.send(peer.session.seal(packets[5]))
            moved(before, forbidden_destination=1)
    finally:
        run(WG, "set", DEVICE, "forbid", "")


def with_options(packet, options):
    """The same packet with options of IPv4 in place of its last bytes."""
    head = bytearray(packet[:20])
    head[0] += len(options) // 4
    head[10:12] = bytes(2)
    head += options
    head[10:12] = struct.pack("!H", checksum(bytes(head)))
    return bytes(head) + packet[20:-len(options)]


def source_routes():
    """Inner packets of 528 bytes that name a further destination."""
    hop = socket.inet_aton("10.66.0.1")
    for options in (b"\x83\7\4" + hop + b"\0", b"\x89\7\4" + hop + b"\0",
                    b"\1\x83\7\4" + hop):
        yield with_options(datagram(bytes(500)), options)
    for kind, chain in ((43, b""), (0, b"\x2b\0\1\4" + bytes(4)),
                        (0, b"\x3c\0\1\4" + bytes(4)
                         + b"\x2b\x0b\1\x5e" + bytes(92))):
        chain += b"\x11\2\0\1" + bytes(20)
        yield ipv6(peer.inner6, "fd09::1", kind, chain.ljust(488, b"\0"))


def one_source_routed():
    """A source route would change the destination after the tunnel."""
    run(WG, "set", DEVICE, "forbid", "10.66.0.0/16")
    try:
        for packet in source_routes():
            before = counters()
            data, packets = datagrams(8)
            packets[5] = packet
            send_super([peer.session.seal(each) for each in packets])
            arrive(data[:5] + data[6:])
            moved(before, supers_received=1, forbidden_destination=1)
            before = counters()
            peer.wire.send(peer.session.seal(packet))
            moved(before, forbidden_destination=1)
        # an option without a destination is no reason
        before = counters()
        data, packets = datagrams(8)
        packets[5] = with_options(packets[5], b"\1" * 8)
        send_super([peer.session.seal(each) for each in packets])
        peer.works()
        moved(before, supers_received=1)
    finally:
        run(WG, "set", DEVICE, "forbid", "")
    for packet in source_routes():
        before = counters()
        peer.wire.send(peer.session.seal(packet))
        peer.works()
        moved(before)
    sink.settimeout(0)
    try:
        while sink.recv(1 << 16):
            pass
    except BlockingIOError:
        pass


suite.case("GSO packets of many sizes are decrypted", as_sent)
suite.case("messages without padding are decrypted", unpadded)
suite.case("messages too large to be joined are decrypted", too_large)
suite.case("empty messages are counted", keepalives)
suite.case("replays of GSO packets are dropped", replayed)
suite.case("a last message that is cut short is dropped", truncated)
suite.case("one wrong message is dropped alone", one_bad)
suite.case("one wrong inner packet is dropped alone", one_not_allowed)
suite.case("one inner packet to a forbidden network is dropped alone", one_forbidden)
suite.case("one inner packet with a source route is dropped alone", one_source_routed)


# Joined packets --------------------------------------------------------------

class Tap:
    """The packets and GSO packets that the link delivers, as they are."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                  socket.htons(ETH_P_ALL))
        self.sock.bind((DEVICE, ETH_P_ALL))
        self.sock.settimeout(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def payload(self, wanted):
        """[(TOS, payload)] of TCP until that many bytes of it have come."""
        got = []
        while sum(len(data) for _, data in got) < wanted:
            packet, where = self.sock.recvfrom(1 << 17)
            if where[2] == PACKET_OUTGOING or packet[9] != TCP:
                continue
            length = struct.unpack_from("!H", packet, 2)[0]
            at = 20 + (packet[32] >> 4) * 4
            got.append((packet[1], packet[at:length]))
        return got


def segments(count, tos=0, size=600):
    """TCP segments in a row, as one sender sends them."""
    found, sequence = [], 1000
    for number in range(count):
        data = os.urandom(size)
        body = struct.pack("!HHIIBBHHH", 4041, 9, sequence, 1, 5 << 4, ACK, 999,
                           0, 0) + data
        pseudo = (socket.inet_aton(peer.inner) + socket.inet_aton(HOME)
                  + struct.pack("!HH", TCP, len(body)))
        body = body[:16] + struct.pack("!H", checksum(pseudo + body)) + body[18:]
        packet = ipv4(peer.inner, HOME, TCP, body, tos=tos)
        packet = packet[:4] + struct.pack("!H", 100 + number) + b"\x40\0" \
            + packet[8:10] + b"\0\0" + packet[12:]
        packet = packet[:10] + struct.pack("!H", checksum(packet[:20])) \
            + packet[12:]
        found.append((packet, data))
        sequence += size
    return found


def wrong_sum(packet):
    """The same with a TCP checksum that is wrong."""
    return packet[:36] + bytes((packet[36] ^ 0x55,)) + packet[37:]


def joined():
    before = counters()
    sent = segments(20)
    with Tap() as tap:
        send_super([peer.session.seal(packet) for packet, _ in sent])
        got = tap.payload(12000)
    same([len(data) for _, data in got], [12000])
    same(got[0][1] == b"".join(data for _, data in sent), True)
    moved(before, supers_received=1, supers_delivered=1, packets_joined=20)


def around_a_bad_one():
    """A gap ends a run, and another run begins behind it."""
    sent = segments(20)
    messages = [peer.session.seal(packet) for packet, _ in sent]
    messages[8] = messages[8][:-1] + bytes((messages[8][-1] ^ 1,))
    before = counters()
    with Tap() as tap:
        send_super(messages)
        got = tap.payload(11400)
    same([len(data) for _, data in got], [4800, 6600])
    same(b"".join(data for _, data in got) ==
         b"".join(data for n, (_, data) in enumerate(sent) if n != 8), True)
    moved(before, supers_received=1, supers_delivered=2, packets_joined=19,
          bad_tag=1)


def marks():
    """A congestion mark of the outer packet reaches every inner one."""
    for outer, inner, wanted in ((0, 2, 2), (2, 2, 2), (3, 2, 3), (3, 1, 3),
                                 (1, 2, 1), (3, 0xb8 | 2, 0xb8 | 3), (3, 0, 0),
                                 (0, 3, 3), (0xb8, 0x20, 0x20)):
        sent = segments(6, inner)
        with Tap() as tap:
            send_super([peer.session.seal(packet) for packet, _ in sent],
                       tos=outer)
            got = tap.payload(3600)
        same((sum(len(data) for _, data in got), {tos for tos, _ in got}),
             (3600, {wanted}), f"outer {outer:#x}, inner {inner:#x}:")


def burst(messages):
    """Single packets that wait on lo and arrive together: [(TOS, message)]."""
    run("tc", "qdisc", "replace", "dev", "lo", "root", "netem", "delay", "20ms")
    try:
        for tos, message in messages:
            peer.wire.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
            peer.wire.send(message)
    finally:
        peer.wire.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0)
        time.sleep(0.1)
        run("tc", "qdisc", "del", "dev", "lo", "root")


def marks_of_single_ones():
    """Packets marked on the way are not joined with others."""
    sent = segments(30, 2)
    with Tap() as tap:
        burst([(3 if 10 <= n < 20 else 2, peer.session.seal(packet))
               for n, (packet, _) in enumerate(sent)])
        got = tap.payload(18000)
    same(b"".join(data for _, data in got) ==
         b"".join(data for _, data in sent), True)
    at = 0
    for tos, data in got:
        first, last = at // 600, (at + len(data) - 1) // 600
        marked = [3 if 10 <= n < 20 else 2 for n in range(first, last + 1)]
        same({tos}, set(marked), f"packets {first} to {last}:")
        at += len(data)


def wrong_sums():
    """The peer vouches for what is inside, as with the stock driver: a sum is
    nobody's business here, with batches or without."""
    for batch in "N", "Y":
        with open("/sys/module/naawg/parameters/batch_rx", "w",
                  encoding="ascii") as switch:
            switch.write(batch)
        sent = segments(6)
        with Tap() as tap:
            send_super([peer.session.seal(wrong_sum(packet) if n == 3 else packet)
                        for n, (packet, _) in enumerate(sent)])
            got = tap.payload(3600)
        same(b"".join(data for _, data in got) ==
             b"".join(data for _, data in sent), True)


def tx_errors():
    path = f"/sys/class/net/{DEVICE}/statistics/tx_errors"
    with open(path, encoding="ascii") as file:
        return int(file.read())


def dropped_whole():
    """A GSO packet that is dropped counts as its packets, on the link as well."""
    before, errors = counters(), tx_errors()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 100)
        try:
            sock.sendto(bytes(1950), ("10.9.0.250", PORT))
        except OSError:
            pass
    moved(before, no_peer=20)
    same(tx_errors() - errors, 20)


suite.case("a GSO packet that is dropped whole counts as its packets", dropped_whole)
suite.case("segments of one stream are joined", joined)
suite.case("a wrong message ends a run", around_a_bad_one)
suite.case("congestion marks on GSO packets reach every inner packet", marks)
if subprocess.run(["tc", "qdisc", "add", "dev", "lo", "root", "netem"],
                  stderr=subprocess.DEVNULL, check=False).returncode:
    suite.count += 1
    print(f"ok {suite.count} marks of congestion on some # SKIP no netem")
else:
    suite.case("large messages among GSO packets are decrypted", large_among_small)
    suite.case("congestion marks on some messages reach those alone", marks_of_single_ones)
suite.case("inner packets with wrong checksums are not joined", wrong_sums)
suite.case("memory that a socket keeps is charged to it", charged)
suite.end()
