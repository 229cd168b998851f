package parser

import "github.com/alecthomas/participle/v2/lexer"

// The grammar of expressions is flat: operands with operators between them.
// Precedence is settled in precedence.go, which costs less than a struct for
// each level and says better what is wrong. The structs are small, because
// participle makes one for each alternative it tries: a bool says that a token
// is there, and Tokens holds it.

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
	Tokens  []lexer.Token
	Name    bool       `parser:"( @Ident"`
	Literal bool       `parser:"| @Literal"`
	Paren   *exprC     `parser:"| '(' @@ ')'"`
	Of      *operandC  `parser:"| Prefix @@"`
	If      *ifC       `parser:"| @@"`
	List    *listC     `parser:"| @@ )"`
	Suffix  []*suffixC `parser:"((?= Suffix) @@)*"`
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
	Call   bool     `parser:"( @'('"`
	Args   []*argC  `parser:"  (@@ (',' @@)*)? ')'"`
	Index  bool     `parser:"| @'['"`
	Items  []*itemC `parser:"  (@@ (',' @@)*)? ']'"`
	Field  bool     `parser:"| '.' @(Ident | Bind | Label) )"`
}

type argC struct {
	Tokens []lexer.Token
	Named  bool   `parser:"(@Label ':')?"`
	Lo     *exprC `parser:"@@"`
	Hi     *exprC `parser:"('..' @@)?"`
}

// rangeC is an expression or `lo..hi`.
type rangeC struct {
	Tokens []lexer.Token
	Lo     *exprC `parser:"@@"`
	Hi     *exprC `parser:"('..' @@)?"`
}

type itemC struct {
	Tokens   []lexer.Token
	X        *exprC  `parser:"( @@"`
	Bind     *rangeC `parser:"  ('in' @@"`
	After    *toC    `parser:"  | @@)?"`
	Ellipsis bool    `parser:"| @'...'"`
	Colon    bool    `parser:"| @':'"`
	To       *toC    `parser:"| @@ )"`
}

// toC is `..hi` or `..`.
type toC struct {
	Dots bool   `parser:"@'..'"`
	Hi   *exprC `parser:"@@?"`
}
