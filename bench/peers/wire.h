// The child's side of the bench's line protocol (package wire), for programs
// in C: a program defines load, once and check, and calls serve.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

static int load(char *row);                // 0, or -1 when the row is not for this program
static void once(void);                    // one unit of the row
static float *result(long *length);        // of the row
static const char *about(void);

// number is the integer under a key of a row, 0 when there is none.
static long number(const char *row, const char *key) {
	char pattern[32];
	snprintf(pattern, sizeof pattern, " %s=", key);
	const char *at = strstr(row, pattern);
	return at ? atol(at + strlen(pattern)) : 0;
}

// text is the word under a key of a row, cut to 31 bytes.
static const char *text(const char *row, const char *key) {
	static char value[32];
	char pattern[32];
	snprintf(pattern, sizeof pattern, " %s=", key);
	const char *at = strstr(row, pattern);
	value[0] = 0;
	if (at)
		sscanf(at + strlen(pattern), "%31s", value);
	return value;
}

static double seconds(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

// aligned memory of n floats begins on a page, a large one where it fills some.
static float *aligned(long n) {
	const size_t large = 2 << 20;
	size_t bytes = n * sizeof(float);
	void *p = 0;
	if (posix_memalign(&p, bytes < large ? 4096 : large, bytes)) {
		fprintf(stderr, "no memory for %ld floats\n", n);
		exit(1);
	}
#ifdef MADV_HUGEPAGE
	if (bytes >= large)
		madvise(p, bytes, MADV_HUGEPAGE);
#endif
	return p;
}

// fill sets the numbers that every program makes alike.
static void fill(float *x, long n, unsigned seed) {
	for (long i = 0; i < n; i++)
		x[i] = (float)((((unsigned)i + seed) * 2654435761u) >> 24) / 256 - 0.5f;
}

// sample prints n elements of the result, evenly spread, and the sum of all.
static void sample(long n) {
	long length;
	float *x = result(&length);
	double sum = 0;
	printf("ok");
	for (long i = 0; i < n; i++)
		printf(" %.17g", (double)x[i * (length - 1) / (n > 1 ? n - 1 : 1)]);
	for (long i = 0; i < length; i++)
		sum += x[i];
	printf(" %.17g\n", sum);
}

static int serve(void) {
	char line[4096];
	while (fgets(line, sizeof line, stdin)) {
		long n = 0;
		if (!strncmp(line, "about", 5)) {
			printf("ok %s\n", about());
		} else if (!strncmp(line, "load", 4)) {
			puts(load(line + 4) ? "no this program has no such row" : "ok");
		} else if (sscanf(line, "check %ld", &n) == 1) {
			once();
			sample(n);
		} else if (sscanf(line, "run %ld", &n) == 1) {
			double start = seconds();
			for (long i = 0; i < n; i++)
				once();
			printf("ok %.9f\n", seconds() - start);
		} else {
			puts("error unknown request");
		}
		fflush(stdout);
	}
	return 0;
}
