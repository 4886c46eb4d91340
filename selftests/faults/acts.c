// SPDX-License-Identifier: GPL-2.0
/* The requests that user space can make of a link, one function each. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../module/uapi/naawg.h"
#include "acts.h"
#include "nl.h"

static int route, generic, listener, udp, family;
static int here, there;
static const char *module_path;

static int ask_link(int type, int flags, unsigned int set, unsigned int mask,
		    void (*more)(struct message *m), int *answered)
{
	struct ifinfomsg head = { .ifi_flags = set, .ifi_change = mask };
	struct message m;

	nl_begin(&m, type, flags, &head, sizeof(head));
	nl_put(&m, IFLA_IFNAME, LINK, sizeof(LINK));
	if (more)
		more(&m);
	return nl_talk(route, &m, answered, NULL);
}

static void of_our_kind(struct message *m)
{
	int info = nl_nest(m, IFLA_LINKINFO);

	nl_put(m, IFLA_INFO_KIND, "naawg", 6);
	nl_nest_end(m, info);
}

static void to_there(struct message *m)
{
	nl_put(m, IFLA_NET_NS_FD, &there, sizeof(there));
}

static void to_here(struct message *m)
{
	nl_put(m, IFLA_NET_NS_FD, &here, sizeof(here));
}

static void other_mtu(struct message *m)
{
	static unsigned int mtu = 1280;

	mtu ^= 1280 ^ 1300;
	nl_put(m, IFLA_MTU, &mtu, sizeof(mtu));
}

int act_link_add(int *answered)
{
	return ask_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, 0,
			of_our_kind, answered);
}

int act_link_delete(int *answered)
{
	return ask_link(RTM_DELLINK, 0, 0, 0, NULL, answered);
}

int act_link_up(int *answered)
{
	return ask_link(RTM_NEWLINK, 0, IFF_UP, IFF_UP, NULL, answered);
}

int act_link_down(int *answered)
{
	return ask_link(RTM_NEWLINK, 0, 0, IFF_UP, NULL, answered);
}

int act_link_mtu(int *answered)
{
	return ask_link(RTM_NEWLINK, 0, 0, 0, other_mtu, answered);
}

int act_link_move(int *answered)
{
	return ask_link(RTM_NEWLINK, 0, 0, 0, to_there, answered);
}

int act_link_move_back(int *answered)
{
	int near = route, rc;

	/* a socket stays where it was made */
	if (setns(there, CLONE_NEWNET))
		return -errno;
	route = nl_open(NETLINK_ROUTE);
	rc = route < 0 ? route :
	     ask_link(RTM_NEWLINK, 0, 0, 0, to_here, answered);
	if (route >= 0)
		close(route);
	route = near;
	return setns(here, CLONE_NEWNET) ? -errno : rc;
}

static int ask(int command, int flags, void (*more)(struct message *m),
	       int *answered, uint64_t *sum)
{
	struct genlmsghdr head = { .cmd = command, .version = 1 };
	struct message m;

	nl_begin(&m, family, flags, &head, sizeof(head));
	nl_put(&m, NAAWG_A_DEVICE_IFNAME, LINK, sizeof(LINK));
	if (more)
		more(&m);
	return nl_talk(generic, &m, answered, sum);
}

static void identity(struct message *m)
{
	static unsigned char key[NAAWG_KEY_LEN] = { 1 };
	static uint16_t port = 20000;
	uint32_t mark = 7;

	/* another one each time, or nothing would have to be done */
	key[1]++;
	port ^= 1;
	nl_put(m, NAAWG_A_DEVICE_PRIVATE_KEY, key, sizeof(key));
	nl_put(m, NAAWG_A_DEVICE_LISTEN_PORT, &port, sizeof(port));
	nl_put(m, NAAWG_A_DEVICE_FWMARK, &mark, sizeof(mark));
}

static void prefix_in(struct message *m, int type, int number)
{
	unsigned char addr[16] = { 0xfd, number };
	int nest = nl_nest(m, type);
	uint16_t family = number % 2 ? AF_INET : AF_INET6;
	uint8_t len = number % 2 ? 24 : 64;

	addr[0] = family == AF_INET ? 10 : 0xfd;
	nl_put(m, NAAWG_A_ALLOWED_IP_FAMILY, &family, sizeof(family));
	nl_put(m, NAAWG_A_ALLOWED_IP_ADDRESS, addr, family == AF_INET ? 4 : 16);
	nl_put(m, NAAWG_A_ALLOWED_IP_PREFIX_LEN, &len, sizeof(len));
	nl_nest_end(m, nest);
}

static void prefix(struct message *m, int number)
{
	prefix_in(m, NAAWG_A_PEER_ALLOWED_IPS, number);
}

static void forbidden(struct message *m)
{
	uint32_t flags = NAAWG_DEVICE_FLAG_REPLACE_FORBIDDEN;
	int n;

	nl_put(m, NAAWG_A_DEVICE_FLAGS, &flags, sizeof(flags));
	for (n = 0; n < 4; n++)
		prefix_in(m, NAAWG_A_DEVICE_FORBIDDEN, 100 + n);
}

/* Peers @from to 4; each has four prefixes of @shift. */
static void peers(struct message *m, int from, uint32_t flags, int shift)
{
	struct sockaddr_in endpoint = {
		.sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	unsigned char key[NAAWG_KEY_LEN] = { 9 };
	uint16_t keepalive = 25;
	int i, n, nest;

	for (i = from; i < 4; i++) {
		nest = nl_nest(m, NAAWG_A_DEVICE_PEERS);
		key[1] = i;
		nl_put(m, NAAWG_A_PEER_PUBLIC_KEY, key, sizeof(key));
		nl_put(m, NAAWG_A_PEER_FLAGS, &flags, sizeof(flags));
		if (!(flags & NAAWG_PEER_FLAG_REMOVE_ME)) {
			nl_put(m, NAAWG_A_PEER_ENDPOINT, &endpoint,
			       sizeof(endpoint));
			nl_put(m, NAAWG_A_PEER_PERSISTENT_KEEPALIVE_INTERVAL,
			       &keepalive, sizeof(keepalive));
			for (n = 0; n < 4; n++)
				prefix(m, 4 * i + n + shift);
		}
		nl_nest_end(m, nest);
	}
}

static void new_peers(struct message *m)
{
	peers(m, 0, 0, 0);
}

static void other_prefixes(struct message *m)
{
	static int shift;

	shift ^= 16;
	peers(m, 1, NAAWG_PEER_FLAG_REPLACE_ALLOWED_IPS, shift);
}

static void all_peers(struct message *m)
{
	uint32_t flags = NAAWG_DEVICE_FLAG_REPLACE_PEERS;

	nl_put(m, NAAWG_A_DEVICE_FLAGS, &flags, sizeof(flags));
	peers(m, 0, 0, 0);
}

static void gone_peers(struct message *m)
{
	peers(m, 0, NAAWG_PEER_FLAG_REMOVE_ME, 0);
}

int act_identity(int *answered)
{
	return ask(NAAWG_CMD_SET_DEVICE, 0, identity, answered, NULL);
}

int act_peers_add(int *answered)
{
	return ask(NAAWG_CMD_SET_DEVICE, 0, new_peers, answered, NULL);
}

int act_forbid(int *answered)
{
	return ask(NAAWG_CMD_SET_DEVICE, 0, forbidden, answered, NULL);
}

int act_peers_change(int *answered)
{
	return ask(NAAWG_CMD_SET_DEVICE, 0, other_prefixes, answered, NULL);
}

int act_peers_replace(int *answered)
{
	return ask(NAAWG_CMD_SET_DEVICE, 0, all_peers, answered, NULL);
}

int act_peers_remove(int *answered)
{
	return ask(NAAWG_CMD_SET_DEVICE, 0, gone_peers, answered, NULL);
}

static void callable_peers(struct message *m)
{
	unsigned char key[NAAWG_KEY_LEN] = { 9 };
	int i, nest;

	for (i = 0; i < 4; i++) {
		nest = nl_nest(m, NAAWG_A_DEVICE_PEERS);
		key[1] = i;
		nl_put(m, NAAWG_A_PEER_PUBLIC_KEY, key, sizeof(key));
		nl_nest_end(m, nest);
	}
}

int act_rekey(int *answered)
{
	return ask(NAAWG_CMD_REKEY, 0, callable_peers, answered, NULL);
}

static void forward(struct message *m, uint16_t port, uint32_t flags)
{
	unsigned char to[4] = { 10, 0, 0, 80 };
	uint8_t proto = IPPROTO_TCP;
	uint16_t last = port + 3;
	int nest = nl_nest(m, NAAWG_A_DEVICE_FORWARDS);

	nl_put(m, NAAWG_A_FORWARD_PROTO, &proto, sizeof(proto));
	nl_put(m, NAAWG_A_FORWARD_PORT, &port, sizeof(port));
	nl_put(m, NAAWG_A_FORWARD_FLAGS, &flags, sizeof(flags));
	nl_put(m, NAAWG_A_FORWARD_PORT_LAST, &last, sizeof(last));
	if (!(flags & NAAWG_FORWARD_FLAG_REMOVE_ME))
		nl_put(m, NAAWG_A_FORWARD_ADDRESS, to, sizeof(to));
	nl_nest_end(m, nest);
}

static void new_forwards(struct message *m)
{
	forward(m, 80, 0);
	forward(m, 443, 0);
}

static void other_forwards(struct message *m)
{
	uint32_t flags = NAAWG_FORWARD_REQUEST_FLAG_REPLACE |
			 NAAWG_FORWARD_REQUEST_FLAG_KILL;
	static uint16_t port = 1000;

	port ^= 1000 ^ 2000;
	nl_put(m, NAAWG_A_DEVICE_FORWARD_FLAGS, &flags, sizeof(flags));
	forward(m, 80, 0);
	forward(m, port, 0);
}

static void gone_forwards(struct message *m)
{
	forward(m, 80, NAAWG_FORWARD_FLAG_REMOVE_ME);
}

int act_forwards_add(int *answered)
{
	return ask(NAAWG_CMD_SET_FORWARDS, 0, new_forwards, answered, NULL);
}

int act_forwards_replace(int *answered)
{
	return ask(NAAWG_CMD_SET_FORWARDS, 0, other_forwards, answered, NULL);
}

int act_forwards_remove(int *answered)
{
	return ask(NAAWG_CMD_SET_FORWARDS, 0, gone_forwards, answered, NULL);
}

int act_get_device(int *answered)
{
	return ask(NAAWG_CMD_GET_DEVICE, NLM_F_DUMP, NULL, answered, NULL);
}

int act_get_callers(int *answered)
{
	return ask(NAAWG_CMD_GET_CALLERS, NLM_F_DUMP, NULL, answered, NULL);
}

int act_get_stats(int *answered)
{
	return ask(NAAWG_CMD_GET_STATS, NLM_F_DUMP, NULL, answered, NULL);
}

int act_get_forwards(int *answered)
{
	return ask(NAAWG_CMD_GET_FORWARDS, NLM_F_DUMP, NULL, answered, NULL);
}

uint64_t acts_forwards_state(void)
{
	uint64_t sum = 0;
	int answered;

	return ask(NAAWG_CMD_GET_FORWARDS, NLM_F_DUMP, NULL, &answered, &sum) ?
	       0 : sum;
}

/* A packet for a peer that has no session yet. */
int act_send(int *answered)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(0x0a010001),
	};

	*answered = 0;
	/* there are no addresses here, and no routes */
	if (setsockopt(udp, SOL_SOCKET, SO_BINDTODEVICE, LINK, sizeof(LINK)))
		return -errno;
	if (sendto(udp, "hello", 5, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return 0;
}

int act_module_load(int *answered)
{
	int fd = open(module_path, O_RDONLY | O_CLOEXEC), rc;

	*answered = 0;
	if (fd < 0)
		return -errno;
	rc = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return rc;
}

int act_module_unload(int *answered)
{
	*answered = 0;
	return syscall(SYS_delete_module, "naawg", O_NONBLOCK) ? -errno : 0;
}

int acts_link_exists(void)
{
	return if_nametoindex(LINK) != 0;
}

void acts_drain(void)
{
	nl_drain(route);
	nl_drain(generic);
	nl_drain(listener);
}

int acts_setup(const char *module)
{
	int group;

	module_path = module;
	here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (unshare(CLONE_NEWNET))
		return -errno;
	there = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (here < 0 || there < 0 || setns(here, CLONE_NEWNET))
		return -errno;
	route = nl_open(NETLINK_ROUTE);
	generic = nl_open(NETLINK_GENERIC);
	listener = nl_open(NETLINK_GENERIC);
	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (route < 0 || generic < 0 || listener < 0 || udp < 0)
		return -EMFILE;
	family = nl_family(generic, NAAWG_FAMILY_NAME, &group);
	/* with a listener, the module also needs memory for notifications */
	return family < 0 ? family : nl_join(listener, group);
}
