// SPDX-License-Identifier: GPL-2.0
/*
 * Table of the port forwards of a device, and changes to it.
 *
 * Readers find a forward by its port in two steps, for any number of forwards and
 * for any width of their port ranges. Writers never modify a table that readers can
 * see. A change builds a new table, which takes over the forwards that stay, and
 * then replaces the old table.
 */
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/stringify.h>

#include "forwards.h"

static struct naawg_forward_table *present_table(struct naawg_forwards *forwards)
{
	return rcu_dereference_protected(forwards->table,
			lockdep_is_held(&forwards->dev->config));
}

/**
 * naawg_forwards_init() - allocate the forwards of a device
 * @dev: the device, which is not published yet
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int naawg_forwards_init(struct naawg_dev *dev)
{
	struct naawg_forwards *forwards;

	forwards = kzalloc(sizeof(*forwards), GFP_KERNEL_ACCOUNT);
	if (!forwards)
		return -ENOMEM;
	forwards->dev = dev;
	dev->forwards = forwards;
	return 0;
}

/**
 * naawg_forward_new() - allocate a forward with an empty spec
 *
 * Context: process.
 * Return: the forward, or NULL without memory.
 */
struct naawg_forward *naawg_forward_new(void)
{
	struct naawg_forward *forward = kzalloc(sizeof(*forward), GFP_KERNEL_ACCOUNT);

	if (!forward)
		return NULL;
	forward->stats = alloc_percpu_gfp(struct naawg_forward_stats,
					  GFP_KERNEL_ACCOUNT);
	if (!forward->stats) {
		kfree(forward);
		return NULL;
	}
	INIT_LIST_HEAD(&forward->link);
	return forward;
}

static void free_list(struct list_head *list)
{
	struct naawg_forward *forward, *next;

	list_for_each_entry_safe(forward, next, list, link) {
		list_del(&forward->link);
		free_percpu(forward->stats);
		kfree(forward);
	}
}

static void free_table(struct naawg_forward_table *table)
{
	unsigned int family, proto, page;

	for (family = 0; family < 2; family++) {
		for (proto = 0; proto < 2; proto++) {
			struct naawg_port_index *index;

			index = table->index[family][proto];
			if (!index)
				continue;
			for (page = 0; page < NAAWG_PORT_PAGE; page++)
				kfree(index->page[page]);
			kfree(index);
		}
	}
	kvfree(table);
}

static void naawg_forwards_free_rcu(struct rcu_head *rcu)
{
	struct naawg_forward_table *table =
		container_of(rcu, struct naawg_forward_table, rcu);

	free_list(&table->removed);
	free_table(table);
}

/**
 * naawg_forwards_destroy() - free the forwards of a device
 * @dev: the device; no hook looks at its packets any more
 *
 * Context: process.
 */
void naawg_forwards_destroy(struct naawg_dev *dev)
{
	struct naawg_forwards *forwards = dev->forwards;
	struct naawg_forward_table *table;
	unsigned int i;

	if (!forwards)
		return;
	table = rcu_dereference_raw(forwards->table);
	if (table) {
		for (i = 0; i < table->count; i++)
			list_add(&table->forward[i]->link, &table->removed);
		naawg_forwards_free_rcu(&table->rcu);
	}
	dev->forwards = NULL;
	kfree(forwards);
}

/**
 * naawg_forward_find() - find the forward of a port
 * @table: the table, or NULL
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP; other protocols have no forwards
 * @port: port on the link's own address, host order
 *
 * Context: under rcu_read_lock() or dev->config.
 * Return: the forward, or NULL.
 */
struct naawg_forward *naawg_forward_find(const struct naawg_forward_table *table,
					 u8 family, u8 proto, u16 port)
{
	const struct naawg_port_index *index;
	const struct naawg_port_page *page;
	unsigned int number;

	if (!table || (proto != IPPROTO_TCP && proto != IPPROTO_UDP))
		return NULL;
	index = table->index[family == AF_INET6][proto == IPPROTO_UDP];
	page = index ? index->page[port / NAAWG_PORT_PAGE] : NULL;
	number = page ? page->number[port % NAAWG_PORT_PAGE] : 0;
	return number ? table->forward[number - 1] : NULL;
}

/* Adds the newest forward to one index; -EEXIST if a port is taken. */
static int index_family(struct naawg_forward_table *table,
			const struct naawg_forward_spec *spec, bool ip6)
{
	struct naawg_port_index **index;
	unsigned int port;

	index = &table->index[ip6][spec->proto == IPPROTO_UDP];
	if (!*index)
		*index = kzalloc(sizeof(**index), GFP_KERNEL_ACCOUNT);
	if (!*index)
		return -ENOMEM;
	for (port = spec->first; port <= spec->last; port++) {
		struct naawg_port_page **page;
		u16 *number;

		page = &(*index)->page[port / NAAWG_PORT_PAGE];
		if (!*page)
			*page = kzalloc(sizeof(**page), GFP_KERNEL_ACCOUNT);
		if (!*page)
			return -ENOMEM;
		number = &(*page)->number[port % NAAWG_PORT_PAGE];
		if (*number)
			return -EEXIST;
		*number = table->count;
	}
	return 0;
}

static int enter_forward(struct naawg_forward_table *table, struct naawg_forward *forward)
{
	const struct naawg_forward_spec *spec = &forward->spec;
	int err = 0;

	table->forward[table->count++] = forward;
	if (spec->egress[0])
		table->egress = true;
	if (spec->family != AF_INET6)
		err = index_family(table, spec, false);
	if (!err && spec->family != AF_INET)
		err = index_family(table, spec, true);
	return err;
}

static bool same_spec(const struct naawg_forward *a,
		      const struct naawg_forward *b)
{
	return !memcmp(&a->spec, &b->spec, sizeof(a->spec));
}

/* Finds the present forward with the same spec. */
static struct naawg_forward *find_same(const struct naawg_forward_table *table,
				       const struct naawg_forward *forward)
{
	const struct naawg_forward_spec *spec = &forward->spec;
	struct naawg_forward *found;

	found = naawg_forward_find(table, spec->family ?: AF_INET, spec->proto,
				   spec->first);
	return found && same_spec(found, forward) ? found : NULL;
}

/* Without a destination, @unwanted stands for forwards to any destination. */
static bool is_unwanted(const struct naawg_forward_spec *unwanted,
			const struct naawg_forward_spec *spec)
{
	if (unwanted->proto != spec->proto || unwanted->first != spec->first ||
	    unwanted->last != spec->last)
		return false;
	return !unwanted->family ||
	       (unwanted->family == spec->family &&
		!memcmp(unwanted->addr, spec->addr, sizeof(spec->addr)));
}

/* Moves the present forwards that are unwanted to the list of removed ones. */
static int pick_unwanted(struct naawg_forward_change *change,
			 const struct naawg_forward_table *old,
			 struct netlink_ext_ack *extack)
{
	struct naawg_forward *unwanted;
	unsigned int family;

	list_for_each_entry(unwanted, &change->unwanted, link) {
		bool found = false;

		for (family = 0; family < 2; family++) {
			struct naawg_forward *forward;

			forward = naawg_forward_find(old,
						     family ? AF_INET6 : AF_INET,
						     unwanted->spec.proto,
						     unwanted->spec.first);
			if (!forward || !is_unwanted(&unwanted->spec,
						     &forward->spec))
				continue;
			found = true;
			list_move_tail(&forward->link, &change->removed);
		}
		if (!found) {
			change->refused = unwanted;
			NL_SET_ERR_MSG(extack,
				       "there is no such forward; `forward list' shows the present ones");
			return -ENOENT;
		}
	}
	return 0;
}

static int add_one(struct naawg_forward_change *change,
		   struct naawg_forward *forward,
		   struct netlink_ext_ack *extack)
{
	int err = enter_forward(change->table, forward);

	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack,
			       "this protocol and port is forwarded already; delete that forward first, or use replace");
	else if (err)
		NL_SET_ERR_MSG(extack, "not enough memory for this forward");
	return err;
}

/* Adds all present forwards, except the unwanted ones, to the new table in order. */
static int keep_present(struct naawg_forward_change *change,
			const struct naawg_forward_table *old,
			struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	for (i = 0; old && i < old->count; i++) {
		if (!list_empty(&old->forward[i]->link))
			continue;
		err = add_one(change, old->forward[i], extack);
		if (err)
			return err;
	}
	return 0;
}

static int add_wanted(struct naawg_forward_change *change,
		      const struct naawg_forward_table *old,
		      struct netlink_ext_ack *extack)
{
	struct naawg_forward *forward, *next, *present;
	int err;

	list_for_each_entry_safe(forward, next, &change->wanted, link) {
		present = find_same(old, forward);
		/* a forward that the same request removes does not count */
		if (present && !list_empty(&present->link))
			present = NULL;
		if (present && !change->replace) {
			change->warning = "this forward exists already";
			continue;
		}
		err = add_one(change, present ?: forward, extack);
		if (err) {
			change->refused = forward;
			return err;
		}
		if (!present)
			list_move_tail(&forward->link, &change->added);
	}
	return 0;
}

/* Moves the present forwards that the new table lacks to the list of removed ones. */
static void pick_replaced(struct naawg_forward_change *change,
			  const struct naawg_forward_table *old)
{
	unsigned int i;

	for (i = 0; old && i < old->count; i++) {
		const struct naawg_forward_spec *spec = &old->forward[i]->spec;

		if (naawg_forward_find(change->table, spec->family ?: AF_INET,
				       spec->proto, spec->first) !=
		    old->forward[i])
			list_move_tail(&old->forward[i]->link,
				       &change->removed);
	}
}

/**
 * naawg_forward_change_init() - initialise an empty change
 * @change: the change
 */
void naawg_forward_change_init(struct naawg_forward_change *change)
{
	memset(change, 0, sizeof(*change));
	INIT_LIST_HEAD(&change->wanted);
	INIT_LIST_HEAD(&change->unwanted);
	INIT_LIST_HEAD(&change->added);
	INIT_LIST_HEAD(&change->removed);
}

/**
 * naawg_forward_change_prepare() - build the table that a change leads to
 * @change: the change, with its wanted and unwanted forwards
 * @forwards: forwards of the device
 * @extack: receives the error text
 *
 * The present table stays in force. naawg_forward_change_commit() replaces it and
 * cannot fail. naawg_forward_change_destroy() without a commit discards the change.
 *
 * Context: process, dev->config held.
 * Return: 0 or an error.
 */
int naawg_forward_change_prepare(struct naawg_forward_change *change,
				 struct naawg_forwards *forwards,
				 struct netlink_ext_ack *extack)
{
	struct naawg_forward_table *old = present_table(forwards);
	size_t count = change->replace || !old ? 0 : old->count;
	struct naawg_forward *forward;
	int err;

	list_for_each_entry(forward, &change->wanted, link)
		count++;
	if (count > NAAWG_FORWARDS_MAX) {
		NL_SET_ERR_MSG(extack, "a device may have "
			       __stringify(NAAWG_FORWARDS_MAX) " forwards");
		return -ENOSPC;
	}
	change->table = kvzalloc(struct_size(change->table, forward, count),
				 GFP_KERNEL_ACCOUNT);
	if (!change->table) {
		NL_SET_ERR_MSG(extack, "not enough memory for these forwards");
		return -ENOMEM;
	}
	INIT_LIST_HEAD(&change->table->removed);
	err = pick_unwanted(change, old, extack);
	if (!err && !change->replace)
		err = keep_present(change, old, extack);
	if (!err)
		err = add_wanted(change, old, extack);
	if (!err && change->replace)
		pick_replaced(change, old);
	return err;
}

/**
 * naawg_forward_change_commit() - put a prepared change into force
 * @change: the change
 * @forwards: forwards of the device for which it was prepared
 *
 * Context: process, dev->config held.
 */
void naawg_forward_change_commit(struct naawg_forward_change *change,
				 struct naawg_forwards *forwards)
{
	struct naawg_forward_table *table = change->table;

	lockdep_assert_held(&forwards->dev->config);
	forwards->generation++;
	change->committed = true;
	change->table = present_table(forwards);
	if (!table->count) {
		free_table(table);
		table = NULL;
	}
	rcu_assign_pointer(forwards->table, table);
}

/* Forwards that stay in a table leave the list of the change. */
static void unlink_all(struct list_head *list)
{
	struct naawg_forward *forward, *next;

	list_for_each_entry_safe(forward, next, list, link) {
		forward->origin = NULL;
		list_del_init(&forward->link);
	}
}

/**
 * naawg_forward_change_destroy() - end a change, whether it was committed or not
 * @change: the change
 *
 * Context: process, dev->config held since it was prepared.
 */
void naawg_forward_change_destroy(struct naawg_forward_change *change)
{
	struct naawg_forward_table *table = change->table;

	if (!change->committed) {
		unlink_all(&change->removed);
		free_list(&change->added);
		if (table)
			free_table(table);
	} else {
		unlink_all(&change->added);
		/* only readers of the old table still use the removed forwards */
		if (table) {
			list_splice_init(&change->removed, &table->removed);
			call_rcu(&table->rcu, naawg_forwards_free_rcu);
		}
	}
	free_list(&change->wanted);
	free_list(&change->unwanted);
}

/**
 * naawg_forward_sum() - sum up the counters of all CPUs
 * @forward: the forward
 * @sum: receives the sums
 *
 * Context: any; approximate while packets flow.
 */
void naawg_forward_sum(const struct naawg_forward *forward,
		       struct naawg_forward_stats *sum)
{
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct naawg_forward_stats *stats;

		stats = per_cpu_ptr(forward->stats, cpu);
		sum->connections += READ_ONCE(stats->connections);
		sum->rx_packets += READ_ONCE(stats->rx_packets);
		sum->rx_bytes += READ_ONCE(stats->rx_bytes);
		sum->tx_packets += READ_ONCE(stats->tx_packets);
		sum->tx_bytes += READ_ONCE(stats->tx_bytes);
	}
}
