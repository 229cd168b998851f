package dsl

// Library is everything the compiler reads from its own texts: the standard
// library's declarations, the gradients and scalar bodies of the op table, and
// the definitions of the functions in those bodies.
type Library struct {
	Files   []*File
	Grads   map[string][]Expr // by row; one for each operand, nil for `none`
	Scalars map[string]Expr   // by row, of elementwise rows

	Functions map[string]*Callable // by name, of machine/*.gt
}
