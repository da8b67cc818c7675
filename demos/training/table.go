package training

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gentlegrad/demos/problems"
	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

// A Table is a user's own data: rows of numbers, and in the last column the class or number to predict.
// A part of the rows is held out.
type Table struct {
	Name    string   // of the file
	Columns []string // the inputs'
	Target  string   // the last column
	Classes []string // what the classes 0, 1, … are called; nil in a regression

	Train, Held   problems.Data // standardised; of two classes the targets are 0 and 1, of more one-hot
	Scaling       *data.Scaling // of the inputs, made from Train
	TargetScaling *data.Scaling // of the target, which is standardised too in a regression
}

// TableOptions say how a table is read.
type TableOptions struct {
	Seed   uint32 // decides which rows are held out
	Fill   bool   // replace a missing number by the mean of its column over the training rows; otherwise it is an error
	Target string // "class" or "number": what the last column holds; "" to decide by its cells
}

const (
	heldOut         = .2
	mostClasses     = 100
	largest         = 1e150 // number, whose square is finite
	mostWholeValues = 10    // different whole numbers that are taken for classes
)

// ReadTable reads a table of comma-separated values. The first line has the names of the columns if none
// of its cells is a number. By default, the last column holds classes if a cell is a text, or if it has
// at most ten different values, all whole numbers. A fifth of the rows is held out. The error says what
// is wrong with the table and, if this is a cell, in which line and column it is.
func ReadTable(r io.Reader, name string, o TableOptions) (*Table, error) {
	table, err := readRecords(r)
	if err != nil {
		return nil, err
	}
	last := len(table.Names) - 1
	if last < 1 {
		return nil, errors.New("there is one column only: want inputs, and a last column to learn")
	}
	t := &Table{Name: name, Columns: table.Names[:last], Target: table.Names[last]}
	missing := data.Refuse
	if o.Fill {
		missing = data.AsNaN
	}
	x, err := table.Numbers(missing, t.Columns...)
	if err != nil {
		return nil, err
	}
	if n, least := x.Dim(0), 5; n < least {
		return nil, fmt.Errorf("want at least %d rows of numbers, got %d: a fifth is held out", least, n)
	}
	targets, err := t.targets(table, o.Target)
	if err != nil {
		return nil, err
	}
	for _, v := range slices.Concat(x.Data(), targets.Data()) {
		if math.Abs(v) > largest {
			return nil, fmt.Errorf("%g is too large a number to be standardised: want at most %g", v, largest)
		}
	}
	t.split(rand.New(rand.NewPCG(uint64(o.Seed), 0)), x, targets)
	return t, nil
}

// spaces are those around cells, which package data ignores and package csv does not.
var spaces = regexp.MustCompile(`[ \t]*(,|$)[ \t]*`)

// readRecords reads a file whose first line may hold names.
func readRecords(r io.Reader) (*data.Table, error) {
	text, err := io.ReadAll(&bounded{r: r})
	if err != nil {
		return nil, err
	}
	line := bytes.TrimLeft(text, "\ufeff \t\r\n") // lines of spaces do not count
	quoted := false
	if end := bytes.IndexFunc(line, func(r rune) bool {
		quoted = quoted != (r == '"')
		return !quoted && (r == '\r' || r == '\n')
	}); end >= 0 {
		line = line[:end]
	}
	first, _ := csv.NewReader(bytes.NewReader(spaces.ReplaceAll(line, []byte("$1")))).Read()
	var names []string
	if slices.ContainsFunc(first, func(cell string) bool { return !isText(cell) }) {
		for i := range first {
			names = append(names, fmt.Sprint("column ", i+1))
		}
	}
	return data.ReadCSV(bytes.NewReader(text), names...)
}

// targets returns the last column: in a regression its numbers, otherwise the number of each class.
// It sets the classes' names.
func (t *Table) targets(table *data.Table, what string) (*tensor.Tensor, error) {
	numbers, notNumbers := table.Numbers(data.Refuse, t.Target)
	classes, texts, err := table.Classes(t.Target)
	switch {
	case err != nil: // a target is missing
		return nil, err
	case what == "" && notNumbers != nil && !slices.ContainsFunc(texts, isText): // one that is not finite
		return nil, notNumbers
	case what == "number" && notNumbers != nil:
		return nil, notNumbers
	case len(texts) < 2 || what != "class" && notNumbers == nil && slices.Min(numbers.Data()) == slices.Max(numbers.Data()):
		return nil, fmt.Errorf("column %q has one value only, %q: there is nothing to learn", t.Target, texts[0])
	case what == "number" || what == "" && notNumbers == nil && !fewWhole(numbers.Data(), len(texts)):
		return numbers, nil
	case len(texts) > mostClasses:
		return nil, fmt.Errorf("column %q has %d different values, too many for classes: want at most %d", t.Target, len(texts), mostClasses)
	}
	t.Classes = texts
	return classes.Reshape(classes.Len(), 1), nil
}

// isText reports whether a cell holds no number, not even an infinity or NaN.
func isText(cell string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
	return err != nil && !errors.Is(err, strconv.ErrRange)
}

// fewWhole reports whether numbers are few enough, and all whole, to be taken for classes.
func fewWhole(values []float64, different int) bool {
	return different <= mostWholeValues && !slices.ContainsFunc(values, func(v float64) bool { return v != math.Trunc(v) })
}

// ClassName returns the name of a class in a table, cut off if it is long, and whether the class has a name.
func (c Config) ClassName(class int) (string, bool) {
	if c.Table == nil || c.Table.Classes == nil {
		return "", false
	}
	name := []rune(c.Table.Classes[class])
	const most = 20
	if len(name) > most {
		name = append(name[:most], '…')
	}
	return string(name), true
}

// split holds out a part of the rows, and standardises both parts by the numbers of the training part.
func (t *Table) split(rng *rand.Rand, x, targets *tensor.Tensor) {
	train, held := data.Split(rng, heldOut, x, targets)
	t.Scaling, t.TargetScaling = data.Standardise(train[0]), data.Standardise(train[1])
	for _, part := range []struct {
		rows []*tensor.Tensor
		to   *problems.Data
	}{{train, &t.Train}, {held, &t.Held}} {
		x, target := t.Scaling.Of(part.rows[0]), part.rows[1]
		x.Map(x, func(v float64) float64 { // a missing number
			if math.IsNaN(v) {
				return 0 // the mean
			}
			return v
		})
		switch {
		case t.Classes == nil:
			target = t.TargetScaling.Of(target)
		case len(t.Classes) > 2:
			target = data.OneHot(target.Reshape(target.Len()), len(t.Classes))
		}
		*part.to = problems.Data{N: x.Dim(0), Inputs: x.Dim(1), Outputs: target.Dim(1), X: x.Data(), T: target.Data()}
	}
}

// bounded reads a file, and fails if what is made of it would need too much memory.
type bounded struct {
	r    io.Reader
	cost int
}

// The memory that a table needs while it is read, in bytes at most.
const (
	mostTable = MemoryLimit / 2
	perByte   = 4   // the text, as it grows, and its copies in records
	perCell   = 70  // a string, and numbers on the way to being split and standardised
	perLine   = 120 // a record
)

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.cost += perByte*n + perCell*bytes.Count(p[:n], []byte(",")) + perLine*max(bytes.Count(p[:n], []byte("\n")), bytes.Count(p[:n], []byte("\r")))
	if b.cost > mostTable {
		return 0, fmt.Errorf("the table is too large: it would need more than %s of memory", megabytes(mostTable))
	}
	return n, err
}
