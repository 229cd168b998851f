package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/gtc-lang/gtc/runtime/internal/cpu"
	"github.com/gtc-lang/gtc/runtime/internal/memory"
)

// onEverySet runs a test in each kernel set that the processor has.
func onEverySet(t *testing.T, test func(t *testing.T)) {
	for s := cpu.Go; s <= cpu.Best(); s++ {
		t.Run(s.String(), func(t *testing.T) {
			defer cpu.Force(s)()
			test(t)
		})
	}
}

// chain is the meaning of a kernel of the set in use for one element of C.
func chain[T Float](alpha T, a, b []T, beta, c T, keep bool) T {
	step := fused[T]
	if cpu.Use() == cpu.Go {
		step = func(x, y, z T) T { return T(x*y) + z }
	}
	var s T
	for l := range a {
		s = step(a[l], b[l], s)
	}
	if !keep {
		return alpha * s
	}
	return step(alpha, s, T(beta*c))
}

// fused is x*y + z, rounded once.
func fused[T Float](x, y, z T) T {
	if size[T]() == 8 {
		return T(math.FMA(float64(x), float64(y), float64(z)))
	}
	// The product of two float32 is exact in float64. Their sum with z is
	// rounded to odd, so that rounding it again is as rounding once.
	p, q := float64(x)*float64(y), float64(z)
	s := p + q
	back := s - p
	err := (p - (s - back)) + (q - back)
	if bits := math.Float64bits(s); err != 0 && bits&1 == 0 {
		if (err > 0) == (s > 0) {
			bits++
		} else {
			bits--
		}
		s = math.Float64frombits(bits)
	}
	return T(s)
}

func random[T Float](r *rand.Rand, n int) []T {
	x := memory.Make[T](n)
	for i := range x {
		x[i] = T(r.NormFloat64())
	}
	return x
}

// Every kernel computes, bit for bit, what chain says, for every number of
// lanes and every layout of A, and writes nothing beside it.
func TestProductsAgainstTheirMeaning(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		t.Run("float32", testKernels[float32])
		t.Run("float64", testKernels[float64])
	})
}

func testKernels[T Float](t *testing.T) {
	k := For[T]()
	r := rand.New(rand.NewPCG(1, 2))
	for across := range k.products {
		for rows := 1; rows <= k.rows(across); rows++ {
			for lanes := 1; lanes <= k.lanes; lanes++ {
				if !k.masks && across > 0 && lanes < k.lanes {
					continue
				}
				columns := k.lanes<<across - k.lanes + lanes
				testKernel(t, r, k, across, rows, columns, (rows+lanes)%11+1)
			}
		}
	}
	for rows := range len(k.half) {
		for lanes := range k.lanes / 2 {
			testKernel(t, r, k, halfAcross, rows+1, lanes+1, lanes%3+1)
		}
	}
}

func testKernel[T Float](t *testing.T, r *rand.Rand, k *Kernels[T], across, rows, columns, depth int) {
	const panels = 2
	m, ldb, ldc := panels*rows, columns+3, columns+1
	a, b, c := random[T](r, m*depth), random[T](r, depth*ldb), random[T](r, m*ldc)
	for form := range 9 {
		lies, keep, alpha := layout(form/3), form%3 == 1, T(0.3)
		var args Args[T]
		args.A, args.B, args.K, args.Panels = ptr(a, 0), ptr(b, 0), uintptr(depth), panels
		switch lies {
		case byRows:
			args.RowA, args.ColA, args.StepA = bytes[T](depth), bytes[T](1), bytes[T](rows*depth)
		case byColumns:
			args.RowA, args.ColA, args.StepA = bytes[T](1), bytes[T](m), bytes[T](rows)
		case inPanels:
			args.RowA, args.ColA, args.StepA = bytes[T](1), bytes[T](rows), bytes[T](rows*depth)
		}
		element := func(i, l int) T { // of A
			at := uintptr(i/rows)*args.StepA + uintptr(i%rows)*args.RowA + uintptr(l)*args.ColA
			return a[at/bytes[T](1)]
		}
		if form%3 != 0 { // has the next panel fetched
			args.Next, args.NextRow = uintptr(args.B), bytes[T](ldb)
		}
		args.RowB, args.RowC, args.StepC = bytes[T](ldb), bytes[T](ldc), uintptr(rows)*bytes[T](ldc)
		args.Tail = k.last(across, columns)
		got := slices.Clone(c)
		for i := range got {
			if !keep && i%ldc < columns { // what is not kept is not read
				got[i] = T(math.NaN())
			}
		}
		args.C = ptr(got, 0)
		if form%3 == 2 {
			alpha = 1
		}
		args.scale(alpha, 0)
		if keep {
			args.scale(alpha, 0.7)
		}
		k.product(lies, across, rows, &args)
		row, column := make([]T, depth), make([]T, depth)
		for i := range m {
			for l := range depth {
				row[l] = element(i, l)
			}
			for j := range ldc {
				want := c[i*ldc+j]
				if j < columns {
					for l := range depth {
						column[l] = b[l*ldb+j]
					}
					want = chain(alpha, row, column, 0.7, want, keep)
				}
				if got[i*ldc+j] != want {
					t.Fatalf("%d rows, %d columns, k=%d, form %d: C[%d,%d] = %v, want %v", rows, columns, depth, form, i, j, got[i*ldc+j], want)
				}
			}
		}
	}
}

// The kernels that pack give the same C, and the panel.
func TestPackingKernels(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		t.Run("float32", testPacking[float32])
		t.Run("float64", testPacking[float64])
	})
}

func testPacking[T Float](t *testing.T) {
	k := For[T]()
	r := rand.New(rand.NewPCG(3, 4))
	const depth = 9
	columns := 2 * k.lanes
	for rows := range k.packing {
		a, b, c, pack := random[T](r, rows*depth), random[T](r, depth*(columns+5)), random[T](r, rows*columns), random[T](r, depth*columns)
		var args Args[T]
		args.A, args.B, args.C, args.Pack = ptr(a, 0), ptr(b, 0), ptr(c, 0), ptr(pack, 0)
		args.RowA, args.ColA, args.RowB, args.RowC = bytes[T](depth), bytes[T](1), bytes[T](columns+5), bytes[T](columns)
		args.K, args.Panels, args.Tail = depth, 1, tail[T](k.lanes)
		args.scale(1, 0)
		k.pack(rows, &args)
		column := make([]T, depth)
		for j := range columns {
			for l := range depth {
				column[l] = b[l*(columns+5)+j]
				if pack[l*columns+j] != column[l] {
					t.Fatalf("%d rows: packed [%d,%d] is %v, want %v", rows, l, j, pack[l*columns+j], column[l])
				}
			}
			for i := range rows {
				if want := chain(1, a[i*depth:(i+1)*depth], column, 0, 0, false); c[i*columns+j] != want {
					t.Fatalf("%d rows: C[%d,%d] = %v, want %v", rows, i, j, c[i*columns+j], want)
				}
			}
		}
	}
}

// Kernels that pack ahead give the same C, and as many rows of the next panel as
// there are rounds for, and say how far they came.
func TestPackingAhead(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		t.Run("float32", testAhead[float32])
		t.Run("float64", testAhead[float64])
	})
}

func testAhead[T Float](t *testing.T) {
	k := For[T]()
	if !k.inRounds(k.panelAcross()) {
		return
	}
	r := rand.New(rand.NewPCG(5, 6))
	for rows := 1; rows <= k.rows(k.panelAcross()); rows++ {
		for _, depth := range []int{3, 4, 16, 29} {
			for _, every := range []int{1, 2, 4} {
				for _, ahead := range []int{1, 5, 40} {
					testAheadKernel(t, r, k, rows, depth, every, ahead)
				}
			}
		}
	}
}

func testAheadKernel[T Float](t *testing.T, r *rand.Rand, k *Kernels[T], rows, depth, every, ahead int) {
	const panels = 3
	width, columns := k.panel(), k.panel() // of the panel ahead
	if k.masks {
		columns = k.lanes + 1 + rows%k.lanes
	}
	a, b, next := random[T](r, panels*rows*depth), random[T](r, depth*width), random[T](r, ahead*(width+3))
	c, pack := make([]T, panels*rows*width), make([]T, (ahead+1)*width)
	args := Args[T]{
		A: ptr(a, 0), B: ptr(b, 0), C: ptr(c, 0), RowA: bytes[T](1), ColA: bytes[T](rows), StepA: bytes[T](rows * depth),
		RowB: bytes[T](width), RowC: bytes[T](width), StepC: bytes[T](rows * width), K: uintptr(depth), Panels: panels, Tail: tail[T](k.lanes),
		Next: uintptr(ptr(next, 0)), NextRow: bytes[T](width + 3),
		Ahead: uintptr(ahead), AheadTo: uintptr(ptr(pack, 0)), AheadMask: tail[T](columns - k.lanes).Mask, AheadSkip: uintptr(every - 1),
	}
	args.scale(1, 0)
	k.product(inPanels, k.panelAcross(), rows, &args)
	packed := min(ahead, panels*(depth/columnsAtOnce/every))
	if got := ahead - int(args.Ahead); got != packed || args.AheadTo != uintptr(ptr(pack, packed*width)) {
		t.Fatalf("%d rows, k=%d, every %d: %d rows of %d packed, want %d", rows, depth, every, got, ahead, packed)
	}
	for i, got := range pack {
		want := T(0)
		if l, j := i/width, i%width; l < packed && j < columns {
			want = next[l*(width+3)+j]
		}
		if got != want {
			t.Fatalf("%d rows, k=%d, every %d, %d ahead: packed [%d,%d] is %v, want %v", rows, depth, every, ahead, i/width, i%width, got, want)
		}
	}
	row, column := make([]T, depth), make([]T, depth)
	for i := range panels * rows {
		for j := range width {
			for l := range depth {
				row[l], column[l] = a[i/rows*rows*depth+l*rows+i%rows], b[l*width+j]
			}
			if want := chain(1, row, column, 0, 0, false); c[i*width+j] != want {
				t.Fatalf("%d rows, k=%d, every %d, %d ahead: C[%d,%d] = %v, want %v", rows, depth, every, ahead, i, j, c[i*width+j], want)
			}
		}
	}
	runtime.KeepAlive(next)
	runtime.KeepAlive(pack)
}

// Copies and transpositions of all small sizes, and nothing beside them.
func TestMoves(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		t.Run("float32", testMoves[float32])
		t.Run("float64", testMoves[float64])
	})
}

func testMoves[T Float](t *testing.T) {
	w := NewWork[T]()
	w.kernels = For[T]()
	r := rand.New(rand.NewPCG(5, 6))
	for _, rows := range []int{1, 2, 3, 7, 8, 13, 16} {
		for columns := 1; columns <= 70; columns++ {
			from := random[T](r, rows*(columns+2))
			to := memory.Make[T](rows * (columns + 1))
			w.copy(ptr(to, 0), columns+1, ptr(from, 0), columns+2, rows, columns)
			for i := range rows {
				for j := range columns + 1 {
					if want := from[i*(columns+2)+j]; j < columns && to[i*(columns+1)+j] != want || j == columns && to[i*(columns+1)+j] != 0 {
						t.Fatalf("copy of [%d,%d]: [%d,%d] is %v", rows, columns, i, j, to[i*(columns+1)+j])
					}
				}
			}
			if rows <= w.kernels.lanes {
				testTranspose(t, w, from, rows, columns)
			}
		}
	}
}

// Copies to panels beside each other, and nothing beside them.
func TestCopyPanels(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		t.Run("float32", testCopyPanels[float32])
		t.Run("float64", testCopyPanels[float64])
	})
}

func testCopyPanels[T Float](t *testing.T) {
	k := For[T]()
	if k.copyPanels == nil {
		t.Skip("this set has none")
	}
	width, r := k.panel(), rand.New(rand.NewPCG(11, 12))
	for panels := 1; panels <= 2*groupPanels+1; panels++ {
		for rows := 1; rows <= 9; rows++ {
			ld, each := panels*width+3, rows*width+5
			from, to := random[T](r, rows*ld), memory.Make[T](panels*each)
			k.copyPanels(&MoveArgs{
				To: ptr(to, 0), From: ptr(from, 0), ToRow: bytes[T](each), FromRow: bytes[T](ld),
				Rows: uintptr(rows), Vectors: uintptr(panels),
			})
			for i, got := range to {
				p, l, j, want := i/each, i%each/width, i%each%width, T(0)
				if l < rows {
					want = from[l*ld+p*width+j]
				}
				if got != want {
					t.Fatalf("%d panels of %d rows: panel %d, [%d,%d] is %v, want %v", panels, rows, p, l, j, got, want)
				}
			}
		}
	}
}

func testTranspose[T Float](t *testing.T, w *Work[T], from []T, rows, columns int) {
	ld := w.kernels.lanes + 1
	to := memory.Make[T]((columns + 1) * ld)
	w.transpose(ptr(to, 0), ld, ptr(from, 0), columns+2, rows, columns)
	for l := range columns + 1 {
		for i := range ld {
			switch v := to[l*ld+i]; {
			case l == columns || i == w.kernels.lanes:
				if v != 0 {
					t.Fatalf("transposition of [%d,%d] wrote [%d,%d]", rows, columns, l, i)
				}
			case i < rows && v != from[i*(columns+2)+l]:
				t.Fatalf("transposition of [%d,%d]: [%d,%d] is %v", rows, columns, l, i, v)
			}
		}
	}
}

func TestBlockK(t *testing.T) {
	for k := range 3000 {
		b := BlockK[float32](k)
		if b > 512 || k > 0 && (b < 1 || ceilDiv(k, b) != ceilDiv(k, 512)) {
			t.Fatalf("BlockK(%d) = %d", k, b)
		}
	}
}

func TestSplit(t *testing.T) {
	for most := 1; most <= 24; most++ {
		for rows := 1; rows <= 300; rows++ {
			p, sum := split(rows, most), 0
			for ; p.panels > 0; p.advance() {
				if p.rows < 1 || p.rows > most || p.row != sum {
					t.Fatal(fmt.Sprint("split ", rows, most, p))
				}
				sum += p.rows
				p.row += p.rows
				p.panels--
			}
			if sum != rows {
				t.Fatalf("split(%d, %d) makes %d", rows, most, sum)
			}
		}
	}
}

// Sweeping adds what the rows come to, in their order, for all widths of the
// last vector and numbers of rows, and reads and writes nothing beside them.
func TestSweep(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		t.Run("float32", testSweep[float32])
		t.Run("float64", testSweep[float64])
	})
}

func testSweep[T Float](t *testing.T) {
	k := For[T]()
	if k.sweep == nil {
		t.Skip("this set has no such kernel")
	}
	r := rand.New(rand.NewPCG(7, 8))
	for columns := 1; columns <= 12*k.lanes; columns++ {
		rows, ldb, step := columns%19+1, columns+columns%3, columns%2+1
		a, b, c := random[T](r, rows*step), random[T](r, rows*ldb), random[T](r, columns+1)
		got := slices.Clone(c)
		var args Args[T]
		args.A, args.B, args.C = ptr(a, 0), ptr(b, 0), ptr(got, 0)
		args.ColA, args.RowB, args.K = bytes[T](step), bytes[T](ldb), uintptr(rows)
		vectors := ceilDiv(columns, k.lanes)
		args.Panels, args.Tail = uintptr(vectors), tail[T](columns-(vectors-1)*k.lanes)
		k.runSweep(&args)
		for j, want := range c {
			for l := 0; l < rows && j < columns; l++ {
				want = fused(a[l*step], b[l*ldb+j], want)
			}
			if got[j] != want {
				t.Fatalf("%d rows, %d columns: C[%d] = %v, want %v", rows, columns, j, got[j], want)
			}
		}
	}
}

func TestQuotient(t *testing.T) {
	for a := range 2*MaxRows + 1 {
		for b := 1; b <= 2*MaxRows; b++ {
			if got := quotient(a, b); got != a/b {
				t.Fatalf("%d/%d: %d", a, b, got)
			}
		}
	}
}

// What was to be packed ahead when a call ended in a panic is not packed in
// the next one: its B may be gone.
func TestTileForgetsWhatAPanicLeft(t *testing.T) {
	onEverySet(t, func(t *testing.T) {
		const m, n, k = 40, 512, 500
		r := rand.New(rand.NewPCG(9, 10))
		w, gone := NewWork[float32](), random[float32](r, 64)
		want := slices.Clone(gone)
		packed := make([]float32, PackedLen[float32](k, n))
		w.Pack(For[float32](), false, k, n, 0, For[float32]().Panels(n), random[float32](r, k*n), n, packed)
		w.args.Ahead, w.args.AheadTo = 1, uintptr(ptr(gone, 0))
		w.Tile(&Call[float32]{
			Kernels: For[float32](), Packed: true, M: m, N: n, K: k, Alpha: 1,
			A: random[float32](r, m*k), B: packed, C: make([]float32, m*n), LDA: k, LDB: n, LDC: n,
		}, 0, 0, m, 0, n)
		if !slices.Equal(gone, want) {
			t.Error("a row was packed")
		}
	})
}

// TestSpread: a panel that is packed ahead has the rounds that it needs, and is
// spread over no fewer than can be, in powers of two.
func TestSpread(t *testing.T) {
	for tiles := 1; tiles <= MaxRows; tiles++ {
		every := spread(tiles)
		if tiles >= columnsAtOnce && tiles/columnsAtOnce < every {
			t.Errorf("%d tiles: a row in %d rounds is not all rows", tiles, every)
		}
		if twice := 2 * every; twice <= mostSpread && tiles/columnsAtOnce >= twice {
			t.Errorf("%d tiles: a row in %d rounds, though there are rounds for one in %d", tiles, every, twice)
		}
		if every&(every-1) != 0 || every < 1 {
			t.Errorf("%d tiles: a row in %d rounds", tiles, every)
		}
	}
}
