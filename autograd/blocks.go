package autograd

import (
	"sync"

	"gentlegrad/tensor"
)

// direct is the order of the largest matrices that are not halved: loops are quick enough for them.
const direct = 48

// A block is a part of a matrix. Its rows begin stride numbers apart in memory.
type block struct {
	data          []float64
	rows, columns int
	stride        int
}

// matrix returns a whole matrix as a block.
func matrix(data []float64, rows, columns int) block { return block{data, rows, columns, columns} }

// part returns b's rows from i0 up to, not including, i1, and its columns from j0 to j1 likewise.
func (b block) part(i0, i1, j0, j1 int) block {
	return block{b.data[i0*b.stride+j0:], i1 - i0, j1 - j0, b.stride}
}

func (b block) row(i int) []float64 { return b.data[i*b.stride:][:b.columns] }

// subtractProduct subtracts a matrix product of x and y from z, after all of it is computed.
func (z block) subtractProduct(product func(z, x, y *tensor.Tensor) *tensor.Tensor, x, y block) {
	w := copies.Get().(*[3]tensor.Tensor)
	w[0].Clear()
	xy := product(&w[0], x.copyTo(&w[1]), y.copyTo(&w[2])).Data()
	for i := range z.rows {
		subtract(z.row(i), 1, xy[i*z.columns:])
	}
	copies.Put(w)
}

// copies has memory for the factors and products of subtractProduct to reuse: those of tensors are
// contiguous.
var copies = sync.Pool{New: func() any { return new([3]tensor.Tensor) }}

func (b block) copyTo(z *tensor.Tensor) *tensor.Tensor {
	z.Clear()
	data := z.Zeros(b.rows, b.columns).Data()
	for i := range b.rows {
		copy(data[i*b.columns:], b.row(i))
	}
	return z
}
