#include "service.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/control.h"
#include "core/crash.h"
#include "core/log.h"
#include "core/version.h"
#include "deliver/faults.h"
#include "journal/fault_rows.h"
#include "pipeline.h"

#define WORKERS_MOST 256

struct service {
	struct gateway gateway;
	struct arena *arena;
	struct settings settings; /* with the number of workers filled in */
	struct kinds *kinds;
	struct parties *parties;
	struct lives *lives;
	struct plan *plan;
	const char *journal_path, *endpoint;
	pthread_t workers[WORKERS_MOST], clerk;
	size_t worker_count;
	bool clerk_runs;
};

/* ---- what control may ask of the gateway ----------------------------------------------------- */

static void reply_rows(void *argument, const struct address *to, const struct text *rows)
{
	struct slip *slip = slip_new(SLIP_REPLY);

	slip->address = *to;
	slip->verb = VERB_ROWS;
	slip->payload.start = arena_copy(slip->arena, rows->bytes, rows->length);
	slip->payload.length = rows->length;
	gateway_out(argument, slip);
}

/* The question that the order stands in ends with this call. */
static const struct control_order *keep_order(struct arena *arena,
					      const struct control_order *order)
{
	struct control_order *copy = arena_alloc(arena, sizeof *copy);

	*copy = (struct control_order){
		.name = arena_string(arena, order->name),
		.tag = arena_string(arena, order->tag),
		.id = arena_string(arena, order->id),
		.agency = arena_string(arena, order->agency),
		.procedure = arena_string(arena, order->procedure),
		.permit = arena_string(arena, order->permit),
		.status = arena_string(arena, order->status),
		.text = arena_string(arena, order->text),
		.to = arena_string(arena, order->to),
		.what = arena_string(arena, order->what),
		.line = arena_string(arena, order->line),
		.run = arena_string(arena, order->run),
		.age = arena_string(arena, order->age),
		.leap = order->leap,
	};
	return copy;
}

static void put_order(void *argument, const struct address *from, const char *party,
		      const struct control_order *order)
{
	struct gateway *gateway = argument;
	bool settle = strcmp(order->name, "settle") == 0;
	struct slip *slip = slip_new(settle ? SLIP_SETTLE : SLIP_ORDER);

	slip->address = *from;
	slip->party = arena_string(slip->arena, party);
	slip->order = keep_order(slip->arena, order);
	queue_put(gateway->desk, slip);
}

static void read_figures(void *argument, struct control_figures *out)
{
	struct gateway *gateway = argument;

	*out = (struct control_figures){
		.accepted = atomic_load(&gateway->accepted),
		.refused = atomic_load(&gateway->refused),
		.busy = atomic_load(&gateway->busy),
		.duplicates = atomic_load(&gateway->duplicates),
		.inside = atomic_load(&gateway->inside),
	};
}

/* ---- starting ------------------------------------------------------------------------------- */

static size_t length_of(const char *const list[])
{
	size_t length = 0;

	while (list[length] != NULL)
		length++;
	return length;
}

static bool load_plan(struct service *service, struct failure *why)
{
	struct plan_data data = plan_data_of(service->kinds, service->parties);

	return plan_check(&data, why) &&
	       plan_load(&service->plan, &data, service->settings.kinds, why);
}

/* Everything that is read once and shared by all threads. */
static bool load_data(struct service *service, struct failure *why)
{
	struct settings *settings = &service->settings;

	return kinds_load_with(&service->kinds, settings->kinds, length_of(settings->kinds),
			       settings->calendar, why) &&
	       parties_load(&service->parties, settings->parties, length_of(settings->parties),
			    why) &&
	       lives_load(&service->lives, service->kinds, settings->kinds, why) &&
	       load_plan(service, why) &&
	       keyring_open(&service->gateway.house.keyring, settings->keys, why);
}

static bool same_day(gateway_time one, gateway_time other)
{
	char first[TIME_TEXT_SIZE], second[TIME_TEXT_SIZE];

	return strcmp(date_text(one, first), date_text(other, second)) == 0;
}

/* Where gateway time has come to: on from the last start by what the wall has moved since, so
 * that neither a crash nor a night takes back what clients were told; a skip may be ahead. For a
 * clock that is held no wall has moved. */
static gateway_time time_by_now(struct journal *journal, bool held)
{
	gateway_time last = journal_last_time(journal), at, wall, by_wall;

	if (held || !journal_started(journal, &at, &wall))
		return last;
	by_wall = at + (wall_now() - wall);
	return by_wall > last ? by_wall : last;
}

/* It moves only forward: an earlier date wants a state folder of its own. Without a date, or
 * with the day that the journal has come to, it goes on from the journal. */
static bool set_clock(struct service *service, struct failure *why)
{
	gateway_time last = journal_last_time(service->gateway.journal), start = wall_now();
	const char *date = service->settings.date;
	bool held = strcmp(service->settings.clock, "held") == 0;
	char was[TIME_TEXT_SIZE];

	if (date[0] != '\0' && !time_parse(date, &start, why))
		return false;
	if (last != 0 && (date[0] == '\0' || same_day(start, last)))
		start = time_by_now(service->gateway.journal, held);
	if (start < last)
		return fault(why, "CFG-010",
			     "the date %s lies before the journal's last record (%s); gateway time "
			     "moves only forward: use another state folder",
			     date, time_text(last, was));
	service->gateway.house.clock = clock_new(start);
	if (held)
		clock_hold(service->gateway.house.clock);
	return true;
}

static bool record_start(struct service *service, struct failure *why)
{
	struct gateway *gateway = &service->gateway;
	const char *wall = arena_printf(service->arena, "%lld", (long long)wall_now());

	return journal_begin(gateway->journal, why) &&
	       journal_append(gateway->journal, clock_now(gateway->house.clock), why, "started",
			      "version", NSW_VERSION, "instance", service->settings.instance,
			      "environment", service->settings.environment, "seed",
			      service->settings.seed, "wall", wall, NULL) &&
	       journal_commit(gateway->journal, why);
}

static bool open_journal(struct service *service, struct failure *why)
{
	const char *state = service->settings.state;

	service->journal_path = arena_printf(service->arena, "%s/journal.db", state);
	return journal_open(&service->gateway.journal, service->journal_path,
			    service->settings.instance, why) &&
	       set_clock(service, why);
}

/* Whoever cannot sign learns it now, and not at the first receipt. */
static bool can_sign(struct service *service, struct failure *why)
{
	struct house *house = &service->gateway.house;
	const struct signing_key *key;

	return keyring_signing_key(house->keyring, service->settings.instance,
				   clock_now(house->clock), &key, why);
}

/* Who was switched off stays so; and what is to go wrong does, as the settings say. */
static bool resume_faults(struct service *service, struct failure *why)
{
	struct gateway *gateway = &service->gateway;
	struct outbox outbox = { &gateway->house, gateway->journal, gateway->plan, service->arena };
	const char *const *off;
	size_t count = journal_switched_off(gateway->journal, service->arena, &off);

	for (size_t i = 0; i < count; i++)
		presence_switch(gateway->presence, off[i], true, 0);
	if (service->settings.faults[0] == NULL)
		return true;
	return journal_begin(gateway->journal, why) &&
	       faults_of_settings(&outbox, clock_now(gateway->house.clock), why) &&
	       journal_commit(gateway->journal, why);
}

static bool open_bus(struct service *service, struct failure *why)
{
	struct bus_settings settings = { .endpoint = service->settings.endpoint,
					 .party = service->settings.instance };

	if (settings.endpoint[0] == '\0')
		settings.endpoint =
			arena_printf(service->arena, "ipc://%s/bus", service->settings.state);
	if (!bus_open(&service->gateway.bus, &settings, service->gateway.house.keyring, why))
		return false;
	service->endpoint = bus_endpoint(service->gateway.bus);
	return true;
}

static bool start_control(struct service *service, struct failure *why)
{
	struct gateway *gateway = &service->gateway;
	struct control_links links = {
		.house = &gateway->house,
		.presence = gateway->presence,
		.journal_path = service->journal_path,
		.endpoint = service->endpoint,
		.gateway = gateway,
		.reply = reply_rows,
		.order = put_order,
		.figures = read_figures,
	};

	return control_start(&gateway->control, &links, why);
}

static bool start_threads(struct service *service, struct failure *why)
{
	struct gateway *gateway = &service->gateway;
	size_t workers = (size_t)service->settings.workers;

	if (pthread_create(&service->clerk, NULL, clerk_run, gateway) != 0)
		return fault(why, "CFG-011", "the journal thread cannot be started");
	service->clerk_runs = true;
	while (service->worker_count < workers) {
		if (pthread_create(&service->workers[service->worker_count], NULL, pipeline_worker,
				   gateway) != 0)
			return fault(why, "CFG-011", "a worker thread cannot be started");
		service->worker_count++;
	}
	return true;
}

static void furnish(struct service *service, const struct settings *settings)
{
	struct gateway *gateway = &service->gateway;

	service->settings = *settings;
	if (service->settings.workers == 0)
		service->settings.workers = sysconf(_SC_NPROCESSORS_ONLN);
	if (service->settings.workers < 1 || service->settings.workers > WORKERS_MOST)
		service->settings.workers = WORKERS_MOST;
	pthread_mutex_init(&gateway->door, NULL);
	gateway->presence = presence_new();
	gateway->work = queue_new();
	gateway->desk = queue_new();
	gateway->out = queue_new();
}

bool service_start(struct service **out, const struct settings *settings, struct failure *why)
{
	struct service *service = must_alloc(sizeof *service);
	struct gateway *gateway = &service->gateway;

	service->arena = arena_new();
	furnish(service, settings);
	if (!load_data(service, why) || !open_journal(service, why) || !can_sign(service, why) ||
	    !open_bus(service, why) || !record_start(service, why)) {
		service_free(service);
		return false;
	}
	gateway->house.settings = &service->settings;
	gateway->house.kinds = service->kinds;
	gateway->house.parties = service->parties;
	gateway->lives = service->lives;
	gateway->plan = service->plan;
	if (!resume_faults(service, why) || !start_control(service, why) ||
	    !start_threads(service, why)) {
		service_free(service);
		return false;
	}
	*out = service;
	return true;
}

/* ---- running and ending --------------------------------------------------------------------- */

const char *service_endpoint(const struct service *service)
{
	return service->endpoint;
}

bool service_run(struct service *service, struct failure *why)
{
	if (!front_run(&service->gateway, why))
		return false;
	if (atomic_load(&service->gateway.failed))
		return fault(why, "JRN-904", "the journal failed; what was receipted is safe");
	return true;
}

void service_stop(struct service *service)
{
	gateway_stop(&service->gateway, false);
}

void service_reload(struct service *service)
{
	struct failure why;

	if (keyring_reload(service->gateway.house.keyring, &why))
		log_line(LOG_NOTE, "keys-reloaded", NULL);
	else
		log_failure(LOG_ERROR, "keys-not-reloaded", &why);
}

static void empty(struct queue *queue)
{
	struct slip *slip;

	while (queue != NULL && (slip = queue_take(queue, 0)) != NULL)
		slip_free(slip);
	queue_free(queue);
}

/* From the door inwards, so that nobody hands a slip to somebody who has gone home. */
static void stop_threads(struct service *service)
{
	struct gateway *gateway = &service->gateway;

	queue_close(gateway->work);
	for (size_t i = 0; i < service->worker_count; i++)
		pthread_join(service->workers[i], NULL);
	queue_close(gateway->desk);
	if (service->clerk_runs)
		pthread_join(service->clerk, NULL);
	control_stop(gateway->control);
	if (gateway->bus != NULL && service->clerk_runs)
		front_drain(gateway);
}

void service_free(struct service *service)
{
	struct gateway *gateway = &service->gateway;

	if (service == NULL)
		return;
	stop_threads(service);
	empty(gateway->work);
	empty(gateway->desk);
	empty(gateway->out);
	bus_close(gateway->bus);
	journal_close(gateway->journal);
	presence_free(gateway->presence);
	pthread_mutex_destroy(&gateway->door);
	clock_free(gateway->house.clock);
	keyring_close(gateway->house.keyring);
	plan_free(service->plan);
	lives_free(service->lives);
	parties_free(service->parties);
	kinds_free(service->kinds);
	arena_free(service->arena);
	free(service);
}
