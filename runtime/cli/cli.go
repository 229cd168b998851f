// Package cli is the main function of the programs that gtc builds to train a
// model and to predict with it. In come a generated package, as a Program, and
// the command line that gtc passes on; out come lines of JSON that gtc draws,
// a saved model, predictions.
package cli

import rt "github.com/gtc-lang/gtc/runtime"

// Program is a generated package as its command sees it.
type Program[T rt.Float] struct {
	Name       string // of the package
	Source     string // text of the .gt file
	SourceName string // its base name: "digits.gt"
	New        func(seed uint64) Model[T]
}

// Model is a model and what can be done with it.
type Model[T rt.Float] struct {
	Structure string // hash of the structure, as saved with the model
	Tensors   []rt.Tensor[T]
	Settings  []rt.Setting // of layers, as saved with the model
	Trains    []Train[T]
	Forwards  []Forward[T]
}

// Train is a train block.
type Train[T rt.Float] struct {
	Name string
	Job  func() rt.Job[T] // makes the training workspace
	Data *rt.DataSpec     // of the data line; nil when there is none. File is as written in the source
}

// Forward is a model's forward pass.
type Forward[T rt.Float] struct {
	Name    string
	Ports   []rt.Port // its inputs
	Results []rt.Port // its results
	MaxRows int
	Run     func(b *rt.Batch[T], out [][]T) error // out[i] has b.Rows rows of Results[i]
}
