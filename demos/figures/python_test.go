package figures

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// numPy returns a Python that has NumPy, or skips; where GENTLEGRAD_PYTHON is "required" it fails without.
func numPy(t *testing.T) string {
	if runtime.GOOS == "js" {
		t.Skip("no other programs here")
	}
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import numpy").Run() == nil {
			return name
		}
	}
	if os.Getenv("GENTLEGRAD_PYTHON") == "required" {
		t.Fatal("no Python with NumPy")
	}
	t.Skip("no Python with NumPy")
	return ""
}

// The programs in Python give the losses of the runs that they stand beside; of figure 14's, which
// is chaotic, the first two.
func TestPythonGivesTheSameLosses(t *testing.T) {
	interpreter := numPy(t)
	for _, f := range All() {
		if f.Training == nil {
			continue
		}
		t.Run(fmt.Sprint("figure", f.Number), func(t *testing.T) {
			t.Parallel()
			f, err := f.Train(nil)
			must(t, err)
			out, err := exec.Command(interpreter, "-c", python(f.Run)).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if len(lines) != len(f.Run.Loss) {
				t.Fatalf("%d losses, want %d", len(lines), len(f.Run.Loss))
			}
			for i, line := range lines {
				var k int
				var loss float64
				if _, err := fmt.Sscan(line, &k, &loss); err != nil {
					t.Fatalf("%q: %v", line, err)
				}
				if want := f.Run.Loss[i]; (f.Number != 14 || i < 2) && !(math.Abs(loss-want) <= 1e-9*want) {
					t.Errorf("iteration %d: %v, want %v", i+1, loss, want)
				}
			}
		})
	}
}
