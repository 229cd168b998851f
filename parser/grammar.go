package parser

import "github.com/alecthomas/participle/v2/lexer"

// The grammar of declarations. Fields without a tag are set by participle:
// Tokens holds the tokens that a struct was read from.

type declC struct {
	Tokens   []lexer.Token
	Package  *packageC  `parser:"( @@"`
	Const    *constC    `parser:"| @@"`
	Dim      *dimC      `parser:"| @@"`
	Train    *trainC    `parser:"| @@"`
	Decode   *decodeC   `parser:"| @@"`
	Require  *requireC  `parser:"| @@"`
	Callable *callableC `parser:"| @@ ) End"`
}

type packageC struct {
	Name lexer.Token `parser:"'package':Word @Ident"`
}

type constC struct {
	Items []*constItemC `parser:"'const':Word @@ (',' @@)*"`
}

type constItemC struct {
	Name  lexer.Token `parser:"@(Bind | Ident)"`
	Value *exprC      `parser:"'=' @@"`
}

type dimC struct {
	Items []*dimItemC `parser:"'dim':Word @@ (',' @@)*"`
}

type dimItemC struct {
	Name  lexer.Token `parser:"@Ident"`
	Bound *exprC      `parser:"'<=' @@"`
}

type callableC struct {
	Kind   lexer.Token `parser:"@Word"`
	Name   lexer.Token `parser:"@Ident"`
	First  *paramsC    `parser:"@@"`
	Second *paramsC    `parser:"@@?"`
	Result *typeC      `parser:"('->' @@)?"`
	Body   *blockC     `parser:"@@"`
}

type paramsC struct {
	Items []*paramC `parser:"'(' (@@ (',' @@)*)? ')'"`
}

type paramC struct {
	Tokens  []lexer.Token
	Name    lexer.Token `parser:"@(Label | Ident | Bind)"`
	Type    *typeC      `parser:"(':' @@)?"`
	Default *exprC      `parser:"('=' @@)?"`
	In      *intervalC  `parser:"('in' @@)?"`
}

// intervalC is `lo..hi`, `lo..`, `..hi` or `..`.
type intervalC struct {
	Tokens []lexer.Token
	Lo     *exprC      `parser:"@@?"`
	Sign   lexer.Token `parser:"@('..' | '..=' | '<..' | '<..=')"`
	Hi     *exprC      `parser:"@@?"`
}

type typeC struct {
	Tokens []lexer.Token
	Elem   lexer.Token `parser:"( @(Ident | Bind)"`
	Of     *shapeC     `parser:"  @@?"`
	Shape  *shapeC     `parser:"| @@ )"`
}

type shapeC struct {
	Tokens []lexer.Token
	Axes   []*axisC `parser:"'[' (@@ (',' @@)*)? ']'"`
}

type axisC struct {
	Tokens   []lexer.Token
	Ellipsis lexer.Token `parser:"( @'...'"`
	Size     *exprC      `parser:"| @@ )"`
}

type trainC struct {
	Name   lexer.Token `parser:"'train':Word @Ident"`
	Inputs *paramsC    `parser:"@@"`
	Body   *blockC     `parser:"@@"`
}

type decodeC struct {
	Name  lexer.Token `parser:"'decode':Word @Ident"`
	Model lexer.Token `parser:"'from' @Ident"`
	Axis  lexer.Token `parser:"'over' @Ident"`
}

type requireC struct {
	Cond *exprC `parser:"'require':Word @@"`
}
