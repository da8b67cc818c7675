package tensor

import (
	"encoding/json"
	"fmt"
	"math"
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

func TestFormat(t *testing.T) {
	t.Parallel()
	matrix := FromSlice([]float64{1, -2.5, math.NaN(), math.Inf(-1)}, 2, 2)
	long, stack := Arange(1001), Arange(4).Reshape(2, 1, 2)
	var none *Tensor
	for _, c := range []struct {
		format string
		x      any
		want   string
	}{
		{"%v", matrix, "[[ 1.  -2.5]\n [ nan -inf]]"},
		{"%v", FromSlice([]float64{1e8}, 1), "[1.e+08]"},
		{"%s", matrix, matrix.String()},
		{"%+v", matrix, matrix.String()},
		{"%.3f", matrix, "[[ 1.000 -2.500]\n [   NaN   -Inf]]"},
		{"%8.1f", matrix, "[[     1.0     -2.5]\n [     NaN     -Inf]]"},
		{"%g", matrix, "[[   1 -2.5]\n [ NaN -Inf]]"},
		{"%e", FromSlice([]float64{1, 1e-300}, 2), "[ 1.000000e+00 1.000000e-300]"},
		{"%+.2e", FromSlice([]float64{1, -2.5}, 2), "[+1.00e+00 -2.50e+00]"},
		{"%x", FromSlice([]float64{1, 0.5}, 2), "[0x1p+00 0x1p-01]"},
		{"%.1f", stack, "[[[0.0 1.0]]\n\n [[2.0 3.0]]]"},
		{"%.2f", Scalar(2), "2.00"},
		{"%6.2f", Scalar(2), "  2.00"},
		{"%.2f", New(0, 3), "[]"},
		{"%.0f", long, "[   0    1    2 ...  998  999 1000]"},
		{"%.3f", new(Tensor), "empty"},
		{"%v", new(Tensor), "empty"},
		{"%.3f", none, "<nil>"},
		{"%v", none, "<nil>"},
		{"%d", none, "<nil>"},
		{"%d", matrix, "%!d(*tensor.Tensor=" + matrix.String() + ")"},
		{"%q", Scalar(2), "%!q(*tensor.Tensor=2.0)"},
		{"%d", new(Tensor), "%!d(*tensor.Tensor=empty)"},
		{"%T", matrix, "*tensor.Tensor"},
		{"%v", []*Tensor{Scalar(1), none}, "[1.0 <nil>]"},
		{"%.1f", []*Tensor{Scalar(1), Scalar(2)}, "[1.0 2.0]"},
	} {
		if got := fmt.Sprintf(c.format, c.x); got != c.want {
			t.Errorf("Sprintf(%q): %q, want %q", c.format, got, c.want)
		}
	}
	if got := fmt.Sprintln(none, matrix); got != "<nil> "+matrix.String()+"\n" {
		t.Errorf("Sprintln: %q", got)
	}
	wrapped := fmt.Sprintf("%.20f", Arange(4))
	if want := "[0.00000000000000000000 1.00000000000000000000 2.00000000000000000000\n 3.00000000000000000000]"; wrapped != want {
		t.Errorf("a long row:\n%s\nwant\n%s", wrapped, want)
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
