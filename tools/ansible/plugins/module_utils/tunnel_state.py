# SPDX-License-Identifier: GPL-2.0-or-later
"""The states of a tunnel for naawg_interface: what differs, and the steps that mend it."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

import os
import time

from ansible_collections.naawg.naawg.plugins.module_utils import conf_file, managers, sessions
from ansible_collections.naawg.naawg.plugins.module_utils.tool import said

IFF_UP = 1


def is_up(name):
    """Whether a link of this network namespace is set up."""
    try:
        with open("/sys/class/net/%s/flags" % name) as file:
            return bool(int(file.read(), 16) & IFF_UP)
    except OSError:
        return False


class Tunnel:
    """One interface and its file, as they are and as the options want them."""

    def __init__(self, module, tool):
        self.module = module
        self.tool = tool
        self.name = module.params["name"]
        self.directory = module.params["conf_dir"]
        self.path = os.path.join(self.directory, self.name + ".conf")
        self.exists = self.name in tool.interfaces()
        self.old_text = conf_file.read(self.path)
        self.old = conf_file.parse(self.old_text or "")
        self.new = None
        self.candidates = None
        self.lines = []
        self.public_key = None

    # --- what is wrong ---

    def fail(self, text):
        """Fail; the message names the file that people know, not the candidate."""
        self.module.fail_json(msg=text)

    def refuse_others(self):
        """Fail if another program has the interface, the file or the port."""
        ours = self.tool.interfaces()
        found = managers.of_interface(self.name, ours) or managers.of_file(self.path)
        port = self.module.params["listen_port"]
        if not found and not (self.exists and is_up(self.name) and port == self.running_port()):
            found = managers.of_port(port, self.name, self.tool)
        if found:
            self.fail("%s: %s" % (self.name, found))
        if (self.old.get("SaveConfig") or "").lower() == "true":
            self.fail("%s has SaveConfig = true, so `naawg-quick down` would write the running "
                      "configuration over it. Here the inventory is the source: copy peers that "
                      "are only in the file into it, remove that line, and run this again"
                      % self.path)

    def running_port(self):
        """The present port of the link."""
        status, out, _err = self.tool.run("show", self.name, "listen-port")
        return int(out) if not status and out.strip().isdigit() else None

    def gone(self):
        """Names and public keys of peers that never stay. A running peer has no name, so the file
        tells the keys of those that are named."""
        gone = set(self.module.params["revoked"] or ()) | set(self.module.params["removed"] or ())
        return gone | {conf_file.last(peer, "PublicKey") for peer in self.old.peers
                       if conf_file.last(peer, "Name") in gone}

    def want(self):
        """The file that the options describe."""
        new = conf_file.of_options(self.module.params)
        if not new.get("PrivateKey"):
            key = self.old.get("PrivateKey")
            if not key:
                self.fail("private_key: the option is missing, and %s has no key to keep. "
                          "naawg.naawg.generate_keys makes keys" % self.path)
            new.interface.insert(0, ("PrivateKey", key))
        if not self.module.params["manage_peers"]:
            conf_file.keep_peers(new, self.old, self.gone())
        conf_file.keep_times(new, self.old)
        self.new = new
        self.public_key = self.tool.must("pubkey", stdin=new.get("PrivateKey")).strip()

    def file_lines(self):
        """Differences of the file."""
        lines = conf_file.differences(self.old, self.new)
        if self.old_text is None:
            lines.insert(0, "+ %s" % self.path)
        elif not lines and self.old_text != self.new.text():
            lines.append("~ %s is written anew: its comments or its order differ" % self.path)
        lines += conf_file.mode_lines(self.path, 0o600)
        lines += conf_file.mode_lines(self.directory, 0o700)
        return ["file: " + line for line in lines]

    def policy(self):
        """Arguments for a policy that is not in the usual place."""
        path = os.path.join(self.directory, "policy.conf")
        if self.directory == "/etc/naawg" or not os.path.exists(path):
            return []
        return ["--policy", path]

    def running_text(self):
        """The file that the link shall match: with peers that only the link has, if they stay."""
        if self.module.params["manage_peers"]:
            return self.new.text()
        running = conf_file.parse(self.tool.must("showconf", self.name))
        wanted = conf_file.Conf(self.new.interface, self.new.peers)
        before = len(wanted.peers)
        conf_file.keep_peers(wanted, running, self.gone())
        for peer in wanted.peers[before:]:
            # The tool accepts the address that it prints for a roamed peer.
            peer[:] = [pair for pair in peer if pair[1] != "(none)"]
        return wanted.text()

    def say(self, text):
        """A message of the tool about a candidate, as one about the file."""
        parts = text.split(self.candidates.path)
        for number, part in enumerate(parts[1:], 1):
            slash = part.find("/" + self.name + ".conf")
            parts[number] = self.path + part[slash + len(self.name) + 6:] if slash >= 0 else part
        return "".join(parts)

    # --- states ---

    def ensure(self):
        """Make file and link what the options want. Returns whether something changed."""
        self.refuse_others()
        self.want()
        self.lines = self.file_lines()
        self.candidates = conf_file.Candidates(self.directory, self.module.tmpdir,
                                               tidy=not self.module.check_mode)
        try:
            return self.change()
        finally:
            self.candidates.remove()

    def change(self):
        """Compare, and change unless this is a check."""
        candidate = self.candidates.add(self.name + ".conf", self.new.text())
        self.judge(candidate)
        running = candidate
        if self.exists:
            running = self.candidates.add(self.name + ".conf", self.running_text())
            self.lines += self.apply(running, "--dry-run")
        rises = self.module.params["state"] == "up" and not (self.exists and is_up(self.name))
        if rises:
            self.lines.append("+ interface %s up" % self.name)
        if self.lines and not self.module.check_mode:
            if self.exists:
                self.await_others()
                self.apply(running)
            self.store(candidate, rises)
        return bool(self.lines)

    def await_others(self):
        """Wait for what the change shall follow. Fails as long as nothing has changed."""
        time.sleep(self.module.params["delay"])
        awaited = self.module.params["after_session"]
        missing = sessions.wait(self.tool, self.name, awaited) if awaited else ""
        if missing:
            self.fail("%s; file and interface are as they were" % missing)

    def judge(self, candidate):
        """The file as a whole, with the policy of this host."""
        status, out, err = self.tool.run("check-config", *(self.policy() + [candidate]))
        if status:
            self.fail(self.say(said(err, out)))
        for line in err.splitlines():
            self.module.warn(self.say(line))

    def apply(self, path, *options):
        """Apply a candidate; returns the lines of what differs."""
        status, out, err = self.tool.run("apply", *(self.policy() + list(options) + [path]))
        if status not in (0, 2):
            self.fail("%s; file and interface are as they were" % self.say(said(err, out)))
        return [line for line in out.splitlines() if line[:2] in ("+ ", "- ", "~ ")]

    def store(self, candidate, rises):
        """Let the candidate be the file, and bring the tunnel up; or put the old file back."""
        made = not os.path.isdir(self.directory)
        if made:
            os.makedirs(self.directory, 0o700)
            self.candidates.remove()
            self.candidates = conf_file.Candidates(self.directory, self.module.tmpdir)
            candidate = self.candidates.add(self.name + ".conf", self.new.text())
        conf_file.mend_mode(self.directory, 0o700)
        conf_file.replace(candidate, self.path)
        if not rises:
            return
        status, out, err = self.tool.quick(*(["up", "--adopt", self.name] if self.exists else
                                             ["up", self.path]))
        if not status:
            return
        if self.old_text is None:
            os.unlink(self.path)
        else:
            old = self.candidates.add(self.name + ".conf", self.old_text)
            conf_file.replace(old, self.path)
        self.fail("%s; the file is as it was" % said(err, out))

    def down(self):
        """Take the link down; with the state absent remove the file, too."""
        gone = self.module.params["state"] == "absent"
        if self.exists or gone:
            found = managers.of_file(self.path) if gone else None
            if found:
                self.fail("%s: %s" % (self.name, found))
        if self.exists:
            self.lines.append("- interface %s up" % self.name)
        if gone and self.old_text is not None:
            self.lines.append("- %s" % self.path)
        if self.lines and not self.module.check_mode:
            self.take_down(gone)
        return bool(self.lines)

    def take_down(self, gone):
        """The steps of down()."""
        if self.exists:
            given = self.path if self.old_text is not None else self.name
            status, out, err = self.tool.quick("down", given)
            if status and self.name in self.tool.interfaces():
                self.fail(said(err, out))
        if gone:
            # Without its file nobody could remove the blackhole routes of "Kill = yes".
            if (self.old.get("Kill") or "").lower() == "yes":
                self.tool.quick("down", "--lift", self.path)
            if self.old_text is not None:
                os.unlink(self.path)
