// Package eval is the interpreter: the meaning of a program, in float64.
//
// In comes a Program, one of its functions and an Env with sizes, inputs,
// variables, settings and a seed; out come the function's results by name, and
// the Env's variables in their next version. Every other way of running a
// program is compared with this one. It never imports the runtime.
package eval
