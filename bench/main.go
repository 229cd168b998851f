// Command bench compares gtc with other programs on one machine, row by row,
// and holds what it finds against the floors of each row. README.md says how.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/gtc-lang/gtc/bench/internal/contest"
	"github.com/gtc-lang/gtc/bench/internal/machine"
	"github.com/gtc-lang/gtc/bench/internal/ours"
	"github.com/gtc-lang/gtc/bench/internal/peer"
	"github.com/gtc-lang/gtc/bench/internal/report"
	"github.com/gtc-lang/gtc/bench/internal/rows"
	"github.com/gtc-lang/gtc/bench/wire"
)

const usage = `Compares gtc with other programs on this machine. From the folder bench:

  go run . run [flags] [ROW...]   measure all rows, or those that match ("nn-*", mlp-mnist)
  go run . list                   rows with their floors, peers, and what is not installed
  go run . setup [PART...]        install what the peers need, all or some of it

run ends with code 1 when a row is below its floor, or has a floor that could
not be judged since a peer is not installed. Its flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code, err := command(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		code = 2
	}
	os.Exit(code)
}

// command does what the arguments say and returns the exit code.
func command(ctx context.Context, arguments []string) (int, error) {
	verb := "help"
	if len(arguments) > 0 {
		verb, arguments = arguments[0], arguments[1:]
	}
	switch verb {
	case "run":
		return run(ctx, arguments)
	case "list":
		return 0, list(os.Stdout)
	case "setup":
		return 0, setup(ctx, arguments)
	case "child": // how run starts our own side
		return 0, wire.Serve(os.Stdin, os.Stdout, ours.Server())
	case "-h", "-help", "--help", "help":
		_, _, set := runFlags()
		set.SetOutput(os.Stdout)
		set.Usage()
		return 0, nil
	}
	return 0, fmt.Errorf("%q is not run, list or setup", verb)
}

// format is how results are printed.
type format struct{ json, markdown bool }

func runFlags() (*contest.Settings, *format, *flag.FlagSet) {
	s, f := &contest.Settings{}, &format{}
	set := flag.NewFlagSet("run", flag.ContinueOnError)
	set.IntVar(&s.Processes, "processes", 3, "processes of each program in a row")
	set.IntVar(&s.Turns, "turns", 9, "samples of each process")
	set.DurationVar(&s.Sample, "sample", 100*time.Millisecond, "least time of a sample")
	set.IntVar(&s.Retakes, "retakes", 60, "samples of a row that are taken again when other processes disturb them")
	set.BoolVar(&f.json, "json", false, "print JSON")
	set.BoolVar(&f.markdown, "markdown", false, "print a table for the README")
	set.Usage = func() {
		fmt.Fprint(set.Output(), usage)
		set.PrintDefaults()
	}
	return s, f, set
}

// run measures rows and prints them.
func run(ctx context.Context, arguments []string) (int, error) {
	settings, format, set := runFlags()
	if err := set.Parse(arguments); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0, nil
		}
		return 0, err
	}
	if settings.Processes < 1 || settings.Turns < 1 || settings.Sample <= 0 {
		return 0, errors.New("processes, turns and sample are at least 1")
	}
	table, err := rows.Choose(rows.All(machine.ThisCPU()), set.Args())
	if err != nil {
		return 0, err
	}
	if settings.Folder, err = os.MkdirTemp("", "gtc-bench-"); err != nil {
		return 0, err
	}
	defer os.RemoveAll(settings.Folder)
	whole, err := measure(ctx, table, settings)
	if whole == nil || len(whole.Results) == 0 {
		return 0, err
	}
	code := 0
	if !whole.Holds() {
		code = 1
	}
	// a run that is interrupted prints the rows that it has
	return code, errors.Join(show(whole, *format), err)
}

func show(whole *report.Report, f format) error {
	switch {
	case f.json:
		return whole.JSON(os.Stdout)
	case f.markdown:
		return whole.Markdown(os.Stdout)
	}
	return whole.Text(os.Stdout)
}

// measure finds the peers and measures the rows.
func measure(ctx context.Context, table []rows.Row, s *contest.Settings) (*report.Report, error) {
	left, err := prepare(ctx, table, s)
	if err != nil {
		return nil, err
	}
	about, err := contest.About(ctx, s)
	if err != nil {
		return nil, err
	}
	results, err := contest.All(ctx, table, *s)
	return &report.Report{Machine: machine.ThisCPU(), Programs: about, LeftOut: left, Results: results}, err
}

// prepare fills in the settings: the peers of the rows that are there, with
// those built that are built from sources here, and the files that children
// read. It returns the sentences about those that are left out.
func prepare(ctx context.Context, table []rows.Row, s *contest.Settings) (left []string, err error) {
	peers, parts, err := installed()
	if err != nil {
		return nil, err
	}
	if err := peer.Refresh(ctx, parts); err != nil {
		return nil, err
	}
	for _, p := range peers {
		joins := func(r rows.Row) bool { return r.AtMost == nil && p.Joins(r.Request) }
		if !slices.ContainsFunc(table, joins) {
			continue
		}
		if missing := p.Missing(parts); missing != nil {
			left = append(left, fmt.Sprintf("%s is left out: %s", p.Name, missing.How()))
		} else {
			s.Peers = append(s.Peers, p)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s.Ours = []string{self, "child"}
	s.Progress = func(what string) { fmt.Fprintln(os.Stderr, what) }
	return left, contest.WriteFiles(s.Folder)
}

// installed lists all peers and parts.
func installed() ([]peer.Peer, []peer.Part, error) {
	scripts, err := filepath.Abs("peers")
	if err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(scripts); err != nil {
		return nil, nil, fmt.Errorf("run this in the folder bench of the repository: %w", err)
	}
	folder, err := peer.Folder()
	return peer.All(folder, scripts), peer.Parts(folder), err
}
