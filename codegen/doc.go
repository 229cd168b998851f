// Package codegen writes planned programs as Go. In comes a plan.Plan, out
// come the files of a package that imports only the runtime (as rt) and reads
// as a person would have written it.
//
// What a generated package of a file with one model MLP and one train block
// Fit offers (digits.gt, float32):
//
//	const Source, SourceName, Structure               the text, "digits.gt", the structure's hash
//	New(Seed(7)) *Model                               weights; rt.DefaultSeed without
//	m.MLP.Dense1.W                                    []float32, the live memory
//	m.Tensors() []rt.Tensor[float32]
//	m.Save(path) m.Load(path, …rt.LoadOptions)
//	m.Session() *Session                              an inference workspace
//	s.Forward(x, y)                                   0 allocations; rows follow from len(x)
//	m.Prepare(header, rows…) (rt.Source[float32], …)  rows for Forward of raw cells, as of a CSV line
//	s.Saliency(x, y, out)                             an eval block
//	FitDefaults() FitSettings                         cfg.LR.Peak, cfg.Batch, cfg.Stop.Epoch
//	m.Fit(cfg) *Fit                                   a training workspace
//	f.Step(x, y) (loss float64, err error)            any number of rows up to the bound; cfg.Total for a schedule
//	f.Backward(x, y), f.Grad("MLP.dense1.W"), f.Apply()   an update in parts; a second Backward is an
//	                                                  error where parts do not add up to the objective
//	f.Load(spec rt.DataSpec) (rt.Data[float32], error)
//	f.Run(ctx, data, …rt.Option) (*rt.Summary, error)
//	f.Evaluate(ctx, source) ([]float64, error)        the loss and the reports, not training; with an
//	                                                  *rt.PartsError where parts do not add up to them
//	f.Rows(x, y) (*rt.Table[float32], error)          a source of slices
//	f.Results() []float64                             of the last call, in the order of f.Evaluate
//	f.Job() rt.Job[float32]                           what the loop drives
//	FitData() rt.DataSpec                             of the data line, if there is one
//
// With several models the methods are ForwardEncoder, ForwardClassifier.
// Functions over more than one run-time dimension take the sizes first:
// s.Forward(B, T, tok, out).
//
// A program whose inference computes something from the weights alone, such as
// the deviations of a batch normalisation, or reads wide weights, of which the
// model keeps copies in the order of products, has m.Changed() too: such values
// are kept until the next version of the weights, which training and Load begin
// by themselves and who writes weights by hand has to.
//
// Innermost loops whose elements may be computed in any order are functions
// over slices (kernels.gen.go), one for all loops that do the same; for float32
// they are vector assembly too, with the same bits, where there is a processor
// for it.
package codegen
