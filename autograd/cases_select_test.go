package autograd_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// parts are ways to take the i-th of many parts of x, most of them of 100 elements.
var parts = map[string]func(x *node, i int) *node{
	"slices": func(x *node, i int) *node {
		return x.Slice(0, 97*i%(x.Value().Len()-100), 97*i%(x.Value().Len()-100)+100)
	},
	"gathers": func(x *node, i int) *node { return x.Gather(0, scattered(100, x.Value().Len(), uint64(i))) },
	"gathers of TakeAlong": func(x *node, i int) *node {
		return x.TakeAlong(0, scattered(100, x.Value().Len(), uint64(i)))
	},
	"selections": func(x *node, i int) *node {
		return x.IndexSelect(0, scattered(100, x.Value().Len(), uint64(i)))
	},
	"numbers": func(x *node, i int) *node { return x.IndexSelect(0, number(float64(i%x.Value().Len()))) },
}

// scattered returns k indices below n, some of them twice.
func scattered(k, n int, seed uint64) *node {
	rng := rand.New(rand.NewPCG(seed, 1))
	index := tensor.New(k)
	for i := range index.Data() {
		index.Data()[i] = float64(rng.IntN(n))
	}
	copy(index.Data()[k/2:], index.Data()[:k/10])
	return autograd.Constant(index)
}

// many returns a sum over count parts of x, each used nonlinearly; x as a whole is used before them and
// in between.
func many(x *node, part func(x *node, i int) *node, count int) *node {
	sum := x.Square().Sum()
	for i := range count {
		sum = sum.Add(part(x, i).Square().Sum())
		if i == count/2 {
			sum = sum.Add(x.Exp().Sum())
		}
	}
	return sum
}

func drawn(n int) *tensor.Tensor {
	x, rng := tensor.New(n), rand.New(rand.NewPCG(3, 4))
	for i := range x.Data() {
		x.Data()[i] = rng.NormFloat64() / 4
	}
	return x
}

// allocated returns how many bytes f allocates, but 0 under the race detector, which makes pools forget
// at random.
func allocated(f func()) int {
	if raceEnabled {
		f()
		return 0
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// The gradients of T parts of one tensor of n elements take memory and nodes for n + T·part numbers, not
// for n·T, in Backward, in Grad, and in Grad of what Grad gave.
func TestManyPartsAreLinear(t *testing.T) {
	const n, count = 100_000, 1000
	const bytes = 8 * 30 * (n + count*100) // n·count would be 800 MB
	for name, part := range parts {
		t.Run(name, func(t *testing.T) {
			x := autograd.Variable(drawn(n))
			loss := many(x, part, count)
			if b := allocated(func() { autograd.Backward(loss, x) }); b > bytes {
				t.Errorf("Backward allocates %d bytes", b)
			}
			dx := loss
			for order := range 3 {
				forward := map[*node]bool{}
				for _, y := range autograd.Graph(dx) {
					forward[y] = true
				}
				var grad *node
				if b := allocated(func() { grad = autograd.Grad(dx, x)[0] }); b > (order+1)*bytes {
					t.Errorf("derivative %d: Grad allocates %d bytes", order+1, b)
				}
				elements := 0
				for _, y := range autograd.Graph(grad) {
					if !forward[y] {
						elements += y.Value().Len()
					}
				}
				if elements > (order+1)*20*(n+count*100) {
					t.Errorf("derivative %d: Grad records %d elements", order+1, elements)
				}
				t.Logf("derivative %d: %d elements", order+1, elements)
				dx = grad.Sum()
			}
		})
	}
}

// Grad gives the bits of Backward, and a plan of a gradient those of Grad, even where the whole is
// computed, and where only the gradients of its parts need it.
func TestGradientsOfManyParts(t *testing.T) {
	for name, part := range parts {
		for _, wrap := range []struct {
			name string
			f    func(w *node) *node
		}{{"variable", func(w *node) *node { return w }}, {"computed", (*node).Tanh}} {
			t.Run(name+" "+wrap.name, func(t *testing.T) {
				const n, count = 12_000, 10
				at := []*tensor.Tensor{drawn(n), new(tensor.Tensor).Scale(drawn(n), 1.25)}
				w := autograd.Variable(at[0])
				x := wrap.f(w)
				loss := many(x, part, count)
				linear := number(0)
				for i := range count {
					linear = linear.Add(part(x, i).Sum())
				}
				grad := autograd.Grad(loss, w)[0]
				if want := autograd.Backward(loss).Of(w); !sameBits(grad.Value(), want) {
					t.Error("Grad and Backward differ")
				}
				// The first term does not depend on x: its steps may come before x is computed.
				second := autograd.Grad(linear, x)[0].Mul(x).Add(autograd.Grad(grad.Square().Sum(), w)[0])
				want := []*tensor.Tensor{second.Value().Clone()}
				result := second.Square().Sum()
				dw := autograd.Backward(result, w).Of(w).Clone()
				plan := autograd.NewPlan(result, w).Keep(second)
				for k, values := range []*tensor.Tensor{at[0], at[1], at[0]} {
					w.Set(values)
					plan.Forward()
					dp := plan.Backward().Of(w)
					if same := sameBits(second.Value(), want[0]) && sameBits(dp, dw); same != (k != 1) {
						t.Errorf("run %d: the plan gives the same bits: %v", k, same)
					}
				}
				if raceEnabled {
					return
				}
				if allocs := testing.AllocsPerRun(5, func() { plan.Forward(); plan.Backward() }); allocs > 0 {
					t.Errorf("the plan allocates %v times", allocs)
				}
			})
		}
	}
}

// atIndices expects a gradient from Backward and from Grad. Unlike everywhere, it runs no plan with other
// indices.
func atIndices(t *testing.T, what string, loss, x *node, want ...float64) {
	t.Helper()
	expect(t, what, autograd.Backward(loss).Of(x), want...)
	expect(t, what+" by Grad", autograd.Grad(loss, x)[0].Value(), want...)
}

// Gradients of what is read several times add up, to the second order; what a write replaces gets none;
// and what is cut off or masked does no harm.
func TestSelectCases(t *testing.T) {
	twice := constant([]float64{0, 0})
	for name, f := range map[string]func(x *node) *node{
		"gather":       func(x *node) *node { return x.Gather(0, twice) },
		"take along":   func(x *node) *node { return x.TakeAlong(0, twice) },
		"index select": func(x *node) *node { return x.IndexSelect(0, twice) },
		"embedding":    func(x *node) *node { return autograd.Embedding(x, twice) },
		"tile":         func(x *node) *node { return x.Tile(2) },
		"replicate":    func(x *node) *node { return x.PadReplicate(0, 1, 0) },
	} {
		dy := constant([]float64{.2, .3})
		expect(t, name, tensor.FromSlice(gradient(func(x *node) *node { return f(x).Mul(dy) }, .1), 1), .5)
		cube := func(x *node) *node { return f(x).PowScalar(3).Mul(dy) }
		expectNearly(t, name+", second", derivatives(cube, 2, .1)[1], []float64{.3})
	}
	table := autograd.Variable(tensor.Rows([][]float64{{1, 2}, {3, 4}, {5, 6}}))
	words := constant([]float64{2, 0}, []float64{2, 2})
	atIndices(t, "embedding", autograd.Embedding(table, words).Sum(), table, 1, 1, 0, 0, 3, 3)

	x, source := variable(1, 2, 3), variable(10, 20, 30, 40)
	set := x.Scatter(0, constant([]float64{2, 0, 2, 0}), source)
	expect(t, "scatter", set.Value(), 40, 2, 30)
	weighted := set.Square().Sum()
	atIndices(t, "scatter by x", weighted, x, 0, 4, 0)
	atIndices(t, "scatter by the source", weighted, source, 0, 0, 60, 80)
	added := x.IndexAdd(0, constant([]float64{2, 0, 2, 0}), source)
	expect(t, "index add", added.Value(), 61, 2, 43)
	atIndices(t, "index add by the source", added.Square().Sum(), source, 86, 122, 86, 122)

	bad := variable(nan, inf, 2)
	atIndices(t, "cut off", bad.Pad(0, -2, 1, 5).Square().Sum(), bad, 0, 0, 4)
	atIndices(t, "not gathered", bad.Gather(0, constant([]float64{2, 2})).Square().Sum(), bad, 0, 0, 8)
	atIndices(t, "replaced", bad.Scatter(0, constant([]float64{0, 1}), constant([]float64{3, 4})).Square().Sum(), bad, 0, 0, 4)
	matrix := autograd.Variable(tensor.Rows([][]float64{{1, nan}, {2, 3}}))
	atIndices(t, "outside the triangle", matrix.Tril(0).Square().Sum(), matrix, 2, 0, 4, 6)
	atIndices(t, "beside the diagonal", matrix.Trace().Square(), matrix, 8, 0, 0, 8)
}

// Values, as NumPy gives them.
func TestSelectValues(t *testing.T) {
	if shape := autograd.Constant(tensor.New(1<<40, 0)).Flip().Shape(); !slices.Equal(shape, []int{1 << 40, 0}) {
		t.Errorf("flipped rows without elements have shape %v", shape)
	}
	if parts := variable(1, 2, 3).Chunk(0, math.MaxInt); len(parts) != 3 {
		t.Errorf("3 numbers are %d parts", len(parts))
	}
	if parts := variable(1, 2, 3, 4, 5).Chunk(0, 4); len(parts) != 3 || parts[2].Value().Len() != 1 {
		t.Errorf("5 numbers in 4 parts are %v", parts)
	}
	x := constant([]float64{0, 1, 2}, []float64{3, 4, 5})
	v := constant([]float64{1, 2, 3})
	for _, c := range []struct {
		name string
		y    *node
		rows [][]float64
	}{
		{"flip", x.Flip(1), [][]float64{{2, 1, 0}, {5, 4, 3}}},
		{"flip all", x.Flip(), [][]float64{{5, 4, 3}, {2, 1, 0}}},
		{"roll", x.Roll(1, 1), [][]float64{{2, 0, 1}, {5, 3, 4}}},
		{"roll back", x.Roll(1, -4), [][]float64{{1, 2, 0}, {4, 5, 3}}},
		{"turned", x.Rot90(1, 0, 1), [][]float64{{2, 5}, {1, 4}, {0, 3}}},
		{"turned back", x.Rot90(-1, 0, 1), [][]float64{{3, 0}, {4, 1}, {5, 2}}},
		{"turned by half", x.Rot90(2, 0, 1), [][]float64{{5, 4, 3}, {2, 1, 0}}},
		{"tile", x.Tile(1, 2), [][]float64{{0, 1, 2, 0, 1, 2}, {3, 4, 5, 3, 4, 5}}},
		{"tile, the last axis alone", x.Slice(1, 0, 2).Tile(2), [][]float64{{0, 1, 0, 1}, {3, 4, 3, 4}}},
		{"tile, both axes", x.Slice(1, 0, 2).Tile(2, 2), [][]float64{{0, 1, 0, 1}, {3, 4, 3, 4}, {0, 1, 0, 1}, {3, 4, 3, 4}}},
		{"repeat", x.RepeatInterleave(1, 2), [][]float64{{0, 0, 1, 1, 2, 2}, {3, 3, 4, 4, 5, 5}}},
		{"stack", autograd.Stack(-1, v, v.Neg()), [][]float64{{1, -1}, {2, -2}, {3, -3}}},
		{"unbind", autograd.Stack(0, x.Unbind(1)...), [][]float64{{0, 3}, {1, 4}, {2, 5}}},
		{"split", x.Split(1, 1, 2)[1], [][]float64{{1, 2}, {4, 5}}},
		{"chunk", x.Chunk(1, 2)[0], [][]float64{{0, 1}, {3, 4}}},
		{"chunks of one", autograd.Stack(0, x.Chunk(1, 3)...).Reshape(3, 2), [][]float64{{0, 3}, {1, 4}, {2, 5}}},
		{"move to the front", x.MoveAxis(1, 0), [][]float64{{0, 3}, {1, 4}, {2, 5}}},
		{"move", x.Unsqueeze(0).MoveAxis(0, 2).Squeeze(2), [][]float64{{0, 1, 2}, {3, 4, 5}}},
		{"lower", x.Tril(0), [][]float64{{0, 0, 0}, {3, 4, 0}}},
		{"upper", x.Triu(1), [][]float64{{0, 1, 2}, {0, 0, 5}}},
		{"diagonal matrix", v.DiagEmbed(0, 0, 1), [][]float64{{1, 0, 0}, {0, 2, 0}, {0, 0, 3}}},
		{"diagonal matrices", counted(2, 3, 1).DiagEmbed(0, -2, -1).Reshape(2, 3), [][]float64{{0, 1, 2}, {3, 4, 5}}},
		{"below the diagonal", v.Slice(0, 0, 2).DiagEmbed(-1, 0, 1), [][]float64{{0, 0, 0}, {1, 0, 0}, {0, 2, 0}}},
		{"swapped", v.Slice(0, 0, 2).DiagEmbed(-1, 1, 0), [][]float64{{0, 1, 0}, {0, 0, 2}, {0, 0, 0}}},
		{"largest so far", x.Flip(0).CumMax(1), [][]float64{{3, 4, 5}, {0, 1, 2}}},
		{"difference", x.Square().Diff(1, 1), [][]float64{{1, 3}, {7, 9}}},
		{"take along", x.TakeAlong(1, constant([]float64{-1, 0}).Unsqueeze(-1)), [][]float64{{2}, {3}}},
		{"take along, the index repeated", x.TakeAlong(1, constant([]float64{2, 0}).Unsqueeze(0)), [][]float64{{2, 0}, {5, 3}}},
		{"scatter of a part", x.Scatter(0, constant([]float64{1, 0}, []float64{0, 1}), constant([]float64{7, 8, 9}, []float64{5, 6, 4})), [][]float64{{5, 8, 2}, {7, 6, 5}}},
		{"gather", x.Gather(0, constant([]float64{1, 0, 1}).Unsqueeze(0)), [][]float64{{3, 1, 5}}},
		{"constant", x.Pad(1, 1, -1, 9), [][]float64{{9, 0, 1}, {9, 3, 4}}},
		{"cut at both ends", x.Pad(1, -1, -1, 9), [][]float64{{1}, {4}}},
		{"reflect", x.PadReflect(1, 2, 1), [][]float64{{2, 1, 0, 1, 2, 1}, {5, 4, 3, 4, 5, 4}}},
		{"reflected rows", x.PadReflect(0, 1, 1), [][]float64{{3, 4, 5}, {0, 1, 2}, {3, 4, 5}, {0, 1, 2}}},
		{"rows of matrices", counted(2, 2, 2).PadReplicate(1, 1, 0).Reshape(2, 6), [][]float64{{0, 1, 0, 1, 2, 3}, {4, 5, 4, 5, 6, 7}}},
		{"replicate", x.PadReplicate(1, 1, 2), [][]float64{{0, 0, 1, 2, 2, 2}, {3, 3, 4, 5, 5, 5}}},
		{"circular", x.PadCircular(1, 1, 2), [][]float64{{2, 0, 1, 2, 0, 1}, {5, 3, 4, 5, 3, 4}}},
		{"circular, cut", x.PadCircular(1, -1, 2), [][]float64{{1, 2, 1, 2}, {4, 5, 4, 5}}},
		{"replicate, cut", x.PadReplicate(1, -3, 4), [][]float64{{2, 2, 2, 2}, {5, 5, 5, 5}}},
	} {
		if want := tensor.Rows(c.rows); !sameBits(c.y.Value(), want) {
			t.Errorf("%s:\n%v\nwant\n%v", c.name, c.y.Value(), want)
		}
	}
	expect(t, "diagonal", x.Diagonal(1, 0, 1).Value(), 1, 5)
	expect(t, "lower diagonal", x.Diagonal(-1, 0, 1).Value(), 3)
	expect(t, "transposed diagonal", x.Diagonal(1, 1, 0).Value(), 3)
	expect(t, "trace", x.Trace().Value(), 4)
	expect(t, "index of any shape", x.IndexSelect(1, number(1)).Value(), 1, 4)
	expect(t, "∫x² over [0, 3], by trapezia", constant([]float64{0, 1, 4, 9}).Trapezoid(0, number(1)).Value(), 9.5)
	expect(t, "trapezia of two widths", constant([]float64{0, 1, 4}).Trapezoid(0, autograd.Constant(tensor.Rows([][]float64{{1, 1}, {2, 2}}))).Value(), 3, 6)
	expect(t, "uneven trapezia", constant([]float64{0, 2, 3}).Trapezoid(0, constant([]float64{0, 2, 3}).Diff(0, 1)).Value(), 4.5)
}

// In a plan, an index that is computed follows the data, and is checked in each run.
func TestIndexInAPlan(t *testing.T) {
	x, index := variable(1, 2, 3), autograd.Constant(vector(0, 2))
	y := x.Gather(0, index.AddScalar(0)).Square().Sum().Add(x.ScatterAdd(0, index, number(1).BroadcastTo(2)).Square().Sum())
	y = y.Add(x.Scatter(0, index, x.Slice(0, 0, 2).Scale(2)).Square().Sum())
	plan := autograd.NewPlan(y, x)
	for _, at := range [][]float64{{0, 2}, {1, 1}, {2, 0}} {
		index.Set(vector(at...))
		plan.Forward()
		i := autograd.Constant(vector(at...))
		z := x.Gather(0, i).Square().Sum().Add(x.ScatterAdd(0, i, number(1).BroadcastTo(2)).Square().Sum())
		z = z.Add(x.Scatter(0, i, x.Slice(0, 0, 2).Scale(2)).Square().Sum())
		if got, want := plan.Backward().Of(x), autograd.Backward(z).Of(x); !sameBits(got, want) {
			t.Errorf("indices %v: plan %v, heap %v", at, got, want)
		}
	}
	index.Set(vector(0, 3))
	mustPanic(t, "autograd: Gather: index 3 is not a whole number from 0 to 2: axis 0 of shape [3] has length 3", func() { plan.Forward() })
}

func TestSelectPanics(t *testing.T) {
	x, v := autograd.Variable(tensor.New(2, 3)), autograd.Variable(tensor.New(3))
	index := constant([]float64{0, 1, 1})
	at := values
	long := autograd.Constant(tensor.New(3, 2))
	for _, tt := range []struct {
		want string
		f    func()
	}{
		{"Squeeze: the axes [1] of Variable [2 3] must be different ones of length 1", func() { x.Squeeze(1) }},
		{"Squeeze: the axes [0 0] of Reshape [1 3] must be different ones of length 1", func() { v.Unsqueeze(0).Squeeze(0, 0) }},
		{"Squeeze: axis 2 is out of range for Variable [2 3]", func() { x.Squeeze(2) }},
		{"Squeeze: the node is a nil or zero Node", func() { (*node)(nil).Squeeze() }},
		{"Unsqueeze: Variable [3] can't get a new axis 2", func() { v.Unsqueeze(2) }},
		{"Unsqueeze: Variable [3] can't get a new axis -3", func() { v.Unsqueeze(-3) }},
		{"SwapAxes: axis -3 is out of range for Variable [2 3]", func() { x.SwapAxes(0, -3) }},
		{"MoveAxis: axis 2 is out of range for Variable [2 3]", func() { x.MoveAxis(0, 2) }},
		{"Stack: Variable [3] and Variable [2 3] differ in shape", func() { autograd.Stack(0, x, v) }},
		{"Split: the lengths [1 1] do not add up to that of axis 1 of Variable [2 3]", func() { x.Split(1, 1, 1) }},
		{"Split: the lengths [4 -1] do not add up to that of axis 1 of Variable [2 3]", func() { x.Split(1, 4, -1) }},
		{"Chunk: Variable [2 3] can't be divided into 0 parts", func() { x.Chunk(0, 0) }},
		{"Unbind: axis 0 is out of range for Constant [] = 1", func() { number(1).Unbind(0) }},
		{"Flip: axis 0 of Variable [2 3] is named twice", func() { x.Flip(0, -2) }},
		{"Roll: axis 2 is out of range for Variable [2 3]", func() { x.Roll(2, 1) }},
		{"Rot90: axis 1 of Variable [2 3] is named twice", func() { x.Rot90(1, 1, -1) }},
		{"Tile: Variable [2 3] can't be repeated -1 times", func() { x.Tile(-1, 1) }},
		{"RepeatInterleave: Variable [3] can't be repeated -2 times", func() { v.RepeatInterleave(0, -2) }},
		{"Gather: index 3 is not a whole number from 0 to 2: axis 0 of shape [3] has length 3", func() { v.Gather(0, at(3)) }},
		{"Gather: index -1 is not a whole number from 0 to 2: axis 0 of shape [3] has length 3", func() { v.Gather(-1, at(-1)) }},
		{"Gather: index 0.5 is not a whole number from 0 to 2: axis 0 of shape [3] has length 3", func() { v.Gather(0, at(.5)) }},
		{"Gather: index NaN is not a whole number from 0 to 2: axis 0 of shape [3] has length 3", func() { v.Gather(0, at(nan)) }},
		{"Gather: an index of shape [3] does not fit shape [2 3] along axis 1", func() { x.Gather(1, index) }},
		{"Gather: an index of shape [3 2] does not fit shape [2 3] along axis 1", func() { x.Gather(1, long) }},
		{"Gather: input 1 is a nil or zero Node", func() { x.Gather(1, nil) }},
		{"TakeAlong: index -4 is not a whole number from -3 to 2: axis 0 of shape [3] has length 3", func() { v.TakeAlong(0, at(-4)) }},
		{"TakeAlong: Variable [2 3] and the index Constant [3 2] do not broadcast on the axes other than 1", func() { x.TakeAlong(1, long) }},
		{"TakeAlong: Variable [2 3] and the index Constant [3] do not broadcast on the axes other than -1", func() { x.TakeAlong(-1, index) }},
		{"IndexSelect: index 2 is not a whole number from 0 to 1: axis 0 of shape [2 3] has length 2", func() { x.IndexSelect(0, at(2)) }},
		{"Embedding: index 2 is not a whole number from 0 to 1: axis 0 of shape [2 3] has length 2", func() { autograd.Embedding(x, at(2)) }},
		{"Embedding: axis 0 is out of range for Constant [] = 1", func() { autograd.Embedding(number(1), at(0)) }},
		{"Scatter: index 3 is not a whole number from 0 to 2: axis 0 of shape [3] has length 3", func() { v.Scatter(0, at(3), at(1)) }},
		{"Scatter: an index of shape [3 2] does not fit shape [2 3] along axis 1", func() { x.Scatter(1, long, long) }},
		{"ScatterAdd: index -1 is not a whole number from 0 to 2: axis 0 of shape [3] has length 3", func() { v.ScatterAdd(0, at(-1), at(1)) }},
		{"ScatterAdd: the index Constant [3] is longer than the source Constant [2] along axis 0", func() { v.ScatterAdd(0, index, at(1, 2)) }},
		{"ScatterAdd: the source Variable [2 3] and the index Constant [3] differ in their number of axes", func() { x.ScatterAdd(1, index, x) }},
		{"ScatterAdd: the node is a nil or zero Node", func() { x.ScatterAdd(1, index, nil) }},
		{"IndexAdd: the source is Constant [3]; with the indices Constant [3] along axis 1 of Variable [2 3] it needs shape [2 3]", func() { x.IndexAdd(1, index, index) }},
		{"IndexAdd: index 7 is not a whole number from 0 to 2: axis 0 of shape [3] has length 3", func() { v.IndexAdd(0, at(7), at(1)) }},
		{"Pad: axis 0 of Variable [3] can't be padded by -2 and -2: it is too short to be cut", func() { v.Pad(0, -2, -2, 0) }},
		{"Pad: axis 0 of Variable [3] can't be padded by -4 and 5: it is too short to be cut", func() { v.Pad(0, -4, 5, 0) }},
		{"PadReflect: axis 0 of Variable [3] can't be padded by 3 and 0: a side is padded by at most 2", func() { v.PadReflect(0, 3, 0) }},
		{"PadReflect: axis 0 of Variable [3] can't be padded by -2 and -2: it is too short to be cut", func() { v.PadReflect(0, -2, -2) }},
		{"PadReplicate: axis 0 of Slice [0] can't be padded by 1 and 0: a side is padded by at most 0", func() { v.Slice(0, 0, 0).PadReplicate(0, 1, 0) }},
		{"PadCircular: axis 0 of Slice [2] can't be padded by 0 and 3: a side is padded by at most 2", func() { v.PadCircular(0, -1, 3) }},
		{"Tril: Variable [3] has no matrices: two axes are needed", func() { v.Tril(0) }},
		{"Triu: Variable [3] has no matrices: two axes are needed", func() { v.Triu(0) }},
		{"Trace: Variable [3] has no matrices: two axes are needed", func() { v.Trace() }},
		{"Diagonal: axis 1 of Variable [2 3] is named twice", func() { x.Diagonal(0, 1, -1) }},
		{"DiagEmbed: the result for Variable [3] has 2 axes; 0 and 2 are not two of them", func() { v.DiagEmbed(0, 0, 2) }},
		{"DiagEmbed: axis -1 is out of range for Constant [] = 1", func() { number(1).DiagEmbed(0, 0, 1) }},
		{"Diff: differences of Variable [3] can't be taken -1 times", func() { v.Diff(0, -1) }},
		{"Trapezoid: axis 1 is out of range for Variable [3]", func() { v.Trapezoid(1, number(1)) }},
	} {
		mustPanic(t, "autograd: "+tt.want, tt.f)
	}
}

// Gather works with as many axes as a tensor may have.
func TestGatherOfSixteenAxes(t *testing.T) {
	t.Parallel()
	shape := make([]int, 16)
	for a := range shape {
		shape[a] = 1
	}
	x := autograd.Variable(tensor.Full(7, shape...))
	expect(t, "16 axes", x.Gather(15, autograd.Constant(tensor.New(shape...))).Value(), 7)
}

// An index that is a Variable has the gradient 0, even where it selects from a constant.
func TestGradientOfIndex(t *testing.T) {
	t.Parallel()
	x, w, index := autograd.Constant(vector(1, 2, 3)), variable(1, 2, 3), variable(2, 0)
	for _, from := range []*node{x, w} {
		loss := from.Gather(0, index).Mul(index).Sum() // depends on the index through the product, too
		want := from.Gather(0, index).Value().Data()
		expect(t, "by Backward", autograd.Backward(loss, index).Of(index), want...)
		expect(t, "by Grad", autograd.Grad(loss, index)[0].Value(), want...)
		expect(t, "by itself", autograd.Grad(from.Gather(0, index).Sum(), index)[0].Value(), 0, 0)
	}
}
