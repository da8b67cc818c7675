package kernel

import "sync"

// Large matrix products are made of tiles of 4 rows and up to 12 columns, or 8 and 24 with AVX-512, which are in vector registers
// while products are added to them, 192 at most of each element: then y's part in the columns, 37 KB, stays in the first-level cache
// for all rows, and x's part, 393 KB, in the second-level cache for all columns.
const (
	width  = 24  // columns at a time
	height = 256 // rows at a time
	depth  = 192 // products at a time
	direct = 64  // for so many rows columns of y are not worth being copied
	pad    = 8   // keeps rows of a copy of x from falling into the same sets of a cache
)

// A product is of x, m × k, and y, k × n: xᵢₚ is x[i*xrow+p*xstep], and yₚⱼ is y[p*yrow+j*ystep].
type product struct {
	x           []float64
	xrow, xstep int
	y           []float64
	yrow, ystep int
	m, k, n     int
}

// worthwhile reports whether a product is so large that tiles are quicker than loops: measured, and not where columns of y
// would have to be copied for a few rows.
func worthwhile(xrow, ystep, m, k, n int) bool {
	switch {
	case !vector || k == 1 || m*k*n < 128:
		return false
	case n == 1:
		return xrow == 1
	}
	return m >= 4 || ystep == 1 && n >= 8
}

// set sets zᵢⱼ = bⱼ + Σₚ xᵢₚ yₚⱼ, as described for matrix products. No b is zeros.
func (t product) set(z, b []float64) {
	if len(b) == 0 {
		clear(z)
	}
	for i := 0; len(b) > 0 && i < len(z); i += len(b) {
		copy(z[i:], b)
	}
	t.addTo(z, false)
}

// add sets zᵢⱼ = zᵢⱼ + (0 + Σₚ xᵢₚ yₚⱼ).
func (t product) add(z []float64) {
	if t.k <= depth {
		t.addTo(z, true)
		return
	}
	all := temporaries.Get().(*[]float64)
	if cap(*all) < len(z) {
		*all = make([]float64, len(z))
	}
	s := (*all)[:len(z)]
	t.set(s, nil)
	Add(z, z, s)
	temporaries.Put(all)
}

var temporaries = sync.Pool{New: func() any { return new([]float64) }}

// addTo adds the products to z one by one, or, of at most depth, their sums.
func (t product) addTo(z []float64, sum bool) {
	if t.n == 1 { // one row, not many of one element
		t = product{x: t.y, xstep: t.yrow, y: t.x, yrow: t.xstep, ystep: t.xrow, m: 1, k: t.k, n: t.m}
	}
	share(z, t, sum)
}

// A room has copies of parts of x and y in the order in which they are read, and sums that are not written to z straight.
type room struct {
	y    [depth * width]float64 // first, and so at the beginning of a line of the cache
	sums [height * width]float64
	x    []float64 // of rows of depth + pad numbers; made when it is needed
}

var rooms = sync.Pool{New: func() any { return new(room) }}

// columns returns how many columns are made at a time.
func columns() int {
	if wide {
		return width
	}
	return width / 2
}

// wholeVectors returns the width of the narrowest tile for a number of columns.
func wholeVectors(cols int) int {
	if wide && cols > 4 {
		return (cols + 7) &^ 7
	}
	return (cols + 3) &^ 3
}

// addTo is product.addTo, of a z whose rows are zrow apart.
func (r *room) addTo(z []float64, zrow int, t product, sum bool) {
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
			for j, step := 0, columns(); j < t.n; j += step {
				cols := min(step, t.n-j)
				w := wholeVectors(cols)
				y, yrow := t.y[p*t.yrow+j*t.ystep:], t.yrow
				if t.ystep != 1 || cols < w || rows > direct {
					r.copyY(y, yrow, t.ystep, d, cols, w)
					y, yrow = r.y[:], w
				}
				zi := z[i*zrow+j:]
				if cols == w && !sum {
					addTiles(zi, zrow, x, xrow, xstep, y, yrow, rows, d, w)
					continue
				}
				if sum {
					clear(r.sums[:rows*w])
				} else {
					copyRows(r.sums[:], w, zi, zrow, rows, cols)
				}
				addTiles(r.sums[:], w, x, xrow, xstep, y, yrow, rows, d, w)
				if !sum {
					copyRows(zi, zrow, r.sums[:], w, rows, cols)
					continue
				}
				for q := range rows {
					zq := zi[q*zrow:][:cols]
					Add(zq, zq, r.sums[q*w:][:cols])
				}
			}
		}
	}
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
	transpose(r.x, depth+pad, x, step, d, rows)
}

// copyY copies d rows and a few columns of y, in rows of w numbers; those behind the columns may be anything.
func (r *room) copyY(y []float64, yrow, ystep, d, cols, w int) {
	if ystep == 1 {
		copyRows(r.y[:], w, y, yrow, d, cols)
	} else { // the columns are rows in memory
		transpose(r.y[:], w, y, ystep, cols, d)
	}
}

// transpose sets zⱼᵢ = xᵢⱼ, with x m × n, its rows xrow apart, and those of z zrow.
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

// addTiles adds d products to each element of z, in w columns: eight rows at a time, or four, and those that are left one by one.
func addTiles(z []float64, zrow int, x []float64, xrow, xstep int, y []float64, yrow, rows, d, w int) {
	i := 0
	for ; wide && w > 4 && i+8 <= rows; i += 8 {
		zi, xi := &z[i*zrow], &x[i*xrow]
		switch w {
		case 8:
			tile8x8(zi, zrow, xi, xrow, xstep, &y[0], yrow, d)
		case 16:
			tile8x16(zi, zrow, xi, xrow, xstep, &y[0], yrow, d)
		default:
			tile8x24(zi, zrow, xi, xrow, xstep, &y[0], yrow, d)
		}
	}
	for step := 4; i < rows; i += step {
		znext, xnext := zrow, xrow
		if rows-i < 4 {
			step, znext, xnext = 1, 0, 0 // four times the same row
		}
		for j := 0; j < w; j += 12 {
			zi, xi := &z[i*zrow+j], &x[i*xrow]
			switch w - j {
			case 4:
				tile4x4(zi, znext, xi, xnext, xstep, &y[j], yrow, d)
			case 8:
				tile4x8(zi, znext, xi, xnext, xstep, &y[j], yrow, d)
			default:
				tile4x12(zi, znext, xi, xnext, xstep, &y[j], yrow, d)
			}
		}
	}
}
