package runtime

import (
	"sync"

	"gonum.org/v1/gonum/blas"
)

// Block sizes of the tiled product, in elements. gonum's Gemm allocates and
// starts goroutines from four blocks of 64×64 of C upwards; a tile of C has
// at most three.
const (
	tileM = 64
	tileN = 192
	tileK = 128

	// fewRows is up to how many rows a product is computed by plain loops: to
	// look through B for NaN would cost more than the product itself.
	fewRows = 4
	// parallelWork is the number of multiply-adds from which a product is
	// shared out.
	parallelWork = 1 << 18
)

// packBuffer is the scratch of one thread: the block of op(A) and of op(B) in
// hand, untransposed and dense.
type packBuffer[T Float] struct {
	a [tileM * tileK]T
	b [tileK * tileN]T
}

// packing is a pool's scratch for products of one element type, a buffer for
// each worker, made when the first workspace asks for it.
type packing struct {
	once    sync.Once
	buffers any // []packBuffer[T]
}

func reserve[T Float](p *packing, workers int) {
	p.once.Do(func() { p.buffers = make([]packBuffer[T], workers) })
}

// cut chooses the grid of tiles and in how many chunks it is worked off: a
// chunk is one tile, or all of them if the product is not worth sharing out.
// Tiles are narrower when there would be too few.
func (d *gemmCall[T]) cut(batch int) (chunks int) {
	d.rows, d.tileN = ceilDiv(d.m, tileM), tileN
	if batch*d.rows*ceilDiv(d.n, tileN) < 8 && d.m > fewRows {
		d.tileN = tileM
	}
	d.cols = ceilDiv(d.n, d.tileN)
	d.tiles = batch * d.rows * d.cols
	if float64(batch)*float64(d.m)*float64(d.n)*float64(d.k) < parallelWork {
		return 1
	}
	return d.tiles
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// gemmTask computes tiles of a Products' call in hand.
type gemmTask[T Float] Products[T]

// Chunk computes one tile, or all of them if there is one chunk.
func (p *gemmTask[T]) Chunk(worker, chunk int) {
	buf := p.own
	if worker > 0 {
		buf = &p.others.buffers.([]packBuffer[T])[worker-1]
	}
	if p.chunks > 1 {
		p.tile(buf, chunk)
		return
	}
	for t := range p.call.tiles {
		p.tile(buf, t)
	}
}

// tile computes tile number t: of which matrix of the batch, and where.
func (p *gemmTask[T]) tile(buf *packBuffer[T], t int) {
	d := &p.call
	col := t % d.cols
	row := t / d.cols % d.rows
	matrix := t / d.cols / d.rows
	i, j := row*tileM, col*d.tileN
	m, n := min(tileM, d.m-i), min(d.tileN, d.n-j)
	c := d.c[matrix*d.strideC+i*d.ldc+j:]
	scale(m, n, d.beta, c, d.ldc)
	if d.alpha == 0 {
		return
	}
	for l := 0; l < d.k; l += tileK {
		p.block(buf, matrix, i, j, l, m, n, min(tileK, d.k-l), c)
	}
}

// block adds alpha op(A)[i:i+m, l:l+k] op(B)[l:l+k, j:j+n] to c.
func (p *gemmTask[T]) block(buf *packBuffer[T], matrix, i, j, l, m, n, k int, c []T) {
	d := &p.call
	a, lda := d.a[matrix*d.strideA:], d.lda
	if d.tA {
		packTransposed(buf.a[:], a[l*lda+i:], lda, m, k)
		a, lda = buf.a[:], k
	} else {
		a = a[i*lda+l:]
	}
	b, ldb := d.b[matrix*d.strideB:], d.ldb
	if d.m <= fewRows {
		if d.tB {
			addDots(m, n, k, d.alpha, a, lda, b[j*ldb+l:], ldb, c, d.ldc)
		} else {
			addRows(m, n, k, d.alpha, a, lda, b[l*ldb+j:], ldb, c, d.ldc)
		}
		return
	}
	var odd T // 0, or NaN if the block of B holds a NaN or Inf
	if d.tB {
		odd = packTransposed(buf.b[:], b[j*ldb+l:], ldb, k, n)
	} else {
		odd = pack(buf.b[:], b[l*ldb+j:], ldb, k, n)
	}
	if odd != 0 {
		// gonum leaves out the terms where A is 0; here 0*NaN has to be seen.
		addRows(m, n, k, d.alpha, a, lda, buf.b[:], n, c, d.ldc)
		return
	}
	p.kernel(blas.NoTrans, blas.NoTrans, m, n, k, d.alpha, a, lda, buf.b[:], n, 1, c, d.ldc)
}

// scale multiplies an [m,n] matrix by beta; by 0 also where it holds NaN.
func scale[T Float](m, n int, beta T, c []T, ldc int) {
	if beta == 1 {
		return
	}
	for i := range m {
		row := c[i*ldc : i*ldc+n]
		if beta == 0 {
			clear(row)
			continue
		}
		for j := range row {
			row[j] *= beta
		}
	}
}

// pack copies a [rows,cols] block into dst without gaps. The result is 0 if
// all of it is finite, else NaN.
func pack[T Float](dst, src []T, ld, rows, cols int) (odd T) {
	for i := range rows {
		to, from := dst[i*cols:(i+1)*cols], src[i*ld:i*ld+cols]
		for j, v := range from {
			to[j] = v
			odd += T(v * 0)
		}
	}
	return odd
}

// packTransposed is pack for a block that is stored as [cols,rows].
func packTransposed[T Float](dst, src []T, ld, rows, cols int) (odd T) {
	for j := range cols {
		from := src[j*ld : j*ld+rows]
		for i, v := range from {
			dst[i*cols+j] = v
			odd += T(v * 0)
		}
	}
	return odd
}

// addRows adds alpha A B to C row by row, no term left out.
func addRows[T Float](m, n, k int, alpha T, a []T, lda int, b []T, ldb int, c []T, ldc int) {
	for i := range m {
		row := c[i*ldc : i*ldc+n]
		for l, v := range a[i*lda : i*lda+k] {
			s := alpha * v
			from := b[l*ldb : l*ldb+n]
			for j, w := range from {
				row[j] += T(s * w)
			}
		}
	}
}

// addDots adds alpha A B to C where B is stored as [n,k].
func addDots[T Float](m, n, k int, alpha T, a []T, lda int, b []T, ldb int, c []T, ldc int) {
	for i := range m {
		from := a[i*lda : i*lda+k]
		for j := range n {
			c[i*ldc+j] += T(alpha * dotRun(from, b[j*ldb:j*ldb+k]))
		}
	}
}
