package kernel

import "sync"

// Large matrix products are made of tiles of 4 rows, or 8 with AVX-512, and up to three vectors, which
// are in registers while up to 192 products are added to each element. Then the part of y for the tile's
// columns, 37 KB, stays in the first-level cache for all rows, and the part of x, 393 KB, in the
// second-level cache for all columns.
const (
	width  = 24  // columns at a time, at most
	height = 256 // rows at a time
	depth  = 192 // products at a time
	direct = 64  // up to so many rows, copying columns of y does not pay
	pad    = 8   // keeps rows of a copy of x from falling into the same sets of a cache
)

// vectorLength returns how many numbers a vector has.
func vectorLength() int {
	if wide {
		return 8
	}
	return 4
}

// A product is b + xy, with x m × k and y k × n: xᵢₚ is x[i*xrow+p*xstep], and yₚⱼ is y[p*yrow+j*ystep].
// b is a row, or nil for zeros.
type product struct {
	b           []float64
	x           []float64
	xrow, xstep int
	y           []float64
	yrow, ystep int
	m, k, n     int
}

// worthwhile reports whether a product is so large that tiles are quicker than loops, as measured. It is
// false where columns of y would have to be copied for a few rows.
func worthwhile(xrow, ystep, m, k, n int) bool {
	switch {
	case !vector || k == 1 || m*k*n < 128:
		return false
	case n == 1:
		return xrow == 1
	}
	return m >= 4 || ystep == 1 && n >= 8
}

// set sets zᵢⱼ = bⱼ + Σₚ xᵢₚ yₚⱼ, as described in matmul.go.
func (t product) set(z []float64) { t.put(z, false) }

// add sets zᵢⱼ = zᵢⱼ + (0 + Σₚ xᵢₚ yₚⱼ).
func (t product) add(z []float64) {
	if t.k <= depth {
		t.put(z, true)
		return
	}
	all := temporaries.Get().(*[]float64)
	if cap(*all) < len(z) {
		*all = make([]float64, len(z))
	}
	s := (*all)[:len(z)]
	t.set(s)
	Add(z, z, s)
	temporaries.Put(all)
}

var temporaries = sync.Pool{New: func() any { return new([]float64) }}

// put sets z to the product, or adds the product, whose k is then at most depth.
func (t product) put(z []float64, sum bool) {
	if t.n == 1 { // one row, not many of one element; b is nil
		t = product{x: t.y, xstep: t.yrow, y: t.x, yrow: t.xstep, ystep: t.xrow, m: 1, k: t.k, n: t.m}
	}
	share(z, t, sum)
}

// A room has copies of parts of x and y in the order in which they are read, and sums that are not
// written directly to z.
type room struct {
	y    [depth * width]float64 // first, and so at the beginning of a line of the cache
	sums [height * width]float64
	b    [width]float64
	x    []float64 // of rows of depth + pad numbers; made when it is needed
}

var rooms = sync.Pool{New: func() any { return new(room) }}

// put is product.put, of a z whose rows are zrow apart.
func (r *room) put(z []float64, zrow int, t product, sum bool) {
	v := vectorLength()
	parts := (t.k + depth - 1) / depth
	for p, d := 0, (t.k+parts-1)/parts; p < t.k; p += d { // parts of one depth, but for the last
		d = min(d, t.k-p)
		for i := 0; i < t.m; i += height {
			rows := min(height, t.m-i)
			x, xrow, xstep := t.x[i*t.xrow+p*t.xstep:], t.xrow, t.xstep
			if xstep != 1 && t.n > width {
				r.copyX(x, xstep, rows, d)
				x, xrow, xstep = r.x, depth+pad, 1
			}
			for j := 0; j < t.n; j += 3 * v {
				cols := min(3*v, t.n-j)
				w := (cols + v - 1) / v * v
				padded := cols < w && !wide // otherwise there are masks
				y, yrow := t.y[p*t.yrow+j*t.ystep:], t.yrow
				if t.ystep != 1 || padded || rows > direct {
					r.copyY(y, yrow, t.ystep, d, cols, w)
					y, yrow = r.y[:], w
				}
				zi := z[i*zrow+j:]
				to, torow := zi, zrow
				if sum || padded {
					to, torow = r.sums[:], w
				}
				b, brow := to, torow
				switch {
				case p == 0:
					b, brow = r.row(t.b, j), 0
				case padded:
					copyRows(b, w, zi, zrow, rows, cols)
				}
				addTiles(to, torow, b, brow, x, xrow, xstep, y, yrow, rows, d, cols)
				switch {
				case sum:
					for q := range rows {
						zq := zi[q*zrow:][:cols]
						Add(zq, zq, to[q*w:][:cols])
					}
				case padded:
					copyRows(zi, zrow, to, w, rows, cols)
				}
			}
		}
	}
}

// row returns a row of b, from its element j on, with zeros behind its end.
func (r *room) row(b []float64, j int) []float64 {
	clear(r.b[:])
	if b != nil {
		copy(r.b[:], b[j:])
	}
	return r.b[:]
}

func copyRows(z []float64, zrow int, x []float64, xrow, rows, cols int) {
	for i := range rows {
		copy(z[i*zrow:][:cols], x[i*xrow:])
	}
}

// copyX copies rows of x, of d elements that are step apart.
func (r *room) copyX(x []float64, step, rows, d int) {
	if r.x == nil {
		r.x = make([]float64, height*(depth+pad))
	}
	Transpose(r.x, depth+pad, x, step, d, rows)
}

// copyY copies d rows and a few columns of y, in rows of w numbers; those behind the columns may be anything.
func (r *room) copyY(y []float64, yrow, ystep, d, cols, w int) {
	if ystep == 1 {
		copyRows(r.y[:], w, y, yrow, d, cols)
	} else { // the columns are rows in memory
		Transpose(r.y[:], w, y, ystep, cols, d)
	}
}

// Transpose sets zⱼᵢ = xᵢⱼ, with x m × n, its rows xrow apart, and those of z zrow. It makes a few rows of
// z at a time: if zrow is a power of 2, they share places in the caches, which have few of these.
func Transpose(z []float64, zrow int, x []float64, xrow, m, n int) {
	const few = 16
	for ; n > few; n -= few {
		transpose(z, zrow, x, xrow, m, few)
		z, x = z[few*zrow:], x[few:]
	}
	transpose(z, zrow, x, xrow, m, n)
}

func transpose(z []float64, zrow int, x []float64, xrow, m, n int) {
	i := 0
	for ; i+4 <= m; i += 4 {
		x0, x1, x2, x3 := x[i*xrow:][:n], x[(i+1)*xrow:][:n], x[(i+2)*xrow:][:n], x[(i+3)*xrow:][:n]
		at := i
		for j, v := range x0 {
			zj := z[at:][:4]
			zj[0], zj[1], zj[2], zj[3] = v, x1[j], x2[j], x3[j]
			at += zrow
		}
	}
	for ; i < m; i++ {
		for j, v := range x[i*xrow:][:n] {
			z[j*zrow+i] = v
		}
	}
}
