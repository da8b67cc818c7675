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

func newProgress(w io.Writer, total int) *progress {
	if f, ok := w.(*os.File); ok && os.Getenv("TERM") != "dumb" {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return &progress{w: w, total: total, shown: -1}
		}
	}
	return &progress{}
}

// show shows that so much is done, of the total.
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
