#include "core/programs.h"

int main(int count, char *words[])
{
	return nswd_main(count, words);
}
