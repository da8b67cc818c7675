package autograd

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Made returns where in the code x was made, such as "main.go:12": the first caller outside this package
// and package layers. It is "" unless the context that flowed to x has Positions.
func (x *Node) Made() string {
	if x == nil || x.made == nil {
		return ""
	}
	frames := runtime.CallersFrames(x.made[:])
	for {
		f, more := frames.Next()
		if !more || !strings.HasPrefix(f.Function, "gentlegrad/autograd.") && !strings.HasPrefix(f.Function, "gentlegrad/layers.") {
			return filepath.Base(f.File) + ":" + strconv.Itoa(f.Line)
		}
	}
}

// markMade records where x is made, if its context asks for that. Finding the callers takes about 200 ns.
func (x *Node) markMade() {
	if x.ctx.Positions {
		x.made = new([24]uintptr)
		runtime.Callers(2, x.made[:])
	}
}
