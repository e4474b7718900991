# The single-window gateway.
#
#:	make				build all programs into build/bin
#:	make demo			one import on three days, explained; does its own set-up
#:	make test			every test, with totals; does its own set-up
#:	make test ONLY=core/bus		one area of it
#:	make crash N=500		kill the gateway N times and account for every message
#:	make fuzz TARGET= SECONDS=60	hostile bytes for one reader, or for each in turn
#:	make bench			what a message costs beside a floor, and nine parties with a bad tenth
#:	make pki			the example keys and certificates, in build/pki
#:	make coverage			every test, and that they reach nine lines in ten
#:	make tidy cppcheck format-check	static analysis
#:	make install DESTDIR= PREFIX=/usr/local	release build; make uninstall takes it away
#:	make clean			remove build/
#:	make MODE=asan ...		debug (default), release, asan, tsan, cover: each in build/MODE
#:	make CC=clang V=1 ...		another compiler; commands in full
#
# One file, no recursion. New sources are found by themselves: a .c file belongs to the
# program whose folder it stands in, a tests/**/NAME_test.c is a test program of its own.

MODES := debug release asan tsan cover fuzz
MODE ?= $(if $(filter install,$(MAKECMDGOALS)),release,debug)
ifeq ($(filter $(MODE),$(MODES)),)
$(error MODE=$(MODE) is unknown; there are: $(MODES))
endif

O := build/$(MODE)
BIN := $(O)/bin
PREFIX ?= /usr/local
SHARE := $(DESTDIR)$(PREFIX)/share/nsw
UNIT_FOLDER := $(DESTDIR)$(PREFIX)/lib/systemd/system

# As many jobs as cores; a -j of the command line wins, and so does an outer make.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

# Short lines; V=1 shows the commands themselves.
ifdef V
say = @:
else
Q := @
say = @printf '%-6s %s\n' $(1) $(2)
endif

# ---- flags ----------------------------------------------------------------------------------

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wformat=2 -Wvla -Wundef -Wold-style-definition -Wimplicit-fallthrough
# Between a sanitizer's checks gcc guesses wrongly how long a string can be.
GUESSES := -Wno-unknown-warning-option -Wno-format-truncation -Wno-restrict
MODE_debug := -O1 -g
MODE_release := -O2 -g -D_FORTIFY_SOURCE=2
MODE_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer $(GUESSES)
MODE_tsan := -O1 -g -fsanitize=thread $(GUESSES)
MODE_cover := -O0 -g --coverage
MODE_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all $(GUESSES)

# Goals that build nothing work on any machine; demo, test and their like install what is
# missing; all others name it and stop.
QUIET_GOALS := help clean uninstall format-check cppcheck
SELF_INSTALLING := demo test crash bench coverage fuzz
installing := $(filter $(SELF_INSTALLING),$(MAKECMDGOALS))
need := .ci/packages $(if $(installing),install,check)
ifneq ($(filter-out $(QUIET_GOALS),$(or $(MAKECMDGOALS),all)),)
include build/packages.mk
endif
.PHONY: FORCE
build/packages.mk: FORCE
	@mkdir -p build
	@$(need) build $(if $(installing),run test) $(if $(filter fuzz,$(installing)),ci)
	@.ci/packages flags | cmp -s - $@ || .ci/packages flags >$@

FLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) -fstack-protector-strong $(MODE_$(MODE)) $(PKG_CFLAGS) \
	$(CPPFLAGS) $(CFLAGS)
LIBS := $(LDFLAGS) $(PKG_LIBS) -lpthread -lm

# ---- what is there --------------------------------------------------------------------------

sources = $(wildcard $(addsuffix /*.c,$(1)))
objects = $(patsubst %.c,$(O)/%.o,$(1))
programs = $(foreach p,$(1),$(if $(wildcard $($(p)_main)),$(BIN)/$(p)))

nswd_main := gateway/nswd.c
nsw_main := gateway/cli/main.c
nsw-adapter_main := adapters/main.c

CORE := $(call sources,gateway/core)
JOURNAL := $(call sources,gateway/journal)
CONTROL := $(call sources,gateway/control)
STAGES := $(call sources,gateway/accept gateway/deliver)
PIPELINE := $(filter-out $(nswd_main),$(call sources,gateway gateway/clerk))
CLI := $(filter-out $(nsw_main),$(call sources,gateway/cli $(patsubst %/,%,$(wildcard gateway/cli/*/))))
ADAPTERS := $(filter-out $(nsw-adapter_main),$(call sources,adapters))

PROGRAMS := $(call programs,nswd nsw nsw-adapter)
TEST_SOURCES := $(sort $(wildcard tests/*_test.c tests/*/*_test.c))
TESTS := $(patsubst %.c,$(O)/%,$(TEST_SOURCES))
HELPERS := $(filter-out %_test.c tests/tsan.c,$(wildcard tests/*.c tests/core/*.c))
helpers = $(call objects,$(filter-out %_test.c,$(call sources,tests/$(1))))
LINTED = $(CORE) $(JOURNAL) $(CONTROL) $(STAGES) $(PIPELINE) $(CLI) $(ADAPTERS) \
	$(wildcard $(nswd_main) $(nsw_main) $(nsw-adapter_main))

.PHONY: all tests
all: $(PROGRAMS) $(if $(filter build/debug,$(O)),build/bin)
tests: $(if $(ONLY),$(filter $(ONLY:%=$(O)/tests/%%),$(TESTS)),$(TESTS))

# build/bin is where everybody looks: the programs of the default build.
build/bin:
	@mkdir -p build && ln -sfn debug/bin $@

# ---- architecture: what is linked into what -------------------------------------------------

$(O)/core.a: $(call objects,$(CORE))
$(O)/journal.a: $(call objects,$(JOURNAL))
$(O)/control.a: $(call objects,$(CONTROL))
$(O)/stages.a: $(call objects,$(PIPELINE) $(STAGES))
$(O)/cli.a: $(call objects,$(CLI))
$(O)/adapters.a: $(call objects,$(ADAPTERS))
$(O)/tests/helpers.a: $(call objects,$(HELPERS))

gateway := $(O)/stages.a $(O)/control.a $(O)/journal.a $(O)/core.a
command := $(O)/cli.a $(O)/adapters.a $(gateway)
adapter := $(O)/adapters.a $(O)/core.a

$(BIN)/nswd: $(call objects,$(nswd_main)) $(gateway)
$(BIN)/nsw: $(call objects,$(nsw_main)) $(command)
$(BIN)/nsw-adapter: $(call objects,$(nsw-adapter_main)) $(adapter)

# A test program is linked with what it tests, with the helpers beside it and those of core.
T := $(O)/tests
in = $(filter $(foreach d,$(1),$(T)/$(d)/%),$(TESTS))
STAGE_TESTS := accept journal deliver control gateway
$(TESTS): %: %.o
$(call in,core): $(T)/helpers.a $(O)/core.a
$(foreach d,$(STAGE_TESTS),$(eval $(call in,$(d)): $(call helpers,$(d)) $(T)/helpers.a $(gateway)))
$(call in,cli): $(call helpers,cli) $(T)/helpers.a $(command)
$(call in,adapters): $(call helpers,adapters) $(T)/helpers.a $(adapter)
$(filter-out $(call in,core cli adapters $(STAGE_TESTS)),$(TESTS)): $(T)/helpers.a $(gateway)

# The crash harness, and the gateway on a machine whose disk forgets and whose clock jumps.
CRASH := $(T)/crash/crash $(T)/crash/nswd
CRASH_MACHINE := $(addprefix tests/crash/,vfs.c jump.c)
$(T)/crash/crash: $(call objects,$(filter-out $(CRASH_MACHINE),$(wildcard tests/crash/*.c))) $(gateway)
$(T)/crash/nswd: $(call objects,$(nswd_main) $(CRASH_MACHINE)) $(gateway)

# What a message costs: tests/bench.
BENCH := $(T)/bench/stages
$(BENCH): $(call objects,tests/bench/stages.c) $(T)/helpers.a $(gateway)

# One reader and hostile bytes: for libFuzzer, else to replay what there is (tests/fuzz/fuzz.h).
FUZZ_PARTS := $(addprefix tests/fuzz/,engine.c replay.c files.c)
FUZZ := $(patsubst %.c,$(O)/%,$(filter-out $(FUZZ_PARTS),$(wildcard tests/fuzz/*.c)))
$(FUZZ): %: %.o $(call objects,tests/fuzz/files.c tests/fuzz/$(if $(filter fuzz,$(MODE)),engine,replay).c) $(command)
ifeq ($(MODE),fuzz)
$(FUZZ): LIBS += -fsanitize=fuzzer
endif

ifeq ($(MODE),tsan)
$(PROGRAMS) $(TESTS) $(CRASH) $(FUZZ): $(T)/tsan.o
endif

# Adapters see gateway/core as "core/..." and nothing else of the gateway.
$(O)/gateway/%: SEES := -Igateway
$(O)/adapters/%: SEES := -Ibuild/include
$(O)/tests/%: SEES := -Igateway -Itests -I.
$(T)/adapters/%: SEES := -Ibuild/include -Itests -I.
build/include/core:
	@mkdir -p $(@D) && ln -sfn ../../gateway/core $@

# ---- how ------------------------------------------------------------------------------------

$(O)/%.o: %.c $(O)/flags | build/include/core
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) $(SEES) -MMD -MP -c -o $@ $<

$(O)/%.a: $(O)/files
	@mkdir -p $(@D) && rm -f $@
	$(Q)ar rcsD $@ $(filter %.o,$^)

$(PROGRAMS) $(TESTS) $(CRASH) $(FUZZ) $(BENCH):
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) -o $@ $(filter %.o %.a,$^) $(LIBS) $(if $(filter %_test $(BENCH),$@),-lcmocka)

# Objects of another compiler or other flags are stale, as are archives of another set of files.
renew = @mkdir -p $(@D); echo '$(1)' | cmp -s - $@ || echo '$(1)' >$@
$(O)/flags: FORCE
	$(call renew,$(CC) $(FLAGS) $(LIBS))
$(O)/files: FORCE
	$(call renew,$(LINTED) $(HELPERS))

# ---- running it -----------------------------------------------------------------------------

.PHONY: pki tools demo test crash bench fuzz
pki: build/pki/.made
build/pki/.made: $(filter-out %.md,$(wildcard certs-example/*))
	$(call say,PKI,$(@D))
	@rm -rf $(@D) && certs-example/make-pki $(@D)
	@touch $@

tools:
	@$(need) run $(if $(installing),test)
build/pki/.made: | tools

demo: all pki | tools
	@$(BIN)/nsw demo

test: all tests $(CRASH) $(FUZZ) pki | tools
	@O=$(O) MODE=$(MODE) CC='$(CC)' CFLAGS='$(CFLAGS)' TEST_UNDER='$(strip $(TEST_UNDER))' tests/run $(strip $(ONLY))

N ?= 500
crash: all pki $(CRASH) | tools
	@O=$(O) MODE=$(MODE) tests/crash/run $(N)

SECONDS ?= 60
fuzz: all pki | tools
	@$(MAKE) --no-print-directory MODE=fuzz CC=clang fuzz-targets
	@O=build/fuzz tests/fuzz/run $(SECONDS) $(TARGET)

.PHONY: fuzz-targets
fuzz-targets: $(FUZZ)

bench:
	@$(MAKE) --no-print-directory MODE=release all pki build/release/tests/bench/stages
	@O=build/release tests/bench/run

# ---- judging it -----------------------------------------------------------------------------

.PHONY: tidy cppcheck format-check coverage
tidy: $(patsubst %.c,$(O)/%.tidy,$(LINTED))
$(O)/%.tidy: %.c .clang-tidy $(O)/flags | build/include/core
	$(call say,TIDY,$<)
	@mkdir -p $(@D)
	$(Q)clang-tidy --quiet $< -- $(FLAGS) $(SEES) 2>/dev/null
	@touch $@

# NULL is a pointer on every system that this can be built on; what is handed over to be filled
# in is taken for something read (the compilers and valgrind know better).
CPPCHECK_OFF := missingInclude varFuncNullUB ctuuninitvar uninitvar
cppcheck:
	@mkdir -p $(O)/cppcheck
	$(Q)cppcheck --quiet -j2 --cppcheck-build-dir=$(O)/cppcheck --error-exitcode=1 --std=c11 \
		--enable=warning,performance,portability --inline-suppr \
		$(addprefix --suppress=,$(CPPCHECK_OFF)) -D_GNU_SOURCE -D__GNUC__ -Igateway $(LINTED)

format-check:
	$(Q)clang-format --dry-run -Werror $(shell find gateway adapters tests -name '*.[ch]')

# Percent of the lines, of gateway/ and of adapters/, that the tests must reach.
COVERED := 90
coverage:
	@! [ -d build/cover ] || find build/cover -name '*.gcda' -delete
	@$(MAKE) --no-print-directory MODE=cover test
	@tests/coverage build/cover $(COVERED)

# ---- placing it -----------------------------------------------------------------------------

.PHONY: install uninstall clean help
BUILD_FIRST ?= all
UNITS := gateway/nswd.service adapters/nsw-adapter@.service
install: $(BUILD_FIRST)
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/adapters $(UNIT_FOLDER)
	install $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	cp -R schemas certs-example $(SHARE)
	cp $(wildcard adapters/*.xml adapters/*.xsl adapters/*.md) $(SHARE)/adapters
	chmod -R a+rX $(SHARE)
	for unit in $(UNITS); do \
		sed 's|@PREFIX@|$(PREFIX)|g' $$unit.in >$(UNIT_FOLDER)/$${unit##*/} && \
		chmod 644 $(UNIT_FOLDER)/$${unit##*/} || exit; \
	done

uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,nswd nsw nsw-adapter)
	rm -f $(addprefix $(UNIT_FOLDER)/,$(notdir $(UNITS)))
	rm -rf $(SHARE)

clean:
	rm -rf build

help:
	@sed -n 's/^#:\t//p' Makefile | awk -F '\t+' '{ printf "  %-42s %s\n", $$1, $$2 }'

-include $(patsubst %.o,%.d,$(call objects,$(LINTED) $(wildcard tests/*.c tests/*/*.c)))
