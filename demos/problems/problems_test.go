package problems_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
)

func TestByName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		regression bool
		inputs     int
	}{
		{name: "AND", want: "AND", inputs: 2},
		{name: "or", want: "OR", inputs: 2},
		{name: "Xor", want: "XOR", inputs: 2},
		{name: "ring", want: "RING", inputs: 2},
		{name: "SIN", want: "SIN", inputs: 1, regression: true},
		{name: "abs", want: "ABS", inputs: 1, regression: true},
	}
	for _, test := range tests {
		p, err := problems.ByName(test.name)
		if err != nil {
			t.Errorf("ByName(%q): %v", test.name, err)
		}
		if p.Name != test.want || p.Regression != test.regression || p.Inputs != test.inputs {
			t.Errorf("ByName(%q) = %s, regression %v, %d inputs", test.name, p.Name, p.Regression, p.Inputs)
		}
	}
}

func TestByNameUnknown(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "NAND", "XOR "} {
		_, err := problems.ByName(name)
		want := fmt.Sprintf("no problem is called %q: want one of AND, OR, XOR, RING, SIN, ABS", name)
		if err == nil || err.Error() != want {
			t.Errorf("ByName(%q): error %v, want %s", name, err, want)
		}
	}
}

// Every problem is complete and is one or the other kind.
func TestAll(t *testing.T) {
	t.Parallel()
	for _, p := range problems.All() {
		if p.Description == "" || strings.Contains(p.Description, "\n") {
			t.Errorf("%s: description %q", p.Name, p.Description)
		}
		if p.Regression != (p.Function != nil) || p.Regression != (p.Prototypes == nil) {
			t.Errorf("%s: regression %v does not fit its fields", p.Name, p.Regression)
		}
		if len(p.Prototypes) != len(p.Classes) {
			t.Errorf("%s: %d prototypes, %d classes", p.Name, len(p.Prototypes), len(p.Classes))
		}
	}
}

// What a caller does to a problem stays with the caller.
func TestAllIsFresh(t *testing.T) {
	t.Parallel()
	problems.All()[3].Prototypes[0][0] = 9
	problems.All()[3].Classes[0] = 9
	ring := problems.All()[3]
	if ring.Prototypes[0][0] != 0 || ring.Classes[0] != 1 {
		t.Errorf("changed by a caller: %v %v", ring.Prototypes[0], ring.Classes[0])
	}
}

func TestDataTooFew(t *testing.T) {
	t.Parallel()
	for _, p := range problems.All() {
		for _, n := range []int{0, -1, math.MinInt} {
			_, err := p.Data(legacy.New(problems.Seed), n)
			want := fmt.Sprintf("problems: %s: observations = %d: want at least 1", p.Name, n)
			if err == nil || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
		}
	}
}

func TestGrid(t *testing.T) {
	t.Parallel()
	xor, sin := problems.All()[2], problems.All()[4]
	tests := []struct {
		name      string
		got, want []float64
	}{
		{"square 0", xor.Grid(0), nil},
		{"square 1", xor.Grid(1), []float64{-.5, -.5}},
		{"square 2", xor.Grid(2), []float64{-.5, -.5, 1.5, -.5, -.5, 1.5, 1.5, 1.5}},
		{"square 20, start of row 1", xor.Grid(problems.GridSize)[40:42], []float64{-.5, -.5 + 2./19}},
		{"line 1", sin.Grid(1), []float64{-5}},
		{"line 3", sin.Grid(3), []float64{-5, 0, 5}},
	}
	for _, test := range tests {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, test.got, test.want)
		}
	}
	if got := len(xor.Grid(problems.GridSize)); got != 800 {
		t.Errorf("surface has %d numbers, want 800", got)
	}
}

func TestPanics(t *testing.T) {
	t.Parallel()
	tests := []struct {
		want string
		call func()
	}{
		{"problems: Grid: negative size: -2", func() { problems.All()[0].Grid(-2) }},
		{`problems: no problem is called "nand": want one of AND, OR, XOR, RING, SIN, ABS`, func() { problems.MustByName("nand") }},
		{"problems: AND: observations = 0: want at least 1", func() { problems.All()[0].MustData(legacy.New(1), 0) }},
	}
	for _, test := range tests {
		func() {
			defer func() {
				if got := recover(); got != test.want {
					t.Errorf("panic %v, want %s", got, test.want)
				}
			}()
			test.call()
		}()
	}
}

// The data of the article's figure 11, and the first parameter after it.
func ExampleProblem_Data() {
	xor := problems.MustByName("xor")
	source := legacy.New(problems.Seed)
	data, err := xor.Data(source, xor.Observations)
	if err != nil {
		panic(err)
	}
	fmt.Println(data.N, "points, the first:")
	for i := range 3 {
		fmt.Printf("(%.3f, %.3f) → %v\n", data.X[2*i], data.X[2*i+1], data.T[i])
	}
	fmt.Printf("first weight %.4f\n", source.Float64()-.5)
	// Output:
	// 200 points, the first:
	// (0.313, 0.025) → 0
	// (1.027, 0.177) → 1
	// (0.018, 1.112) → 1
	// first weight -0.1371
}

func ExampleByName() {
	ring, _ := problems.ByName("ring")
	fmt.Println(ring.Name, "is", ring.Description)

	_, err := problems.ByName("nand")
	fmt.Println(err)
	// Output:
	// RING is 0 at the centre, 1 all around it
	// no problem is called "nand": want one of AND, OR, XOR, RING, SIN, ABS
}
