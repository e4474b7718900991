#include "core/programs.h"

int main(int count, char *words[])
{
	return adapter_main(count, words);
}
