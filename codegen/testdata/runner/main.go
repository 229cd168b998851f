// Command runner calls methods of generated packages as it is told on its
// standard input, and tells what they return.
package main

import (
	"encoding/gob"
	"fmt"
	"log"
	"os"
	"reflect"

	rt "github.com/gtc-lang/gtc/runtime"
)

// Call is a method of a package's session, its arguments, and the variable it
// updates.
type Call struct {
	Package, Method string
	Sizes           []int
	Inputs          []Slice
	Outputs         []int // their lengths
	Var             string
	Start           []float64 // the first version of Var
	Times           int
}

// Slice is one argument.
type Slice struct {
	Ints   []int32
	Floats []float64
}

// Outcome is what one call has made.
type Outcome struct {
	Scalars []float64
	Slices  [][]float64
	Var     []float64
	Err     string
}

type target struct {
	session reflect.Value
	vars    map[string]reflect.Value // slices
}

var targets = map[string]target{}

func register[T rt.Float](name string, tensors []rt.Tensor[T], session any) {
	t := target{reflect.ValueOf(session), map[string]reflect.Value{}}
	for _, x := range tensors {
		t.vars[x.Name] = reflect.ValueOf(x.Data)
	}
	targets[name] = t
}

func main() {
	var calls []Call
	if err := gob.NewDecoder(os.Stdin).Decode(&calls); err != nil {
		log.Fatal(err)
	}
	var all [][]Outcome
	for _, c := range calls {
		all = append(all, c.run())
	}
	if err := gob.NewEncoder(os.Stdout).Encode(all); err != nil {
		log.Fatal(err)
	}
}

func (c *Call) run() (list []Outcome) {
	defer func() {
		if r := recover(); r != nil {
			list = append(list, Outcome{Err: fmt.Sprint("panic: ", r)})
		}
	}()
	t := targets[c.Package]
	method := t.session.MethodByName(c.Method)
	store(t.vars[c.Var], c.Start)
	for range c.Times {
		list = append(list, c.once(method, t.vars[c.Var]))
	}
	return list
}

func (c *Call) once(method, variable reflect.Value) (o Outcome) {
	var args []reflect.Value
	for _, n := range c.Sizes {
		args = append(args, reflect.ValueOf(n))
	}
	for _, in := range c.Inputs {
		if in.Ints != nil {
			args = append(args, reflect.ValueOf(in.Ints))
			continue
		}
		s := reflect.MakeSlice(method.Type().In(len(args)), len(in.Floats), len(in.Floats))
		store(s, in.Floats)
		args = append(args, s)
	}
	outs := len(args)
	for _, n := range c.Outputs {
		s := reflect.MakeSlice(method.Type().In(len(args)), n, n)
		fill(s, 1e30) // what is left over must be overwritten
		args = append(args, s)
	}
	returned := method.Call(args)
	last := len(returned) - 1
	if err, failed := returned[last].Interface().(error); failed {
		o.Err = err.Error()
		return o
	}
	for _, r := range returned[:last] {
		o.Scalars = append(o.Scalars, r.Float())
	}
	for _, s := range args[outs:] {
		o.Slices = append(o.Slices, load(s))
	}
	o.Var = load(variable)
	return o
}

func store(s reflect.Value, data []float64) {
	for i, x := range data {
		s.Index(i).SetFloat(x)
	}
}

func fill(s reflect.Value, x float64) {
	for i := range s.Len() {
		s.Index(i).SetFloat(x)
	}
}

func load(s reflect.Value) []float64 {
	list := make([]float64, s.Len())
	for i := range list {
		list[i] = s.Index(i).Float()
	}
	return list
}
