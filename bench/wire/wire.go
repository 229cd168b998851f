// Package wire is what the bench command and the programs it compares say to
// each other, over a child process's standard input and output: a line for a
// request, a line for its answer.
//
//	about                        ok TEXT                 who is there, in which version
//	load kind=… key=value …      ok | no REASON          make a row ready to run; no: it is not for this program
//	check N                      ok NUMBER …             what the row computes, to compare
//	run N                        ok SECONDS              N units of the row, timed by the child
//
// A request that fails is answered by "error TEXT". The child ends when its
// input does. It idles between requests: the others are measured then.
//
// It is a module of its own without dependencies, so that the peers written in
// Go are built with the versions that they ask for and no others.
package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Work is a row that has been loaded.
type Work interface {
	// Check computes from the beginning and returns numbers to compare: the
	// losses of the first n steps, or elements of a result.
	Check(n int) ([]float64, error)
	// Run does n units and returns the time they took. What is not part of a
	// unit, such as going back to the first weights, is not timed.
	Run(n int) (time.Duration, error)
}

// Server is a program that is compared.
type Server struct {
	About string
	Load  func(Row) (Work, error)
}

// NotHere is the error of Load for a row that the program has no part in.
type NotHere string

func (e NotHere) Error() string { return string(e) }

// Row is a request to load: keys and values, without spaces in either.
type Row map[string]string

// Int returns the number under a key, 0 when there is none.
func (r Row) Int(key string) int {
	n, _ := strconv.Atoi(r[key])
	return n
}

// ParseRow reads key=value pairs.
func ParseRow(fields []string) (Row, error) {
	r := Row{}
	for _, f := range fields {
		key, value, ok := strings.Cut(f, "=")
		if !ok {
			return nil, fmt.Errorf("%q is no key=value", f)
		}
		r[key] = value
	}
	return r, nil
}

// Serve answers requests until the input ends.
func Serve(in io.Reader, out io.Writer, s Server) error {
	lines := bufio.NewScanner(in)
	session := session{server: s}
	for lines.Scan() {
		answer, err := session.answer(strings.Fields(lines.Text()))
		var no NotHere
		switch {
		case errors.As(err, &no):
			answer = "no " + oneLine(string(no))
		case err != nil:
			answer = "error " + oneLine(err.Error())
		}
		if _, err := fmt.Fprintln(out, answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

type session struct {
	server Server
	work   Work
}

func (s *session) answer(request []string) (string, error) {
	if len(request) == 0 {
		return "", errors.New("an empty request")
	}
	switch request[0] {
	case "about":
		return "ok " + oneLine(s.server.About), nil
	case "load":
		row, err := ParseRow(request[1:])
		if err != nil {
			return "", err
		}
		s.work = nil // its memory may be needed
		work, err := s.server.Load(row)
		if err == nil {
			s.work = work
		}
		return "ok", err
	case "check", "run":
		return s.measure(request)
	}
	return "", fmt.Errorf("unknown request %q", request[0])
}

func (s *session) measure(request []string) (string, error) {
	if s.work == nil {
		return "", errors.New("no row is loaded")
	}
	if len(request) != 2 {
		return "", fmt.Errorf("%s takes one number", request[0])
	}
	n, err := strconv.Atoi(request[1])
	if err != nil || n < 1 {
		return "", fmt.Errorf("%s takes a number from 1 up, not %q", request[0], request[1])
	}
	if request[0] == "run" {
		took, err := s.work.Run(n)
		return fmt.Sprintf("ok %.9f", took.Seconds()), err
	}
	values, err := s.work.Check(n)
	return "ok" + joinFloats(values), err
}

func joinFloats(values []float64) string {
	var b strings.Builder
	for _, v := range values {
		b.WriteByte(' ')
		b.WriteString(strconv.FormatFloat(v, 'g', 17, 64))
	}
	return b.String()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
