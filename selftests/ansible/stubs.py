#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The roles proxmox_ct and netbox against stubs of Proxmox VE and NetBox.

Neither service runs here. The stubs of stub/ check each request against a schema of the service
and keep its state. Each role runs, runs again, repairs what a person changed, and removes what it
made. Wrong options are refused by name, and no output has a token. The playbook destroy.yml
removes what both roles made.
"""
import base64
import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.realpath(__file__))
REPO = os.path.realpath(os.path.join(HERE, "../.."))
sys.path.insert(0, os.path.join(HERE, ".."))

from suite import Suite, same  # noqa: E402 pylint: disable=wrong-import-position

SECRET = "5f1e9d0c-3b7a-4c55-9a44-abcdef012345"
PRIVATE_KEY = base64.b64encode(bytes(range(64, 96))).decode()
PLAY = """---
- name: Run a role
  hosts: wireguard
  gather_facts: false
  roles:
    - role: naawg.naawg.{role}
"""
# Each option is refused in a play of one run, which goes on after the refusal.
REFUSED = """---
- name: Refuse options
  hosts: wireguard
  gather_facts: false
  tasks:
"""
REFUSAL = """
    - name: Refuse number {n}
      block:
        - name: Run the role
          ansible.builtin.include_role:
            name: naawg.naawg.{role}
          vars: {options}
        - name: Say that nothing was refused
          ansible.builtin.debug:
            msg: "refusal {n} ="
      rescue:
        - name: Show the refusal
          ansible.builtin.debug:
            msg: "refusal {n} = {{{{ ansible_failed_result.msg | default('') }}}} \\
              {{{{ ansible_failed_result.argument_errors | default('') }}}} \\
              {{{{ ansible_failed_result.results | default([]) | selectattr('failed') \\
              | map(attribute='msg') | list }}}}"
"""
PROXMOX = {
    "naawg_proxmox_enabled": True,
    "naawg_proxmox_api_host": "127.0.0.1",
    "naawg_proxmox_api_token_id": "naawg",
    "naawg_proxmox_api_token_secret": SECRET,
    "naawg_proxmox_node": "pve1",
    "naawg_proxmox_address": "192.168.10.90/16",
    "naawg_proxmox_gateway": "192.168.0.1",
    "naawg_proxmox_backup": True,
    "naawg_proxmox_backup_storage": "pbs",
}
NETBOX = {
    "naawg_netbox_enabled": True,
    "naawg_netbox_token": SECRET,
    "naawg_netbox_cluster": "pve",
    "naawg_netbox_role": "vpn",
    "naawg_netbox_interfaces": [
        {"name": "eth0", "address": "192.168.10.90/16", "primary": True},
        {"name": "wg0", "address": "10.8.0.1/24"}],
}
PROXMOX_REFUSALS = [
    ({"naawg_proxmox_memory": 511}, "naawg_proxmox_memory is 511"),
    ({"naawg_proxmox_cores": 0}, "naawg_proxmox_cores is 0"),
    ({"naawg_proxmox_cores": "many"}, "naawg_proxmox_cores"),
    ({"naawg_proxmox_container_id": 99}, "naawg_proxmox_container_id is 99"),
    ({"naawg_proxmox_container_id": 1000000000}, "naawg_proxmox_container_id is 1000000000"),
    ({"naawg_proxmox_container_id": 100}, "naawg_proxmox_container_id 100 belongs to the "
                                          "virtual machine db on node pve2"),
    ({"naawg_proxmox_unprivileged": False}, "naawg_proxmox_unprivileged"),
    ({"naawg_proxmox_nesting": False}, "naawg_proxmox_nesting"),
    ({"naawg_proxmox_hostname": "under_score"}, "naawg_proxmox_hostname is 'under_score'"),
    ({"naawg_proxmox_address": "192.168.10.90"}, "naawg_proxmox_address is '192.168.10.90'"),
    ({"naawg_proxmox_node": ""}, "naawg_proxmox_node is empty"),
    ({"naawg_proxmox_backup_storage": ""}, "naawg_proxmox_backup_storage is empty"),
    ({"naawg_proxmox_state": "running"}, "naawg_proxmox_state"),
    ({"naawg_proxmox_api_token_secret": "x" + SECRET}, "401"),
]
NETBOX_REFUSALS = [
    ({"naawg_netbox_memory": 0}, "naawg_netbox_memory is 0"),
    ({"naawg_netbox_vcpus": "two"}, "naawg_netbox_vcpus"),
    ({"naawg_netbox_cluster": ""}, "naawg_netbox_cluster is empty"),
    ({"naawg_netbox_status": "up"}, "naawg_netbox_status"),
    ({"naawg_netbox_interfaces": [{"name": "eth0", "address": "192.168.10.90"}]},
     "naawg_netbox_interfaces has '192.168.10.90'"),
    ({"naawg_netbox_interfaces": [{"address": "192.168.10.90/16"}]}, "name"),
]


class Stub:
    """A running stub of one service."""

    def __init__(self, service, directory):
        certificate = os.path.join(directory, "certificate.pem")
        self.certificate = certificate
        self.log = os.path.join(directory, f"{service}.log")
        # pylint: disable-next=consider-using-with
        self.process = subprocess.Popen(
            ["/usr/bin/python3", os.path.join(HERE, "stub/server.py"), service, certificate,
             SECRET, self.log], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def state(self, changes=None):
        """The state of the service, after CHANGES to it."""
        link = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=10,
            context=ssl.create_default_context(cafile=self.certificate))
        link.request("PUT" if changes else "GET", "/stub/state", json.dumps(changes or {}),
                     {"Content-Type": "application/json"})
        return json.load(link.getresponse())

    def refused(self):
        """Requests that the stub refused."""
        with open(self.log, encoding="utf-8") as file:
            return [line.strip() for line in file if line.startswith("stub: refused")]

    def end(self):
        """End the stub."""
        self.process.terminate()
        self.process.wait()


class Role:
    """Runs of one role against one stub."""

    def __init__(self, role, options, stub, directory, name=None):
        self.role, self.stub = role, stub
        self.directory = os.path.join(directory, name or role)
        self.outputs = []
        os.mkdir(self.directory)
        with open(self.path("hosts.json"), "w", encoding="utf-8") as file:
            json.dump({"all": {"hosts": {"wireguard": options}}}, file)
        with open(self.path("play.yml"), "w", encoding="utf-8") as file:
            file.write(PLAY.format(role=role))

    def path(self, name):
        """A file of this role's runs."""
        return os.path.join(self.directory, name)

    def run(self, *arguments, play="play.yml"):
        """Run the role; how many tasks ran and changed something, by word of the recap."""
        environment = dict(
            os.environ, ANSIBLE_NOCOLOR="1", HOME=self.directory,
            ANSIBLE_COLLECTIONS_PATH=self.path("../collections") +
            ":/usr/lib/python3/dist-packages",
            ANSIBLE_LOCALHOST_WARNING="false")
        done = subprocess.run(
            ["ansible-playbook", "-vvvv", "-i", self.path("hosts.json"), self.path(play),
             *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False, env=environment, timeout=240)
        self.outputs.append(done.stdout)
        recap = re.findall(r"^wireguard +: (.*)$", done.stdout, re.M)
        if not recap:
            raise AssertionError(done.stdout[-2000:])
        counts = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", recap[-1])}
        if counts["failed"] or counts["unreachable"]:
            raise AssertionError(done.stdout[-3000:])
        return counts

    def changed(self, *arguments):
        """Run the role; how many tasks changed something."""
        return self.run(*arguments)["changed"]

    def refusals(self, cases):
        """The messages of the role for the options of each case."""
        with open(self.path("refused.yml"), "w", encoding="utf-8") as file:
            file.write(REFUSED)
            for n, (options, _wanted) in enumerate(cases):
                file.write(REFUSAL.format(n=n, role=self.role, options=json.dumps(options)))
        self.run(play="refused.yml")
        return [re.search(rf'"msg": "refusal {n} = ?(.*)"$', self.outputs[-1], re.M).group(1)
                for n in range(len(cases))]

    def secret_free(self):
        """No output has the token or the private key."""
        for output in self.outputs:
            for line in output.splitlines():
                for secret in SECRET, PRIVATE_KEY:
                    if secret in line:
                        raise AssertionError(line.replace(secret, "SECRET")[:500])


def check_refusals(role, cases):
    """Each case is refused, and the refusal names the option."""
    for said, (options, wanted) in zip(role.refusals(cases), cases):
        if wanted not in said:
            raise AssertionError(f"{options}: said {said!r}, wanted {wanted!r}")


# --- Proxmox --------------------------------------------------------------------------

def container(stub):
    """The container of the role, as the stub has it."""
    return stub.state()["guests"].get("2090")


def checked(role):
    """Check mode works before anything is there, and makes nothing."""
    before = role.stub.state()
    role.run("--check", "--diff")
    same(role.stub.state(), before)


def created(role):
    """A first run makes the container that the users describe, and starts it."""
    if not role.changed():
        raise AssertionError("nothing changed")
    guest = container(role.stub)
    wanted = {"hostname": "wireguard", "memory": 1024, "swap": 512, "cores": 1, "onboot": 1,
              "unprivileged": 1, "features": "nesting=1", "searchdomain": "infra.local",
              "net0": "name=eth0,bridge=vmbr0,ip=192.168.10.90/16,gw=192.168.0.1,"
                      "hwaddr=BC:24:11:00:00:01,type=veth"}
    same({name: guest["config"].get(name) for name in wanted}, wanted)
    same((guest["node"], guest["status"]), ("pve1", "running"))
    job = role.stub.state()["jobs"]["naawg-2090"]
    same({name: job[name] for name in ("vmid", "storage", "mode", "enabled")},
         {"vmid": "2090", "storage": "pbs", "mode": "snapshot", "enabled": 1})


def drift(role):
    """A changed setting is named in check mode, and repaired without check mode."""
    role.stub.state({"memory": 4096, "onboot": 0})
    if not role.changed("--check", "--diff"):
        raise AssertionError("check mode saw nothing")
    same(container(role.stub)["config"]["memory"], 4096)
    if '"memory": "1024"' not in role.outputs[-1]:
        raise AssertionError("check mode did not name the memory")
    same(role.changed(), 1)
    same((container(role.stub)["config"]["memory"], container(role.stub)["config"]["onboot"]),
         (1024, 1))


def renumbered(role):
    """A container of another name with the same id is refused, for removal as well."""
    role.stub.state({"hostname": "other"})
    said = role.refusals([({"naawg_proxmox_state": "absent"}, "")])[0]
    role.stub.state({"hostname": "wireguard"})
    if "belongs to the container other on node pve1" not in said:
        raise AssertionError(said)


def removed(role):
    """The container and its backup job go."""
    if not role.changed("-e", "naawg_proxmox_state=absent"):
        raise AssertionError("nothing changed")
    same((container(role.stub), role.stub.state()["jobs"]), (None, {}))
    same("100" in role.stub.state()["guests"], True, "the other guest")
    same(role.changed("-e", "naawg_proxmox_state=absent"), 0)


def no_refusal(role, expected=0):
    """The stub refused no request but those with a wrong token."""
    refused = [line for line in role.stub.refused() if "no such token" not in line]
    same(len(refused), expected, "; ".join(refused))


def proxmox(role):
    """Sentences and functions for the role proxmox_ct."""
    return [
        ("stub of Proxmox: check mode makes nothing", checked, role),
        ("stub of Proxmox: a container is created as the users describe it, and started",
         created, role),
        ("stub of Proxmox: a second run changes nothing",
         lambda: same(role.changed(), 0)),
        ("stub of Proxmox: check mode names a changed setting, and a run repairs it", drift, role),
        ("stub of Proxmox: a container of another name is not removed", renumbered, role),
        ("stub of Proxmox: wrong options are refused by name", check_refusals, role,
         PROXMOX_REFUSALS),
        ("stub of Proxmox: the container and its backup job are removed, once", removed, role),
        ("stub of Proxmox: each request fitted the published schema", no_refusal, role),
        ("stub of Proxmox: no output at -vvvv has the token", role.secret_free),
    ]


# --- NetBox ---------------------------------------------------------------------------

def registered(role):
    """A first run registers the machine, its interfaces and their addresses."""
    if not role.changed():
        raise AssertionError("nothing changed")
    tables = role.stub.state()
    machine = list(tables["virtual-machines"].values())[0]
    primary = tables["ip-addresses"][str(machine["primary_ip4"])]
    same((machine["name"], machine["memory"], machine["status"], primary["address"]),
         ("wireguard", 1024, "active", "192.168.10.90/16"))
    same(sorted(row["address"] for row in tables["ip-addresses"].values()),
         ["10.8.0.1/24", "192.168.10.90/16"])


def netbox_drift(role):
    """A changed field is seen in check mode, and repaired without it."""
    role.stub.state({"memory": 4096})
    same(role.changed("--check", "--diff"), 1)
    same(role.changed(), 1)
    same(list(role.stub.state()["virtual-machines"].values())[0]["memory"], 1024)


def unregistered(role):
    """The machine goes with all it has."""
    same(role.changed("-e", "naawg_netbox_state=absent"), 1)
    tables = role.stub.state()
    same([len(tables[name]) for name in ("virtual-machines", "interfaces", "ip-addresses")],
         [0, 0, 0])
    same(role.changed("-e", "naawg_netbox_state=absent"), 0)


def netbox(role):
    """Sentences and functions for the role netbox."""
    return [
        ("stub of NetBox: check mode makes nothing", checked, role),
        ("stub of NetBox: the machine, its interfaces and their addresses are registered",
         registered, role),
        ("stub of NetBox: a second run changes nothing", lambda: same(role.changed(), 0)),
        ("stub of NetBox: check mode sees a changed field, and a run repairs it",
         netbox_drift, role),
        ("stub of NetBox: wrong options are refused by name", check_refusals, role,
         NETBOX_REFUSALS),
        ("stub of NetBox: the machine is removed with all it has, once", unregistered, role),
        ("stub of NetBox: each request fitted the published schema", no_refusal, role),
        ("stub of NetBox: no output at -vvvv has the token", role.secret_free),
    ]


# --- destroy.yml ----------------------------------------------------------------------

def doomed(roles, directory):
    """A host with one tunnel, which is not up, a container and an entry in NetBox. The file of
    another tunnel is gone already."""
    options = dict(PROXMOX, **NETBOX)
    for role in roles:
        with open(role.path("hosts.json"), encoding="utf-8") as file:
            options.update(json.load(file)["all"]["hosts"]["wireguard"])
    options.update({
        "ansible_connection": "local", "ansible_become": False,
        "ansible_python_interpreter": "/usr/bin/python3",
        "naawg_service": "none", "naawg_tool": os.path.join(REPO, "tools/naawg"),
        "naawg_conf_dir": os.path.join(directory, "destroy/naawg"),
        "naawg_backup_dir": os.path.join(directory, "destroy/backup"),
        "vault_wg_wireguard_private_key": PRIVATE_KEY,
        "vault_wg_wireguard_stub_gone_private_key": PRIVATE_KEY,
        "naawg_interfaces": [{"name": "stub-destroyed", "address": "10.8.0.1/24"},
                             {"name": "stub-gone", "address": "10.9.0.1/24"}]})
    host = Role("netbox", options, None, directory, "destroy")
    with open(host.path("password"), "w", encoding="utf-8") as file:
        file.write("a password for tests only\n")
    os.mkdir(host.path("naawg"), 0o700)
    with open(host.path("naawg/stub-destroyed.conf"), "w", encoding="utf-8") as file:
        file.write(f"[Interface]\nPrivateKey = {PRIVATE_KEY}\n")
    return host


def destroyed(host, proxmox_role, netbox_role):
    """The playbook removes the files, the container, its backup job and the entry."""
    host.run()
    host.run(play=proxmox_role.path("play.yml"))
    host.run("-e", "confirm=wireguard", "--vault-password-file", host.path("password"),
             play=os.path.join(REPO, "tools/ansible/playbooks/destroy.yml"))
    same(os.path.exists(host.path("naawg")), False, "the directory of the configuration")
    same(sorted(os.listdir(host.path("backup"))), ["wireguard.sealed.yml", "wireguard.yml"])
    same((container(proxmox_role.stub), proxmox_role.stub.state()["jobs"]), (None, {}))
    tables = netbox_role.stub.state()
    same([len(tables[name]) for name in ("virtual-machines", "interfaces", "ip-addresses")],
         [0, 0, 0])


def destroy(host, roles):
    """Sentences and functions for the playbook."""
    return [
        ("stubs of both: destroy.yml removes files, container, backup job and entry",
         destroyed, host, *roles),
        ("stubs of both: no request of destroy.yml was refused",
         lambda: [no_refusal(role) for role in roles]),
        ("stubs of both: no output of destroy.yml has a token or a key", host.secret_free),
    ]


# --- the test -------------------------------------------------------------------------

def prepare(directory):
    """The collection where ansible looks for it, and a certificate for the stubs."""
    collections = os.path.join(directory, "collections/ansible_collections/naawg")
    os.makedirs(collections)
    os.symlink(os.path.join(REPO, "tools/ansible"), os.path.join(collections, "naawg"))
    certificate = os.path.join(directory, "certificate.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=stub", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", certificate, "-out", certificate + ".crt"],
        check=True, stderr=subprocess.DEVNULL)
    with open(certificate + ".crt", encoding="utf-8") as file, \
            open(certificate, "a", encoding="utf-8") as both:
        both.write(file.read())
    return certificate


def measure(cases, results):
    """Run cases one after the other; keep what each raised."""
    for sentence, function, *arguments in cases:
        try:
            function(*arguments)
        except Exception as error:  # pylint: disable=broad-except
            results.append((sentence, f"{type(error).__name__}: {error}"))
        else:
            results.append((sentence, None))


def main():
    """Both roles at the same time, as each mostly waits."""
    suite = Suite(kernel=False)
    if not shutil.which("ansible-playbook"):
        suite.skip("the optional roles run against stubs", "there is no ansible-playbook")
        suite.end()
    with tempfile.TemporaryDirectory() as directory:
        certificate = prepare(directory)
        stubs = [Stub(name, directory) for name in ("proxmox", "netbox")]
        try:
            roles = [
                Role("proxmox_ct", dict(PROXMOX, naawg_proxmox_api_port=stubs[0].port,
                                        naawg_proxmox_ca_file=certificate),
                     stubs[0], directory),
                Role("netbox", dict(NETBOX, naawg_netbox_ca_file=certificate,
                                    naawg_netbox_url=f"https://127.0.0.1:{stubs[1].port}"),
                     stubs[1], directory)]
            results = [[], []]
            threads = [threading.Thread(target=measure, args=(cases, result))
                       for cases, result in zip((proxmox(roles[0]), netbox(roles[1])), results)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            measure(destroy(doomed(roles, directory), roles), results[1])
        finally:
            for stub in stubs:
                stub.end()
    for sentence, problem in results[0] + results[1]:
        suite.report(problem is None, sentence, problem or "")
    suite.end()


if __name__ == "__main__":
    main()
