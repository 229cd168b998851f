package dsl

// Library is everything the compiler reads from its own texts: the standard
// library's declarations, and the gradients and scalar bodies of the op table.
type Library struct {
	Files   []*File
	Grads   map[string][]Expr // by row; one for each operand, nil for `none`
	Scalars map[string]Expr   // by row, of elementwise rows
}
