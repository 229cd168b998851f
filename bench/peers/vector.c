// exp and tanh of a vector in plain loops, which the compiler turns into calls
// of libmvec under -ffast-math.
#include <math.h>
#include "wire.h"

static float *x, *y;
static long length;
static void (*loop)(void);

static __attribute__((noinline)) void exp_loop(void) {
	float *restrict to = y;
	const float *restrict from = x;
	for (long i = 0; i < length; i++)
		to[i] = expf(from[i]);
}

static __attribute__((noinline)) void tanh_loop(void) {
	float *restrict to = y;
	const float *restrict from = x;
	for (long i = 0; i < length; i++)
		to[i] = tanhf(from[i]);
}

static const char *about(void) { return "gcc " __VERSION__; }

static int load(char *row) {
	if (strcmp(text(row, "kind"), "vector"))
		return -1;
	loop = strcmp(text(row, "function"), "tanh") ? exp_loop : tanh_loop;
	length = number(row, "n");
	x = aligned(length), y = aligned(length);
	fill(x, length, 1);
	for (long i = 0; i < length; i++)
		x[i] *= 16; // both ends of tanh, and exp from 3e-4 to 3e3
	return 0;
}

static void once(void) { loop(); }

static float *result(long *n) {
	*n = length;
	return y;
}

int main(void) { return serve(); }
