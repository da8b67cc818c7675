package training

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the losses as they are")

// TestLossesToTheLastBit holds the losses of the article's runs to have the same bits on every
// machine: testdata/losses.txt has the last of each and a hash of all. They change knowingly:
//
//	go test ./demos/training -run TestLossesToTheLastBit -update
func TestLossesToTheLastBit(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	for _, file := range goldenFiles(t) {
		run := readGolden(t, file).train(t)
		h := fnv.New64a()
		for _, v := range run.Loss {
			fmt.Fprintf(h, "%x\n", math.Float64bits(v))
		}
		fmt.Fprintf(&got, "%s: last loss %x, hash of %d losses %016x\n", runName(file), run.Loss[len(run.Loss)-1], len(run.Loss), h.Sum64())
	}
	const name = "testdata/losses.txt"
	if *update {
		if err := os.WriteFile(name, []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%swant\n%s", &got, want)
	}
}
