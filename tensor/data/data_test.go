package data_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

func source() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// numbered returns n rows, in tensors of three ranks; each element says which row it belongs to.
func numbered(n int) []*tensor.Tensor {
	a, b, c := tensor.Arange(n), tensor.New(n, 2), tensor.New(n, 1, 3)
	for i := range n {
		b.Slice(0, i, i+1).Fill(float64(i))
		c.Slice(0, i, i+1).Fill(float64(i))
	}
	return []*tensor.Tensor{a, b, c}
}

// rowsOf returns which rows a batch of numbered has, and fails unless all its tensors have the same ones.
func rowsOf(t *testing.T, batch []*tensor.Tensor) (rows []float64) {
	t.Helper()
	rows = slices.Clone(batch[0].Data())
	for i, width := range []int{1, 2, 3} {
		for k, v := range batch[i].Data() {
			if v != rows[k/width] {
				t.Errorf("tensor %d has row %v where tensor 0 has %v", i, v, rows[k/width])
			}
		}
	}
	if want := [][]int{{len(rows)}, {len(rows), 2}, {len(rows), 1, 3}}; len(batch) != 3 ||
		!slices.Equal(batch[0].Shape(), want[0]) || !slices.Equal(batch[1].Shape(), want[1]) || !slices.Equal(batch[2].Shape(), want[2]) {
		t.Errorf("the shapes are %v %v %v, want %v", batch[0].Shape(), batch[1].Shape(), batch[2].Shape(), want)
	}
	return rows
}

func TestBatches(t *testing.T) {
	t.Parallel()
	for n := range 10 {
		for size := 1; size <= 11; size++ {
			xs := numbered(n)
			for _, rng := range []*rand.Rand{nil, source()} {
				var all []float64
				sizes := []int{}
				for batch := range data.Batches(rng, size, xs...) {
					rows := rowsOf(t, batch)
					all, sizes = append(all, rows...), append(sizes, len(rows))
				}
				want := slices.Repeat([]int{size}, n/size)
				if n%size > 0 {
					want = append(want, n%size)
				}
				if !slices.Equal(sizes, want) {
					t.Errorf("%d rows by %d: sizes %v, want %v", n, size, sizes, want)
				}
				if rng != nil {
					slices.Sort(all)
				}
				if !slices.Equal(all, tensor.Arange(n).Data()) {
					t.Errorf("%d rows by %d: got %v, want each once", n, size, all)
				}
			}
		}
	}
}

// A tensor put into the slice of a batch is not overwritten.
func TestBatchesMayBeChanged(t *testing.T) {
	t.Parallel()
	x, own := numbered(6)[1], tensor.Full(-1, 2, 1)
	at := 0
	for batch := range data.Batches(nil, 2, x) {
		if want := x.Slice(0, at, at+2); !tensor.Equal(batch[0], want) {
			t.Errorf("got %v, want %v", batch[0], want)
		}
		batch[0] = own
		at += 2
	}
	if !tensor.Equal(own, tensor.Full(-1, 2, 1)) {
		t.Errorf("the caller's tensor is overwritten: %v", own)
	}
}

// Epochs have different orders, but the same ones if the source is the same.
func TestBatchesShuffle(t *testing.T) {
	t.Parallel()
	order := func(rng *rand.Rand, epochs int) (all []float64) {
		batches := data.Batches(rng, 7, numbered(40)...)
		for range epochs {
			all = all[:0]
			for batch := range batches {
				all = append(all, rowsOf(t, batch)...)
			}
		}
		return all
	}
	first, again, second := order(source(), 1), order(source(), 1), order(source(), 2)
	if !slices.Equal(first, again) {
		t.Errorf("the same source gave %v and %v", first, again)
	}
	if slices.Equal(first, second) || slices.IsSorted(first) || slices.IsSorted(second) {
		t.Errorf("not shuffled anew: %v and %v", first, second)
	}
}

// A loop may be left early, the rows given are not modified, and a batch that is used again has a new
// version.
func TestBatchesMemory(t *testing.T) {
	t.Parallel()
	x := tensor.Arange(10)
	var full, last *tensor.Tensor
	var version uint32
	for batch := range data.Batches(nil, 4, x) {
		b := batch[0]
		switch {
		case b.Len() < 4:
			last = b
		case full != nil && (b != full || b.Version() == version):
			t.Errorf("batch %p of version %d after %p of version %d", b, b.Version(), full, version)
		default:
			full = b
		}
		b.Fill(-1)
		version = b.Version()
	}
	if full == last || full.SharesMemory(last) || !tensor.Equal(x, tensor.Arange(10)) {
		t.Errorf("%v is left of the rows; the batches are %v and %v", x, full, last)
	}
	for batch := range data.Batches(source(), 4, x) {
		if batch[0].Len() != 4 {
			t.Errorf("the first batch is %v", batch[0])
		}
		break // Go panics if the loop goes on
	}
}

func TestBatchAllocatesNothing(t *testing.T) {
	x := tensor.Arange(100)
	allocs := func(size int) float64 {
		return testing.AllocsPerRun(10, func() {
			for range data.Batches(nil, size, x) {
			}
		})
	}
	if few, many := allocs(100), allocs(1); many > few+1 { // averages of ten, rounded down; a batch that allocates would add 99
		t.Errorf("1 batch allocates %v times, 100 batches %v times", few, many)
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	xs := numbered(10)
	train, validation := data.Split(source(), .25, xs...)
	a, b := rowsOf(t, train), rowsOf(t, validation)
	all := slices.Concat(a, b)
	if len(a) != 7 || len(b) != 3 || slices.IsSorted(all) {
		t.Errorf("got %v and %v, want 7 and 3 rows, shuffled", a, b)
	}
	if slices.Sort(all); !slices.Equal(all, xs[0].Data()) {
		t.Errorf("the parts have %v", all)
	}
	train, validation = data.Split(nil, .5, xs...)
	if a, b := rowsOf(t, train), rowsOf(t, validation); fmt.Sprint(a, b) != "[0 1 2 3 4] [5 6 7 8 9]" {
		t.Errorf("not shuffled: got %v and %v", a, b)
	}
	if train[0].Fill(-1); xs[0].At(0) != 0 {
		t.Error("the parts are no copies")
	}
	train, validation = data.Split(nil, .5, tensor.Arange(2))
	if a, b := train[0].Data(), validation[0].Data(); fmt.Sprint(a, b) != "[0] [1]" {
		t.Errorf("of two rows: got %v and %v", a, b)
	}
}

func TestStandardise(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	x := tensor.Rows([][]float64{
		{1, .1, nan, nan, 4e200, 1e-200},
		{2, .1, 7, nan, 0, 0},
		{3, .1, nan, nan, 2e200, 1e-200},
		{2, .1, 9, nan, 2e200, 0},
	})
	s := data.Standardise(x)
	r := math.Sqrt2
	want := tensor.Rows([][]float64{
		{-r, 0, nan, nan, r, 1},
		{0, 0, -1, nan, -r, -1},
		{r, 0, nan, nan, 0, 1},
		{0, 0, 1, nan, 0, -1},
	})
	near := func(a, b float64) bool {
		return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-15*math.Abs(b)
	}
	got := s.Of(x)
	back := s.Undo(got)
	for i, v := range got.Data() {
		if !near(v, want.Data()[i]) {
			t.Errorf("element %d is %v, want %v", i, v, want.Data()[i])
		}
		if v, want := back.Data()[i], x.Data()[i]; !near(v, want) {
			t.Errorf("undone, element %d is %v, want %v", i, v, want)
		}
	}
	// Three times .1 add up to a number whose third is not .1.
	if got := data.Standardise(tensor.Full(.1, 3)); got.Mean.Item() != .1 || got.Deviation.Item() != 1 {
		t.Errorf("a constant column: %v and %v, want .1 and 1", got.Mean, got.Deviation)
	}
	// The deviation of these is half of the smallest number, which would round to 0.
	if got := data.Standardise(tensor.FromSlice([]float64{0, 0, 0, 5e-324}, 4)); got.Deviation.Item() != 5e-324 {
		t.Errorf("the smallest numbers: the deviation %v, want 5e-324", got.Deviation)
	}
	// Of does to other rows what it did to those.
	if got := s.Of(tensor.Rows([][]float64{{2, 1.1, 10, 5, 2e200, 5e-201}})); !near(got.At(0, 0), 0) ||
		!near(got.At(0, 1), 1) || !near(got.At(0, 2), 2) || got.At(0, 3) != 5 || got.At(0, 4) != 0 || got.At(0, 5) != 0 {
		t.Errorf("others: %v", got)
	}
}

func TestOneHot(t *testing.T) {
	t.Parallel()
	got := data.OneHot(tensor.Rows([][]float64{{2, 0}, {1, 1}}), 3)
	want := tensor.FromSlice([]float64{0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0}, 2, 2, 3)
	if !tensor.Equal(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	if got := data.OneHot(tensor.New(2), 1); !tensor.Equal(got, tensor.Full(1, 2, 1)) {
		t.Errorf("of one class: %v", got)
	}
}

func TestPad(t *testing.T) {
	t.Parallel()
	x, mask := data.Pad(tensor.Rows([][]float64{{1, 2}}), tensor.New(0, 2), tensor.Rows([][]float64{{3, 4}, {5, 6}}))
	if want := tensor.FromSlice([]float64{1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 5, 6}, 3, 2, 2); !tensor.Equal(x, want) {
		t.Errorf("got\n%v\nwant\n%v", x, want)
	}
	if want := tensor.Rows([][]float64{{1, 0}, {0, 0}, {1, 1}}); !tensor.Equal(mask, want) {
		t.Errorf("the mask is\n%v\nwant\n%v", mask, want)
	}
	if x, mask := data.Pad(tensor.Arange(2)); !tensor.Equal(x, tensor.Rows([][]float64{{0, 1}})) || !tensor.Equal(mask, tensor.Full(1, 1, 2)) {
		t.Errorf("one sequence: %v and %v", x, mask)
	}
	if x, mask := data.Pad(tensor.New(0), tensor.New(0)); !slices.Equal(x.Shape(), []int{2, 0}) || !slices.Equal(mask.Shape(), []int{2, 0}) {
		t.Errorf("without elements: %v and %v", x.Shape(), mask.Shape())
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	x, empty := tensor.Arange(4), new(tensor.Tensor)
	inf, nan := math.Inf(1), math.NaN()
	of := func(v ...float64) *tensor.Tensor { return tensor.FromSlice(v, len(v)) }
	for _, test := range []struct {
		want string
		f    func()
	}{
		{"data: Batches: a batch has 0 rows; at least 1 is needed", func() { data.Batches(nil, 0, x) }},
		{"data: Batches: there are no tensors: the number of rows is not known", func() { data.Batches(nil, 1) }},
		{"data: Batches: tensor 1 is a scalar: it has no rows", func() { data.Batches(nil, 1, x, tensor.Scalar(1)) }},
		{"data: Batches: tensor 0 is nil or empty: it has no shape yet", func() { data.Batches(nil, 1, nil) }},
		{"data: Batches: tensor 1 has 3 rows, tensor 0 has 4; they need equally many", func() { data.Batches(nil, 1, x, tensor.New(3, 4)) }},
		{"data: Split: a fraction of 0.1 of 4 rows leaves one part without any", func() { data.Split(nil, .1, x) }},
		{"data: Split: a fraction of 0.9 of 4 rows leaves one part without any", func() { data.Split(nil, .9, x) }},
		{"data: Split: a fraction of NaN of 4 rows leaves one part without any", func() { data.Split(nil, nan, x) }},
		{"data: Split: a fraction of -1 of 4 rows leaves one part without any", func() { data.Split(nil, -1, x) }},
		{"data: Split: there are no tensors: the number of rows is not known", func() { data.Split(nil, .5) }},
		{"data: Standardise: the tensor has shape [0 2]; at least 1 row is needed", func() { data.Standardise(tensor.New(0, 2)) }},
		{"data: Standardise: tensor 0 is a scalar: it has no rows", func() { data.Standardise(tensor.Scalar(1)) }},
		{"data: Standardise: column 1 has the mean +Inf and the deviation NaN; both must be finite",
			func() { data.Standardise(tensor.Rows([][]float64{{1, inf}, {2, 3}})) }},
		{"data: Standardise: column 0 has the mean +Inf and the deviation 1; both must be finite", func() { data.Standardise(of(inf, inf)) }},
		{"data: Standardise: column 0 has the mean -Inf and the deviation 1; both must be finite", func() { data.Standardise(of(-inf)) }},
		{"data: Standardise: column 0 has the mean 0 and the deviation NaN; both must be finite", func() { data.Standardise(of(-1e308, 1e308)) }},
		{"data: Of: the tensor has shape [4 2]; it needs rows of shape [3]",
			func() { data.Standardise(tensor.New(2, 3)).Of(tensor.New(4, 2)) }},
		{"data: Undo: the tensor has shape [4]; it needs rows of shape [3]",
			func() { data.Standardise(tensor.New(2, 3)).Undo(x) }},
		{"data: Of: tensor 0 is a scalar: it has no rows", func() { data.Standardise(x).Of(tensor.Scalar(1)) }},
		{"data: OneHot: element 1 is 3; it must be a whole number from 0 to 2", func() { data.OneHot(of(0, 3), 3) }},
		{"data: OneHot: element 0 is -1; it must be a whole number from 0 to 2", func() { data.OneHot(of(-1), 3) }},
		{"data: OneHot: element 0 is 0.5; it must be a whole number from 0 to 2", func() { data.OneHot(of(.5), 3) }},
		{"data: OneHot: element 0 is NaN; it must be a whole number from 0 to 2", func() { data.OneHot(of(nan), 3) }},
		{"data: OneHot: there are 0 classes; at least 1 is needed", func() { data.OneHot(of(), 0) }},
		{"data: OneHot: the tensor of classes is nil or empty: it has no shape yet", func() { data.OneHot(empty, 3) }},
		{"data: Pad: there are no sequences: their shape is not known", func() { data.Pad() }},
		{"data: Pad: sequence 1 has shape [4], sequence 0 [4 2]; only the first axis may differ", func() { data.Pad(tensor.New(4, 2), x) }},
		{"data: Pad: tensor 0 is a scalar: it has no rows", func() { data.Pad(tensor.Scalar(1)) }},
		{"data: ReadCSV: the reader is nil", func() { data.ReadCSV(nil) }},
	} {
		func() {
			defer func() {
				if err, ok := recover().(*data.Error); !ok || err.Error() != test.want {
					t.Errorf("got panic %v\nwant      %s", err, test.want)
				}
			}()
			test.f()
		}()
	}
}
