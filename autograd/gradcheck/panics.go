package gradcheck

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// recoverInto turns a panic into *err.
func recoverInto(err *error) {
	p := recover()
	if p == nil {
		return
	}
	e, ok := p.(error)
	var mistake *Error
	switch {
	case !ok:
		*err = fmt.Errorf("gradcheck: panic at %s: %v", panicPlace(false), p)
	case errors.As(e, &mistake):
		*err = e
	default:
		var own runtime.Error
		*err = fmt.Errorf("gradcheck: panic at %s: %w", panicPlace(errors.As(e, &own)), e)
	}
}

// refused calls f, and reports whether it panicked with an error that is not the runtime's, as where an
// operation is not defined.
func refused(f func()) (is bool) {
	defer func() {
		if p := recover(); p != nil {
			var own runtime.Error
			if e, ok := p.(error); !ok || errors.As(e, &own) {
				panic(p)
			}
			is = true
		}
	}()
	f()
	return false
}

// panicPlace returns the file and line of the frame that panicked. If exact is false, it returns
// those of the first frame outside this module's libraries, if there is one: it made the mistake
// that the libraries report.
func panicPlace(exact bool) string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	first, panicking := "", false
	for {
		f, more := frames.Next()
		place := fmt.Sprintf("%s:%d", f.File[strings.LastIndex(f.File, "/")+1:], f.Line)
		switch {
		case strings.HasPrefix(f.Function, "gentlegrad/autograd/gradcheck.refused"), f.Function == "gentlegrad/autograd.(*Node).nameInputs": // these panic again
		case strings.HasPrefix(f.Function, "runtime."):
			panicking = panicking || f.Function == "runtime.gopanic"
		case panicking && (exact || !isLibrary(f.Function)):
			return place
		case panicking && first == "":
			first = place
		}
		if !more {
			return first
		}
	}
}

func isLibrary(function string) bool {
	libraries := []string{"gentlegrad/tensor.", "gentlegrad/tensor/", "gentlegrad/autograd.", "gentlegrad/autograd/gradcheck.", "gentlegrad/layers."}
	return slices.ContainsFunc(libraries, func(name string) bool { return strings.HasPrefix(function, name) })
}
