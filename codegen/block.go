package codegen

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"
)

// block collects statements. Statements are short texts that this package has
// put together of identifiers of its own making and numbers; strings of the
// source only come in through jen.Lit and comments.
type block struct{ code []jen.Code }

// line adds a statement.
func (b *block) line(format string, args ...any) {
	b.code = append(b.code, jen.Op(fmt.Sprintf(format, args...)))
}

// comment adds a line of comment.
func (b *block) comment(text string) { b.code = append(b.code, remark(text)) }

// nest adds a statement with a body: a loop or a condition.
func (b *block) nest(head string, inner *block) {
	b.code = append(b.code, jen.Op(head).Block(inner.code...))
}

// add adds code as it is.
func (b *block) add(code ...jen.Code) { b.code = append(b.code, code...) }

// append adds the statements of another block.
func (b *block) append(other *block) { b.code = append(b.code, other.code...) }

// field is one element of a composite literal that stands on one line.
type field struct {
	name  string
	value jen.Code
}

// inline is a composite literal's body on one line.
func inline(fields ...field) jen.Code {
	list := make([]jen.Code, len(fields))
	for i, f := range fields {
		list[i] = jen.Id(f.name).Op(":").Add(f.value)
	}
	return jen.Values(list...)
}

// lines is a composite literal's body with an element a line.
func lines(elements []jen.Code) jen.Code {
	if len(elements) == 0 {
		return jen.Values()
	}
	var list []jen.Code
	for _, e := range elements {
		list = append(list, jen.Line().Add(e))
	}
	return jen.Values(append(list, jen.Line())...)
}

// remark is a comment of one line, whatever the text holds.
func remark(text string) jen.Code { return jen.Comment(commentLine(text)) }

// commentLine is a comment of one line: what does not print, or changes how
// the rest of the line prints, is a space.
func commentLine(text string) string {
	gap := " "
	if rest, code := strings.CutPrefix(text, "\t"); code {
		text, gap = rest, "\t"
	}
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, text)
	return strings.TrimRight("//"+gap+clean, " \t")
}
