/*
 * bus_scene - a gateway's bus with a keyring of its own, and clients to meet it.
 *
 * scene_make_keys() is a group's set-up: it makes an example PKI in a temporary folder, which
 * scene_remove_keys() removes. scene_open() is a test's. Everything runs in the test's own thread:
 * what waits, waits for an event and is bounded by PATIENCE_MS.
 */
#ifndef BUS_SCENE_H
#define BUS_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/bus.h"

#define PATIENCE_MS	30000
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define GATEWAY	 "NSW-VN"
#define MINISTRY "MINISTRY"
#define TRADER	 "9900000016"

struct scene {
	struct keyring *keyring;
	struct bus *bus;
	struct arena *arena;
	struct parcel parcel; /* what came last, on either side */
};

/* Group set-up and tear-down. */
int scene_make_keys(void **state);
int scene_remove_keys(void **state);
/* "FOLDER/NAME" in the temporary folder; good until the next call. */
const char *scene_path(const char *name);
/* "ipc://FOLDER/NAME"; likewise. */
const char *scene_ipc(const char *name);

/* Test set-up and tear-down: *state becomes a scene with a bus on ipc. */
int scene_open(void **state);
int scene_close(void **state);

/* The bus opened again: on another endpoint or with other limits. */
void scene_reopen(struct scene *scene, const struct bus_settings *settings);

/* A client with a party's keys, in this scene's keyring; not yet connected. */
struct link *scene_link(struct scene *scene, const char *party);
struct link_settings scene_link_settings(struct scene *scene, const char *party);

void scene_send(struct link *link, enum verb verb, const char *envelope, const char *payload);
void scene_answer(struct scene *scene, const struct address *to, enum verb verb,
		  const char *payload);
/* The next message at the gateway, which must be this verb; it is in scene->parcel. */
void scene_gateway_hears(struct scene *scene, enum verb verb);
/* Nothing but departures comes to the gateway until the client fails with this code. */
void scene_link_fails(struct scene *scene, struct link *link, const char *code,
		      struct failure *why);
void scene_link_hears(struct scene *scene, struct link *link, enum verb verb);
/* HELLO and WELCOME: connected, and known to each other. */
void scene_greet(struct scene *scene, struct link *link);
/* The bus works, and hears nothing but departures, until *count has reached `least`. */
uint64_t scene_wait_for(struct scene *scene, size_t count_offset, uint64_t least);
#define WAIT_FOR(scene, count, least)                                                              \
	scene_wait_for(scene, offsetof(struct bus_counts, count), least)

/* stderr is kept between these two; the text is yours to free(). */
void log_listen(void);
char *log_heard(void);

#endif
