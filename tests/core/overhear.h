/* overhear - what a test's subject says on stderr. */
#ifndef NSW_TEST_OVERHEAR_H
#define NSW_TEST_OVERHEAR_H

/* stderr goes into an unnamed file between the two; what came is yours to free(). */
void overhear(void);
char *overheard(void);

#endif
