package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/gtc-lang/gtc/bench/internal/machine"
	"github.com/gtc-lang/gtc/bench/internal/peer"
	"github.com/gtc-lang/gtc/bench/internal/rows"
)

// list prints rows with their floors, and peers.
func list(to io.Writer) error {
	peers, parts, err := installed()
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, r := range rows.All(machine.ThisCPU()) {
		var floors []string
		for _, f := range r.Floors {
			floors = append(floors, f.String())
		}
		if r.AtMost != nil && r.AtMost.Summary != "" {
			floors = append(floors, "what gtc summary says")
		} else if r.AtMost != nil {
			floors = append(floors, rows.Range(r.AtMost, 0))
		}
		fmt.Fprintf(out, "%s\t%s\t%s\n", r.Name, strings.Join(floors, "; "), r.Title)
	}
	fmt.Fprintln(out)
	for _, p := range peers {
		state := "there"
		if missing := p.Missing(parts); missing != nil {
			state = missing.How()
		}
		fmt.Fprintf(out, "%s\t%s\n", p.Name, state)
	}
	return out.Flush()
}

// setup installs the named parts, or all, those that are not there yet.
func setup(ctx context.Context, names []string) error {
	_, parts, err := installed()
	if err != nil {
		return err
	}
	folder, err := peer.Folder()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	chosen, err := peer.ChooseParts(parts, names)
	if err != nil {
		return err
	}
	failed := 0
	for i, p := range chosen {
		fmt.Printf("[%d/%d] %s: %s\n", i+1, len(chosen), p.Name, p.What)
		if p.Present() && !p.Built {
			fmt.Println("  is there:", p.Path)
			continue
		}
		if err := p.Install(ctx, os.Stdout); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			fmt.Println("  not installed:", err)
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d parts are not installed; the rest can be used", failed, len(chosen))
	}
	return nil
}
