package autograd

import (
	"sync"

	"gentlegrad/tensor"
)

// direct is the order of the largest matrices that are not taken by halves: loops over them are quick enough.
const direct = 48

// A block is a part of a matrix: its rows begin stride numbers apart in memory.
type block struct {
	data          []float64
	rows, columns int
	stride        int
}

// matrix returns all of a matrix as a block.
func matrix(data []float64, rows, columns int) block { return block{data, rows, columns, columns} }

// part returns the block of b's rows from i0 to i1 and columns from j0 to j1, not included.
func (b block) part(i0, i1, j0, j1 int) block {
	return block{b.data[i0*b.stride+j0:], i1 - i0, j1 - j0, b.stride}
}

func (b block) row(i int) []float64 { return b.data[i*b.stride:][:b.columns] }

// subtractProduct subtracts from z a matrix product of x and y, whose sums are made from zero.
func (z block) subtractProduct(product func(z, x, y *tensor.Tensor) *tensor.Tensor, x, y block) {
	w := copies.Get().(*[3]tensor.Tensor)
	w[0].Clear()
	xy := product(&w[0], x.copyTo(&w[1]), y.copyTo(&w[2])).Data()
	for i := range z.rows {
		subtract(z.row(i), 1, xy[i*z.columns:])
	}
	copies.Put(w)
}

// copies are factors and products of subtractProduct, which are to be in memory as a tensor is.
var copies = sync.Pool{New: func() any { return new([3]tensor.Tensor) }}

func (b block) copyTo(z *tensor.Tensor) *tensor.Tensor {
	z.Clear()
	data := z.Zeros(b.rows, b.columns).Data()
	for i := range b.rows {
		copy(data[i*b.columns:], b.row(i))
	}
	return z
}
