package codegen

import (
	"fmt"
	"strings"

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
func remark(text string) jen.Code {
	clean := []rune(text)
	gap := " "
	if len(clean) > 0 && clean[0] == '\t' { // a line of code
		clean, gap = clean[1:], "\t"
	}
	for i, r := range clean {
		if r < ' ' || r == 0x2028 || r == 0x2029 || r == 0x7f || r == 0xfeff {
			clean[i] = ' '
		}
	}
	return jen.Comment(strings.TrimRight("//"+gap+string(clean), " \t"))
}
