/* interrupt - ^C, for commands that have something to finish before they end. */
#ifndef NSW_INTERRUPT_H
#define NSW_INTERRUPT_H

/* From now on SIGINT and SIGTERM are counted instead of ending the process. */
void interrupt_catch(void);
/* How often since then. */
int interrupts(void);

#endif
