// SPDX-License-Identifier: GPL-2.0
/* Finds the network namespaces in which links of the stock driver were made. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/link_dump.h"
#include "lib/nl.h"
#include "lib/nl_stock.h"
#include "lib/prog.h"
#include "lib/served.h"
#include "saved/birth.h"
#include "saved/namespaces.h"

struct search {
	struct namespaces all;
	int here;		/* the namespace of the links */
	ino_t here_inode;
};

/*
 * "N: ADDRESS:PORT REMOTE:PORT STATE ... INODE ...", in hexadecimal: the inode of a socket
 * that is bound to this port of all addresses. 0: there is none.
 */
static unsigned long find_socket(const char *path, unsigned int port)
{
	unsigned long inode = 0, found;
	char line[512], address[33];
	FILE *in = fopen(path, "re");
	unsigned int bound;

	while (in && !inode && fgets(line, sizeof(line), in))
		if (sscanf(line, " %*d: %32[0-9A-F]:%X %*s %*s %*s %*s %*s %*s %*s %lu", address,
			   &bound, &found) == 3 &&
		    bound == port && strspn(address, "0") == strlen(address))
			inode = found;
	if (in)
		fclose(in);
	return inode;
}

/* In the network namespace in which this program is. */
static unsigned long socket_of(unsigned int port)
{
	unsigned long inode = find_socket("/proc/thread-self/net/udp", port);

	return inode ? inode : find_socket("/proc/thread-self/net/udp6", port);
}

/* -ENODEV for a link without a port of this kind. */
static int get_device(const struct link_name *link, bool stock, struct device *dev)
{
	if (!strcmp(link->kind, NAAWG_FAMILY_NAME))
		return nl_get_device(link->name, dev);
	return stock && !strcmp(link->kind, SERVED_KIND) ? nl_stock_get(link->name, dev) : -ENODEV;
}

/* Whether a link in this namespace has this port, of kind naawg or, with @stock, of either. */
static bool is_taken(unsigned int port, bool stock)
{
	struct link_list list;
	struct device dev;
	bool taken = false;
	size_t i;

	if (link_dump(&list))
		return false;
	for (i = 0; i < list.n && !taken; i++) {
		if (!(list.links[i].flags & IFF_UP) || get_device(&list.links[i], stock, &dev))
			continue;
		taken = dev.listen_port == port;
		device_destroy(&dev);
	}
	link_list_destroy(&list);
	return taken;
}

/* The sockets of all processes. They are read once, as this may work in many namespaces. */
static struct {
	unsigned long *inodes;
	size_t n, room;
	bool known;
} of_processes;

static int add_socket(unsigned long inode)
{
	unsigned long *moved;
	size_t room;

	if (of_processes.n == of_processes.room) {
		room = of_processes.room ? 2 * of_processes.room : 1024;
		moved = realloc(of_processes.inodes, room * sizeof(*moved));
		if (!moved)
			return -ENOMEM;
		of_processes.inodes = moved;
		of_processes.room = room;
	}
	of_processes.inodes[of_processes.n++] = inode;
	return 0;
}

static int read_process(const char *pid)
{
	char dir[PATH_MAX], path[PATH_MAX], to[64];
	struct dirent *entry;
	unsigned long inode;
	DIR *stream;
	ssize_t len;
	int ret = 0;

	snprintf(dir, sizeof(dir), "/proc/%.16s/fd", pid);
	stream = opendir(dir);
	while (stream && !ret && (entry = readdir(stream))) {
		snprintf(path, sizeof(path), "/proc/%.16s/fd/%.16s", pid, entry->d_name);
		len = readlink(path, to, sizeof(to) - 1);
		to[len > 0 ? len : 0] = '\0';
		if (sscanf(to, "socket:[%lu]", &inode) == 1)
			ret = add_socket(inode);
	}
	if (stream)
		closedir(stream);
	return ret;
}

static int read_processes(void)
{
	struct dirent *entry;
	DIR *stream;
	int ret = 0;

	if (of_processes.known)
		return 0;
	of_processes.n = 0;
	stream = opendir("/proc");
	if (!stream)
		return -errno;
	while (!ret && (entry = readdir(stream)))
		if (isdigit((unsigned char)entry->d_name[0]))
			ret = read_process(entry->d_name);
	closedir(stream);
	of_processes.known = !ret;
	return ret;
}

/* Whether this port is open in this namespace. The socket of a link belongs to no process. */
static bool is_open(unsigned int port)
{
	unsigned long inode = socket_of(port);
	size_t i;

	for (i = 0; i < of_processes.n; i++)
		if (of_processes.inodes[i] == inode)
			return false;
	return inode;
}

/* The result of the search for a link with a certain port in one namespace. */
enum trace {
	TRACE_NONE,	/* the port is not open: the link was not made there */
	TRACE_OTHER,	/* it is, and another link there has the same port */
	TRACE_FOUND,
};

static enum trace trace_here(const struct saved *saved, size_t number)
{
	unsigned int port = saved->links[number].port;
	size_t i;

	if (!is_open(port))
		return TRACE_NONE;
	for (i = 0; i < saved->n_links; i++)
		if (i != number && saved->links[i].port == port)
			return TRACE_OTHER;
	return is_taken(port, false) ? TRACE_OTHER : TRACE_FOUND;
}

static enum trace trace_in(const struct namespace *ns, unsigned int port)
{
	if (!namespace_enter(ns) || !is_open(port))
		return TRACE_NONE;
	return is_taken(port, true) ? TRACE_OTHER : TRACE_FOUND;
}

static bool unclear(const struct saved_link *link, const struct namespace *a,
		    const struct namespace *b)
{
	if (b)
		fprintf(stderr, "%s: %s was made in %s or in %s, as port %u is open in both: give it another port first\n",
			prog_name, link->name, a->where, b->where, link->port);
	else
		fprintf(stderr, "%s: %s may have been made in %s, where another link has port %u, too: give it another port first\n",
			prog_name, link->name, a->where, link->port);
	return false;
}

/*
 * Returns false if it is unclear. *@found is NULL if there is none. If another link has the
 * port in the namespace of this one, either may have been made there. In another namespace,
 * that link is taken for the owner if the port is open elsewhere, too.
 */
static bool find(struct search *search, const struct saved_link *link, enum trace here,
		 const struct namespace **found)
{
	const struct namespace *other = NULL;
	size_t i;

	*found = NULL;
	for (i = 0; i < search->all.n; i++) {
		const struct namespace *ns = &search->all.list[i];
		bool is_here = ns->inode == search->here_inode;
		enum trace trace = is_here ? here : trace_in(ns, link->port);

		if (trace == TRACE_OTHER && (is_here || !other))
			other = ns;
		if (trace != TRACE_FOUND)
			continue;
		if (*found)
			return unclear(link, *found, ns);
		*found = ns;
	}
	if (other && (here == TRACE_OTHER || !*found))
		return unclear(link, other, *found);
	return true;
}

static int parse_id(const struct nlmsghdr *nlh, void *arg)
{
	uint32_t id = record_u32(nlh, sizeof(struct rtgenmsg), NETNSA_NSID);

	memcpy(arg, &id, sizeof(id));
	return 0;
}

static int ask(struct nlsock *nls, uint16_t type, int fd, int32_t *id)
{
	struct nlmsghdr *nlh = nlsock_request(nls, type, NLM_F_ACK, sizeof(struct rtgenmsg));

	mnl_attr_put_u32(nlh, NETNSA_FD, fd);
	if (type == RTM_NEWNSID)
		mnl_attr_put_u32(nlh, NETNSA_NSID, (uint32_t)NETNSA_NSID_NOT_ASSIGNED);
	return nlsock_exchange(nls, nlh, type == RTM_GETNSID ? parse_id : NULL, id);
}

/* The identifier here of another namespace. The kernel assigns one if there is none. */
static int id_of(int fd, int32_t *id)
{
	struct nlsock nls;
	int ret = nlsock_open(&nls, NETLINK_ROUTE);

	*id = NETNSA_NSID_NOT_ASSIGNED;
	if (!ret)
		ret = ask(&nls, RTM_GETNSID, fd, id);
	if (!ret && *id < 0) {
		ret = ask(&nls, RTM_NEWNSID, fd, id);
		if (!ret)
			ret = ask(&nls, RTM_GETNSID, fd, id);
	}
	nlsock_close(&nls);
	return ret;
}

static bool fails(const struct saved_link *link, int error)
{
	fprintf(stderr, "%s: cannot find out where %s was made: %s\n", prog_name, link->name,
		strerror(-error));
	return false;
}

static bool save_one(struct saved *saved, size_t number, enum trace here, struct search *search)
{
	const struct saved_link *link = &saved->links[number];
	const struct namespace *ns;
	bool one = find(search, link, here, &ns);
	int32_t id;
	int ret;

	if (setns(search->here, CLONE_NEWNET))
		return fails(link, -errno);
	if (!one)
		return false;
	if (!ns) {
		fprintf(stderr, "%s: the network namespace in which %s was made is not to be found: its socket will be in this one\n",
			prog_name, link->name);
		return true;
	}
	ret = id_of(ns->fd, &id);
	if (!ret && !records_add(&saved->records, SAVED_BIRTH, number, &id, sizeof(id)))
		ret = -ENOMEM;
	return !ret || fails(link, ret);
}

static int begin(struct search *search)
{
	struct stat st;

	search->here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (search->here < 0 || fstat(search->here, &st))
		return -errno;
	search->here_inode = st.st_ino;
	return namespaces_find(&search->all, NULL, 0);
}

/* Most links have their socket here. Only for others, all namespaces are searched. */
bool birth_save(struct saved *saved)
{
	struct search search = { .here = -1 };
	enum trace here;
	bool ok = true;
	size_t i;
	int ret;

	for (i = 0; ok && i < saved->n_links; i++) {
		if (!saved->links[i].port)
			continue;
		ret = read_processes();
		here = ret ? TRACE_NONE : trace_here(saved, i);
		if (here == TRACE_FOUND)
			continue;
		if (!ret && search.here < 0)
			ret = begin(&search);
		ok = ret ? fails(&saved->links[i], ret) : save_one(saved, i, here, &search);
	}
	namespaces_close(&search.all);
	if (search.here >= 0)
		close(search.here);
	return ok;
}

int32_t birth_of(const struct saved *saved, size_t link)
{
	int32_t id = NETNSA_NSID_NOT_ASSIGNED;
	const struct nlattr *attr;

	records_for_each(msg, &saved->records) {
		if (msg->nlmsg_seq != link)
			continue;
		if (msg->nlmsg_type == SAVED_BIRTH)
			memcpy(&id, mnl_nlmsg_get_payload(msg), sizeof(id));
		attr = msg->nlmsg_type == RTM_NEWLINK ?
		       record_attr(msg, sizeof(struct ifinfomsg), IFLA_LINK_NETNSID) : NULL;
		if (attr && mnl_attr_get_payload_len(attr) >= sizeof(id))
			memcpy(&id, mnl_attr_get_payload(attr), sizeof(id));
	}
	return id;
}
