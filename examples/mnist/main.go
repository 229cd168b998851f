// Command mnist trains a classifier of MNIST's handwritten digits from Go, on
// the four files of the data set in the folder that is its argument.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	rt "github.com/gtc-lang/gtc/runtime"

	"github.com/gtc-lang/gtc/examples/mnist/mnist"
)

//go:generate go tool gtc compile -tests mnist.gt

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: mnist FOLDER")
	}
	m := mnist.New()
	fit := m.Fit(mnist.FitDefaults())
	data, err := fit.Load(mnist.FitData().In(os.Args[1]))
	if err != nil {
		log.Fatal(err)
	}
	summary, err := fit.Run(context.Background(), data, rt.Observe(rt.Lines(os.Stdout, 2*time.Second)))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f %% of the test images right\n", 100*summary.Value("val.accuracy"))
	if err := m.Save("mnist.safetensors"); err != nil {
		log.Fatal(err)
	}
}
