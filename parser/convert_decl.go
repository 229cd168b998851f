package parser

import (
	"fmt"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/gtc-lang/gtc/dsl"
)

// decl converts any declaration but package.
func (c *converter) decl(d *declC) dsl.Decl {
	at := c.place(d.Tokens)
	switch {
	case d.Const != nil:
		out := &dsl.ConstDecl{Place: at}
		for _, i := range d.Const.Items {
			out.Items = append(out.Items, dsl.ConstItem{Name: c.binding(i.Name), Value: c.expr(i.Value)})
		}
		return out
	case d.Dim != nil:
		out := &dsl.DimDecl{Place: at}
		for _, i := range d.Dim.Items {
			out.Items = append(out.Items, dsl.DimItem{Name: c.binding(i.Name), Bound: c.expr(i.Bound)})
		}
		return out
	case d.Train != nil:
		out := &dsl.TrainDecl{Place: at, Name: c.binding(d.Train.Name), Inputs: c.params(d.Train.Inputs)}
		c.training = true
		out.Body = c.block(d.Train.Body)
		return out
	case d.Decode != nil:
		return &dsl.DecodeDecl{Place: at, Name: c.binding(d.Decode.Name), Model: c.ident(d.Decode.Model), Axis: c.ident(d.Decode.Axis)}
	case d.Require != nil:
		return &dsl.RequireDecl{Place: at, Cond: c.expr(d.Require.Cond)}
	}
	return c.callable(at, d.Callable)
}

func (c *converter) callable(at dsl.Place, k *callableC) dsl.Decl {
	out := &dsl.Callable{Place: at, Kind: dsl.CallableKind(k.Kind.Value), Name: c.binding(k.Name)}
	first := c.params(k.First)
	switch {
	case k.Second != nil:
		out.Settings, out.Inputs = first, c.params(k.Second)
	case out.Kind == dsl.Schedule:
		out.Settings = first
	default:
		out.Inputs = first
	}
	if k.Result != nil {
		out.Result = c.typ(k.Result)
	}
	out.Body = c.block(k.Body)
	return out
}

func (c *converter) params(p *paramsC) []*dsl.Param {
	var out []*dsl.Param
	for _, i := range p.Items {
		param := &dsl.Param{Place: c.place(i.Tokens), Name: c.binding(i.Name)}
		if i.Type != nil {
			param.Type = c.typ(i.Type)
		}
		if i.Default != nil {
			param.Default = c.expr(i.Default)
		}
		if i.In != nil {
			param.In = c.interval(i.In)
		}
		out = append(out, param)
	}
	return out
}

func (c *converter) interval(i *intervalC) *dsl.Interval {
	sign := i.Sign.Value
	out := &dsl.Interval{Place: c.place(i.Tokens), Above: sign[0] == '<', Closed: sign[len(sign)-1] == '='}
	if i.Lo != nil {
		out.Lo = c.expr(i.Lo)
	}
	if i.Hi != nil {
		out.Hi = c.expr(i.Hi)
	}
	if out.Above && out.Lo == nil || out.Closed && out.Hi == nil {
		c.fail(&dsl.Diagnostic{Code: "GT0113", Message: fmt.Sprintf("an end is missing beside %s", sign), At: c.at(i.Sign),
			Help: "write in 0..1 for 0 or more and below 1, 0..=1 with the 1, 0<..1 without the 0, 0.. or ..1 without the other end"})
	}
	return out
}

var elemTypes = []string{"float", "int", "bool"}

func (c *converter) typ(t *typeC) *dsl.Type {
	out := &dsl.Type{Place: c.place(t.Tokens), Elem: t.Elem.Value}
	if there(t.Elem) && !strings.Contains("float int bool", t.Elem.Value) {
		c.unknownType(t.Elem)
	}
	if t.Of != nil {
		out.Shape = c.shape(t.Of)
	} else if t.Shape != nil {
		out.Shape = c.shape(t.Shape)
	}
	return out
}

func (c *converter) unknownType(t lexer.Token) {
	help := "the types are float, int and bool; a tensor is written [B, n], int[B, n] or bool[B, n]"
	if guess := dsl.DidYouMean(t.Value, elemTypes); guess != "" {
		help = "did you mean " + guess + "?"
	}
	c.fail(&dsl.Diagnostic{Code: "GT0121", Message: "there is no type " + t.Value, At: c.at(t), Help: help})
}

func (c *converter) shape(s *shapeC) *dsl.Shape {
	out := &dsl.Shape{Place: c.place(s.Tokens)}
	for _, a := range s.Axes {
		axis := dsl.Axis{Place: c.place(a.Tokens), Ellipsis: there(a.Ellipsis)}
		if a.Size != nil {
			axis.Size = c.expr(a.Size)
			if n, ok := axis.Size.(*dsl.Name); ok && n.Name == "_" {
				axis.Size, axis.Wildcard = nil, true
			}
		}
		out.Axes = append(out.Axes, axis)
	}
	return out
}
