// Package runtime is all that a generated package imports, as rt: it computes
// what generated code does not spell out, and runs the training loop around
// it. It knows nothing of the compiler.
//
// What comes in are a generated workspace (a Job), rows (a Source) and
// numbers; what goes out are trained tensors, model files and checkpoints.
// T is float32 or float64 throughout. Tensors are row-major slices; lengths
// are in elements.
//
// # Contract
//
// Generated code names GeneratedForRuntime4_IfUndefinedRunGtcCompileAgain, so
// that a mismatch with this package is a build error that says what to do:
//
//	const _ = rt.GeneratedForRuntime4_IfUndefinedRunGtcCompileAgain
//
// Nothing that is called in a step allocates: the products, the pool, the
// reductions, the draws, the checks when they pass, and Run's own loop.
//
// # Scalars (math.go)
//
//	Exp Log Sqrt Sin Cos Tanh Sigmoid Erf Floor Ceil Round Abs Sign  func(x T) T
//	Pow Max Min                                                      func(x, y T) T
//	IsFinite(x T) bool                      FirstNotFinite(x []T) int
//
// Round takes halves to even, Max and Min let NaN through. Generated
// expressions write T(x*y) + z, never x*y + z, which Go may fuse.
//
// # Rows (reduce.go, reducer.go)
//
//	Sum(x), Dot(x, y), SumSquares(x), MaxOf(x), MinOf(x) T       ArgMax(x), ArgMin(x) int
//	NewReducer[T](pool, maxLen)             its Sum, Dot, SumSquares: same bits, on the pool
//
// # Work (pool.go, poolshare.go, span.go, split.go)
//
//	PoolFor(model, given) *Pool             NewPool(threads) *Pool
//	pool.Run(chunks, f)                     f bound once: w.kernel3 = w.runKernel3
//	Chunks(n, cost), VectorChunks(n, cost) int      Split(n, chunks, chunk) (lo, hi int)
//	Memory[T](n) []T                        aligned, on large pages if it is large (memory.go)
//	Kernels() string                        "avx512", "avx2" or "go" (kernels.go)
//
// # Products (gemm.go, gemmtile.go, gemmfuse.go)
//
//	p := NewProducts[T](pool)               one for each workspace
//	p.Gemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
//	p.GemmBatched(batch, tA, tB, m, n, k, alpha, a, lda, strideA, b, ldb, strideB, beta, c, ldc, strideC)
//	p.After(w.relu3).Gemm(…)                w.relu3(batch, i0, i1, j0, j1) for each part of C that is finished
//	p.AfterRows(w.softmax3).Gemm(…)         w.softmax3(batch, i0, i1) for finished rows
//	p.Before(w.scaled3).Gemm(…)             w.scaled3(batch, i0, i1, l0, l1, dst, ld) makes blocks of op(A)
//	PackedLen[T](k, n) int                  p.Pack(tB, k, n, b, ldb, packed)
//	p.GemmPacked(tA, m, n, k, alpha, a, lda, packed, beta, c, ldc)
//	m.packed.W.Refresh(version, p)          rt.Packed: copies of a model's weights, once a version, m.packed.W.Matrix(i)
//	p.Plug(impl.Sgemm)                      a user's BLAS; nil for the built-in one (gonumblas lends ours to gonum)
//
// # Draws (philox.go)
//
//	d := Draw{Seed: seed, Path: PathHash("MLP.dropout1"), Step: uint32(step), Index: iteration}
//	FillUniform(d, dst, first)  FillNormal(d, dst, first)  d.Uniform(i)  d.Normal(i)
//
// A tensor with a batch axis draws with first = batch.First * (elements in a
// row), so that a batch in parts draws what the whole one would.
//
// # Checks (check.go, job.go)
//
//	CheckLength("x", "[B, 64]", len(x), rows, 64) error
//	CheckRows("B", rows, 256) error         CheckIndices("y", y, 10) error
//	CheckFinite(&w.bad, "gradient of dense1.W", "digits.gt:9", g) error
//
// # Training (job.go, classes.go, progress.go, loop.go, options.go, best.go, observer.go, lines.go, jsonlines.go)
//
// A generated training workspace is a Job[T]: Program, Step, Backward, Apply,
// Discard, Evaluate. Program[T] is a struct that it fills once and keeps
// current: ports, bound, tensors, settings, stop rule, counters, results.
//
//	Run(ctx, job, data, options…) (*Summary, error)
//	Evaluate(ctx, job, source) ([]float64, error)
//	Observe(o) Checkpoints(path) CheckpointEvery(steps, d) Resume() Set(path, value) KeepBest(name)
//	AnyKernels() AnyData() SkipNotFinite() InOrder() ValidateCancelled()
//	Lines(w, interval), JSONLines(w) Observer           of Events; that of the start has Notes about the data
//
// A stop rule is func(p *Progress) bool: `loss < 1e-6 or epoch >= 30 or
// stalls(val.loss, epochs: 5)` is
//
//	p.Loss < 1e-6 || p.Epoch >= 30 || p.Stalls("val.loss", 5)
//
// with p.Step, p.StepLoss, p.GradNorm and p.Value("val.accuracy") besides. It
// is asked after every update (an epoch's last one ends the epoch first) and
// after every epoch; numbers that are not known yet are NaN, so write
// comparisons that a NaN makes false.
//
// toy_test.go holds a whole workspace written by hand.
//
// # Files (tensors.go, tensordata.go, tensorwrite.go, modelfile.go, checkpoint.go, fingerprint.go, atomicfile.go)
//
//	SaveModel(path, tensors, ModelInfo{Structure, Kernels, Pipeline, Source, SourceName, Train}) error
//	LoadModel(path, structure, tensors, settings, LoadOptions{Partial, Rename, AnyStructure}) (ModelInfo, error)
//	ReadModelInfo(path) (ModelInfo, error)                      ReadCounters(path) (Counters, error)
//
// A checkpoint is a model file with more in it: one file, written atomically,
// checksummed, readable by any safetensors reader.
//
// # Data (source.go, dataspec.go, inorder.go, pipeline.go, ops.go, fit.go, cell.go, take.go, csv.go, idx.go, unzip.go, text.go, shuffle.go)
//
//	Load[T](spec DataSpec, ports, seed) (Data[T], error)              spec.In(folder), spec.FS for embedded files
//	Prepare[T](pipeline, file, labels, ports) (Source[T], error)      raw rows for prediction
//	PrepareCells[T](pipeline, header, rows, ports) (Source[T], error) the same of cells in memory
//	Undo[T](pipeline, port, row) bool                                 predictions in the units of a column
//	SliceTable[T](ports, map[string]any{"x": x, "y": y}) (*Table[T], error)
//	ColumnRange(from, to), ColumnNames(names…) Columns
//	Multiply Divide AddTo Standardize Categories Names OneHot Fill FillText FillMean FillMedian  Op
//
// `data csv("digits.csv", val: 0.2) { x = columns(0..64) / 16, y = column(64) }` is
//
//	rt.DataSpec{File: "digits.csv", Validation: 0.2, Pipeline: rt.Pipeline{
//		Format: rt.Format{Kind: rt.KindCSV},
//		Inputs: []rt.Input{
//			{Port: "x", Columns: rt.ColumnRange(0, 64), Ops: []rt.Op{rt.Divide(16)}},
//			{Port: "y", Columns: rt.ColumnRange(64, 65)},
//		},
//	}}
package runtime
