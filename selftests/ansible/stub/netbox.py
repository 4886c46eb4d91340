# SPDX-License-Identifier: GPL-2.0
"""The requests of NetBox that the role netbox makes, for the stub."""

CHOICES = {
    "virtual-machines": ["offline", "active", "planned", "staged", "failed", "decommissioning"],
    "ip-addresses": ["active", "reserved", "deprecated", "dhcp", "slaac"],
}
APPS = {"clusters": "virtualization", "device-roles": "dcim", "virtual-machines": "virtualization",
        "interfaces": "virtualization", "ip-addresses": "ipam"}
# NetBox ignores filters that it does not have, and the module sends these two.
IGNORED = ("limit", "offset", "assigned_object", "assigned_object_id")
# Fields that refer to an object, by name; an answer has the object in place of its id.
LINKS = {
    "cluster": "clusters",
    "role": "device-roles",
    "virtual_machine": "virtual-machines",
    "primary_ip4": "ip-addresses",
    "primary_ip6": "ip-addresses",
}
DEFAULTS = {
    "clusters": {},
    "device-roles": {},
    "virtual-machines": {"cluster": None, "role": None, "vcpus": None, "memory": None,
                         "disk": None, "comments": "", "primary_ip4": None,
                         "primary_ip6": None, "status": "active", "tags": [],
                         "custom_fields": {}},
    "interfaces": {"virtual_machine": None, "enabled": True, "mtu": None, "tags": [],
                   "custom_fields": {}},
    "ip-addresses": {"status": "active", "assigned_object_type": None,
                     "assigned_object_id": None, "dns_name": "", "tags": [],
                     "custom_fields": {}},
}


def url_of(table, number):
    """The path of an object."""
    return f"/api/{APPS[table]}/{table}/{number}/"


class Service:
    """A NetBox that knows one cluster and one role."""
    headers = (("API-Version", "3.5"),)
    public = ("api",)
    unknown_token = (403, "Invalid token")

    def __init__(self, refused):
        self.refused = refused
        self.last = 0
        self.tables = {name: {} for name in DEFAULTS}
        self.add("clusters", {"name": "pve"})
        self.add("device-roles", {"name": "vpn", "slug": "vpn"})

    @staticmethod
    def authorization(secret):
        """The header of a request with the right token."""
        return f"Token {secret}"

    @staticmethod
    def error(text):
        """The body of a refusal."""
        return {"detail": text}

    def state(self):
        """Everything, for the test."""
        return self.tables

    def change(self, fields):
        """Fields of the virtual machines that a person changed by hand."""
        for row in self.tables["virtual-machines"].values():
            row.update(fields)

    def routes(self):
        """Method, path and function of each request."""
        several = "/api/{app}/{table}"
        one = several + "/{id}"
        return [
            ("GET", "/api/status", self.status),
            ("GET", several, self.listed),
            ("OPTIONS", several, self.choices),
            ("POST", "/api/virtualization/virtual-machines", self.poster("virtual-machines")),
            ("POST", "/api/virtualization/interfaces", self.poster("interfaces")),
            ("POST", "/api/ipam/ip-addresses", self.poster("ip-addresses")),
            ("GET", one, self.shown),
            ("PATCH", "/api/virtualization/virtual-machines/{id}",
             self.patcher("virtual-machines")),
            ("PATCH", "/api/virtualization/interfaces/{id}", self.patcher("interfaces")),
            ("PATCH", "/api/ipam/ip-addresses/{id}", self.patcher("ip-addresses")),
            ("DELETE", one, self.remove),
        ]

    # --- rows ---------------------------------------------------------------------

    def add(self, table, fields):
        """A new row."""
        self.last += 1
        self.tables[table][self.last] = dict(DEFAULTS[table], id=self.last)
        self.tables[table][self.last].update(fields)
        return self.last

    def table(self, names):
        """The table that a path names."""
        if names["table"] not in self.tables:
            raise self.refused(404, f"the stub has no {names['table']}")
        return self.tables[names["table"]]

    def row(self, names):
        """The row that a path names."""
        if int(names["id"]) not in self.table(names):
            raise self.refused(404, f"no {names['table']} with id {names['id']}")
        return self.table(names)[int(names["id"])]

    def check_links(self, fields):
        """The objects that fields refer to have to exist."""
        for name, table in LINKS.items():
            if fields.get(name) is not None and fields[name] not in self.tables[table]:
                raise self.refused(400, f"{name}: no object with id {fields[name]}")
        if fields.get("assigned_object_id") is not None and \
                fields["assigned_object_id"] not in self.tables["interfaces"]:
            raise self.refused(400, "assigned_object_id: no such interface")

    def written(self, table, row):
        """A row as an answer has it."""
        shown = dict(row, url=url_of(table, row["id"]),
                     display=row.get("name") or row.get("address"))
        for name, other in LINKS.items():
            if row.get(name) is not None:
                linked = self.tables[other][row[name]]
                shown[name] = {"id": linked["id"], "url": url_of(other, linked["id"]),
                               "display": linked.get("name") or linked.get("address")}
        if "status" in row:
            shown["status"] = {"value": row["status"], "label": row["status"].title()}
        return shown

    # --- answers: functions of the names in the path, the query and the fields ---------

    @staticmethod
    def status(_names, _query, _fields):
        """The version."""
        return 200, {"netbox-version": "3.5.9", "stub": True}

    def choices(self, names, _query, _fields):
        """The values that a status may have."""
        values = [{"value": value, "display_name": value.title()}
                  for value in CHOICES.get(names["table"], [])]
        return 200, {"actions": {"POST": {"status": {"choices": values}}}}

    def fits(self, row, name, value):
        """Whether a row has what the query asks for."""
        if name == "vminterface_id":
            return row["assigned_object_type"] == "virtualization.vminterface" and \
                str(row["assigned_object_id"]) == value
        if name.endswith("_id") and name[:-3] in LINKS:
            return str(row[name[:-3]]) == value
        if name == "virtual_machine":
            return self.tables["virtual-machines"][row[name]]["name"] == value
        if name == "q":
            return value in (row.get("name"), row.get("address"))
        if name in ("name", "address", "slug", "id"):
            return str(row.get(name)) == value
        raise self.refused(400, f"the stub has no filter {name}")

    def listed(self, names, query, _fields):
        """The rows that fit the query."""
        rows = [self.written(names["table"], row) for row in self.table(names).values()
                if all(self.fits(row, name, value) for name, value in query.items()
                       if name not in IGNORED)]
        return 200, {"count": len(rows), "next": None, "previous": None, "results": rows}

    def shown(self, names, _query, _fields):
        """One row."""
        return 200, self.written(names["table"], self.row(names))

    def poster(self, table):
        """The function that adds a row to a table."""
        def post(_names, _query, fields):
            self.check_links(fields)
            return 201, self.written(table, self.tables[table][self.add(table, fields)])
        return post

    def patcher(self, table):
        """The function that changes a row of a table."""
        def patch(names, _query, fields):
            row = self.row(dict(names, table=table))
            self.check_links(fields)
            for name in ("primary_ip4", "primary_ip6"):
                if fields.get(name) is not None:
                    self.check_primary(row, fields[name])
            row.update(fields)
            return 200, self.written(table, row)
        return patch

    def check_primary(self, machine, number):
        """A primary address has to be one of the machine."""
        address = self.tables["ip-addresses"][number]
        interface = self.tables["interfaces"].get(address["assigned_object_id"])
        if interface is None or interface["virtual_machine"] != machine["id"]:
            raise self.refused(400, "primary_ip4: not assigned to this virtual machine")

    def remove(self, names, _query, _fields):
        """A row goes, and with a machine its interfaces and their addresses."""
        row = self.row(names)
        del self.table(names)[row["id"]]
        if names["table"] == "virtual-machines":
            self.sweep()
        return 204, None

    def sweep(self):
        """Remove interfaces without a machine, and addresses without an interface."""
        machines, interfaces, addresses = (
            self.tables[name] for name in ("virtual-machines", "interfaces", "ip-addresses"))
        for number in [n for n, row in interfaces.items()
                       if row["virtual_machine"] not in machines]:
            del interfaces[number]
        for number in [n for n, row in addresses.items()
                       if row["assigned_object_id"] not in interfaces]:
            del addresses[number]
