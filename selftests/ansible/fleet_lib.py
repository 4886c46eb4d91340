# SPDX-License-Identifier: GPL-2.0
"""For tests of the collection's plugins: an inventory in a directory, read by Ansible itself."""

import atexit
import os
import shutil
import sys
import tempfile
import types

HERE = os.path.dirname(os.path.realpath(__file__))
REPO = os.path.realpath(os.path.join(HERE, "../.."))
TMP = tempfile.mkdtemp(prefix="naawg-fleet-")
atexit.register(shutil.rmtree, TMP, ignore_errors=True)
os.makedirs(os.path.join(TMP, "collections/ansible_collections/naawg"))
os.symlink(os.path.join(REPO, "tools/ansible"),
           os.path.join(TMP, "collections/ansible_collections/naawg/naawg"))
os.environ["ANSIBLE_COLLECTIONS_PATH"] = os.path.join(TMP, "collections")
os.environ["ANSIBLE_LOCAL_TEMP"] = os.path.join(TMP, "local")
os.environ.pop("ANSIBLE_CONFIG", None)
sys.dont_write_bytecode = True
os.chdir(TMP)

# pylint: disable=wrong-import-position
try:
    from ansible import context, template
    from ansible.inventory.manager import InventoryManager
    from ansible.module_utils.common.collections import ImmutableDict
    from ansible.parsing.dataloader import DataLoader
    from ansible.parsing import vault as vault_module
    from ansible.parsing.vault import VaultLib, VaultSecret, get_file_vault_secret
    from ansible.plugins import loader as plugin_loader
    from ansible.plugins.vars import host_group_vars
    from ansible.template import Templar
    from ansible.vars.hostvars import HostVars
    from ansible.vars.manager import VariableManager
    import yaml
    import nacl.bindings
    HAVE_ANSIBLE = bool(nacl.bindings and get_file_vault_secret)
except ImportError:
    HAVE_ANSIBLE = False

if HAVE_ANSIBLE:
    context.CLIARGS = ImmutableDict()
    if hasattr(plugin_loader, "init_plugin_loader"):
        plugin_loader.init_plugin_loader()

PASSWORD = b"correct horse"


def secrets(**ids):
    """Vault secrets as the options of the command line make them."""
    ids = ids or {"default": PASSWORD}
    return [(name, VaultSecret(password)) for name, password in ids.items()]


def write(path, text, mode=0o644):
    """Write a file, with its directories."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as stream:
        stream.write(text)
    os.chmod(path, mode)
    return path


def read(path):
    """The text of a file."""
    with open(path, encoding="utf-8", newline="") as stream:
        return stream.read()


def seal(text, password=PASSWORD, vault_id=None):
    """A text as "ansible-vault encrypt" leaves it."""
    lib = VaultLib(secrets())
    return lib.encrypt(text, secret=VaultSecret(password), vault_id=vault_id).decode()


def expression(text):
    """An expression as a template. Core 2.19 evaluates no text that may come from elsewhere."""
    return getattr(template, "trust_as_template", str)("{{ %s }}" % text)


class Inventory:
    """A directory with an inventory of HOSTS: a dictionary of each host's variables."""

    count = 0

    def __init__(self, hosts, groups=None, vault=None, known=None):
        Inventory.count += 1
        self.top = os.path.join(TMP, "inventory%d" % Inventory.count)
        children = {name: {"hosts": {host: None for host in members}}
                    for name, members in (groups or {}).items()}
        children["naawg"] = {"hosts": hosts}
        write(os.path.join(self.top, "hosts.yml"), yaml.safe_dump({"all": {"children": children}}))
        self.vault = os.path.join(self.top, "group_vars/all/vault.yml")
        if vault is not None:
            write(self.vault, vault, 0o600)
        self.hosts = list(hosts)
        self.known = secrets() if known is None else known

    def variables(self):
        """Variables of all hosts, read anew; the loader and each host's own."""
        for cache in "FOUND", "NAK":  # files that were found, and directories that were not
            getattr(host_group_vars, cache, {}).clear()
        loader = DataLoader()
        loader.set_vault_secrets(self.known)
        if hasattr(vault_module, "VaultSecretsContext"):  # of core 2.19
            context_type = vault_module.VaultSecretsContext
            context_type._current = context_type(self.known)  # pylint: disable=protected-access
        inventory = InventoryManager(loader=loader, sources=[os.path.join(self.top, "hosts.yml")])
        manager = VariableManager(loader=loader, inventory=inventory)
        hostvars = HostVars(inventory=inventory, variable_manager=manager, loader=loader)
        own = {}
        for host in self.hosts:
            own[host] = dict(manager.get_vars(host=inventory.get_host(host)), hostvars=hostvars,
                             ansible_play_hosts_all=self.hosts)
        return loader, own

    def template(self, text, host):
        """An expression of a playbook, as HOST evaluates it."""
        loader, own = self.variables()
        return Templar(loader=loader, variables=own[host]).template(expression(text))

    def tunnel(self, host, **more):
        """The filter tunnel."""
        call = "".join(", %s=%r" % pair for pair in more.items())
        return self.template("hostvars | naawg.naawg.tunnel(inventory_hostname%s)" % call, host)

    def action(self, name, check=False, host=None, **args):
        """The result of an action of the collection."""
        loader, own = self.variables()
        variables = own[host or self.hosts[0]]
        task = types.SimpleNamespace(args=args, check_mode=check, async_val=0, diff=False, no_log=False,
                                     action="naawg.naawg." + name)
        connection = types.SimpleNamespace(_shell=types.SimpleNamespace(tmpdir=None))
        plugin = plugin_loader.action_loader.get(
            "naawg.naawg." + name, task=task, connection=connection, play_context=None,
            loader=loader, templar=Templar(loader=loader, variables=variables),
            shared_loader_obj=None)
        return plugin.run(task_vars=variables)
