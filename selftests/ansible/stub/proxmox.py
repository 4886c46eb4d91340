# SPDX-License-Identifier: GPL-2.0
"""The requests of Proxmox VE that the role proxmox_ct makes, for the stub."""

TOKEN = "root@pam!naawg"


def config_of(fields):
    """The configuration that a container gets from the fields it was created with."""
    config = {name: int(value) if isinstance(value, bool) else value
              for name, value in fields.items()
              if name not in ("vmid", "storage", "ostemplate", "force", "ssh-public-keys")}
    config["rootfs"] = f"{fields['storage']}:vm-{fields['vmid']}-disk-0,size=8G"
    config["net0"] += ",hwaddr=BC:24:11:00:00:01,type=veth"
    return dict(config, arch="amd64", ostype="debian", digest="0" * 40)


class Service:
    """A cluster of two nodes, with a virtual machine on the second one."""
    headers = ()
    public = ()
    unknown_token = (401, "no such token")

    def __init__(self, refused):
        self.refused = refused
        self.guests = {100: {"type": "qemu", "node": "pve2", "status": "running",
                             "config": {"name": "db"}}}
        self.templates = []
        self.jobs = {}
        self.tasks = {}

    @staticmethod
    def authorization(secret):
        """The header of a request with the right token."""
        return f"PVEAPIToken={TOKEN}={secret}"

    @staticmethod
    def error(text):
        """The body of a refusal."""
        return {"data": None, "errors": {"stub": text}}

    def state(self):
        """Everything, for the test."""
        return {"guests": self.guests, "jobs": self.jobs, "templates": self.templates}

    def change(self, fields):
        """Settings of container 2090 that a person changed by hand."""
        self.guests[2090]["config"].update(fields)

    def routes(self):
        """Method, path and function of each request."""
        base, guest = "/api2/json", "/api2/json/nodes/{node}/lxc/{vmid}"
        return [
            ("GET", base + "/version", self.version),
            ("GET", base + "/nodes", self.nodes),
            ("GET", base + "/cluster/resources", self.resources),
            ("GET", base + "/cluster/backup", self.backups),
            ("POST", base + "/cluster/backup", self.add_backup),
            ("PUT", base + "/cluster/backup/{id}", self.change_backup),
            ("DELETE", base + "/cluster/backup/{id}", self.remove_backup),
            ("GET", base + "/nodes/{node}/storage/{storage}/content", self.content),
            ("POST", base + "/nodes/{node}/aplinfo", self.download),
            ("GET", base + "/nodes/{node}/tasks/{upid}/status", self.task),
            ("POST", base + "/nodes/{node}/lxc", self.create),
            ("GET", guest + "/config", self.config),
            ("PUT", guest + "/config", self.configure),
            ("GET", guest + "/status/current", self.current),
            ("POST", guest + "/status/start", self.start),
            ("POST", guest + "/status/shutdown", self.shutdown),
            ("DELETE", guest, self.remove),
        ]

    # --- answers: functions of the names in the path, the query and the fields ---------

    @staticmethod
    def version(_names, _query, _fields):
        """The version."""
        return 200, {"data": {"version": "8.2.4", "release": "8.2", "repoid": "stub"}}

    @staticmethod
    def nodes(_names, _query, _fields):
        """The nodes."""
        return 200, {"data": [{"node": name, "status": "online"} for name in ("pve1", "pve2")]}

    def resources(self, _names, _query, _fields):
        """Each guest of the cluster."""
        return 200, {"data": [
            {"id": f"{guest['type']}/{vmid}", "vmid": vmid, "type": guest["type"],
             "node": guest["node"], "status": guest["status"], "template": 0,
             "name": guest["config"].get("name") or guest["config"].get("hostname")}
            for vmid, guest in self.guests.items()]}

    def content(self, names, _query, _fields):
        """The templates of a storage."""
        return 200, {"data": [{"volid": f"{names['storage']}:vztmpl/{name}", "content": "vztmpl"}
                              for name in self.templates]}

    def begun(self, node, kind, vmid):
        """A task, which is still running when it is first asked for."""
        upid = f"UPID:{node}:0000AAAA:0000BBBB:{len(self.tasks):08X}:{kind}:{vmid}:{TOKEN}:"
        self.tasks[upid] = 0
        return 200, {"data": upid}

    def task(self, names, _query, _fields):
        """The status of a task."""
        upid = names["upid"].replace("%3A", ":").replace("%40", "@").replace("%21", "!")
        if upid not in self.tasks:
            raise self.refused(400, f"no such task: {upid}")
        self.tasks[upid] += 1
        if ":vzcreate:" in upid and self.tasks[upid] == 1:
            return 200, {"data": {"upid": upid, "status": "running"}}
        return 200, {"data": {"upid": upid, "status": "stopped", "exitstatus": "OK"}}

    def download(self, names, _query, fields):
        """A template is downloaded."""
        self.templates.append(fields["template"])
        return self.begun(names["node"], "download", "")

    def create(self, names, _query, fields):
        """A container is created."""
        vmid = fields["vmid"]
        if vmid in self.guests:
            raise self.refused(500, f"CT {vmid} already exists on node '{names['node']}'")
        if fields["ostemplate"].split("/")[-1] not in self.templates:
            raise self.refused(400, f"volume '{fields['ostemplate']}' does not exist")
        self.guests[vmid] = {"type": "lxc", "node": names["node"], "status": "stopped",
                             "config": config_of(fields)}
        return self.begun(names["node"], "vzcreate", vmid)

    def container(self, names):
        """The container that a path names."""
        guest = self.guests.get(int(names["vmid"]))
        if guest is None or guest["type"] != "lxc" or guest["node"] != names["node"]:
            raise self.refused(500, f"Configuration file 'nodes/{names['node']}/lxc/"
                                    f"{names['vmid']}.conf' does not exist")
        return guest

    def config(self, names, _query, _fields):
        """The settings of a container."""
        return 200, {"data": self.container(names)["config"]}

    def configure(self, names, _query, fields):
        """Settings of a container are changed."""
        self.container(names)["config"].update(
            {name: int(value) if isinstance(value, bool) else value
             for name, value in fields.items()})
        return 200, {"data": None}

    def current(self, names, _query, _fields):
        """The status of a container."""
        return 200, {"data": {"status": self.container(names)["status"], "vmid": names["vmid"]}}

    def start(self, names, _query, _fields):
        """A container is started."""
        self.container(names)["status"] = "running"
        return self.begun(names["node"], "vzstart", names["vmid"])

    def shutdown(self, names, _query, _fields):
        """A container is stopped."""
        self.container(names)["status"] = "stopped"
        return self.begun(names["node"], "vzshutdown", names["vmid"])

    def remove(self, names, _query, fields):
        """A container is removed, with "purge" from backup jobs of several guests as well."""
        if self.container(names)["status"] != "stopped":
            raise self.refused(500, f"CT {names['vmid']} is running")
        if not fields.get("purge"):
            raise self.refused(500, "the test wants the container purged")
        del self.guests[int(names["vmid"])]
        return self.begun(names["node"], "vzdestroy", names["vmid"])

    def backups(self, _names, _query, _fields):
        """The backup jobs."""
        return 200, {"data": list(self.jobs.values())}

    def add_backup(self, _names, _query, fields):
        """A backup job is created."""
        if fields["id"] in self.jobs:
            raise self.refused(500, f"Job '{fields['id']}' already exists")
        self.jobs[fields["id"]] = {name: int(value) if isinstance(value, bool) else value
                                   for name, value in fields.items()}
        return 200, {"data": None}

    def job(self, names):
        """The backup job that a path names."""
        if names["id"] not in self.jobs:
            raise self.refused(500, f"No such job '{names['id']}'")
        return self.jobs[names["id"]]

    def change_backup(self, names, _query, fields):
        """A backup job is changed."""
        self.job(names).update({name: int(value) if isinstance(value, bool) else value
                                for name, value in fields.items()})
        return 200, {"data": None}

    def remove_backup(self, names, _query, _fields):
        """A backup job is removed."""
        self.job(names)
        del self.jobs[names["id"]]
        return 200, {"data": None}
