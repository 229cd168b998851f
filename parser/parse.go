package parser

import (
	"errors"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// declParser reads a declaration. UseLookahead(0) makes the first token decide,
// so that an error is reported where it is and no input takes more than linear
// time.
var declParser = sync.OnceValue(func() *participle.Parser[declC] {
	return participle.MustBuild[declC](participle.Lexer(definition{}), participle.UseLookahead(0))
})

// exprParser reads an expression by itself.
var exprParser = sync.OnceValue(func() *participle.Parser[exprC] {
	p, err := participle.ParserForProduction[exprC](declParser())
	if err != nil {
		panic(err) // the grammar of declarations has expressions
	}
	return p
})

// Parse reads a program. The error is a dsl.ErrorList with an error for each
// declaration that has one; the file holds the other declarations.
func Parse(src *dsl.Source) (*dsl.File, error) {
	s := newScanner(src)
	s.run()
	file := &dsl.File{Source: src, Comments: s.comments}
	errs := &collector{list: s.errs}
	for i, c := range s.split() {
		r := read(src, c)
		errs.add(r.err)
		switch {
		case r.err != nil:
		case r.pkg != nil:
			errs.add(setPackage(file, r.pkg, i == 0))
		case r.decl != nil:
			file.Decls = append(file.Decls, r.decl)
		}
	}
	return file, errs.err()
}

// reading is what became of a chunk; nothing when an error of it is known
// already.
type reading struct {
	decl dsl.Decl
	pkg  *declC
	err  *dsl.Diagnostic
}

func read(src *dsl.Source, c chunk) reading {
	if c.bad {
		return reading{}
	}
	if d := checkStart(src, c); d != nil {
		return reading{err: d}
	}
	d, err := parseTokens(declParser(), src, c.tokens)
	switch {
	case err != nil:
		return reading{err: err}
	case d.Package != nil:
		return reading{pkg: d}
	}
	conv := &converter{src: src}
	return reading{decl: conv.decl(d), err: conv.err}
}

// ParseExpr reads a single expression.
func ParseExpr(src *dsl.Source) (dsl.Expr, error) {
	s := newScanner(src)
	s.bare = true
	s.run()
	errs := &collector{list: s.errs}
	if len(s.errs) > 0 {
		return nil, errs.err()
	}
	e, err := parseTokens(exprParser(), src, s.withoutEnd())
	if err != nil {
		errs.add(err)
		return nil, errs.err()
	}
	conv := &converter{src: src}
	x := conv.expr(e)
	errs.add(conv.err)
	if conv.err != nil {
		return nil, errs.err()
	}
	return x, nil
}

// withoutEnd is the tokens of an expression by itself.
func (s *scanner) withoutEnd() []lexer.Token {
	n := len(s.tokens)
	if n > 0 && s.tokens[n-1].Type == tEnd {
		n--
	}
	return s.tokens[:n]
}

func parseTokens[G any](p *participle.Parser[G], src *dsl.Source, tokens []lexer.Token) (*G, *dsl.Diagnostic) {
	peek, err := lexer.Upgrade(&replay{tokens: tokens})
	if err != nil {
		panic(err) // replay has no errors
	}
	out, err := p.ParseFromLexer(peek)
	if err == nil {
		return out, nil
	}
	var unexpected *participle.UnexpectedTokenError
	if errors.As(err, &unexpected) {
		return nil, diagnose(src, tokens, unexpected)
	}
	at := 0
	var placed participle.Error
	if errors.As(err, &placed) {
		at = placed.Position().Offset
	}
	return nil, &dsl.Diagnostic{Code: "GT0114", Message: err.Error(), At: dsl.Span{Source: src, Start: at, End: at}}
}

// setPackage takes the package clause, which is the first declaration.
func setPackage(file *dsl.File, d *declC, first bool) *dsl.Diagnostic {
	conv := &converter{src: file.Source}
	name := conv.ident(d.Package.Name)
	if first {
		file.Package = name
		return nil
	}
	out := &dsl.Diagnostic{Code: "GT0112", Message: "`package` is not the first declaration", At: conv.at(d.Tokens[0]),
		Help: "a file has one package clause, before everything else"}
	if file.Package != nil {
		out.Labels = []dsl.Label{{At: file.Package.At, Text: "the package is named here"}}
	}
	return out
}

// collector gathers the errors of a file, in order of place.
type collector struct{ list []*dsl.Diagnostic }

func (c *collector) add(d *dsl.Diagnostic) {
	if d != nil {
		c.list = append(c.list, d)
	}
}

func (c *collector) err() error {
	if len(c.list) == 0 {
		return nil
	}
	return dsl.ErrorList(c.list).Sorted()
}
