#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The action naawg_backup: files of this machine, read by a real ansible-playbook."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
REPO = os.path.realpath(os.path.join(HERE, "../.."))
sys.path.insert(0, os.path.join(HERE, ".."))

from suite import Suite, same  # noqa: E402 pylint: disable=wrong-import-position

PLAYBOOK = """
- hosts: web
  gather_facts: false
  tasks:
    - naawg.naawg.naawg_backup:
        directory: "{{ directory }}"
        paths: ["{{ etc }}"]
        keep: "{{ keep | default([]) }}"
"""


def key():
    """A key of our own."""
    return base64.b64encode(os.urandom(32)).decode("ascii")


SECRETS = {name: key() for name in ("private", "preshared", "hook", "comment", "file")}
HEX = os.urandom(32).hex()
PUBLIC = key()
CONF = f"""[Interface]
PrivateKey = {SECRETS['private']} # mine
Address = 10.9.0.1/24
PostUp = logger {HEX}; naawg set %i peer x preshared-key <(echo {SECRETS['hook']})
# old: PrivateKey = {SECRETS['private']}
[Peer] # {SECRETS['comment']}
# Name = alice
PublicKey = {PUBLIC} # was {SECRETS['comment']}
PresharedKey={SECRETS['preshared']}
AllowedIPs = 10.9.0.2/32
"""
PLAIN = f"""[Interface]
PrivateKey = (sealed)
Address = 10.9.0.1/24
PostUp = logger (sealed); naawg set %i peer x preshared-key <(echo (sealed))
# old: PrivateKey = (sealed)
[Peer] # (sealed)
# Name = alice
PublicKey = {PUBLIC} # was (sealed)
PresharedKey=(sealed)
AllowedIPs = 10.9.0.2/32
"""


class Fleet:
    """A directory with the collection, an inventory, files of a host and a backup of these."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="naawg-backup-")
        for directory in "collections/ansible_collections/naawg", "etc/keys":
            os.makedirs(self.path(directory))
        os.symlink(os.path.join(REPO, "tools/ansible"),
                   self.path("collections/ansible_collections/naawg/naawg"))
        self.write("hosts", "web ansible_connection=local "
                   "ansible_python_interpreter=/usr/bin/python3\n")
        self.write("play.yml", PLAYBOOK)
        self.write("pass", "a password\n")
        self.write("etc/wg0.conf", CONF)
        self.write("etc/keys/wg0.key", SECRETS["file"] + "\n")
        os.chmod(self.path("etc/wg0.conf"), 0o600)
        self.log = ""

    def path(self, name):
        """The path of a file."""
        return os.path.join(self.top, name)

    def write(self, name, text):
        """Write a file."""
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        """The text of a file."""
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def run(self, program, *arguments):
        """Run a program of Ansible. Returns its exit status; self.log has what it printed."""
        environment = dict(os.environ, HOME=self.top, ANSIBLE_NOCOWS="1",
                           ANSIBLE_LOCAL_TEMP=self.path("local"),
                           ANSIBLE_REMOTE_TEMP=self.path("remote"),
                           ANSIBLE_COLLECTIONS_PATH=self.path("collections"))
        environment.pop("ANSIBLE_CONFIG", None)
        done = subprocess.run([program, *arguments], cwd=self.top, env=environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        self.log = done.stdout
        return done.returncode

    def play(self, *arguments, etc="etc", password="pass"):
        """Back up, and look for secrets in all that was printed."""
        secret = ["--vault-password-file", self.path(password)] if password else []
        status = self.run("ansible-playbook", "-i", "hosts", "play.yml", "-vvvv", "--diff",
                          "-e", f"directory={self.path('backup')}",
                          "-e", f"etc={self.path(etc)}", *secret, *arguments)
        for text in [self.log] + [self.read("backup/" + name) for name in self.backup()]:
            for name, value in dict(SECRETS, hex=HEX).items():
                assert value not in text, f"the key of {name} is shown"
        return status

    def backup(self):
        """Files of the backup."""
        try:
            return sorted(os.listdir(self.path("backup")))
        except FileNotFoundError:
            return []

    def changed(self):
        """Whether the last play reported a change."""
        return "changed=1" in self.log


def checked(fleet):
    """In check mode no file is written."""
    same(fleet.play("--check"), 0, fleet.log[-2000:])
    same((fleet.changed(), fleet.backup()), (True, []))


def written(fleet):
    """Both files are written, for their owner only."""
    same(fleet.play(), 0, fleet.log[-2000:])
    same(fleet.backup(), ["web.sealed.yml", "web.yml"])
    for name, mode in (("", 0o700), ("/web.yml", 0o600), ("/web.sealed.yml", 0o600)):
        same(os.stat(fleet.path("backup" + name)).st_mode & 0o777, mode, name)


def plain(fleet):
    """The file without keys has every line, and a word for each key."""
    import yaml  # pylint: disable=import-outside-toplevel
    files = {os.path.basename(item["path"]): item
             for item in yaml.safe_load(fleet.read("backup/web.yml"))["files"]}
    same(files["wg0.conf"]["content"], PLAIN)
    same(files["wg0.conf"]["mode"], "0600")
    same(files["wg0.key"]["content"], "(sealed)")


def sealed(fleet):
    """The sealed file has everything."""
    import yaml  # pylint: disable=import-outside-toplevel
    same(fleet.run("ansible-vault", "view", "--vault-password-file", "pass",
                   "backup/web.sealed.yml"), 0)
    files = {os.path.basename(item["path"]): item
             for item in yaml.safe_load(fleet.log)["files"]}
    same(files["wg0.conf"]["content"], CONF)
    same(files["wg0.key"]["content"], SECRETS["file"] + "\n")


def again(fleet):
    """The same files once more: nothing is written. A new key: only the sealed file."""
    before = [fleet.read("backup/" + name) for name in fleet.backup()]
    same(fleet.play(), 0)
    same(fleet.changed(), False)
    same([fleet.read("backup/" + name) for name in fleet.backup()], before)
    fleet.write("etc/wg0.conf", CONF.replace(SECRETS["preshared"], key()))
    same(fleet.play(), 0)
    after = [fleet.read("backup/" + name) for name in fleet.backup()]
    same((fleet.changed(), after[0] != before[0], after[1] == before[1]), (True, True, True))


def partly_gone(fleet):
    """A file that shall stay is in both files of the next backup, and another one is not."""
    import yaml  # pylint: disable=import-outside-toplevel
    for name in "keys/old.key", "wg1.conf":
        fleet.write("etc/" + name, CONF)
    same(fleet.play(), 0)
    for name in "keys/old.key", "wg1.conf":
        os.unlink(fleet.path("etc/" + name))
    before = fleet.read("backup/web.sealed.yml")
    same(fleet.play("-e", f"keep={fleet.path('etc/wg1.conf')}"), 0, fleet.log[-2000:])
    differs = fleet.read("backup/web.sealed.yml") != before
    same((fleet.changed(), differs), (True, True))
    names = [os.path.basename(item["path"])
             for item in yaml.safe_load(fleet.read("backup/web.yml"))["files"]]
    same(names, ["wg0.key", "wg0.conf", "wg1.conf"])
    same(fleet.run("ansible-vault", "view", "--vault-password-file", "pass",
                   "backup/web.sealed.yml"), 0)
    files = {os.path.basename(item["path"]): item for item in yaml.safe_load(fleet.log)["files"]}
    same(files["wg1.conf"]["content"], CONF)


def refused(fleet):
    """Refusals name what to do, and leave the backup as it is."""
    before = [fleet.read("backup/" + name) for name in fleet.backup()]
    fleet.write("other", "another password\n")
    for options, wanted in (
            ({"password": None}, "--vault-password-file"),
            ({"password": "other"}, "cannot be opened with this vault password"),
            ({"etc": "nowhere"}, "run naawg.naawg.deploy_wireguard, or")):
        assert fleet.play(**options), options
        assert wanted in fleet.log, fleet.log[-1500:]
        same([fleet.read("backup/" + name) for name in fleet.backup()], before)


def main():
    """Run the cases, each on what the one before left."""
    suite = Suite(kernel=False)
    if not shutil.which("ansible-playbook"):
        suite.skip("a backup is written", "there is no ansible-playbook")
        suite.end()
    fleet = Fleet()
    try:
        for sentence, case in (
                ("in check mode a backup is announced and not written", checked),
                ("a backup is two files that only their owner can read", written),
                ("the file without keys has a word in the place of each key", plain),
                ("the sealed file has everything", sealed),
                ("a second backup writes nothing, and one after a change what differs", again),
                ("a file that is gone stays in the backup if it shall", partly_gone),
                ("a backup that is refused says why and leaves the old one", refused)):
            suite.case(sentence, case, fleet)
    finally:
        shutil.rmtree(fleet.top)
    suite.end()


if __name__ == "__main__":
    main()
