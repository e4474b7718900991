/*
 * daemon - what nswd does.
 *
 * Reads settings (file, environment, options), starts the service, writes down where it
 * listens, and waits for a signal: TERM and INT end it in order, HUP reads keys and
 * revocation lists again.
 */
#include <argp.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/crash.h"
#include "core/document.h"
#include "core/log.h"
#include "core/programs.h"
#include "core/secrets.h"
#include "core/text.h"
#include "core/version.h"
#include "service.h"

#define EXIT_USAGE    2
#define EXIT_INTERNAL 70
#define OPTIONS	      64
#define FIRST_OPTION  1000

struct chosen { /* options, kept until the file has been read below them */
	const char *file;
	const char *names[4 * OPTIONS], *values[4 * OPTIONS];
	size_t count;
};

/* ---- the command line ---------------------------------------------------------------------- */

static struct argp_option options[OPTIONS] = {
	{ "settings", 's', "FILE", 0, "Settings file (urn:nsw:settings:1)", 0 },
};

/* Options come from the table of settings, so that the two cannot differ. */
static void fill_options(void)
{
	const char *name, *metavar, *description, *standard;

	for (size_t i = 0;
	     i + 2 < OPTIONS && settings_describe(i, &name, &metavar, &description, &standard); i++)
		options[i + 1] = (struct argp_option){ .name = name,
						       .key = FIRST_OPTION + (int)i,
						       .arg = metavar,
						       .doc = description };
}

static error_t take_option(int key, char *value, struct argp_state *state)
{
	struct chosen *chosen = state->input;

	if (key == 's') {
		chosen->file = value;
		return 0;
	}
	if (key == ARGP_KEY_ARG)
		argp_error(state, "'%s' is no option", value);
	if (key < FIRST_OPTION || key >= FIRST_OPTION + OPTIONS)
		return ARGP_ERR_UNKNOWN;
	if (chosen->count == sizeof chosen->names / sizeof *chosen->names)
		argp_error(state, "too many options");
	chosen->names[chosen->count] = options[key - FIRST_OPTION + 1].name;
	chosen->values[chosen->count++] = value;
	return 0;
}

static bool choose_settings(struct settings *settings, struct arena *arena,
			    const struct chosen *chosen, struct failure *why)
{
	if (!settings_load(settings, arena, chosen->file, why))
		return false;
	for (size_t i = 0; i < chosen->count; i++)
		if (!settings_set(settings, arena, chosen->names[i], chosen->values[i],
				  arena_printf(arena, "--%s", chosen->names[i]), why))
			return false;
	return true;
}

static enum log_level level_named(const char *name)
{
	static const char *const names[] = { "error", "warn", "note", "debug" };

	for (int level = LOG_ERROR; level <= LOG_DEBUG; level++)
		if (strcmp(names[level], name) == 0)
			return (enum log_level)level;
	return LOG_NOTE; /* settings refuse other words */
}

/* ---- the state folder ---------------------------------------------------------------------- */

/* Who may write there may put another journal in the place of ours. */
static bool make_state(const struct settings *settings, struct failure *why)
{
	struct stat folder;

	if (mkdir(settings->state, 0700) != 0 && errno != EEXIST) {
		fault(why, "CFG-012", "the state folder cannot be made: %s", strerror(errno));
		return failure_at(why, "%s", settings->state);
	}
	if (stat(settings->state, &folder) == 0 && (folder.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return true;
	fault(why, "CFG-013", "others may write to the state folder: chmod go-w");
	return failure_at(why, "%s", settings->state);
}

static bool write_line(const struct settings *settings, struct arena *arena, const char *name,
		       const char *line, struct failure *why)
{
	const char *path = arena_printf(arena, "%s/%s", settings->state, name);
	const char *text = arena_printf(arena, "%s\n", line);

	return file_write(path, text, strlen(text), 0600, why);
}

static void remove_file(const struct settings *settings, struct arena *arena, const char *name)
{
	unlink(arena_printf(arena, "%s/%s", settings->state, name));
}

static bool announce(const struct settings *settings, struct arena *arena,
		     const struct service *service, struct failure *why)
{
	return write_line(settings, arena, "nswd.pid", arena_printf(arena, "%ld", (long)getpid()),
			  why) &&
	       write_line(settings, arena, "endpoint", service_endpoint(service), why);
}

/* ---- signals ------------------------------------------------------------------------------- */

struct watch {
	sigset_t signals;
	struct service *service;
	atomic_bool over; /* the service has ended: the watcher may go home */
};

static void *watch_signals(void *argument)
{
	struct watch *watch = argument;
	int signal;

	for (;;) {
		if (sigwait(&watch->signals, &signal) != 0 || atomic_load(&watch->over))
			return NULL;
		if (signal == SIGUSR2)
			continue; /* not ours */
		if (signal == SIGHUP) {
			service_reload(watch->service);
			continue;
		}
		log_line(LOG_NOTE, "stopping", "signal", strsignal(signal), NULL);
		service_stop(watch->service);
	}
}

/* Blocked before any thread exists, so that all of them leave signals to the watcher. */
static void block_signals(struct watch *watch)
{
	sigemptyset(&watch->signals);
	sigaddset(&watch->signals, SIGTERM);
	sigaddset(&watch->signals, SIGINT);
	sigaddset(&watch->signals, SIGHUP);
	sigaddset(&watch->signals, SIGUSR2); /* our own: the watcher may go home */
	pthread_sigmask(SIG_BLOCK, &watch->signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static bool serve(const struct settings *settings, struct arena *arena, struct watch *watch,
		  struct failure *why)
{
	pthread_t watcher;
	bool good;

	if (!service_start(&watch->service, settings, why))
		return false;
	if (pthread_create(&watcher, NULL, watch_signals, watch) != 0) {
		service_free(watch->service);
		return fault(why, "CFG-011", "the signal thread cannot be started");
	}
	good = announce(settings, arena, watch->service, why);
	if (good) {
		log_line(LOG_NOTE, "serving", "endpoint", service_endpoint(watch->service),
			 "instance", settings->instance, NULL);
		good = service_run(watch->service, why);
	}
	atomic_store(&watch->over, true);
	pthread_kill(watcher, SIGUSR2);
	pthread_join(watcher, NULL);
	service_free(watch->service);
	remove_file(settings, arena, "endpoint");
	remove_file(settings, arena, "nswd.pid");
	return good;
}

int nswd_main(int argc, char *argv[])
{
	struct argp argp = { options,
			     take_option,
			     NULL,
			     "The single-window gateway. Simulation: not connected to any "
			     "government system.",
			     NULL,
			     NULL,
			     NULL };
	struct chosen chosen = { .file = NULL };
	struct arena *arena = arena_new();
	struct settings settings;
	struct watch watch = { .service = NULL };
	struct failure why;
	char line[1024];
	bool good;

	argp_program_version = "nswd " NSW_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	umask(077);
	secrets_stay_inside();
	fill_options();
	argp_parse(&argp, argc, argv, 0, NULL, &chosen);
	document_setup();
	crash_setup();
	block_signals(&watch);
	good = choose_settings(&settings, arena, &chosen, &why) && make_state(&settings, &why);
	if (good) {
		log_level(level_named(settings.log));
		if (geteuid() == 0)
			log_line(LOG_WARN, "running-as-root", "better", "a user of its own", NULL);
		good = serve(&settings, arena, &watch, &why);
	}
	if (!good)
		fprintf(stderr, "nswd: %s\n", failure_line(&why, line, sizeof line));
	arena_free(arena);
	return good ? 0 : EXIT_INTERNAL;
}
