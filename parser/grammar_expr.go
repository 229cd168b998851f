package parser

import "github.com/alecthomas/participle/v2/lexer"

// The grammar of expressions is flat: operands with operators between them.
// Precedence is settled in precedence.go, which costs less than a struct for
// each level and says better what is wrong.

type exprC struct {
	First *operandC `parser:"@@"`
	Rest  []*tailC  `parser:"@@*"`
}

type tailC struct {
	Op lexer.Token `parser:"@Infix"`
	X  *operandC   `parser:"@@"`
}

// The operand of a prefix takes all suffixes: none are left for the whole.
type operandC struct {
	Tokens []lexer.Token
	Name   lexer.Token `parser:"( @Ident"`
	Number lexer.Token `parser:"| @Number"`
	Paren  *parenC     `parser:"| @@"`
	Prefix lexer.Token `parser:"| @Prefix"`
	Of     *operandC   `parser:"  @@"`
	If     *ifC        `parser:"| @@"`
	List   *listC      `parser:"| @@"`
	String lexer.Token `parser:"| @String )"`
	Suffix []*suffixC  `parser:"((?= Suffix) @@)*"`
}

type parenC struct {
	X *exprC `parser:"'(' @@ ')'"`
}

type listC struct {
	Items []*exprC `parser:"'[' (@@ (',' @@)*)? ']'"`
}

type ifC struct {
	Cond *exprC   `parser:"'if' @@"`
	Then *blockC  `parser:"@@"`
	Else []*elseC `parser:"@@*"`
}

type elseC struct {
	Tokens []lexer.Token
	Cond   *exprC  `parser:"'else' ('if' @@)?"`
	Body   *blockC `parser:"@@"`
}

type suffixC struct {
	Tokens []lexer.Token
	Args   *argsC      `parser:"( @@"`
	Index  *indexC     `parser:"| @@"`
	Field  lexer.Token `parser:"| '.' @(Ident | Bind | Label) )"`
}

type argsC struct {
	Open  lexer.Token `parser:"@'(':Suffix"`
	Items []*argC     `parser:"(@@ (',' @@)*)? ')'"`
}

type argC struct {
	Tokens []lexer.Token
	Name   lexer.Token `parser:"(@Label ':')?"`
	Value  *rangeC     `parser:"@@"`
}

type indexC struct {
	Open  lexer.Token `parser:"@'[':Suffix"`
	Items []*itemC    `parser:"(@@ (',' @@)*)? ']'"`
}

// rangeC is an expression or `lo..hi`.
type rangeC struct {
	Tokens []lexer.Token
	Lo     *exprC `parser:"@@"`
	Hi     *exprC `parser:"('..' @@)?"`
}

type itemC struct {
	Tokens   []lexer.Token
	Ellipsis lexer.Token `parser:"( @'...'"`
	Colon    lexer.Token `parser:"| @':'"`
	To       *toC        `parser:"| @@"`
	X        *exprC      `parser:"| @@"`
	Bind     *rangeC     `parser:"  ('in' @@"`
	After    *toC        `parser:"  | @@)? )"`
}

// toC is `..hi` or `..`.
type toC struct {
	Dots lexer.Token `parser:"@'..'"`
	Hi   *exprC      `parser:"@@?"`
}
