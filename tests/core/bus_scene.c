#include "bus_scene.h"

#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/bus_parcel.h"
#include "core/clock.h"

#define PARTIES GATEWAY ":p256 " MINISTRY ":p256 " TRADER ":p256 LEAVER:p256 CHANGER:p256"

static char folder[256];

/* ---- the folder ----------------------------------------------------------------------- */

int scene_make_keys(void **state)
{
	const char *temporary = getenv("TMPDIR");
	char command[512];

	(void)state;
	snprintf(folder, sizeof folder, "%s/bus.XXXXXX", temporary != NULL ? temporary : "/tmp");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(command, sizeof command, "certs-example/make-pki '%s/pki' " PARTIES, folder);
	return system(command);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	return remove(path);
}

int scene_remove_keys(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scene_path(const char *name)
{
	static char path[sizeof folder + 128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

const char *scene_ipc(const char *name)
{
	static char endpoint[sizeof folder + 128];

	snprintf(endpoint, sizeof endpoint, "ipc://%s/%s", folder, name);
	return endpoint;
}

/* ---- the gateway ---------------------------------------------------------------------- */

static void must(bool done, const struct failure *why)
{
	char line[1024];

	if (!done)
		fail_msg("%s", failure_line(why, line, sizeof line));
}

void scene_reopen(struct scene *scene, const struct bus_settings *settings)
{
	struct bus_settings filled = *settings;
	struct failure why;

	bus_close(scene->bus);
	scene->bus = NULL;
	filled.party = GATEWAY;
	if (filled.endpoint == NULL)
		filled.endpoint = scene_ipc("bus");
	must(bus_open(&scene->bus, &filled, scene->keyring, &why), &why);
}

int scene_open(void **state)
{
	struct scene *scene = must_alloc(sizeof *scene);
	struct failure why;

	scene->arena = arena_new();
	must(keyring_open(&scene->keyring, scene_path("pki"), &why), &why);
	scene_reopen(scene, &(struct bus_settings){ 0 });
	*state = scene;
	return 0;
}

int scene_close(void **state)
{
	struct scene *scene = *state;

	bus_close(scene->bus);
	arena_free(scene->arena);
	keyring_close(scene->keyring);
	free(scene);
	return parcels_alive() == 0 ? 0 : -1;
}

void scene_gateway_hears(struct scene *scene, enum verb verb)
{
	struct failure why;
	bool got;

	must(bus_receive(scene->bus, scene->arena, &scene->parcel, &got, PATIENCE_MS, &why), &why);
	assert_true(got);
	assert_string_equal(verb_name(scene->parcel.verb), verb_name(verb));
}

/* One turn of the gateway while something else is waited for. */
static void turn(struct scene *scene)
{
	struct parcel parcel;
	struct failure why;
	bool got;

	must(bus_receive(scene->bus, scene->arena, &parcel, &got, 10, &why), &why);
	assert_true(!got || parcel.verb == VERB_GONE);
}

uint64_t scene_wait_for(struct scene *scene, size_t count_offset, uint64_t least)
{
	uint64_t begun = monotonic_ms(), value = 0;

	for (;;) {
		struct bus_counts counts = bus_counts(scene->bus);

		memcpy(&value, (const char *)&counts + count_offset, sizeof value);
		if (value >= least)
			return value;
		assert_true(monotonic_ms() - begun < PATIENCE_MS);
		turn(scene);
	}
}

/* ---- clients -------------------------------------------------------------------------- */

struct link_settings scene_link_settings(struct scene *scene, const char *party)
{
	static char server[CURVE_TEXT_SIZE], public[CURVE_TEXT_SIZE], secret[CURVE_TEXT_SIZE];
	struct failure why;

	must(keyring_curve(scene->keyring, GATEWAY, server, secret, &why), &why);
	must(keyring_curve(scene->keyring, party, public, secret, &why), &why);
	return (struct link_settings){ .endpoint = bus_endpoint(scene->bus),
				       .server_key = server,
				       .public_key = public,
				       .secret_key = secret };
}

struct link *scene_link(struct scene *scene, const char *party)
{
	struct link_settings settings = scene_link_settings(scene, party);
	struct link *link;
	struct failure why;

	must(link_open(&link, &settings, &why), &why);
	return link;
}

void scene_send(struct link *link, enum verb verb, const char *envelope, const char *payload)
{
	struct failure why;

	must(link_send(link, verb, envelope, strlen(envelope), payload, strlen(payload), &why),
	     &why);
}

void scene_answer(struct scene *scene, const struct address *to, enum verb verb,
		  const char *payload)
{
	struct failure why;

	must(bus_send(scene->bus, to, verb, "", 0, payload, strlen(payload), &why), &why);
}

void scene_link_hears(struct scene *scene, struct link *link, enum verb verb)
{
	struct failure why;
	bool got;

	must(link_receive(link, scene->arena, &scene->parcel, &got, PATIENCE_MS, &why), &why);
	assert_true(got);
	assert_string_equal(verb_name(scene->parcel.verb), verb_name(verb));
}

void scene_link_fails(struct scene *scene, struct link *link, const char *code, struct failure *why)
{
	uint64_t begun = monotonic_ms();
	struct parcel parcel;
	bool got;

	while (link_receive(link, scene->arena, &parcel, &got, 10, why)) {
		assert_false(got);
		assert_true(monotonic_ms() - begun < PATIENCE_MS);
		turn(scene);
	}
	assert_string_equal(why->code, code);
}

void scene_greet(struct scene *scene, struct link *link)
{
	struct address client;

	scene_send(link, VERB_HELLO, "", "credit=0\n");
	scene_gateway_hears(scene, VERB_HELLO);
	client = scene->parcel.address;
	scene_answer(scene, &client, VERB_WELCOME, "protocol=NSW1\n");
	scene_link_hears(scene, link, VERB_WELCOME);
	scene->parcel.address = client;
}

/* ---- the log -------------------------------------------------------------------------- */

static int real_stderr;
static FILE *listener;

void log_listen(void)
{
	listener = tmpfile();
	assert_non_null(listener);
	real_stderr = dup(STDERR_FILENO);
	dup2(fileno(listener), STDERR_FILENO);
}

char *log_heard(void)
{
	struct stat file;
	char *text;

	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	assert_int_equal(fstat(fileno(listener), &file), 0);
	text = must_alloc((size_t)file.st_size + 1);
	assert_int_equal(pread(fileno(listener), text, (size_t)file.st_size, 0), file.st_size);
	fclose(listener);
	return text;
}
