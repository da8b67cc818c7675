package data_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

func TestReadCSV(t *testing.T) {
	t.Parallel()
	table, err := data.ReadCSV(strings.NewReader("\ufeff\"width\",\"height, in\nmetres\", kind\r\n" +
		"1,-2.5e3,dog\n\n" +
		"\"0x1p-2\", NA ,\"a \"\"cat\"\"\"\n" +
		"nan,,dog"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"width", "height, in\nmetres", "kind"}; !slices.Equal(table.Names, want) {
		t.Errorf("the names are %q, want %q", table.Names, want)
	}
	x, err := table.Numbers(data.AsNaN, "height, in\nmetres", "width")
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	want := tensor.Rows([][]float64{{-2500, 1}, {nan, .25}, {nan, nan}})
	if x.String() != want.String() || !slices.Equal(x.Shape(), want.Shape()) {
		t.Errorf("got\n%v\nwant\n%v", x, want)
	}
	classes, texts, err := table.Classes("kind")
	if err != nil || !slices.Equal(texts, []string{`a "cat"`, "dog"}) || !slices.Equal(classes.Data(), []float64{1, 0, 1}) {
		t.Errorf("%q %v, %v", texts, classes, err)
	}
	table, err = data.ReadCSV(strings.NewReader("a,b\n1,2\n"))
	if err != nil {
		t.Fatal(err)
	}
	if x, err := table.Numbers(data.Refuse); err != nil || !tensor.Equal(x, tensor.Rows([][]float64{{1, 2}})) {
		t.Errorf("all columns: %v, %v", x, err)
	}
	table, err = data.ReadCSV(strings.NewReader("1,2,x\n3,4,y\n"), "a", "b", "kind")
	if err != nil {
		t.Fatal(err)
	}
	if x, err := table.NumbersExcept(data.Refuse, "kind"); err != nil || !tensor.Equal(x, tensor.Rows([][]float64{{1, 2}, {3, 4}})) {
		t.Errorf("all columns but one, of a file without names: %v, %v", x, err)
	}
	if x, err := table.NumbersExcept(data.Refuse, "b", "kind", "a"); err != nil || !slices.Equal(x.Shape(), []int{2, 0}) {
		t.Errorf("no columns: %v, %v", x, err)
	}
	table, err = data.ReadCSV(strings.NewReader("a,b\n"))
	if err != nil {
		t.Fatal(err)
	}
	if x, err := table.Numbers(data.Refuse); err != nil || !slices.Equal(x.Shape(), []int{0, 2}) {
		t.Errorf("no records: %v, %v", x, err)
	}
}

// What is wrong in a file is an error that says where.
func TestHostileCSV(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	for _, test := range []struct{ text, want string }{
		{"", "data: ReadCSV: the file is empty: the first line has the names of the columns"},
		{"\n\n", "data: ReadCSV: the file is empty: the first line has the names of the columns"},
		{"\ufeff", "data: ReadCSV: the file is empty: the first line has the names of the columns"},
		{"a,b,a\n1,2,3\n", `data: ReadCSV: columns 1 and 3 have the same name "a" (names are to be given if the file has none)`},
		{"a, \n1,2,\n", "data: ReadCSV: line 2 has 3 cells, there are 2 names"},
		{"a,b\n1,2\n\n3\n", "data: ReadCSV: line 4 has 1 cells, there are 2 names"},
		{"a,b\n1,\"2\n", `data: ReadCSV: parse error on line 2, column 6: extraneous or missing " in quoted-field`},
		{"a,b\n1,2\"\n", `data: ReadCSV: parse error on line 2, column 4: bare " in non-quoted-field`},
		{"a,b\n1,2\n3,x\n", `data: Numbers: line 3, column "b": "x" is no number`},
		{"a,b\n\"1\n\",2\n3,y\n", `data: Numbers: line 4, column "b": "y" is no number`},
		{"a,b\n1,NA\n", `data: Numbers: line 2, column "b": the value is missing`},
		{"a,b\n1,\n", `data: Numbers: line 2, column "b": the value is missing`},
		{"a,b\nNaN,2\n", `data: Numbers: line 2, column "a": the value is missing`},
		{"a,b\n1,1e999\n", `data: Numbers: line 2, column "b": "1e999" is too large`},
		{"a,b\n1,1_0\n", `data: Numbers: line 2, column "b": "1_0" is no number`},
		{"a,b\n1,2 3\n", `data: Numbers: line 2, column "b": "2 3" is no number`},
		{"a,b\n1,\x00\xff\n", `data: Numbers: line 2, column "b": "\x00\xff" is no number`},
		{"a,b\n1," + long + "\n", `data: Numbers: line 2, column "b": "` + long[:60] + `…" is no number`},
		{long + "," + long + "\n", `data: ReadCSV: columns 1 and 2 have the same name "` + long[:60] + `…" (names are to be given if the file has none)`},
	} {
		table, err := data.ReadCSV(strings.NewReader(test.text))
		if err == nil {
			_, err = table.Numbers(data.Refuse)
		}
		if err == nil || err.Error() != test.want {
			t.Errorf("%.20q: got  %v\nwant %s", test.text, err, test.want)
		}
	}
	table, err := data.ReadCSV(strings.NewReader("a,b\n1,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.Numbers(data.AsNaN, "c"); err == nil || err.Error() != `data: Numbers: there is no column "c", only "a, b"` {
		t.Errorf("no such column: %v", err)
	}
	if _, _, err := table.Classes("c"); err == nil || err.Error() != `data: Classes: there is no column "c", only "a, b"` {
		t.Errorf("no such column: %v", err)
	}
	if _, _, err := table.Classes("b"); err == nil || err.Error() != `data: Classes: line 2, column "b": the value is missing` {
		t.Errorf("a missing class: %v", err)
	}
	if _, err := table.NumbersExcept(data.AsNaN, "c"); err == nil || err.Error() != `data: NumbersExcept: there is no column "c", only "a, b"` {
		t.Errorf("no such column: %v", err)
	}
	if _, err := data.ReadCSV(strings.NewReader("1,2\n"), "a", "b", "c"); err == nil || err.Error() != "data: ReadCSV: line 1 has 2 cells, there are 3 names" {
		t.Errorf("too many names: %v", err)
	}
	broken := errors.New("broken")
	if _, err := data.ReadCSV(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// FuzzCSV: whatever is in a file, it is read or refused, and numbers are as many as there are cells.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "a\n\"1\n2\"\n", "\ufeffa;b\n", "a,a", "\"", "a\r\n\r\n,"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table, err := data.ReadCSV(strings.NewReader(text))
		if err != nil {
			return
		}
		if x, err := table.Numbers(data.AsNaN); err == nil && x.Dim(1) != len(table.Names) {
			t.Errorf("%q: %d columns of %d names", text, x.Dim(1), len(table.Names))
		}
	})
}
