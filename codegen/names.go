package codegen

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"unicode"
)

// names hands out Go identifiers that are unique in one scope.
type names struct {
	outer *names
	taken map[string]bool
	calls *names // of the outermost scope: functions that its code may call
}

// scope makes a scope inside n, with some identifiers in use.
func (n *names) scope(used ...string) *names {
	s := &names{outer: n, taken: map[string]bool{}}
	for _, u := range used {
		s.taken[u] = true
	}
	return s
}

func (n *names) has(id string) bool {
	for s := n; s != nil; s = s.outer {
		if s.taken[id] || s.calls != nil && s.calls.taken[id] {
			return true
		}
	}
	return token.IsKeyword(id) || types.Universe.Lookup(id) != nil || id == "init" || id == "_" || id == ""
}

// hides reports whether an identifier of the code hides a function of that name.
func (n *names) hides(function string) bool {
	for s := n; s != nil; s = s.outer {
		if s.taken[function] {
			return true
		}
	}
	return false
}

// pick reserves id, or id with a number after it.
func (n *names) pick(id string) string {
	free := id
	for k := 2; n.has(free); k++ {
		free = id + strconv.Itoa(k)
		if last := id[len(id)-1:]; last >= "0" && last <= "9" {
			free = id + "_" + strconv.Itoa(k)
		}
	}
	n.taken[free] = true
	return free
}

// words cuts a path or a name of the source into words of letters and digits.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !(unicode.IsLetter(r) || unicode.IsDigit(r)) || r > unicode.MaxASCII })
}

// initialisms are written in capitals in Go names.
var initialisms = map[string]bool{"lr": true, "id": true}

// exported is the text as an exported Go name: "clip_norm" is ClipNorm.
func exported(text string) string {
	var b strings.Builder
	for _, w := range words(text) {
		if initialisms[w] {
			b.WriteString(strings.ToUpper(w))
			continue
		}
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	name := b.String()
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "X" + name
	}
	return name
}

// local is the text as the name of a variable or an unexported field:
// "MLP_dense1_W" is mlpDense1W.
func local(text string) string {
	list := words(text)
	if len(list) == 0 {
		return "x"
	}
	first := list[0]
	upper := 0
	for upper < len(first) && unicode.IsUpper(rune(first[upper])) {
		upper++
	}
	if upper > 1 && upper < len(first) && unicode.IsLower(rune(first[upper])) {
		upper-- // the last capital begins the next word
	}
	first = strings.ToLower(first[:upper]) + first[upper:]
	name := first
	for _, w := range list[1:] {
		name += strings.ToUpper(w[:1]) + w[1:]
	}
	if name[0] >= '0' && name[0] <= '9' {
		name = "x" + name
	}
	return name
}
