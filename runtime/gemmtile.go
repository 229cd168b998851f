package runtime

import (
	"sync"

	"github.com/gtc-lang/gtc/runtime/internal/gemm"
)

// How a product is cut, in elements and multiply-adds.
const (
	// tileCols is how wide a part of C is: the wider, the less often A is
	// packed for it.
	tileCols = 1024
	// manyTiles is into how many parts a product is cut if each is still
	// leastWork or more and has smallTile rows or columns.
	manyTiles = 8
	leastWork = 1 << 17
	smallTile = 32
	// serialWork is up to where one thread does it all: some three microseconds
	// of work are done sooner than shared out.
	serialWork = 1 << 18
	// rowElements is how many elements of C a part has when its rows are to
	// be whole, but leastRows rows; what is wider is finished by itself.
	rowElements = 64 << 10
	leastRows   = 24
)

// grid is how a batch of products is cut into parts of C, and the parts into
// chunks of work. Parts that follow each other lie below each other, and share
// columns of B; if k is one block, beside each other: op(A) is packed once
// for them.
type grid struct {
	batch, m, n  int
	left         int // the first column
	rows, cols   int // of a part, at most
	down, across int // parts of a product
	perChunk     int // parts
	rowByRow     bool
}

// cut chooses the grid for batch products [m,k] by [k,n]; whole asks for
// parts of whole rows.
func cut[T Float](batch, m, n, k int, whole bool) grid {
	g := grid{batch: batch, m: m, n: n}
	g.fit(min(m, gemm.MaxRows), min(n, tileCols))
	if whole = whole && rowElements/n >= leastRows; whole {
		g.fit(min(g.rows, rowElements/n), n)
	}
	total := float64(batch) * float64(m) * float64(n) * float64(k)
	for g.tiles() < manyTiles && total >= 2*leastWork*float64(g.tiles()) {
		if !whole && g.cols >= max(g.rows, 2*smallTile) {
			g.fit(g.rows, (g.cols+1)/2)
		} else if g.rows >= 2*smallTile {
			g.fit((g.rows+1)/2, g.cols)
		} else {
			break
		}
	}
	g.perChunk = g.tiles()
	if total > serialWork {
		g.perChunk = max(1, int(leastWork*float64(g.tiles())/total))
	}
	g.rowByRow = gemm.BlockK[T](k) >= k
	return g
}

// fit cuts into parts of at most so many rows and columns, as even as can be,
// columns by whole panels.
func (g *grid) fit(rows, cols int) {
	g.down = ceilDiv(g.m, rows)
	g.rows = ceilDiv(g.m, g.down)
	g.cols = ceilDiv(ceilDiv(g.n, ceilDiv(g.n, cols)), smallTile) * smallTile
	g.across = ceilDiv(g.n, g.cols)
}

// part is the product that part t is of, and where in C it begins.
func (g *grid) part(t int) (batch, i, j int) {
	batch, t = t/(g.down*g.across), t%(g.down*g.across)
	if g.rowByRow {
		i, j = t/g.across, t%g.across
	} else {
		i, j = t%g.down, t/g.down
	}
	return batch, i * g.rows, g.left + j*g.cols
}

func (g *grid) tiles() int { return g.batch * g.down * g.across }

func (g *grid) chunks() int { return ceilDiv(g.tiles(), g.perChunk) }

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// gemmTask computes the parts of a Products' call in hand.
type gemmTask[T Float] Products[T]

// Chunk computes the parts of a chunk.
func (p *gemmTask[T]) Chunk(worker, chunk int) {
	w, g := (*Products[T])(p).work(worker), &p.grid
	for t := chunk * g.perChunk; t < min((chunk+1)*g.perChunk, g.tiles()); t++ {
		batch, i, j := g.part(t)
		end := min(g.m, i+g.rows)
		w.Tile(&p.call, batch, i, end, j, min(g.left+g.n, j+g.cols))
		if p.rows != nil && g.across == 1 {
			p.rows(batch, i, end)
		}
	}
}

// rowsTask calls AfterRows' function where rows were not whole in one part.
type rowsTask[T Float] Products[T]

// Chunk finishes the rows of one row of parts.
func (p *rowsTask[T]) Chunk(_, chunk int) {
	g := &p.grid
	i := chunk % g.down * g.rows
	p.rows(chunk/g.down, i, min(g.m, i+g.rows))
}

// packTask packs panels of B in parallel; C is where to.
type packTask[T Float] Products[T]

// packPanels is how many panels a chunk packs.
const packPanels = 4

// Chunk packs some panels.
func (p *packTask[T]) Chunk(worker, chunk int) {
	d := &p.call
	first := chunk * packPanels
	last := min(first+packPanels, d.Kernels.Panels(d.N))
	(*Products[T])(p).work(worker).Pack(d.Kernels, d.TB, d.K, d.N, first, last, d.B, d.LDB, d.C)
}

// work is the scratch of a thread.
func (p *Products[T]) work(worker int) *gemm.Work[T] {
	if worker == 0 {
		return p.own
	}
	return p.others.work.([]*gemm.Work[T])[worker-1]
}

// packing is a pool's scratch for products of one element type: a piece for
// each worker, made when the first workspace asks for it, and what large
// products share.
type packing struct {
	once sync.Once
	work any // []*gemm.Work[T]
	slab slab
}

func reserve[T Float](p *packing, workers int) {
	p.once.Do(func() {
		work := make([]*gemm.Work[T], workers)
		for i := range work {
			work[i] = gemm.NewWork[T]()
		}
		p.work = work
	})
}
