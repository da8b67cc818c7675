package figures

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"gentlegrad/demos/training"
)

// settings are those of a training, as the recorded runs of the article have them.
type settings struct {
	Problem      string
	Hidden       int
	Iterations   int
	Observations int
	LearningRate float64 `json:"learning_rate"`
	Anneal       float64
}

// TestTable compares the table with the article: its numbers, and the settings of its trainings
// with those of the recorded runs.
func TestTable(t *testing.T) {
	t.Parallel()
	for i, f := range All() {
		if f.Number != i+1 || f.Title == "" || len(f.Text) == 0 {
			t.Errorf("row %d has the number %d, the title %q and %d paragraphs", i, f.Number, f.Title, len(f.Text))
		}
		if (f.Training != nil) != (f.Number >= 8) {
			t.Errorf("figure %d: that it shows a training is %v", f.Number, f.Training != nil)
		}
		if f.Training == nil {
			continue
		}
		for dir, c := range map[string]training.Config{"as-pictured": *f.Training, "as-printed": f.Training.AsPrinted()} {
			if f.Training.Problem.Regression {
				dir = "as-printed" // the published figures are of the printed code
			}
			got := settings{c.Problem.Name, sum(c.Hidden), c.Iterations, c.Observations, c.LearningRate, c.Anneal}
			if want := recorded(t, dir, f.Number); got != want || len(c.Hidden) > 1 || c.Batch != 1 {
				t.Errorf("figure %d %s: trains by\n%+v\nwant\n%+v", f.Number, dir, got, want)
			}
		}
	}
	if n := len(All()); n != 14 {
		t.Errorf("%d figures, want 14", n)
	}
}

func recorded(t *testing.T, dir string, number int) (s settings) {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("../testdata/article/%s/figure-%02d-*.json", dir, number))
	if err != nil || len(files) != 1 {
		t.Fatalf("figure %d %s: found %v (%v)", number, dir, files, err)
	}
	text, err := os.ReadFile(files[0])
	must(t, err)
	must(t, json.Unmarshal(text, &s))
	return s
}

func sum(units []int) int {
	n := 0
	for _, u := range units {
		n += u
	}
	return n
}
