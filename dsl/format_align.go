package dsl

// alignment gives the spaces that bring the `=` of assignments on neighbouring
// lines under one another.
func (p *formatter) alignment(stmts []Stmt) []int {
	pads := make([]int, len(stmts))
	for from := 0; from < len(stmts); {
		to := from + 1
		if p.alone(stmts, from) {
			for to < len(stmts) && p.alone(stmts, to) && line(stmts[to]) == line(stmts[to-1])+1 {
				to++
			}
			align(stmts[from:to], pads[from:to])
		}
		from = to
	}
	return pads
}

func align(stmts []Stmt, pads []int) {
	width := 0
	for _, s := range stmts {
		width = max(width, len(s.(*AssignStmt).Targets[0].Name.Name))
	}
	for i, s := range stmts {
		pads[i] = width - len(s.(*AssignStmt).Targets[0].Name.Name)
	}
}

// alone reports whether a statement gives one name a value, on a line of its
// own.
func (p *formatter) alone(stmts []Stmt, i int) bool {
	s, ok := stmts[i].(*AssignStmt)
	if !ok || !s.At.Valid() || len(s.Targets) != 1 || s.Targets[0].Indices != nil || lastLine(s.At) != line(s) {
		return false
	}
	return (i == 0 || lastLine(stmts[i-1].Span()) < line(s)) && (i+1 == len(stmts) || line(stmts[i+1]) > line(s))
}

func line(s Stmt) int { return s.Span().Line() }
