package ir_test

import (
	"math"
	"testing"

	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/ir"
	"github.com/gtc-lang/gtc/ir/irtest"
	"github.com/gtc-lang/gtc/parser"
)

// TestGradientTexts: texts of the op table may use the operators of the
// language, and numbers among themselves. The row is abs(x), of x = -3.
func TestGradientTexts(t *testing.T) {
	const x, y, dy = -3.0, 3.0, 5.0
	c := &irtest.Fixture{In: map[string]dsl.Tensor{"x": {Shape: []int{}, Data: []float64{x}}, "dy": {Shape: []int{}, Data: []float64{dy}}}}
	operand, cotangent := irtest.Input("x", ir.Float), irtest.Input("dy", ir.Float)
	row := ir.New("abs", nil, operand)
	for text, want := range map[string]float64{
		"dy * x^2":         dy * x * x,
		"dy * -y^2":        -dy * y * y,
		"dy * y^(1/2 - 2)": dy * math.Pow(y, -1.5),
		"dy * 2^y^2":       dy * 512,
		"where(x != -3 or not (x >= 4), dy, 2*3)": dy,
		"where(y > x and 1 < 2, 2*3, -y)":         6,
	} {
		e, err := parser.ParseExpr(dsl.NewSource("text", text))
		if err != nil {
			t.Fatal(err)
		}
		dx, err := ir.OperandGradient(e, row, 0, cotangent)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := c.Run(dx); err != nil || math.Abs(got[0].Data[0]-want) > 1e-12 {
			t.Errorf("%s is %v, %v; want %v", text, got, err, want)
		}
	}
}
