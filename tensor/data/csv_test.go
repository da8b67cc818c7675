package data_test

import (
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

func mustRead(t *testing.T, text string, names ...string) *data.Table {
	t.Helper()
	table, err := data.ReadCSV(strings.NewReader(text), names...)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	table := mustRead(t, "\ufeff\"width\",\"height, in\nmetres\", kind\r\n"+
		"1,-2.5e3,dog\n\n"+
		"\"2.5e-1\", na ,\"a \"\"cat\"\"\"\n"+
		"nan,,dog")
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
	table = mustRead(t, "a,b\n1,2\n")
	if x, err := table.Numbers(data.Refuse); err != nil || !tensor.Equal(x, tensor.Rows([][]float64{{1, 2}})) {
		t.Errorf("all columns: %v, %v", x, err)
	}
	table = mustRead(t, "1,2,x\n3,4,y\n", "a", "b", "kind")
	if x, err := table.NumbersExcept(data.Refuse, "kind"); err != nil || !tensor.Equal(x, tensor.Rows([][]float64{{1, 2}, {3, 4}})) {
		t.Errorf("all columns but one, of a file without names: %v, %v", x, err)
	}
	if x, err := table.NumbersExcept(data.Refuse, "b", "kind", "a"); err != nil || !slices.Equal(x.Shape(), []int{2, 0}) {
		t.Errorf("no columns: %v, %v", x, err)
	}
	table = mustRead(t, "1\n2\n", "a")
	if x, err := table.Numbers(data.Refuse); err != nil || !tensor.Equal(x, tensor.Rows([][]float64{{1}, {2}})) {
		t.Errorf("one column of a file without names: %v, %v", x, err)
	}
	table = mustRead(t, "a,b\n")
	if x, err := table.Numbers(data.Refuse); err != nil || !slices.Equal(x.Shape(), []int{0, 2}) {
		t.Errorf("no records: %v, %v", x, err)
	}
}

// Files that differ only in spaces, blank lines and line ends have the same names and records.
func TestTidyCSV(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text string }{
		{"CR LF", "a,b\r\n1,2\r\n3,4\r\n"},
		{"CR", "a,b\r1,2\r3,4\r"},
		{"CR, no last", "a,b\r1,2\r3,4"},
		{"several", "a,b\r1,2\n3,4\r\n"},
		{"spaces", " a ,\tb\n1 , 2\n 3,4 \n"},
		{"spaces around quotes", "\"a\" , \"b\" \n1, \"2\"\n\"3\" ,\"4\" "},
		{"spaces in quotes", "a,b\n1,\" 2\t\"\n3,\"4\n\"\n"},
		{"spaces of other kinds", "a,b\n1,\u00a02\u2003\n3\v,4\n"},
		{"blank lines", "\n \t\na,b\n   \n1,2\r\n  \r\n\r\r3,4\n\n \n  "},
	} {
		table, err := data.ReadCSV(strings.NewReader(test.text))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		x, err := table.Numbers(data.Refuse)
		if want := tensor.Rows([][]float64{{1, 2}, {3, 4}}); err != nil || !tensor.Equal(x, want) || !slices.Equal(table.Names, []string{"a", "b"}) {
			t.Errorf("%s: %q\n%v, %v, want %v", test.name, table.Names, x, err, want)
		}
	}
	// Empty quotes are a cell, spaces are none; separators in quotes are text.
	table := mustRead(t, "a\n1\n  \n\"\"\n\" , \r\"\" , b\"\n")
	if _, err := table.Numbers(data.AsNaN); err == nil || err.Error() != `data: Numbers: line 5, column "a": ", \n\" , b" is not a number` {
		t.Errorf("one column: %v", err)
	}
}

func TestNamesAreModified(t *testing.T) {
	t.Parallel()
	table := mustRead(t, "a,b\n1,2\n")
	table.Names = append(table.Names, "c")
	if _, err := table.Numbers(data.Refuse); err == nil || err.Error() != "data: Numbers: there are 3 names for 2 columns" {
		t.Error(err)
	}
}

// An error says where in the file something is wrong.
func TestHostileCSV(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	for _, test := range []struct{ text, want string }{
		{"", "data: ReadCSV: the file is empty; its first line must have the names of the columns"},
		{"\n\n", "data: ReadCSV: the file is empty; its first line must have the names of the columns"},
		{"\ufeff", "data: ReadCSV: the file is empty; its first line must have the names of the columns"},
		{"a,b,a\n1,2,3\n", `data: ReadCSV: columns 1 and 3 have the same name "a"; if the file has no names, give them`},
		{"a, \n1,2,\n", "data: ReadCSV: line 2 has 3 cells, there are 2 names"},
		{"a,b\n1,2\n\n3\n", "data: ReadCSV: line 4 has 1 cells, there are 2 names"},
		{"a,b\n1,\"2\n", `data: ReadCSV: line 2, cell 2: extraneous or missing " in quoted-field`},
		{"a,b\n1,2\"\n", `data: ReadCSV: line 2, cell 2: bare " in non-quoted-field`},
		{"a,b\r1,2\"\r3,4\r", `data: ReadCSV: line 2, cell 2: bare " in non-quoted-field`},
		{"a,b\n1,2\n \"3\" x,4\n", `data: ReadCSV: line 3, cell 1: extraneous or missing " in quoted-field`},
		{"a,b\n1,2\n3,\"4\n5,6\n7,8\n", `data: ReadCSV: line 3, cell 2: extraneous or missing " in quoted-field`},
		{"a,b\r\n1,2\r\n3\r\n", "data: ReadCSV: line 3 has 1 cells, there are 2 names"},
		{"a,b\r1,2\r\r3\r", "data: ReadCSV: line 4 has 1 cells, there are 2 names"},
		{"a,b\n1,2\n , \n", `data: Numbers: line 3, column "a": the value is missing`},
		{"a,b\n1,2\n3,x\n", `data: Numbers: line 3, column "b": "x" is not a number`},
		{"a,b\n\"1\n\",2\n3,y\n", `data: Numbers: line 4, column "b": "y" is not a number`},
		{"a,b\n1,NA\n", `data: Numbers: line 2, column "b": the value is missing`},
		{"a,b\n1,\n", `data: Numbers: line 2, column "b": the value is missing`},
		{"a,b\nNaN,2\n", `data: Numbers: line 2, column "a": the value is missing`},
		{"a,b\nnan,2\n", `data: Numbers: line 2, column "a": the value is missing`},
		{"a,b\n1,1e999\n", `data: Numbers: line 2, column "b": "1e999" is too large`},
		{"a,b\n1,-inf\n", `data: Numbers: line 2, column "b": "-inf" is not finite`},
		{"a,b\n1,1_0\n", `data: Numbers: line 2, column "b": "1_0" is not a number`},
		{"a,b\n1,1_000\n", `data: Numbers: line 2, column "b": "1_000" is not a number`},
		{"a,b\n1,0x1p3\n", `data: Numbers: line 2, column "b": "0x1p3" is not a number`},
		{"a,b\n1,-0X_1P9999\n", `data: Numbers: line 2, column "b": "-0X_1P9999" is not a number`},
		{"a,b\n1,2 3\n", `data: Numbers: line 2, column "b": "2 3" is not a number`},
		{"a,b\n1,\x00\xff\n", `data: Numbers: line 2, column "b": "\x00\xff" is not a number`},
		{"a,b\n1," + long[:60] + "\n", `data: Numbers: line 2, column "b": "` + long[:60] + `" is not a number`},
		{"a,b\n1," + long + "\n", `data: Numbers: line 2, column "b": "` + long[:60] + `…" is not a number`},
		{long + "," + long + "\n", `data: ReadCSV: columns 1 and 2 have the same name "` + long[:60] + `…"; if the file has no names, give them`},
	} {
		table, err := data.ReadCSV(strings.NewReader(test.text))
		if err == nil {
			_, err = table.Numbers(data.Refuse)
		}
		if err == nil || err.Error() != test.want {
			t.Errorf("%.20q: got  %v\nwant %s", test.text, err, test.want)
		}
	}
	table := mustRead(t, "a,b\n1,\n")
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
	if _, err := data.ReadCSV(strings.NewReader("1,2,3\n"), "a", "b", "b"); err == nil || err.Error() != `data: ReadCSV: columns 2 and 3 have the same name "b"; if the file has no names, give them` {
		t.Errorf("a name given twice: %v", err)
	}
	broken := errors.New("broken")
	if _, err := data.ReadCSV(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// FuzzCSV checks that any file is read or refused, that there are as many columns as names, and that CR
// may stand for LF.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "a\n\"1\n2\"\n", "\ufeffa;b\n", "a,a", "\"", "a\r\n\r\n,", " a ,\"b\" \r\" , \",1\r"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table, err := data.ReadCSV(strings.NewReader(text))
		if !strings.Contains(text, "\r") {
			again, errAgain := data.ReadCSV(strings.NewReader(strings.ReplaceAll(text, "\n", "\r")))
			if fmt.Sprint(table, err) != fmt.Sprint(again, errAgain) {
				t.Errorf("%q: with LF\n%v, %v, with CR\n%v, %v", text, table, err, again, errAgain)
			}
		}
		if err != nil {
			return
		}
		if x, err := table.Numbers(data.AsNaN); err == nil && x.Dim(1) != len(table.Names) {
			t.Errorf("%q: %d columns of %d names", text, x.Dim(1), len(table.Names))
		}
	})
}

// encoding/json and encoding/gob refuse to write a table's names without its cells.
func TestTableIsNotEncoded(t *testing.T) {
	t.Parallel()
	table := mustRead(t, "a,b\n1,2\n")
	for _, v := range []any{table, *table} {
		if text, err := json.Marshal(v); err == nil {
			t.Errorf("json: %s", text)
		}
		if err := gob.NewEncoder(io.Discard).Encode(v); err == nil {
			t.Error("gob: no error")
		}
	}
}
