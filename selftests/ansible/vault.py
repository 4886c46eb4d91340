#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Files with keys on the controller: keys made, renewed, put in place and dropped, with every other
byte kept; and the list of revoked hosts, devices and keys."""

import os
import stat
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
import fleet_lib  # noqa: E402
from suite import Suite, same  # noqa: E402

suite = Suite(kernel=False)
if not fleet_lib.HAVE_ANSIBLE:
    suite.skip("the collection makes keys", "ansible or python3-nacl is missing")
    suite.end()

from ansible_collections.naawg.naawg.plugins.module_utils import keys  # noqa: E402

WEB = keys.make_private()
MADE = ["vault_wg_web_private_key", "vault_wg_web_public_key", "vault_wg_services_private_key",
        "vault_wg_services_public_key", "vault_wg_services_web_preshared_key",
        "vault_wg_alice_laptop_web_preshared_key"]
ALICE = keys.derive_public(keys.make_private())
HOSTS = {
    "web": {"naawg_interfaces": [{"address": "10.1.0.1/24", "peers": [
        {"host": "services"},
        {"name": "alice-laptop", "public_key": ALICE, "allowed_ips": "10.1.0.9/32"}]}]},
    "services": {"naawg_interfaces": [{"address": "10.1.0.2/24", "peers": [{"host": "web"}]}]},
}
COMMENTED = """---
# Keys of the fleet; do not sort.
db_password:   'unusual   quoting'   # kept

list:
- one
-   two   # also kept
vault_wg_web_private_key: %s
other: {a: 1, "b": [2, 3]}
text: >-
  folded

  text

# The end.
"""


def string(value, password=fleet_lib.PASSWORD, vault_id=None):
    """A value as "ansible-vault encrypt_string" leaves it."""
    return "!vault |\n          " + \
        fleet_lib.seal(value, password, vault_id).strip().replace("\n", "\n          ")


def fleet_with(text=None, **more):
    return fleet_lib.Inventory(HOSTS, vault=text, **more)


def refused(function, *words):
    """The function fails with all WORDS."""
    try:
        function()
    except Exception as error:  # pylint: disable=broad-except
        for word in words:
            if word not in str(error):
                raise AssertionError(f"no {word!r} in {error}") from error
        if WEB in str(error):
            raise AssertionError("the message shows a key") from error
    else:
        raise AssertionError("it is accepted")


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def opened(path):
    """The text of a file that is encrypted as a whole."""
    lib = fleet_lib.VaultLib(fleet_lib.secrets())
    return lib.decrypt(fleet_lib.read(path)).decode()


def a_new_file():
    fleet = fleet_with()
    planned = fleet.action("naawg_vault_keys", check=True)
    same((planned["changed"], planned["variables"]), (True, MADE), "check mode")
    same(os.path.exists(os.path.dirname(fleet.vault)), False, "check mode makes nothing")
    made = fleet.action("naawg_vault_keys")
    same((made["changed"], made["variables"], made["vault_file"]), (True, MADE, fleet.vault))
    same(mode_of(fleet.vault), 0o600)
    text = fleet_lib.read(fleet.vault)
    same(text.count("!vault |\n          $ANSIBLE_VAULT;1.1;AES256\n"), 4)
    [web] = fleet.tunnel("web")
    same(keys.derive_public(web["private_key"]) in text, True, "the public key stands beside")
    same(web["private_key"] in text or web["private_key"] in str(made), False)
    again = fleet.action("naawg_vault_keys")
    same((again["changed"], again["variables"]), (False, []))
    same(fleet_lib.read(fleet.vault), text, "nothing is replaced")
    same(sorted(os.listdir(os.path.dirname(fleet.vault))), ["vault.yml"], "nothing is left over")


def only_some_hosts():
    hosts = {**HOSTS, "other": {"naawg_interfaces": [{"address": "10.2.0.1/24", "peers": []}]}}
    fleet = fleet_lib.Inventory(hosts)
    made = fleet.action("naawg_vault_keys", hosts=["other"])
    same(made["variables"], ["vault_wg_other_private_key", "vault_wg_other_public_key"])


def all_else_is_kept(newline="\n"):
    text = (COMMENTED % string(WEB)).replace("\n", newline)
    fleet = fleet_with(text)
    os.chmod(fleet.vault, 0o640)
    made = fleet.action("naawg_vault_keys")
    same(made["variables"], [*MADE[2:], MADE[1]], "variables")
    after = fleet_lib.read(fleet.vault)
    same(after.startswith(text), True, "the old text")
    same(after.count("\n") == after.count(newline), True, "newlines")
    same(mode_of(fleet.vault), 0o640)
    same(fleet.tunnel("web")[0]["private_key"], WEB)


def a_symbolic_link():
    fleet = fleet_with()
    real = fleet_lib.write(os.path.join(fleet.top, "elsewhere/keys.yml"), "---\n")
    os.makedirs(os.path.dirname(fleet.vault))
    os.symlink(real, fleet.vault)
    fleet.action("naawg_vault_keys")
    same(os.path.islink(fleet.vault), True)
    same("vault_wg_web_private_key" in fleet_lib.read(real), True)


def a_file_encrypted_as_a_whole(vault_id, known):
    plain = COMMENTED % f'"{WEB}"' + 'vault_wg_preshared_key: "%s"\n' % keys.make_preshared()
    fleet = fleet_with(fleet_lib.seal(plain, vault_id=vault_id), known=known)
    made = fleet.action("naawg_vault_keys")
    same(made["variables"], [*MADE[2:4], MADE[1]], "one preshared key for all is there")
    head = fleet_lib.read(fleet.vault).split("\n")[0]
    same(head, "$ANSIBLE_VAULT;1.2;AES256;" + vault_id if vault_id else
         "$ANSIBLE_VAULT;1.1;AES256")
    same(opened(fleet.vault).startswith(plain), True)
    same(fleet.tunnel("web")[0]["private_key"], WEB)
    same(fleet.action("naawg_vault_keys")["changed"], False)
    name = "vault_wg_web_private_key"
    fleet.action("naawg_vault_keys", state="next", variables=[name])
    fleet.action("naawg_vault_keys", state="promote", variables=[name])
    new = fleet.tunnel("web")[0]["private_key"]
    same(new != WEB and opened(fleet.vault).replace(new, WEB).startswith(plain), True, "renewed")


def vault_ids():
    several = fleet_lib.secrets(dev=b"other", prod=fleet_lib.PASSWORD)
    fleet = fleet_with("vault_wg_web_private_key: " + string(WEB, vault_id="prod") + "\n",
                       known=several)
    fleet.action("naawg_vault_keys")
    same(fleet_lib.read(fleet.vault).count("$ANSIBLE_VAULT;1.2;AES256;prod\n"), 4)
    same(fleet.tunnel("web")[0]["private_key"], WEB)
    fleet = fleet_with(known=several)
    refused(lambda: fleet.action("naawg_vault_keys"), "several vault ids (dev, prod)",
            "ANSIBLE_VAULT_ENCRYPT_IDENTITY")
    fleet = fleet_with(known=several[:1])
    fleet.action("naawg_vault_keys")
    same(fleet_lib.read(fleet.vault).count("$ANSIBLE_VAULT;1.2;AES256;dev\n"), 4)


def a_password_file():
    """As --vault-id prod@FILE loads it."""
    loader = fleet_lib.DataLoader()
    path = fleet_lib.write(os.path.join(fleet_lib.TMP, "password"), "correct horse\n")
    secret = fleet_lib.get_file_vault_secret(filename=path, vault_id="prod", loader=loader)
    secret.load()
    fleet = fleet_with("vault_wg_web_private_key: " + string(WEB) + "\n",
                       known=[("prod", secret)])
    fleet.action("naawg_vault_keys")
    same(fleet_lib.read(fleet.vault).count("$ANSIBLE_VAULT;1.1;AES256\n"), 4, "the old form")
    same(fleet.tunnel("web")[0]["private_key"], WEB)


def no_password():
    fleet = fleet_with(known=[])
    refused(lambda: fleet.action("naawg_vault_keys"), "--ask-vault-pass", "--vault-password-file")
    same(os.path.exists(fleet.vault), False)
    text = "vault_wg_web_private_key: " + string(WEB) + "\n"
    fleet = fleet_with(text, known=fleet_lib.secrets(default=b"wrong"))
    refused(lambda: fleet.action("naawg_vault_keys"), "ecryption failed")
    same(fleet_lib.read(fleet.vault), text)


def plain_text():
    text = f"vault_wg_web_private_key: {WEB}\n"
    fleet = fleet_with(text)
    refused(lambda: fleet.action("naawg_vault_keys"), "vault_wg_web_private_key", "in plain text",
            "ansible-vault encrypt " + fleet.vault)
    same(fleet_lib.read(fleet.vault), text)


def strange_files():
    for text, word in (("a: 1\na: 2\n", "a is there twice"), ("{a: 1}\n", "lines NAME: VALUE"),
                       ("- a\n", "lines NAME: VALUE"), ("a: [\n", "no YAML in line"),
                       ("a: 1\n---\nb: 2\n", "no YAML"),
                       ("a: |\n  not ended", "cannot be changed safely"),
                       (f"vault_wg_web_public_key: {ALICE}\n", "without its private key")):
        fleet = fleet_with()
        path = fleet_lib.write(os.path.join(fleet.top, "strange.yml"), text)
        refused(lambda path=path, fleet=fleet: fleet.action("naawg_vault_keys", vault_file=path),
                word, path)
        same(fleet_lib.read(path), text)
    for text in ("", "---\n", "# only a comment", "a: 1\n...\n", "a: b", "a: 1 # x\nb:\n"):
        fleet = fleet_with(text)
        fleet.action("naawg_vault_keys")
        same(len(fleet.tunnel("web")), 1, text)
        same(text.replace("...\n", "") in fleet_lib.read(fleet.vault), True, text)


def places_of_the_file():
    fleet = fleet_with()
    beside = os.path.join(fleet.top, "group_vars/vault.yml")
    fleet_lib.write(os.path.join(fleet.top, "group_vars/all.yml"), "mine: 1\n")
    same(fleet.action("naawg_vault_keys")["vault_file"], beside, "all.yml stays in effect")
    fleet = fleet_with()
    beside = fleet_lib.write(os.path.join(fleet.top, "group_vars/vault.yml"), "---\n")
    same(fleet.action("naawg_vault_keys")["vault_file"], beside, "the users' place")
    same(fleet.action("naawg_vault_keys")["changed"], False, "hosts need not know it")


def equal_names():
    hosts = {"web-1": HOSTS["services"], "web_1": HOSTS["services"], "web": HOSTS["web"],
             "services": HOSTS["services"]}
    refused(lambda: fleet_lib.Inventory(hosts).action("naawg_vault_keys"), "web-1 and web_1",
            "vault_wg_web_1_private_key")


def renewal():
    text = COMMENTED % string(WEB)
    fleet = fleet_with(text)
    fleet.action("naawg_vault_keys")
    before = fleet_lib.read(fleet.vault)
    names = ["vault_wg_web_private_key", "vault_wg_services_web_preshared_key"]

    def act(state, **more):
        return fleet.action("naawg_vault_keys", state=state, variables=names, **more)

    same(act("next", check=True)["variables"], [name + "_next" for name in names])
    same(act("next")["variables"], [name + "_next" for name in names])
    during = fleet_lib.read(fleet.vault)
    same(during.startswith(before), True)
    same(act("next")["changed"], False, "a successor stays")
    same(fleet_lib.read(fleet.vault), during)
    [new] = fleet.tunnel("web", next=names)
    same(act("promote", check=True)["changed"], True)
    same(fleet_lib.read(fleet.vault), during, "check mode")
    same(act("promote")["variables"], names)
    same(fleet.tunnel("web"), [new])
    after = fleet_lib.read(fleet.vault)
    same("_next" in after, False)
    same(f'vault_wg_web_public_key: "{keys.derive_public(new["private_key"])}"\n' in after, True)
    same([line for line in after.split("\n") if not line.startswith(" " * 10)
          and "_public" not in line and "_created" not in line],
         [line for line in before.split("\n") if not line.startswith(" " * 10)
          and "_public" not in line and "_created" not in line], "all else")
    same(act("promote")["changed"], False, "again")
    act("next")
    same(act("drop")["variables"], names)
    same(fleet_lib.read(fleet.vault), after)
    same(act("drop")["changed"], False, "again")


def renewal_of_nothing():
    fleet = fleet_with()
    fleet.action("naawg_vault_keys")
    refused(lambda: fleet.action("naawg_vault_keys", state="next"), "needs names")
    for name, word in (("vault_wg_bob_private_key", "no variable"), ("db_password", "no name of"),
                       ("vault_wg_web_private_key_next", "no name of")):
        refused(lambda name=name: fleet.action("naawg_vault_keys", state="next",
                                               variables=[name]), name, word)
    refused(lambda: fleet.action("naawg_vault_keys", state="renew"), "state")


def an_anchor():
    text = f"vault_wg_web_private_key: &key {string(WEB)}\ncopy: *key\n"
    fleet = fleet_with(text)
    name = ["vault_wg_web_private_key"]
    fleet.action("naawg_vault_keys", state="next", variables=name)
    before = fleet_lib.read(fleet.vault)
    refused(lambda: fleet.action("naawg_vault_keys", state="promote", variables=name),
            "cannot be changed safely", "anchors")
    same(fleet_lib.read(fleet.vault), before)


def the_revoked():
    fleet = fleet_with()
    fleet.action("naawg_vault_keys")
    path = os.path.join(fleet.top, "group_vars/all/naawg_revoked.yml")

    def revoke(*names, **more):
        return fleet.action("naawg_revoke_list", names=list(names), **more)

    refused(lambda: revoke("alice-labtop"), "alice-labtop", "alice-laptop, services, web")
    same(revoke("alice-laptop", check=True)["added"], ["alice-laptop", ALICE])
    same(os.path.exists(path), False, "check mode")
    done = revoke("alice-laptop")
    same((done["changed"], done["public_keys"], done["revoked"], done["file"]),
         (True, [ALICE], ["alice-laptop", ALICE], path))
    same(mode_of(path), 0o644)
    same([peer["name"] for peer in fleet.tunnel("web")[0]["peers"]], ["services"])
    same(revoke("alice-laptop")["changed"], False, "again")
    services = keys.derive_public(fleet.tunnel("services")[0]["private_key"])
    elsewhere = os.path.join(fleet.top, "group_vars/naawg.yml")
    fleet_lib.write(elsewhere, "naawg_revoked: [bob]\n")
    refused(lambda: revoke("services"), "bob from elsewhere than " + path)
    os.remove(elsewhere)
    fleet_lib.write(path, fleet_lib.read(path) + "# mine\nother: 1\n")
    same(revoke("services")["added"], ["services", services])
    same(fleet.tunnel("services"), [])
    same(fleet_lib.read(path), f"""---
# Hosts, devices and public keys that no host configures any more.
naawg_revoked:
  - alice-laptop
  - "{ALICE}"
  - "services"
  - "{services}"
# mine
other: 1
""")
    for text in ("naawg_revoked: []\n", "naawg_revoked:\n", "naawg_revoked: [bob] # yes\n",
                 "naawg_revoked:\n- bob # x\n\nz: 1\n", "naawg_revoked:\n  - bob"):
        fleet_lib.write(path, text)
        revoke("alice-laptop")
        same(fleet.template("naawg_revoked", "web")[-2:], ["alice-laptop", ALICE], text)


def a_list_without_a_place():
    fleet = fleet_with()
    fleet_lib.write(os.path.join(fleet.top, "group_vars/all.yml"), "mine: 1\n")
    refused(lambda: fleet.action("naawg_revoke_list", names=["web"]), "all/main.yml")
    same(os.listdir(os.path.join(fleet.top, "group_vars")), ["all.yml"])


def interrupted():
    """A writer that fails leaves the file and no temporary one."""
    fleet = fleet_with(COMMENTED % string(WEB))
    text = fleet_lib.read(fleet.vault)
    replace, os.replace = os.replace, None
    try:
        refused(lambda: fleet.action("naawg_vault_keys"), "NoneType")
    finally:
        os.replace = replace
    same(fleet_lib.read(fleet.vault), text)
    same(os.listdir(os.path.dirname(fleet.vault)), ["vault.yml"])


suite.case("a new file gets all keys, encrypted one by one", a_new_file)
suite.case("only keys of the hosts asked for are made", only_some_hosts)
suite.case("all else in a file is kept", all_else_is_kept)
suite.case("so are carriage returns", all_else_is_kept, "\r\n")
suite.case("a symbolic link stays one", a_symbolic_link)
suite.case("a file encrypted as a whole stays so", a_file_encrypted_as_a_whole, None, None)
suite.case("it keeps its vault id", a_file_encrypted_as_a_whole, "prod",
           fleet_lib.secrets(dev=b"other", prod=fleet_lib.PASSWORD))
suite.case("new keys get the vault id of those that are there", vault_ids)
suite.case("a password file opens the vault", a_password_file)
suite.case("without the password nothing is changed", no_password)
suite.case("a private key in plain text is refused", plain_text)
suite.case("a file that cannot be changed safely is refused", strange_files)
suite.case("the file is where Ansible reads it", places_of_the_file)
suite.case("two names with one variable are refused", equal_names)
suite.case("a successor is made, put in place, and dropped", renewal)
suite.case("a successor of nothing is refused", renewal_of_nothing)
suite.case("a value that others refer to is not replaced", an_anchor)
suite.case("an interrupted change leaves the file as it was", interrupted)
suite.case("the list of revoked names gets their keys", the_revoked)
suite.case("the list is refused where Ansible would ignore variables", a_list_without_a_place)
suite.end()
