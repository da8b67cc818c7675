package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// A progress is a bar on a terminal, and nothing elsewhere.
type progress struct {
	w     io.Writer // nil if it is not a terminal
	total int
	shown int // cells of the bar
}

const cells = 30

// newProgress returns a bar on w if that is a terminal.
func newProgress(w io.Writer, total int) *progress {
	if !isTerminal(w) {
		return &progress{}
	}
	return newBar(w, total)
}

func newBar(w io.Writer, total int) *progress {
	return &progress{w: w, total: total, shown: -1}
}

// isTerminal reports whether w is a terminal that can do more than print.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show shows how much of the total is done.
func (p *progress) show(what string, done int) {
	if p.w == nil || done*cells/p.total == p.shown {
		return
	}
	p.shown = done * cells / p.total
	fmt.Fprintf(p.w, "\r\x1b[K%-10s %s%s %d of %d", what, strings.Repeat("█", p.shown), strings.Repeat("░", cells-p.shown), done, p.total)
}

// clear takes the bar off the terminal.
func (p *progress) clear() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
