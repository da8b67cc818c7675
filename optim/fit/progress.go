package fit

import (
	"fmt"
	"io"
	"os"
)

// A progress is a line on a terminal, and nothing elsewhere.
type progress struct {
	w     io.Writer // nil if it is no terminal
	shown bool
}

func newProgress(w io.Writer) *progress {
	if isTerminal(w) {
		return &progress{w: w}
	}
	return &progress{}
}

// isTerminal reports whether w is a terminal with escape sequences: not a file, a pipe, or a buffer.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show writes the line anew.
func (p *progress) show(t *Training, h History) {
	if p.w == nil {
		return
	}
	p.shown = true
	e := h.Epochs[len(h.Epochs)-1]
	fmt.Fprintf(p.w, "\r\x1b[Kepoch %d of %d: loss %.4g", len(h.Epochs), t.Epochs, e.Loss)
	if h.Best > 0 {
		fmt.Fprintf(p.w, ", validation %.4g, least %.4g in epoch %d", e.Validation, h.Epochs[h.Best-1].Validation, h.Best)
	}
	for i, m := range e.Metrics {
		fmt.Fprintf(p.w, ", %s %.4g", t.Metrics[i].Name, m)
	}
}

// end ends the line.
func (p *progress) end() {
	if p.shown {
		fmt.Fprintln(p.w)
	}
}
