# SPDX-License-Identifier: GPL-2.0
"""Requests by grammar and dice: each is answered, by an errno that means
something, and what a link says of itself afterwards can always be read.

NAAWG_FUZZ_REQUESTS says how many, NAAWG_FUZZ_SEED where to begin."""
import os

from genl import NLM_F_DUMP, Family, Refused
from grammar import Grammar
from nl_bench import Link, Suite, errno, ip, sockaddr

REQUESTS = int(os.environ.get("NAAWG_FUZZ_REQUESTS", "3000"))
SEED = int(os.environ.get("NAAWG_FUZZ_SEED", "1"))
EVERY = 100	# requests between two looks at the links

# All answers that a request may get. A sender could make no sense of others.
ANSWERS = {0, errno.EINVAL, errno.ERANGE, errno.ENODEV, errno.EOPNOTSUPP,
           errno.EADDRINUSE, errno.EAFNOSUPPORT, errno.ENOSPC, errno.EMSGSIZE,
           errno.EPERM, errno.EEXIST, errno.EADDRNOTAVAIL, errno.ENOENT,
           errno.EBUSY, errno.EPROTONOSUPPORT, errno.EPFNOSUPPORT,
           errno.ENETDOWN, errno.ENOKEY, errno.EDESTADDRREQ}

family = Family()
suite = Suite()
links = [Link(family, name) for name in ("f0", "f1")]
ip("link", "set", "lo", "up")
for link in links:
    link.set(private_key=os.urandom(32))
ip("link", "set", "f0", "up")
ip("link", "set", "f1", "up")
REKEY = family.spec.commands["rekey"][0]


def look():
    """Everything there is to read of the links, in whole messages."""
    for one in links:
        one.state()
        family.dump("get-stats", family.named(one.name))
        family.dump("get-forwards", family.named(one.name))


def make_callable(keys):
    """Peers with these keys, to which initiations may be sent."""
    for one in links:
        one.set(private_key=bytes([8]) * 32, peers=[
            {"public-key": key, "endpoint": sockaddr("127.0.0.1", 9)} for key in keys])


def requests(seed, count):
    """Send COUNT requests; how often each answer came."""
    grammar = Grammar(family, [link.name for link in links], seed)
    seen, done = {}, {}
    for number in range(count):
        command, dump, body = grammar.request()
        # A request to rekey needs peers, and others remove them.
        if command == REKEY and number % 2:
            make_callable(grammar.keys[:-1])
        about = f"seed {seed}, request {number}: command {command}, {body.hex()[:400]}"
        try:
            family._exchange(family.id, command, family.spec.version, body,
                             NLM_F_DUMP if dump else 0)
            code = 0
        except Refused as refused:
            code = refused.code
        except OSError as error:
            raise AssertionError(f"no answer ({error}) to {about}") from error
        seen[code] = seen.get(code, 0) + 1
        if not code:
            done[command] = done.get(command, 0) + 1
        assert code in ANSWERS, f"{errno.errorcode.get(code, code)} to {about}"
        if number % EVERY == EVERY - 1:
            look()
    words = ", ".join(f"{errno.errorcode.get(code, 'done')} {times}"
                      for code, times in sorted(seen.items()))
    print(f"# {words}", flush=True)
    # Dice that hit nothing, or nothing but errors, would test nothing.
    print(f"# done, by command: {done}", flush=True)
    if count >= 1000:
        for number, operation in family.spec.commands.values():
            assert "event" in operation or done.get(number, 0) > count // 50, \
                f"hardly any was right: {done}"
        assert len(seen) > 5 and seen[0] < count * 3 // 4, "hardly any was wrong"
    return count


def still_good():
    """The links take a configuration, and go."""
    look()
    for one in links:
        one.set(private_key=os.urandom(32), flags=1, peers=[
            {"public-key": os.urandom(32)}])
        assert len(one.state()[1]) == 1
        ip("link", "del", one.name)


print(f"# NAAWG_FUZZ_SEED={SEED} NAAWG_FUZZ_REQUESTS={REQUESTS}", flush=True)
suite.case("every request is answered, the links stay readable",
           requests, SEED, REQUESTS)
suite.case("the links still work and can be deleted", still_good)
suite.end()
