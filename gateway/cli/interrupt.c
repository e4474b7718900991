#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t caught;

static void count(int signal_number)
{
	(void)signal_number;
	caught++;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = count };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

int interrupts(void)
{
	return caught;
}
