// Matrix products by OpenBLAS, which is loaded from the path given, so that
// the system's choice of a BLAS stays as it is.
//
//	products LIBRARY sgemm|sgemv
#include <dlfcn.h>
#include "wire.h"

enum { RowMajor = 101, NoTrans = 111, Trans = 112 };

typedef void sgemm_t(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
typedef void sgemv_t(int, int, int, int, float, const float *, int, const float *, int, float, float *, int);

static sgemm_t *sgemm;
static sgemv_t *sgemv;
static char version[512];
static int vector; // use sgemv

static int ta, tb, batch, threads;
static long m, n, k;
static float *a, *b, *c;

static const char *about(void) { return version; }

static int load(char *row) {
	if (strcmp(text(row, "kind"), "product"))
		return -1;
	m = number(row, "m"), n = number(row, "n"), k = number(row, "k");
	ta = number(row, "ta"), tb = number(row, "tb");
	batch = number(row, "batch"), threads = number(row, "threads");
	if (batch < 1)
		batch = 1;
	if (vector && (m != 1 || ta || batch > 1))
		return -1;
	a = aligned(batch * m * k), b = aligned(batch * k * n), c = aligned(batch * m * n);
	fill(a, batch * m * k, 1);
	fill(b, batch * k * n, 2);
	return 0;
}

static void product(long i) {
	sgemm(RowMajor, ta ? Trans : NoTrans, tb ? Trans : NoTrans, m, n, k, 1, a + i * m * k, ta ? m : k,
	      b + i * k * n, tb ? k : n, 0, c + i * m * n, n);
}

static void once(void) {
	if (vector) { // the row a times B is B's transpose times the column a
		if (tb)
			sgemv(RowMajor, NoTrans, n, k, 1, b, k, a, 1, 0, c, 1);
		else
			sgemv(RowMajor, Trans, k, n, 1, b, n, a, 1, 0, c, 1);
	} else if (batch > 1 && threads > 1) {
		// each thread its products; inside, OpenBLAS uses one thread
#pragma omp parallel for schedule(static)
		for (long i = 0; i < batch; i++)
			product(i);
	} else {
		for (long i = 0; i < batch; i++)
			product(i);
	}
}

static float *result(long *length) {
	*length = batch * m * n;
	return c;
}

int main(int argc, char **argv) {
	void *library = argc == 3 ? dlopen(argv[1], RTLD_NOW) : 0;
	if (!library) {
		fprintf(stderr, "usage: products LIBRARY sgemm|sgemv\n%s\n", argc == 3 ? dlerror() : "");
		return 2;
	}
	sgemm = (sgemm_t *)dlsym(library, "cblas_sgemm");
	sgemv = (sgemv_t *)dlsym(library, "cblas_sgemv");
	char *(*config)(void) = (char *(*)(void))dlsym(library, "openblas_get_config");
	if (!sgemm || !sgemv || !config) {
		fprintf(stderr, "%s is not OpenBLAS\n", argv[1]);
		return 2;
	}
	vector = !strcmp(argv[2], "sgemv");
	snprintf(version, sizeof version, "%s", config());
	return serve();
}
