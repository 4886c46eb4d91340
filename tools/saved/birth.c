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

/* Whether a link in this namespace has that socket itself. */
static bool is_taken(unsigned int port)
{
	struct link_list list;
	struct device dev;
	bool taken = false;
	size_t i;

	if (link_dump(&list))
		return false;
	for (i = 0; i < list.n && !taken; i++) {
		if (strcmp(list.links[i].kind, SERVED_KIND) || !(list.links[i].flags & IFF_UP) ||
		    nl_stock_get(list.links[i].name, &dev))
			continue;
		taken = dev.listen_port == port;
		device_destroy(&dev);
	}
	link_list_destroy(&list);
	return taken;
}

static bool process_has(const char *pid, const char *wanted)
{
	char dir[PATH_MAX], path[PATH_MAX], to[64];
	struct dirent *entry;
	bool found = false;
	DIR *stream;
	ssize_t len;

	snprintf(dir, sizeof(dir), "/proc/%.16s/fd", pid);
	stream = opendir(dir);
	while (stream && !found && (entry = readdir(stream))) {
		snprintf(path, sizeof(path), "/proc/%.16s/fd/%.16s", pid, entry->d_name);
		len = readlink(path, to, sizeof(to) - 1);
		to[len > 0 ? len : 0] = '\0';
		found = !strcmp(to, wanted);
	}
	if (stream)
		closedir(stream);
	return found;
}

/* The socket of a link belongs to no process. */
static bool is_of_process(unsigned long inode)
{
	DIR *stream = opendir("/proc");
	struct dirent *entry;
	bool found = false;
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "socket:[%lu]", inode);
	while (stream && !found && (entry = readdir(stream)))
		if (isdigit((unsigned char)entry->d_name[0]))
			found = process_has(entry->d_name, wanted);
	if (stream)
		closedir(stream);
	return found;
}

/* Whether the link with this port may have been made in that namespace. */
static bool is_candidate(const struct namespace *ns, unsigned int port)
{
	unsigned long inode;

	if (!namespace_enter(ns))
		return false;
	inode = socket_of(port);
	return inode && !is_taken(port) && !is_of_process(inode);
}

/* Returns false if there are two candidates. *@found is NULL if there is none. */
static bool find(struct search *search, const struct saved_link *link,
		 const struct namespace **found)
{
	size_t i;

	*found = NULL;
	for (i = 0; i < search->all.n; i++) {
		const struct namespace *ns = &search->all.list[i];

		if (ns->inode == search->here_inode || !is_candidate(ns, link->port))
			continue;
		if (*found) {
			fprintf(stderr, "%s: %s was made in %s or in %s, as port %u is open in both: give it another port first\n",
				prog_name, link->name, (*found)->where, ns->where, link->port);
			return false;
		}
		*found = ns;
	}
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

static bool save_one(struct saved *saved, size_t number, struct search *search)
{
	const struct saved_link *link = &saved->links[number];
	const struct namespace *ns;
	bool one = find(search, link, &ns);
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
	bool ok = true;
	size_t i;
	int ret;

	for (i = 0; ok && i < saved->n_links; i++) {
		if (!saved->links[i].port || socket_of(saved->links[i].port))
			continue;
		ret = search.here < 0 ? begin(&search) : 0;
		ok = ret ? fails(&saved->links[i], ret) : save_one(saved, i, &search);
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
