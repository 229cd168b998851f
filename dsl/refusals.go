package dsl

import "strings"

// Refusal is a part of programs that is right and that cannot be compiled to
// Go yet. What finds it is in package codegen; what is said of it, and the page
// of its code, come from here.
type Refusal struct {
	What    string // "a decode block"
	Help    string // what to do
	Program string // one that has it
}

const interpreted = "gtc eval runs it in the interpreter"

// What is refused. A row that goes leaves its page, its message and its check.
var (
	RefusedState = &Refusal{"a variable of integers or truths", "keep it as a float", `dim B <= 8

model Count(x: [B, 2]) -> [B, 2] {
    state n: int[] = 0
    if training { n = n + 1 }
    x * n
}`}
	RefusedDecode = &Refusal{"a decode block", interpreted, `dim B <= 8, T <= 16

model Next(x: [B, T, 4]) -> [B, T, 4] { x |> Dense(4) }

decode Generate from Next over T`}
	RefusedObjectives = &Refusal{"a train block with several objectives", interpreted, `dim B <= 8

model Line(x: [B, 1]) -> [B, 1] { x |> Dense(1) }

model Other(x: [B, 1]) -> [B, 1] { x |> Dense(1) }

train Both(x: [B, 1], y: [B, 1]) {
    minimize first = mse(Line(x), y) over Line with sgd(lr: 0.1)
    minimize second = mse(Other(x), Line(x)) over Other with sgd(lr: 0.1)
}`}
	RefusedBatches = &Refusal{"a train block whose inputs do not share one batch dimension", interpreted, `dim B <= 8, N <= 4

model Line(x: [B, 1]) -> [B, 1] { x |> Dense(1) }

train Fit(x: [B, 1], y: [B, 1], x0: [N, 1], y0: [N, 1]) {
    minimize mse(Line(x), y) + mse(Line(x0), y0)
    with sgd(lr: 0.1)
}`}
	RefusedTruths = &Refusal{"an input of truths", "make it an int, and compare it with 1", `dim B <= 8

model Line(x: [B, 1]) -> [B, 1] { x |> Dense(1) }

train Fit(x: [B, 1], known: bool[B], y: [B, 1]) {
    minimize mean(where(known, mean((Line(x) - y)^2, except: B), 0))
    with sgd(lr: 0.1)
}`}
)

// Refusals are all of them, as the page has them.
var Refusals = []*Refusal{RefusedObjectives, RefusedBatches, RefusedDecode, RefusedState, RefusedTruths}

// At is the message about a place that has it.
func (r *Refusal) At(at Span) *Diagnostic {
	return &Diagnostic{Code: "GT0503", At: at, Message: r.What + " cannot be compiled to Go yet", Help: r.Help}
}

// refusalsPage is the page of GT0503.
func refusalsPage() string {
	var b strings.Builder
	b.WriteString("The program is right, but the Go code for a part of it is not written yet. These parts are:\n")
	for _, r := range Refusals {
		b.WriteString("\n" + r.What + " (" + r.Help + "):\n\n" + example(r.Program))
	}
	return b.String()
}
