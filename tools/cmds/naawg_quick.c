// SPDX-License-Identifier: GPL-2.0
/*
 * naawg-quick: sets up and removes a link, with addresses, routes, rules, forwards and
 * name servers, from one file.
 *
 * If a step of up fails, all steps before it are undone.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "apply/apply.h"
#include "apply/gone.h"
#include "apply/hook_wg.h"
#include "apply/lock.h"
#include "apply/moved.h"
#include "apply/save.h"
#include "cmds/cmds.h"
#include "conf/conf_file.h"
#include "lib/hints.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "lib/spawn.h"
#include "netcfg/dns.h"
#include "netcfg/kill.h"
#include "netcfg/leak_guard.h"
#include "netcfg/netcfg.h"
#include "netcfg/rt_link.h"
#include "netcfg/state.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	interrupted = signal;
}

/* A signal makes the present command fail after the running step. */
static void watch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static bool go_on(void)
{
	if (interrupted)
		fprintf(stderr, "%s: interrupted\n", prog_name);
	return !interrupted;
}

static bool hooks(const struct apply *apply, enum hook hook)
{
	const struct words *words = &apply->quick.hooks[hook];
	char wg[STATE_BESIDE_LEN];
	bool ok = true, has_wg;
	size_t i;
	int ret;

	has_wg = words->n && hook_wg_dir(wg, apply->name);
	/* A message must not show the command, which may hold a secret. */
	for (i = 0; i < words->n; i++) {
		ret = spawn_shell(words->list[i], apply->name, has_wg ? wg : NULL);
		if (!ret)
			continue;
		fprintf(stderr, "%s: %s number %zu of %s ended with status %d\n", prog_name,
			hook_names[hook], i + 1, apply->path, ret);
		ok = false;
		if (hook == HOOK_PRE_UP || hook == HOOK_POST_UP)
			break;
	}
	return ok;
}

enum whose {
	NOBODYS,
	OURS,
	OF_STOCK,
	OTHERS,		/* or the links cannot be listed */
};

static enum whose whose_link(const char *name)
{
	struct link_name link;
	int error = nl_find_link(&link, name);

	if (error)
		return error == -ENODEV ? NOBODYS : OTHERS;
	if (link.ours)
		return OURS;
	return link_is_stock(&link) ? OF_STOCK : OTHERS;
}

/*
 * Removes all that up made except name servers, even if up made only a part. @link is
 * the present name of the link.
 */
static bool take_down(const char *name, const char *link)
{
	/* A link that was made again by hand lacks the fwmark of the one before. */
	bool another = gone_is_another(name);
	struct rt_list rules = { 0 };
	struct device now;
	uint32_t mark = 0;
	int error;

	if (!nl_get_device(link, &now)) {
		mark = now.fwmark;
		device_destroy(&now);
	}
	if (mark) {
		netcfg_lock();
		netcfg_rules(&rules, if_nametoindex(link), mark);
	}
	error = rt_link_del(link);
	netcfg_drop(&rules);
	if (mark || another)
		leak_guard_remove(name);
	netcfg_unlock();
	state_remove(name);
	if (!error || error == -ENODEV)
		return true;
	fprintf(stderr, "%s: cannot remove %s: %s\n", prog_name, link, strerror(-error));
	hint(error, link);
	return false;
}

/* A hook may have renamed the link, deleted it, or moved it to another namespace. */
static bool undo(const struct apply *apply, struct moved *moved)
{
	char link[IFNAMSIZ];
	bool ok = true;
	int error = 0;

	if (!dns_unset(apply->name, false))
		dns_forget(apply->name);
	if (if_indextoname(moved->index, link)) {
		ok = take_down(apply->name, link);
	} else {
		if (moved_where(moved) != MOVED_DELETED)
			error = moved->to == MOVED_AWAY ? moved_delete(moved) : -ENODEV;
		gone_clear(apply->name);
	}
	hook_wg_remove(apply->name);
	if (!error)
		return ok;
	fprintf(stderr,
		"%s: %s is not in this network namespace any more: a command of %s moved it to another one. Delete it there: ip -n NAMESPACE link del %s\n",
		prog_name, apply->name, apply->path, apply->name);
	return false;
}

static bool make_link(const struct apply *apply, struct moved *moved)
{
	int error = rt_link_add(apply->name, 0);

	if (!error) {
		moved_watch(moved, if_nametoindex(apply->name));
		return true;
	}
	fprintf(stderr, "%s: cannot make the interface %s: %s\n", prog_name, apply->name,
		strerror(-error));
	hint(error == -EOPNOTSUPP ? -EPROTONOSUPPORT : error, NULL);
	return false;
}

/* wg-quick runs PreUp without a link, so some files run "ip link del %i || true" there. */
static bool pre_up(const struct apply *apply, struct moved *moved)
{
	if (!hooks(apply, HOOK_PRE_UP) || !go_on())
		return false;
	if (moved_where(moved) != MOVED_DELETED)
		return true;
	moved_end(moved);
	return make_link(apply, moved);
}

static bool up_steps(struct apply *apply, struct moved *moved)
{
	apply->bring_up = true;
	return pre_up(apply, moved) && apply_plan(apply) && go_on() &&
	       apply_run(apply, true) >= 0 && go_on() && dns_set(&apply->want, &apply->quick) &&
	       go_on() && hooks(apply, HOOK_POST_UP) && go_on();
}

static int reload(struct apply *apply);

static bool adopts;		/* --adopt: up takes over a present link */

/* Returns 1. */
static int is_in_the_way(const char *name, enum whose there)
{
	static const char *const texts[] = {
		[OURS] = ". `naawg-quick reload' applies the file to it, `down' removes it",
		[OF_STOCK] = ", and the stock driver serves it. On the host, `naawg-upgrade --adopt' moves it to naawg, then `naawg-quick up --adopt' takes it over",
		[OTHERS] = ", and it is not a naawg interface",
	};

	fprintf(stderr, "%s: there is an interface %s already%s\n", prog_name, name,
		texts[there]);
	return 1;
}

static int up(struct apply *apply)
{
	enum whose there = whose_link(apply->name);
	struct moved moved;
	bool ok, killed;

	if (there == OURS && adopts)
		return reload(apply);
	if (there)
		return is_in_the_way(apply->name, there);
	/* Audit the file before any of its hooks runs. */
	if (!apply_audit(apply))
		return 1;
	/* The block of a deleted link moves from the link's table to the main table. */
	killed = kill_is_on(apply->name);
	if (killed && !kill_down(&apply->want, NULL))
		return 1;
	if (gone_is(apply->name)) {
		dns_unset(apply->name, false);
		gone_clear(apply->name);
	} else {
		gone_sweep();
	}
	if (!make_link(apply, &moved))
		return 1;
	ok = up_steps(apply, &moved);
	/* After a failure, the same networks are blocked as before. */
	if (!ok && killed)
		kill_down(&apply->want, NULL);
	else if (!ok)
		kill_lift(apply->name);
	if (!ok)
		fprintf(stderr, "%s: %s is not up; %s\n", prog_name, apply->name,
			undo(apply, &moved) ? "all that was done has been undone" :
					      "the rest of what was done has been undone");
	moved_end(&moved);
	return ok ? 0 : 1;
}

static bool lifts;		/* --lift: down removes the blocks of Kill = yes */

/* Hooks ran before this, as they may remove name servers that they set. */
static void after_down(const struct apply *apply, bool dns_was_set)
{
	if (!dns_was_set)
		dns_forget(apply->name);
	hook_wg_remove(apply->name);
	if (lifts)
		kill_lift(apply->name);
}

/* Hooks run without the link, too: they may undo changes elsewhere. */
static int down_gone(struct apply *apply)
{
	bool ok, set;

	fprintf(stderr, "%s: %s was deleted or moved away before; its leftovers are removed%s\n",
		prog_name, apply->name, apply->quick.save ? ", nothing is saved" : "");
	hooks(apply, HOOK_PRE_DOWN);
	kill_down(&apply->want, apply->unread ? NULL : &apply->quick);
	set = dns_unset(apply->name, false);
	gone_clear(apply->name);
	ok = hooks(apply, HOOK_POST_DOWN);
	after_down(apply, set);
	return ok ? 0 : 1;
}

/* For a link that is gone and left nothing but blocked networks. */
static int down_already(struct apply *apply)
{
	if (!lifts && (apply->unread || apply->quick.kill)) {
		fprintf(stderr,
			"%s: there is no interface %s, and its networks stay blocked until `naawg-quick up %s', as the file said Kill = yes. `naawg-quick down --lift %s' unblocks them\n",
			prog_name, apply->name, apply->name, apply->name);
		return 1;
	}
	kill_lift(apply->name);
	return 0;
}

static int down(struct apply *apply)
{
	enum whose there = whose_link(apply->name);
	bool ok = true, set;

	if (there == NOBODYS && gone_is(apply->name))
		return down_gone(apply);
	if (there == NOBODYS && kill_is_on(apply->name))
		return down_already(apply);
	if (there != OURS) {
		fprintf(stderr, "%s: there is no naawg interface %s\n", prog_name, apply->name);
		return 1;
	}
	ok = hooks(apply, HOOK_PRE_DOWN);
	/* If the configuration cannot be saved, keep the link. */
	if (apply->quick.save && (!apply_snapshot(apply) || !save_conf(apply)))
		return 1;
	if (!kill_down(&apply->want, apply->unread ? NULL : &apply->quick))
		return 1;
	set = dns_unset(apply->name, false);
	ok &= take_down(apply->name, apply->name);
	gone_sweep();
	ok &= hooks(apply, HOOK_POST_DOWN);
	after_down(apply, set);
	return ok ? 0 : 1;
}

static int save(struct apply *apply)
{
	return apply_snapshot(apply) && save_conf(apply) ? 0 : 1;
}

static int reload(struct apply *apply)
{
	int n;

	apply->out = stdout;
	if (!apply_plan(apply))
		return 1;
	/* The routes of the file need a link that is up. */
	apply->bring_up = !apply->is_up;
	n = apply_run(apply, true);
	if (n < 0)
		return 1;
	if (!apply->quick.dns.n && !apply->quick.search.n)
		dns_unset(apply->name, true);
	else if (!dns_set(&apply->want, &apply->quick))
		return 1;
	puts(n ? "changed" : "unchanged");
	return 0;
}

/*
 * Audits the file as up and reload would, so that a caller can check it before it stops
 * the link. Present addresses of the link do not count: up and reload remove them unless
 * the file has them.
 */
static int check(struct apply *apply)
{
	if (whose_link(apply->name) == OURS && !apply_snapshot(apply))
		return 1;
	return apply_audit(apply) ? 0 : 1;
}

static int strip(struct apply *apply)
{
	return strip_conf(apply) ? 0 : 1;
}

static const struct {
	const char *name;
	int (*run)(struct apply *apply);
	const char *help;
	bool lock;
} commands[] = {
	{ "up", up, "makes the interface, its addresses, routes, forwards and name servers",
	  true },
	{ "down", down, "removes all of that", true },
	{ "check", check, "tells whether up and reload would take the file, and does nothing",
	  false },
	{ "save", save, "writes the configuration in force into the file", true },
	{ "strip", strip, "prints what `naawg setconf' takes of the file; with --wg, what `wg' takes",
	  false },
	{ "reload", reload, "applies the file to the running interface and keeps its sessions",
	  true },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(int ret)
{
	FILE *out = ret ? stderr : stdout;
	size_t i;

	fprintf(out,
		"Usage: %s { up [--strict | --adopt] | down [--lift] | check [--strict] | save | strip [--wg] | reload [--strict] } { <interface> | <interface.conf> }\nAn interface's file is %s/<interface>.conf.\nWith --strict what is a warning is an error; with --adopt an interface that is there is reloaded;\nwith --lift the networks that Kill = yes blocks are unblocked.\n",
		prog_name, CONF_DIR);
	for (i = 0; i < N_COMMANDS; i++)
		fprintf(out, "  %s: %s\n", commands[i].name, commands[i].help);
	return ret;
}

/* down works without a readable file. */
static bool read_for(struct apply *apply, bool is_down)
{
	if (conf_file_is_private(apply->path) && apply_read(apply))
		return true;
	if (!is_down)
		return false;
	apply->unread = true;
	snprintf(apply->want.name, sizeof(apply->want.name), "%s", apply->name);
	fprintf(stderr, "%s: going down without the file: no hook is run, and nothing is saved\n",
		prog_name);
	return true;
}

/*
 * EX_CONFIG tells systemd not to start the unit again until the file was changed. Without
 * root, the reason may be the missing right to read the file.
 */
static int refused(void)
{
	return geteuid() ? 1 : EX_CONFIG;
}

static int run(size_t command, const char *given, bool strict)
{
	bool is_down = commands[command].run == down;
	struct apply apply = { .leave = LEAVE_WARN, .strict = strict };
	int ret, lock = -1;

	if (!conf_file_find(apply.path, apply.name, given))
		return 1;
	if (commands[command].lock) {
		lock = apply_lock(apply.name);
		if (lock < 0)
			return 1;
	}
	setenv("NAAWG_QUICK", apply.name, 1);
	if (!read_for(&apply, is_down))
		return refused();
	ret = commands[command].run(&apply);
	if (ret && apply.refused)
		ret = refused();
	apply_destroy(&apply);
	if (lock >= 0)
		close(lock);
	return ret;
}

int quick_main(int argc, char **argv)
{
	char *for_wg[] = { "strip", NULL, NULL };
	char path[CONF_PATH_LEN], name[IFNAMSIZ];
	bool strict;
	size_t i;

	umask(0077);
	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "help")))
		return usage(0);
	for (i = 1; i < (size_t)argc; i++)
		if (!strcmp(argv[i], "--help"))
			return usage(0);
	if (argc == 4 && !strcmp(argv[1], "strip") && !strcmp(argv[2], "--wg")) {
		if (!conf_file_find(path, name, argv[3]))
			return 1;
		for_wg[1] = path;
		return cmd_strip(2, for_wg);
	}
	strict = argc == 4 && !strcmp(argv[2], "--strict") &&
		 (!strcmp(argv[1], "up") || !strcmp(argv[1], "reload") ||
		  !strcmp(argv[1], "check"));
	adopts = argc == 4 && !strcmp(argv[2], "--adopt") && !strcmp(argv[1], "up");
	lifts = argc == 4 && !strcmp(argv[2], "--lift") && !strcmp(argv[1], "down");
	if (argc != 3 + (strict || adopts || lifts))
		return usage(1);
	watch_signals();
	for (i = 0; i < N_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return run(i, argv[argc - 1], strict);
	return usage(1);
}
