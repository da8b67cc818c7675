package tensor

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
)

// number is a float64 that JSON may hold as a string, for NaN and ±Inf.
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	x, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	*n = number(x)
	return err
}

func TestFormatAgainstNumPy(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/numpy-print.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Name  string   `json:"name"`
			Shape []int    `json:"shape"`
			Data  []number `json:"data"`
			Text  string   `json:"text"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) < 60 {
		t.Fatalf("%d cases, want at least 60", len(golden.Cases))
	}
	for _, want := range golden.Cases {
		t.Run(want.Name, func(t *testing.T) {
			t.Parallel()
			data := make([]float64, len(want.Data))
			for i, x := range want.Data {
				data[i] = float64(x)
			}
			if got := formatArray(want.Shape, data); got != want.Text {
				t.Errorf("shape %v, got\n%s\nwant\n%s", want.Shape, got, want.Text)
			}
		})
	}
}

func BenchmarkFormatArray(b *testing.B) {
	data := make([]float64, 1000)
	for i := range data {
		data[i] = float64(i) / 7
	}
	for b.Loop() {
		formatArray([]int{50, 20}, data)
	}
}
