# SPDX-License-Identifier: GPL-2.0

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

# The kernel to build for: the running one if its headers are here, else the
# newest Debian 6.1, which is what the tests boot.
KDIR ?= $(or $(wildcard /lib/modules/$(shell uname -r)/build),\
	$(shell ls -d /lib/modules/6.1.*-amd64/build 2>/dev/null | \
		grep -v -e -rt- -e -cloud- | sort -V | tail -n 1))
PREFIX ?= /usr/local
DESTDIR ?=

kbuild = -C "$(KDIR)" M="$(CURDIR)" $(if $(ARCH),ARCH=$(ARCH))
# The release of KDIR's kernel, which may differ from the running one. Debian changes
# the release in kernel.release, so it is read from utsrelease.h. Packages of headers
# have no System.map, so modules_install does not run depmod.
release = $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
	"$(KDIR)/include/generated/utsrelease.h")
depmod_at = $(if $(INSTALL_MOD_PATH),-b "$(INSTALL_MOD_PATH)")

# The help lists all targets with a '##'.
.PHONY: help
help: ## list the targets
	@echo 'naawg $(VERSION): make TARGET [KDIR=kernel build directory] [ARCH=um]'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F'|' '{ printf "%-25s %s\n", $$1, $$2 }'

.PHONY: all
all: modules tools ## build the module and the tool

.PHONY: modules
modules: need-kdir ## build module/naawg.ko and naawg_wireguard.ko for the kernel in KDIR
	$(MAKE) $(kbuild) modules

.PHONY: tools
tools: ## build tools/naawg
	$(MAKE) -C tools

.PHONY: demo
demo: ## watch a tunnel work, in a virtual machine
	selftests/demo/demo.sh

.PHONY: check
check: ## all tests that do not take long; docs/testing.md has the time
	selftests/run.sh check

.PHONY: check-quick
check-quick: ## for the change at hand: static, unit and the core tests
	selftests/run.sh quick

.PHONY: check-static
check-static: ## style, sparse, generated files, floors, sizes, scripts
	selftests/run.sh static

.PHONY: check-unit
check-unit: ## the pure files in user space, with published vectors
	selftests/run.sh unit

.PHONY: check-vm
check-vm: ## build, and run every test of a guest on kernel 6.1
	selftests/run.sh build vm

.PHONY: check-sanitize
check-sanitize: ## the tests that reach most code, on the instrumented kernel
	selftests/run.sh sanitize

.PHONY: check-long
check-long: ## check with all tests on 6.1 and two processors, and selftests/long/
	NAAWG_CPUS=$${NAAWG_CPUS:-2} NAAWG_GUEST=$${NAAWG_GUEST:-qemu} selftests/run.sh check long

.PHONY: bench
bench: ## measure against the stock driver; QUICK=1, FULL=1, ROWS="tcp udp", RECORD=FILE.md
	selftests/bench/run.sh $(if $(QUICK),--quick) $(if $(FULL),--full) \
		$(if $(RECORD),--record "$(RECORD)") $(ROWS)

.PHONY: generate
generate: ## write the netlink headers, policy and reference, and the tables of the pages
	selftests/static/rooms.py --write
	selftests/static/reference.py --write
	selftests/static/ynl.sh --write

.PHONY: install
install: need-packages modules tools ## install the module for KDIR's kernel, and the tool
	$(MAKE) $(kbuild) INSTALL_MOD_DIR=updates modules_install
	depmod $(depmod_at) "$(release)"
	$(MAKE) -C tools install PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)"
	install -D -m 0755 tools/packaging/naawg-upgrade "$(DESTDIR)$(PREFIX)/sbin/naawg-upgrade"
	install -D -m 0644 tools/packaging/upgrade-modules \
		"$(DESTDIR)$(PREFIX)/lib/naawg-dkms/upgrade-modules"
	install -D -m 0644 tools/man/naawg-upgrade.8 \
		"$(DESTDIR)$(PREFIX)/share/man/man8/naawg-upgrade.8"

.PHONY: uninstall
uninstall: need-kdir ## undo install
	rm -f "$(INSTALL_MOD_PATH)/lib/modules/$(release)/updates/module"/naawg.ko* \
		"$(INSTALL_MOD_PATH)/lib/modules/$(release)/updates/module"/naawg_wireguard.ko*
	depmod $(depmod_at) "$(release)"
	$(MAKE) -C tools uninstall PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)"
	rm -f "$(DESTDIR)$(PREFIX)/sbin/naawg-upgrade" \
		"$(DESTDIR)$(PREFIX)/lib/naawg-dkms/upgrade-modules" \
		"$(DESTDIR)$(PREFIX)/share/man/man8/naawg-upgrade.8" "$(as_wireguard)"

as_wireguard = $(DESTDIR)/etc/modprobe.d/naawg-as-wireguard.conf

.PHONY: install-as-wireguard
install-as-wireguard: ## let naawg serve links of kind wireguard, instead of the stock driver
	install -D -m 0644 tools/packaging/naawg-as-wireguard.conf "$(as_wireguard)"
	@[ -n "$(DESTDIR)" ] || tools/packaging/who-serves installed

.PHONY: uninstall-as-wireguard
uninstall-as-wireguard: ## undo install-as-wireguard
	rm -f "$(as_wireguard)"
	@[ -n "$(DESTDIR)" ] || tools/packaging/who-serves removed

# Copy the sources that building the module needs, without results of a build, to TO.
# Files keep their dates, so that a repeated copy builds only changed files.
.PHONY: copy
copy:
	install -d "$(TO)"
	tar -c --exclude='*.o' --exclude='*.ko' --exclude='.*.cmd' --exclude='*.mod*' \
		Makefile Kbuild dkms.conf COPYING module | tar -x -C "$(TO)"

.PHONY: deb
deb: ## build the Debian packages, in tools/packaging/out
	tools/packaging/build.sh

.PHONY: image
image: ## build the container image, from that package: IMAGE=naawg BASE=debian:bookworm-slim
	IMAGE="$(IMAGE)" BASE="$(BASE)" tools/container/image.sh

.PHONY: release
release: ## make a release: VERSION=1.2.3 KEY=FINGERPRINT; docs/trust.md has all steps
	@KEY="$(KEY)" OUT="$(OUT)" BUILD="$(BUILD)" tools/release/release \
		"$(if $(filter command,$(firstword $(origin VERSION))),$(VERSION))"

# DKMS builds for the running kernel, or for DKMS_KERNEL. With DKMS_ROOT, it uses
# trees below that directory instead of the machine's.
DKMS_KERNEL ?=
DKMS_ROOT ?=
dkms_source = $(if $(DKMS_ROOT),$(DKMS_ROOT)/src,/usr/src)/naawg-$(VERSION)
dkms_trees = $(if $(DKMS_ROOT),--dkmstree "$(DKMS_ROOT)/dkms" --no-depmod \
	--sourcetree "$(DKMS_ROOT)/src" --installtree "$(DKMS_ROOT)/modules")
dkms_this = -m naawg -v $(VERSION) $(dkms_trees)
dkms_for = $(if $(DKMS_KERNEL),-k $(DKMS_KERNEL))

.PHONY: dkms-install
dkms-install: ## let DKMS build the module now and for every later kernel
	@command -v dkms >/dev/null || { echo 'dkms is missing: apt-get install dkms' >&2; exit 1; }
	rm -rf "$(dkms_source)"
	$(MAKE) --no-print-directory copy TO="$(dkms_source)"
	dkms status $(dkms_this) | grep -q . || dkms add $(dkms_this)
	dkms build --force $(dkms_this) $(dkms_for)
	dkms install --force $(dkms_this) $(dkms_for)

.PHONY: dkms-remove
dkms-remove: ## undo dkms-install, for all kernels
	dkms remove $(dkms_this) --all
	rm -rf "$(dkms_source)"

.PHONY: clean
clean: clean-modules ## remove what was built
	[ ! -f tools/Makefile ] || $(MAKE) -C tools clean
	[ ! -f selftests/unit/Makefile ] || $(MAKE) -C selftests/unit clean
	[ ! -f selftests/Makefile ] || $(MAKE) -C selftests clean
	rm -rf tools/packaging/out

# Cleans the module only, as DKMS's copy of the sources has no tools. Without a kernel
# tree no module can have been built.
.PHONY: clean-modules
clean-modules:
	[ ! -d "$(KDIR)" ] || $(MAKE) $(kbuild) clean

# Prints all missing packages at once.
.PHONY: need-packages
need-packages:
	@ok=1; $(MAKE) -s --no-print-directory need-kdir || ok=; \
		$(MAKE) -s --no-print-directory -C tools need-libs || ok=; \
		PATH="$$PATH:/usr/sbin:/sbin" command -v depmod >/dev/null || \
			{ echo 'No depmod: apt-get install kmod' >&2; ok=; }; \
		[ -n "$$ok" ]

.PHONY: need-kdir
need-kdir:
	@[ -f "$(KDIR)/Makefile" ] || { \
		echo 'No kernel headers: give KDIR=, or apt-get install linux-headers-amd64 (Proxmox: proxmox-default-headers, Ubuntu: linux-headers-generic)' >&2; \
		exit 1; }
