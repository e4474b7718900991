#include "core/bus_endpoint.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define IPC "ipc://"
#define TCP "tcp://"

static bool starts_with(const char *endpoint, const char *scheme)
{
	return strncmp(endpoint, scheme, strlen(scheme)) == 0;
}

bool endpoint_check(const char *endpoint, struct failure *why)
{
	static const size_t longest = sizeof((struct sockaddr_un *)0)->sun_path - 1;
	size_t path_length = strlen(endpoint) - strlen(IPC);

	if (!starts_with(endpoint, IPC) && !starts_with(endpoint, TCP))
		fault(why, "BUS-001", "an endpoint starts with " IPC " or " TCP);
	else if (starts_with(endpoint, IPC) && path_length > longest)
		fault(why, "BUS-001",
		      "the socket's path has %zu bytes, and the system takes %zu: choose a folder "
		      "with "
		      "a shorter name",
		      path_length, longest);
	else if (strlen(endpoint) >= ENDPOINT_SIZE)
		fault(why, "BUS-001", "the endpoint is longer than %d bytes", ENDPOINT_SIZE - 1);
	else
		return true;
	return failure_at(why, "%s", endpoint);
}

bool endpoint_local(const char *endpoint)
{
	static const char *const local[] = { IPC, TCP "127.", TCP "[::1]:", TCP "[::ffff:127." };

	for (size_t i = 0; i < sizeof local / sizeof *local; i++)
		if (starts_with(endpoint, local[i]))
			return true;
	return false;
}

/* libzmq unlinks whatever socket it finds and binds: right for what a dead process left behind,
 * but a living gateway would lose its door without noticing. Hence this knock. */
bool endpoint_taken(const char *endpoint)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int knocker;
	bool answered;

	if (!starts_with(endpoint, IPC))
		return false;
	strncpy(address.sun_path, endpoint + strlen(IPC), sizeof address.sun_path - 1);
	knocker = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (knocker < 0)
		return false;
	/* EAGAIN: somebody is there, with a long queue before the door */
	answered = connect(knocker, (const struct sockaddr *)&address, sizeof address) == 0 ||
		   errno == EAGAIN;
	close(knocker);
	return answered;
}
