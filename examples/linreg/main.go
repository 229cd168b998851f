// Command linreg trains linear regression from Go: four points of y = 2x, in
// the program itself.
package main

import (
	"context"
	"fmt"
	"log"

	rt "github.com/gtc-lang/gtc/runtime"

	"github.com/gtc-lang/gtc/examples/linreg/linreg"
)

//go:generate go tool gtc compile -tests linreg.gt

func main() {
	m := linreg.New()
	fit := m.Fit(linreg.FitDefaults())
	points, err := fit.Rows([]float32{1, 2, 3, 4}, []float32{2, 4, 6, 8})
	if err != nil {
		log.Fatal(err)
	}
	summary, err := fit.Run(context.Background(), rt.Data[float32]{Train: points})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("y = %.3f x + %.3f after %d epochs\n", m.Line.Dense1.W[0], m.Line.Dense1.B[0], summary.Epochs)
}
