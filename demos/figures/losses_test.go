package figures

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gentlegrad/demos/training"
)

var update = flag.Bool("update", false, "write the losses as they are")

// The losses of the article's runs have the same bits on every machine: testdata/losses.txt has the last of
// each and a hash of all. They change knowingly:
//
//	go test ./demos/figures -run TestLossesToTheLastBit -update
func TestLossesToTheLastBit(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, f := range All() {
		if f.Training == nil {
			continue
		}
		f, err := f.Train(nil)
		must(t, err)
		for name, run := range map[string]*training.Run{"pictured": f.Run, "printed": f.Printed} {
			if run == nil {
				continue
			}
			h := fnv.New64a()
			for _, v := range run.Loss {
				fmt.Fprintf(h, "%x\n", math.Float64bits(v))
			}
			fmt.Fprintf(&b, "figure %d, as %s: last loss %x, hash of %d losses %016x\n", f.Number, name, run.Loss[len(run.Loss)-1], len(run.Loss), h.Sum64())
		}
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if *update {
		must(t, os.WriteFile("testdata/losses.txt", []byte(sorted(lines)), 0o666))
		return
	}
	want, err := os.ReadFile("testdata/losses.txt")
	must(t, err)
	if got := sorted(lines); got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func sorted(lines []string) string {
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}
