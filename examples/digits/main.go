// Command digits trains a classifier of handwritten digits from Go, on images
// that are embedded in the program, and reads one of them with it.
package main

import (
	"context"
	"embed"
	"fmt"
	"log"

	rt "github.com/gtc-lang/gtc/runtime"

	"github.com/gtc-lang/gtc/examples/digits/digits"
)

//go:generate go tool gtc compile -tests digits.gt

//go:embed digits.csv
var files embed.FS

func main() {
	m := digits.New()
	fit := m.Fit(digits.FitDefaults())
	data, err := load(fit)
	if err != nil {
		log.Fatal(err)
	}
	summary, err := fit.Run(context.Background(), data)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d epochs, %.1f %% of the validation images right\n", summary.Epochs, 100*summary.Value("val.accuracy"))

	image, label := make([]float32, 64), make([]int32, 1)
	if err := data.Validation.Row(0, 0, image, nil); err != nil {
		log.Fatal(err)
	}
	if err := data.Validation.Row(0, 1, nil, label); err != nil {
		log.Fatal(err)
	}
	logits := make([]float32, 10)
	if err := m.Session().Forward(image, logits); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("a %d is read as a %d\n", label[0], rt.ArgMax(logits))
}

// load reads the images as the program's data line says.
func load(fit *digits.Fit) (rt.Data[float32], error) {
	spec := digits.FitData()
	spec.FS = files
	return fit.Load(spec)
}
