package parser

import "github.com/alecthomas/participle/v2/lexer"

// The types of tokens. The scanner decides by what stands around a word or a
// sign which type it has, so that the grammar never looks ahead.
const (
	tEOF     = lexer.EOF
	tIdent   = lexer.TokenType(iota + 1)
	tBind    // a name that begins an assignment, or directly before `=`
	tLabel   // a name before `:`, in a list of arguments or before a loop
	tWord    // a contextual word where it is a keyword
	tKeyword // a word that is never a name
	tLiteral // a number or a string
	tInfix   // an operator between operands
	tPrefix  // `-` or `not` before an operand
	tSuffix  // `(`, `[` or `.` after an operand
	tPunct   // any other sign
	tEnd     // the end of a statement
)

var tokenNames = map[string]lexer.TokenType{
	"EOF": tEOF, "Ident": tIdent, "Bind": tBind, "Label": tLabel, "Word": tWord,
	"Keyword": tKeyword, "Literal": tLiteral, "Infix": tInfix,
	"Prefix": tPrefix, "Suffix": tSuffix, "Punct": tPunct, "End": tEnd,
}

// keywords are never names.
var keywords = set("if", "else", "for", "scan", "in", "over", "and", "or", "not", "minimize", "yield")

// declWords begin a declaration, at top level only.
var declWords = set("package", "const", "dim", "model", "layer", "func", "optimizer", "transform",
	"schedule", "initializer", "eval", "train", "decode", "require")

// bodyWords begin declarations that have a body.
var bodyWords = set("model", "layer", "func", "optimizer", "transform", "schedule", "initializer", "eval", "train")

// stmtWords begin a statement when a name or a literal follows; elsewhere they
// are names.
var stmtWords = set("param", "state", "layer", "with", "batch", "stop", "report", "data")

// literals are names that cannot be bound.
var literals = set("true", "false", "none")

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// isName reports whether a token is a name, however it is used.
func isName(t lexer.Token) bool { return t.Type == tIdent || t.Type == tBind || t.Type == tLabel }

// isString reports whether a token is a string.
func isString(t lexer.Token) bool { return t.Type == tLiteral && t.Value[0] == '"' }

// ranging are the signs of ranges. One can be the last of an expression, 4.., and
// an operand may follow it.
var ranging = set("..", "..=", "<..", "<..=")

// endsOperand reports whether a token can be the last of an expression.
func endsOperand(t lexer.Token) bool {
	switch t.Type {
	case tIdent, tBind, tLabel, tLiteral:
		return true
	case tPunct, tSuffix:
		switch t.Value {
		case ")", "]", "}", "...", "*": // a `*` that is no operator is a selector
			return true
		}
		return ranging[t.Value]
	}
	return false
}

// joins reports whether a token at the start of a line continues the line
// before.
func joins(value string) bool {
	switch value {
	case "|>", "or", "and", "==", "!=", "<", "<=", ">", ">=", "+", "*", "/", "@", "^",
		"~", "=", ",", "->", ")", "]", "else", "over":
		return true
	}
	return false
}
