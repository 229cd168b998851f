package parser_test

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gtc-lang/gtc/dsl"
)

// dump writes a tree as S-expressions, without places.
func dump(v any) string {
	var b strings.Builder
	write(&b, reflect.ValueOf(v))
	return b.String()
}

func write(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		write(b, v.Elem())
	case reflect.Struct:
		writeStruct(b, v)
	case reflect.Slice:
		b.WriteString("[")
		for i := range v.Len() {
			if i > 0 {
				b.WriteString(" ")
			}
			write(b, v.Index(i))
		}
		b.WriteString("]")
	default:
		fmt.Fprintf(b, "%#v", v.Interface())
	}
}

func writeStruct(b *strings.Builder, v reflect.Value) {
	b.WriteString("(" + v.Type().Name())
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Name == "Place" || f.Type == reflect.TypeOf(dsl.Span{}) || f.Type == reflect.TypeOf((*dsl.Source)(nil)) || f.Name == "Comments" || v.Field(i).IsZero() {
			continue
		}
		b.WriteString(" " + f.Name + "=")
		write(b, v.Field(i))
	}
	b.WriteString(")")
}

// brief writes an expression with every bracket.
func brief(e dsl.Expr) string {
	switch e := e.(type) {
	case *dsl.Name:
		return e.Name
	case *dsl.Number:
		return e.Text
	case *dsl.Unary:
		return "(" + e.Op + " " + brief(e.X) + ")"
	case *dsl.Binary:
		return "(" + brief(e.X) + " " + e.Op + " " + brief(e.Y) + ")"
	case *dsl.Paren:
		return brief(e.X)
	case *dsl.Pipe:
		return "(" + brief(e.X) + " |> " + brief(e.Fn) + ")"
	case *dsl.Call:
		var args []string
		for _, a := range e.Args {
			args = append(args, brief(a.Value))
		}
		return brief(e.Fn) + "(" + strings.Join(args, ", ") + ")"
	case *dsl.Select:
		return brief(e.X) + "." + e.Name.Name
	}
	return dump(e)
}
