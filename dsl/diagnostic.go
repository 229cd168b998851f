package dsl

// Code names a kind of diagnostic; `gtc explain CODE` prints its page.
type Code string

// Label is a secondary place of a diagnostic with a word about it.
type Label struct {
	At   Span
	Text string
}

// Diagnostic is one message to the writer of a program: what was found where,
// what was expected, what to do.
type Diagnostic struct {
	Code    Code
	Message string // the headline, lower case, no full stop
	At      Span
	Here    string // said under the caret; may be empty
	Labels  []Label
	Help    string // what to do; may be empty
}

// Error is "file:line:column: CODE: message".
func (d *Diagnostic) Error() string {
	return d.At.String() + ": " + string(d.Code) + ": " + d.Message
}

// Diagnostics collects messages. The zero value is ready to use.
type Diagnostics struct {
	list []*Diagnostic
}

// Add appends a message, once for the same code and place.
func (ds *Diagnostics) Add(d *Diagnostic) {
	for _, e := range ds.list {
		if e.Code == d.Code && e.At == d.At {
			return
		}
	}
	ds.list = append(ds.list, d)
}

// List is the messages in the order they were added.
func (ds *Diagnostics) List() []*Diagnostic { return ds.list }

// Err is nil when there are no messages, else an error of all of them.
func (ds *Diagnostics) Err() error {
	if len(ds.list) == 0 {
		return nil
	}
	return ErrorList(ds.list)
}

// ErrorList is several diagnostics as one error.
type ErrorList []*Diagnostic

// Error has one line for each message.
func (l ErrorList) Error() string {
	text := ""
	for i, d := range l {
		if i > 0 {
			text += "\n"
		}
		text += d.Error()
	}
	return text
}
