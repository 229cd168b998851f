package main

import (
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/gtc-lang/gtc/cmd/gtc/internal/machine"
	"github.com/gtc-lang/gtc/dsl"
	"github.com/gtc-lang/gtc/parser"
)

// memory is how many bytes a program may take: what is said with -memory, or
// what the machine has. 0 is any number.
type memory int64

// String is the value.
func (m *memory) String() string {
	if *m == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*m), 10)
}

// Type is what help calls the value.
func (m *memory) Type() string { return "size" }

// Set takes 8GB, 8GiB or a number of bytes.
func (m *memory) Set(text string) error {
	n, ok := parser.Bytes(text)
	if !ok || n < 1 {
		return errors.New("it is a size such as 8GB or 8GiB")
	}
	*m = memory(n)
	return nil
}

func memoryFlag(c *cobra.Command) *memory {
	var m memory
	c.Flags().Var(&m, "memory", "memory that the program may take, such as 8GB, instead of what the machine has")
	return &m
}

// check shows what is wrong with a program that takes more than there is.
func (m *memory) check(c *cobra.Command, wrong func(limit int64) *dsl.Diagnostic) error {
	limit := int64(*m)
	if limit == 0 {
		limit = machine.Memory()
	}
	if limit == 0 {
		return nil
	}
	if d := wrong(limit); d != nil {
		return shown(c, d)
	}
	return nil
}
