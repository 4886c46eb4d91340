// SPDX-License-Identifier: GPL-2.0
/* Tells which driver serves the link kind and the netlink family "wireguard". */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/genl.h"
#include "lib/link_dump.h"
#include "lib/served.h"
#include "uapi/naawg.h"

#define MODULES		"/sys/module"
#define OURS		MODULES "/naawg_wireguard"
#define STOCK		MODULES "/wireguard"

struct families {
	uint16_t naawg;
	uint16_t wireguard;
};

static int parse_families(const struct nlmsghdr *nlh, void *arg)
{
	struct families *families = arg;
	struct genl_family family = { 0 };

	genl_parse_family(nlh, &family);
	if (!strcmp(family.name, NAAWG_FAMILY_NAME))
		families->naawg = family.id;
	else if (!strcmp(family.name, SERVED_KIND))
		families->wireguard = family.id;
	return 0;
}

/* A request for one family by its name would make the kernel load a module. */
static int list_families(struct nlsock *nls, struct families *families)
{
	struct nlmsghdr *nlh;
	int ret;

	do {
		memset(families, 0, sizeof(*families));
		nlh = genl_request(nls, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_DUMP);
		ret = nlsock_exchange(nls, nlh, parse_families, families);
	} while (nlsock_retry(nls, ret));
	return ret;
}

/* The family of naawg knows all links that naawg serves. Every user may ask for forwards. */
static enum served ask_about_link(struct nlsock *nls, uint16_t naawg)
{
	enum served served = SERVED_UNKNOWN;
	struct link_list list;
	struct nlmsghdr *nlh;
	size_t i;
	int ret;

	if (link_dump(&list))
		return SERVED_UNKNOWN;
	for (i = 0; i < list.n && served == SERVED_UNKNOWN; i++) {
		if (strcmp(list.links[i].kind, SERVED_KIND))
			continue;
		nlh = genl_request(nls, naawg, NAAWG_CMD_GET_FORWARDS, NAAWG_FAMILY_VERSION,
				   NLM_F_DUMP);
		mnl_attr_put_strz(nlh, NAAWG_A_DEVICE_IFNAME, list.links[i].name);
		ret = nlsock_exchange(nls, nlh, NULL, NULL);
		if (!ret || ret == -EINTR)
			served = SERVED_NAAWG;
		else if (ret == -EOPNOTSUPP)
			served = SERVED_STOCK;
	}
	link_list_destroy(&list);
	return served;
}

/* The modules are not to be seen: there is no sysfs, or another module has the names. */
static enum served ask_families(void)
{
	enum served served = SERVED_UNKNOWN;
	struct families families;
	struct nlsock nls;

	if (!nlsock_open(&nls, NETLINK_GENERIC) && !list_families(&nls, &families)) {
		if (!families.wireguard)
			served = SERVED_NOBODY;
		else if (access(MODULES, F_OK))
			served = families.naawg ? ask_about_link(&nls, families.naawg) :
						  SERVED_STOCK;
	}
	nlsock_close(&nls);
	return served;
}

enum served served_by(void)
{
	if (!access(OURS, F_OK))
		return SERVED_NAAWG;
	/* Only a module that was loaded has a state. */
	if (!access(STOCK "/initstate", F_OK))
		return SERVED_STOCK;
	return access(STOCK, F_OK) ? ask_families() : SERVED_BUILT_IN;
}

const char *served_name(enum served served)
{
	static const char *const names[] = {
		[SERVED_NOBODY] = "nobody",
		[SERVED_NAAWG] = "naawg",
		[SERVED_STOCK] = "stock",
		[SERVED_BUILT_IN] = "built-in",
		[SERVED_UNKNOWN] = "unknown",
	};

	return names[served];
}

void served_print(void)
{
	static const char *const texts[] = {
		[SERVED_NOBODY] = "nobody serves them yet; the first one loads a module",
		[SERVED_NAAWG] = "served by naawg",
		[SERVED_STOCK] = "served by the stock driver",
		[SERVED_BUILT_IN] =
			"served by the stock driver, which is built into this kernel",
		[SERVED_UNKNOWN] = "served by another module, or it cannot be found out",
	};

	printf("wireguard links: %s\n", texts[served_by()]);
}
