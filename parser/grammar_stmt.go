package parser

import "github.com/alecthomas/participle/v2/lexer"

// The grammar of statements.

type blockC struct {
	Tokens []lexer.Token
	Stmts  []*stmtC `parser:"'{' @@* '}'"`
}

type stmtC struct {
	Tokens   []lexer.Token
	Assign   *assignC   `parser:"( @@"`
	Expr     *exprC     `parser:"| @@"`
	Loop     *loopC     `parser:"| @@"`
	Vars     *varsC     `parser:"| @@"`
	Layer    *layerC    `parser:"| @@"`
	Yield    *yieldC    `parser:"| @@"`
	Minimize *minimizeC `parser:"| @@"`
	With     *withC     `parser:"| @@"`
	Batch    *batchC    `parser:"| @@"`
	Stop     *stopC     `parser:"| @@"`
	Report   *reportC   `parser:"| @@"`
	Data     *dataC     `parser:"| @@ ) End"`
}

type assignC struct {
	Targets []*targetC `parser:"(?= Bind) @@ (',' @@)*"`
	Value   *valueC    `parser:"'=' @@"`
}

// valueC is what can be bound: a loop stands alone, never inside an expression.
type valueC struct {
	Loop *loopC `parser:"( @@"`
	Expr *exprC `parser:"| @@ )"`
}

type targetC struct {
	Tokens  []lexer.Token
	Name    lexer.Token  `parser:"@(Bind | Ident)"`
	Indices []*indexVarC `parser:"('[' @@ (',' @@)* ']')?"`
}

type indexVarC struct {
	Tokens []lexer.Token
	Name   lexer.Token `parser:"@Ident"`
	Lo     *exprC      `parser:"('in' @@"`
	Hi     *exprC      `parser:" '..' @@)?"`
}

type varsC struct {
	Kind  lexer.Token `parser:"@('param':Word | 'state':Word)"`
	Items []*varItemC `parser:"@@ (',' @@)*"`
}

type varItemC struct {
	Tokens []lexer.Token
	Name   lexer.Token `parser:"@(Ident | Bind | Label)"`
	Type   *typeC      `parser:"(':' @@)?"`
	Sign   lexer.Token `parser:"( @('~' | '=')"`
	Init   *exprC      `parser:" @@ )?"`
}

type layerC struct {
	Name  lexer.Token `parser:"'layer':Word @(Bind | Ident)"`
	Value *exprC      `parser:"'=' @@"`
}

type yieldC struct {
	Values []*exprC `parser:"'yield' @@ (',' @@)*"`
}

type loopC struct {
	Tokens []lexer.Token
	Label  lexer.Token `parser:"(@Label ':')?"`
	For    *forC       `parser:"( @@"`
	Scan   *scanC      `parser:"| @@ )"`
}

type forC struct {
	Var  lexer.Token `parser:"'for' @Ident"`
	Iter *rangeC     `parser:"'in' @@"`
	Body *blockC     `parser:"@@"`
}

type scanC struct {
	Var   lexer.Token `parser:"'scan' @Ident"`
	Over  *rangeC     `parser:"'over' @@"`
	Carry []*carryC   `parser:"(',' @@)*"`
	Body  *blockC     `parser:"@@"`
}

type carryC struct {
	Tokens []lexer.Token
	Name   lexer.Token `parser:"@(Bind | Ident)"`
	Value  *exprC      `parser:"'=' @@"`
}

type minimizeC struct {
	Name lexer.Token `parser:"'minimize' (@Bind '=')?"`
	Loss *exprC      `parser:"@@"`
	Over *selectorsC `parser:"@@?"`
	With []*entryC   `parser:"('with' @@ (',' @@)*)?"`
}

type withC struct {
	Entries []*entryC `parser:"'with':Word @@ (',' @@)*"`
}

type entryC struct {
	Tokens []lexer.Token
	Call   *exprC      `parser:"@@"`
	Over   *selectorsC `parser:"@@?"`
}

// After a comma, a name before `(` is the next entry of `with`.
type selectorsC struct {
	Items []*selectorC `parser:"'over' @@ ((?! ',' Ident '(') ',' @@)*"`
}

type selectorC struct {
	Tokens []lexer.Token
	Parts  []*partC `parser:"@@ ('.' @@)*"`
}

type partC struct {
	Tokens []lexer.Token
	Name   lexer.Token `parser:"@('*' | Ident)"`
	Range  *partRangeC `parser:"@@?"`
}

type partRangeC struct {
	Tokens []lexer.Token
	Lo     *exprC      `parser:"'[' @@?"`
	Dots   lexer.Token `parser:"(@'..'"`
	Hi     *exprC      `parser:" @@?)? ']'"`
}

type batchC struct {
	Items []*batchItemC `parser:"'batch':Word @@ (',' @@)*"`
}

type batchItemC struct {
	Dim  lexer.Token `parser:"(@Bind '=')?"`
	Size *exprC      `parser:"@@"`
}

type stopC struct {
	Cond *exprC `parser:"'stop':Word 'when' @@"`
}

// maximize is a name too.
type reportC struct {
	Better lexer.Token `parser:"'report':Word ( @'minimize' | (?= 'maximize' (Bind | Ident)) @'maximize' )?"`
	Name   lexer.Token `parser:"@(Bind | Ident)"`
	Value  *exprC      `parser:"'=' @@"`
}

type dataC struct {
	Source *exprC       `parser:"'data':Word @@"`
	Items  []*dataItemC `parser:"('{' (@@ (',' | End))* '}')?"`
}

type dataItemC struct {
	Tokens  []lexer.Token
	Targets []*targetC `parser:"@@ (',' @@)*"`
	Value   *exprC     `parser:"'=' @@"`
}
