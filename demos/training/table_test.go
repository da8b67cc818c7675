package training

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gentlegrad/tensor"
)

func readTable(t *testing.T, text string, o TableOptions) *Table {
	t.Helper()
	table, err := ReadTable(strings.NewReader(text), "mine.csv", o)
	must(t, err)
	return table
}

// clouds returns a table of points around one middle for each class, which it names.
func clouds(classes ...string) string {
	rng := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	text.WriteString("width,height,constant,kind\n")
	for i := range 200 {
		k := i % len(classes)
		fmt.Fprintf(&text, "%v,%v,5,%s\n", 1e6+float64(k)*1e5+rng.NormFloat64()*1e4, float64(k*k)+rng.NormFloat64()*.1, classes[k])
	}
	return text.String()
}

// What is in a table, and what it is taken for.
func TestReadTable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text    string
		options TableOptions
		columns string
		target  string
		classes string
	}{
		{"a,b,kind\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n9,0,x\n", TableOptions{}, "a b", "kind", "x y"},
		{"1,2,x\n3,4,y\n5,6,x\n7,8,y\n9,0,z\n", TableOptions{}, "column 1 column 2", "column 3", "x y z"},
		{"\ufeffa,t\n1,0\n2,1\n3,0\n4,1\n5,0\n", TableOptions{}, "a", "t", "0 1"},
		{" \n\t\n1, 2,x\n3,4,y\n5,6,x\n7,8,y\n9,0,z\n", TableOptions{}, "column 1 column 2", "column 3", "x y z"},
		{"1, \"2\",x\n3,4,y\n5,6,x\n7,8,y\n9,0,z\n", TableOptions{}, "column 1 column 2", "column 3", "x y z"},
		{"\"1\" , \"2\" ,\"x\" \n3,4,y\n5,6,x\n7,8,y\n9,0,z\n", TableOptions{}, "column 1 column 2", "column 3", "x y z"},
		{"1,2,x\r3,4,y\r5,6,x\r7,8,y\r9,0,z\r", TableOptions{}, "column 1 column 2", "column 3", "x y z"},
		{"\" \n1\",2,\"x\ny\"\n3,4,y\n5,6,y\n7,8,y\n9,0,z\n", TableOptions{}, "column 1 column 2", "column 3", "x\ny y z"},
		{"a,b,kind\r1,2,x\r3,4,y\r5,6,x\r7,8,y\r9,0,x", TableOptions{}, "a b", "kind", "x y"},
		{"\"1st, of 2\",\"2nd\nof 2\",t\n1,2,.5\n3,4,.5\n5,6,.5\n7,8,.5\n9,0,1.5\n", TableOptions{}, "1st, of 2 2nd\nof 2", "t", ""},
		{"a,t\n1,0.5\n2,1\n3,0\n4,1\n5,0\n", TableOptions{}, "a", "t", ""},
		{"a,t\n1,0\n2,1\n3,0\n4,1\n5,0\n", TableOptions{Target: "number"}, "a", "t", ""},
		{"a,t\n1,1\n2,1.0\n3,1\n4,1\n5,1\n", TableOptions{Target: "class"}, "a", "t", "1 1.0"},
		{"a,t\n1,.5\n2,.25\n3,.5\n4,.5\n5,.5\n", TableOptions{Target: "class"}, "a", "t", ".25 .5"},
		{"a,t\n1,1\n2,2\n3,3\n4,4\n5,5\n6,6\n7,7\n8,8\n9,9\n10,10\n11,11\n", TableOptions{}, "a", "t", ""},
	} {
		table := readTable(t, test.text, test.options)
		if got := strings.Join(table.Columns, " "); got != test.columns || table.Target != test.target || strings.Join(table.Classes, " ") != test.classes {
			t.Errorf("%q: columns %q, target %q, classes %q", test.text, got, table.Target, table.Classes)
		}
		if rows := table.Train.N + table.Held.N; rows < 5 || table.Held.N != int(math.Round(.2*float64(rows))) {
			t.Errorf("%q: %d rows to train on, %d held out", test.text, table.Train.N, table.Held.N)
		}
	}
}

// The part that is trained on has mean 0 and deviation 1, and the other the same scale.
func TestTableStandardised(t *testing.T) {
	t.Parallel()
	table := readTable(t, clouds("x", "y", "z"), TableOptions{Seed: 3})
	x, target := table.Train.Tensors()
	for j := range 2 {
		mean, square := 0.0, 0.0
		for i := range x.Dim(0) {
			mean += x.At(i, j)
			square += x.At(i, j) * x.At(i, j)
		}
		n := float64(x.Dim(0))
		if !(math.Abs(mean/n) <= 1e-9 && math.Abs(square/n-1) <= 1e-9) || x.At(0, 2) != 0 {
			t.Errorf("column %d has the mean %v and the mean square %v; the constant became %v", j, mean/n, square/n, x.At(0, 2))
		}
	}
	for i := range target.Dim(0) {
		row := target.Slice(0, i, i+1).Data()
		if slices.Max(row) != 1 || row[0]+row[1]+row[2] != 1 {
			t.Fatalf("the targets of row %d are %v", i, row)
		}
	}
	other := readTable(t, clouds("x", "y", "z"), TableOptions{Seed: 4})
	if slices.Equal(table.Held.X, other.Held.X) || !slices.Equal(table.Held.X, readTable(t, clouds("x", "y", "z"), TableOptions{Seed: 3}).Held.X) {
		t.Error("the seed does not decide what is held out")
	}
}

// A missing number is an error, or the mean of those that are trained on, which is 0 once it is standardised.
func TestTableFill(t *testing.T) {
	t.Parallel()
	text := "a,b,t\n" + strings.Repeat("1,2,.5\n3,,1.5\n", 10)
	if _, err := ReadTable(strings.NewReader(text), "", TableOptions{}); err == nil || err.Error() != `data: Numbers: line 3, column "b": the value is missing` {
		t.Errorf("got %v", err)
	}
	table := readTable(t, text, TableOptions{Fill: true})
	if table.Scaling.Mean.At(1) != 2 || slices.ContainsFunc(table.Train.X, math.IsNaN) || slices.ContainsFunc(table.Held.X, math.IsNaN) {
		t.Errorf("the mean is %v, of %v", table.Scaling.Mean, table.Train.X)
	}
	if _, err := ReadTable(strings.NewReader("a,t\n"+strings.Repeat("1,2\n3,\n", 10)), "", TableOptions{Fill: true}); err == nil || err.Error() != `data: Classes: line 3, column "t": the value is missing` {
		t.Errorf("a target that is missing: %v", err)
	}
}

// What can't be learned from is an error that says why, and where.
func TestTableMistakes(t *testing.T) {
	t.Parallel()
	many := "a,t\n"
	for i := range 101 {
		many += fmt.Sprintf("1,class%d\n", i)
	}
	for _, test := range []struct{ text, want string }{
		{"", "data: ReadCSV: the file is empty; its first line must have the names of the columns"},
		{"a,b\n", "want at least 5 rows of numbers, got 0: a fifth is held out"},
		{"a\n1\n", "there is one column only: want inputs, and a last column to learn"},
		{"1,2\n3,4\n5\n", "data: ReadCSV: line 3 has 1 cells, there are 2 names"},
		{"a,b\n1,\"2\n", `data: ReadCSV: line 2, cell 2: extraneous or missing " in quoted-field`},
		{"a,b,a\n1,2,3\n", `data: ReadCSV: columns 1 and 3 have the same name "a"; if the file has no names, give them`},
		{"a,b\n1,.5\nred,1\n3,2\n4,3\n5,1\n", `data: Numbers: line 3, column "a": "red" is not a number`},
		{"a,b\n1,.5\ninf,1\n3,2\n4,3\n5,1\n", `data: Numbers: line 3, column "a": "inf" is not finite`},
		{"a,b\n1,.5\n1e200,1\n3,2\n4,3\n5,1\n", "1e+200 is too large a number to be standardised: want at most 1e+150"},
		{"a,b\n1,.5\n2,1\n3,2\n4,3\n", "want at least 5 rows of numbers, got 4: a fifth is held out"},
		{"a,b\n1,x\n2,x\n3,x\n4,x\n5,x\n", `column "b" has one value only, "x": there is nothing to learn`},
		{"a,b\n1,.5\n2,.5\n3,0.5\n4,.5\n5,.50\n", `column "b" has one value only, ".5": there is nothing to learn`},
		{many, `column "t" has 101 different values, too many for classes: want at most 100`},
	} {
		if _, err := ReadTable(strings.NewReader(test.text), "", TableOptions{}); err == nil || err.Error() != test.want {
			t.Errorf("%.40q: got  %v\nwant %s", test.text, err, test.want)
		}
	}
	if _, err := ReadTable(strings.NewReader("a,b\n"+strings.Repeat("1,x\n", 5)), "", TableOptions{Target: "number"}); err == nil || err.Error() != `data: Numbers: line 2, column "b": "x" is not a number` {
		t.Errorf("a text for a number: %v", err)
	}
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// A table that is too large is refused before it fills the memory; what is read costs no more than it is
// said to.
func TestTableBounded(t *testing.T) { // not parallel: it counts bytes
	if _, err := ReadTable(zeros{}, "", TableOptions{}); err == nil || err.Error() != "the table is too large: it would need more than 500 MB of memory" {
		t.Errorf("got %v", err)
	}
	for _, line := range []string{"1,2\n", "1,2\r", strings.Repeat("1,", 500) + "1.5\n", "1234567890123456,1234567890.123456\n"} {
		text := strings.Repeat(line+line[:len(line)-2]+"9"+line[len(line)-1:], 1_000_000/len(line)) // two targets
		b := &bounded{r: strings.NewReader(text)}
		if n, err := b.Read(make([]byte, len(text))); n != len(text) || err != nil {
			t.Fatal(n, err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		table, err := ReadTable(strings.NewReader(text), "", TableOptions{Target: "number"})
		must(t, err)
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(table)
		// All that was ever allocated, which is more than what is held at once.
		if made := int64(after.TotalAlloc - before.TotalAlloc); made > 3*int64(b.cost) {
			t.Errorf("%.20q: %d bytes are allocated, said to be %d", line, made, b.cost)
		}
	}
}

// Two classes have one output, more one each; both are learned, and the delta rules hold, in batches too.
func TestTrainTable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, network string
		change        func(c *Config)
	}{
		{clouds("x", "y"), "3-8-1 tanh, sigmoid", func(*Config) {}},
		{clouds("x", "y"), "3-8-1 tanh, tanh", func(c *Config) { c.Output = "tanh" }},
		{clouds("x", "y", "z"), "3-8-3 tanh, softmax", func(*Config) {}},
		{clouds("x", "y", "z", "u"), "3-8-4 tanh, softmax", func(c *Config) { c.Batch, c.LearningRate = 7, .05 }},
		{clouds("x", "y", "z"), "3-3 softmax", func(c *Config) { c.Hidden = nil }},
	} {
		c := DefaultsOf(readTable(t, test.text, TableOptions{Seed: 123}))
		test.change(&c)
		c.Iterations = 20
		r := mustTrain(t, c)
		last := len(r.Loss) - 1
		if r.Network() != test.network || !(r.Accuracy > .98) || !(r.HeldAccuracy > .97) {
			t.Errorf("%s: accuracy %v, held out %v", r.Network(), r.Accuracy, r.HeldAccuracy)
		}
		if !(r.MaxDifference <= 1e-12) || len(r.Validation) != len(r.Loss) || !(r.Validation[last] < r.Validation[0]) {
			t.Errorf("%s: differs by %g; validation %v", r.Network(), r.MaxDifference, r.Validation)
		}
		x, target := r.Held.Tensors()
		if want := lossByHand(tensor.FromSlice(r.Model.Predict(x), target.Shape()...), target); !(math.Abs(r.Validation[last]-want) <= 1e-12*want) {
			t.Errorf("%s: the validation loss is %v, want %v", r.Network(), r.Validation[last], want)
		}
	}
}

// lossByHand is Σ (a−t)² of one output, and −Σ t log a of more.
func lossByHand(a, t *tensor.Tensor) float64 {
	loss := 0.0
	for i, a := range a.Data() {
		if target := t.Data()[i]; t.Dim(1) == 1 {
			loss += (a - target) * (a - target)
		} else if target == 1 {
			loss -= math.Log(a)
		}
	}
	return loss
}

// A line is found, in the units of the table.
func TestTrainRegression(t *testing.T) {
	t.Parallel()
	text := "x,y,z\n"
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		x, y := rng.Float64()*1e3, rng.Float64()*1e-3
		text += fmt.Sprintf("%v,%v,%v\n", x, y, 1e5+3*x-1e6*y)
	}
	c := DefaultsOf(readTable(t, text, TableOptions{Seed: 1}))
	c.Hidden = nil
	r := mustTrain(t, c)
	if last := r.Validation[len(r.Validation)-1]; !(last < 1e-20) || !math.IsNaN(r.HeldAccuracy) {
		t.Errorf("the validation loss is %v", last)
	}
	if !(math.Abs(r.Table.TargetScaling.Mean.Item()-1.01e5) < 100) || !(r.Table.TargetScaling.Deviation.Item() > 500) {
		t.Errorf("the target has the mean %v and the deviation %v", r.Table.TargetScaling.Mean.Item(), r.Table.TargetScaling.Deviation.Item())
	}
}

// The output fits the table.
func TestTableOutput(t *testing.T) {
	t.Parallel()
	for output, classes := range map[string][]string{"sigmoid": {"x", "y", "z"}, "softmax": {"x", "y"}} {
		c := DefaultsOf(readTable(t, clouds(classes...), TableOptions{}))
		c.Output = output
		want := map[string]string{
			"sigmoid": `the output of 3 classes must be softmax, got "sigmoid"`,
			"softmax": `the output must be sigmoid, tanh or linear, got "softmax"`,
		}[output]
		if err := c.Validate(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	c := DefaultsOf(readTable(t, clouds("x", "y"), TableOptions{}))
	c.Hidden = []int{10000, 900}
	if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), "it would need ") {
		t.Errorf("a large network: %v", err)
	}
}

// A target column of numbers, of which one is not finite, has no classes.
func TestTargetThatIsNotFinite(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{"Inf", "1e999", "-inf"} {
		_, err := ReadTable(strings.NewReader("x,y\n1,1.5\n2,"+cell+"\n3,2.5\n4,3.5\n5,4.5\n6,5\n"), "table", TableOptions{})
		if err == nil || !strings.Contains(err.Error(), "finite") && !strings.Contains(err.Error(), "too large") {
			t.Errorf("%s: %v", cell, err)
		}
	}
	if table, err := ReadTable(strings.NewReader("x,y\n1,Inf\n2,none\n3,Inf\n4,none\n5,Inf\n6,none\n"), "table", TableOptions{}); err != nil || len(table.Classes) != 2 {
		t.Errorf("texts: %v", err)
	}
}
