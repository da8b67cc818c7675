package kernel

import "sync"

// Large matrix products are made of tiles of 4 rows and up to 12 columns, which are in vector registers while products are added
// to them, 256 at most of each element: then y's part in the columns, 24 KB, stays in the first-level cache for all rows, and x's part, 512
// KB, in the second-level cache for all columns.
const (
	width  = 12  // columns at a time
	height = 256 // rows at a time
	depth  = 256 // products at a time
	direct = 16  // for so many rows columns of y are not worth being copied
	pad    = 8   // keeps rows of a copy of x from falling into the same sets of a cache
)

// A room has copies of parts of x and y in the order in which they are read, and sums that are not written to z straight.
type room struct {
	x    [height * (depth + pad)]float64
	y    [depth * width]float64
	sums [height * width]float64
	all  []float64 // sums of more than depth products that are to be added to z
}

var rooms = sync.Pool{New: func() any { return new(room) }}

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

// product sets zᵢⱼ = bⱼ + Σₚ xᵢₚ yₚⱼ, as described for matrix products. xᵢₚ is x[i*xrow+p*xstep], and yₚⱼ is
// y[p*yrow+j*ystep]. No b is zeros; one of one element stands for all.
func product(z, x []float64, xrow, xstep int, y []float64, yrow, ystep int, b []float64, m, k, n int) {
	r := rooms.Get().(*room)
	r.product(start(z, b), x, xrow, xstep, y, yrow, ystep, false, m, k, n)
	rooms.Put(r)
}

// start sets the rows of z to b, or to zeros, and returns z.
func start(z, b []float64) []float64 {
	if len(b) == 0 {
		clear(z)
	}
	for i := 0; len(b) > 0 && i < len(z); i += len(b) {
		copy(z[i:], b)
	}
	return z
}

// plusProduct sets zᵢⱼ = zᵢⱼ + (0 + Σₚ xᵢₚ yₚⱼ).
func plusProduct(z, x []float64, xrow, xstep int, y []float64, yrow, ystep int, m, k, n int) {
	r := rooms.Get().(*room)
	if k <= depth {
		r.product(z, x, xrow, xstep, y, yrow, ystep, true, m, k, n)
	} else {
		if cap(r.all) < m*n {
			r.all = make([]float64, m*n)
		}
		r.product(start(r.all[:m*n], nil), x, xrow, xstep, y, yrow, ystep, false, m, k, n)
		Add(z, z, r.all[:m*n])
	}
	rooms.Put(r)
}

// product adds the products to z one by one, or, of at most depth, their sums.
func (r *room) product(z, x []float64, xrow, xstep int, y []float64, yrow, ystep int, sum bool, m, k, n int) {
	if n == 1 { // one row, not many of one element
		x, xrow, xstep, y, yrow, ystep = y, 0, yrow, x, xstep, xrow
		m, n = 1, m
	}
	for p := 0; p < k; p += depth {
		d := min(depth, k-p)
		for i := 0; i < m; i += height {
			rows := min(height, m-i)
			xi, row, step := x[i*xrow+p*xstep:], xrow, xstep
			if step != 1 && n > 2*width {
				r.copyX(xi, step, rows, d)
				xi, row, step = r.x[:], depth+pad, 1
			}
			for j := 0; j < n; j += width {
				cols := min(width, n-j)
				w := (cols + 3) &^ 3 // whole vectors
				yj, next := y[p*yrow+j*ystep:], yrow
				if ystep != 1 || cols < w || rows > direct {
					r.copyY(yj, yrow, ystep, d, cols, w)
					yj, next = r.y[:], w
				}
				zi := z[i*n+j:]
				if cols == w && !sum {
					addTiles(zi, n, xi, row, step, yj, next, rows, d, w)
					continue
				}
				if sum {
					clear(r.sums[:rows*w])
				} else {
					copyRows(r.sums[:], w, zi, n, rows, cols)
				}
				addTiles(r.sums[:], w, xi, row, step, yj, next, rows, d, w)
				for q := range rows {
					zq, s := zi[q*n:][:cols], r.sums[q*w:]
					if sum {
						Add(zq, zq, s[:cols])
					} else {
						copy(zq, s)
					}
				}
			}
		}
	}
}

func copyRows(z []float64, zline int, x []float64, xline, rows, cols int) {
	for i := range rows {
		copy(z[i*zline:][:cols], x[i*xline:])
	}
}

// copyX copies rows of x, of d elements that are step apart.
func (r *room) copyX(x []float64, step, rows, d int) {
	for p := range d {
		at := p
		for _, v := range x[p*step:][:rows] {
			r.x[at] = v
			at += depth + pad
		}
	}
}

// copyY copies d rows and a few columns of y, in rows of w numbers.
func (r *room) copyY(y []float64, yrow, ystep, d, cols, w int) {
	if cols < w {
		clear(r.y[:d*w])
	}
	if ystep == 1 {
		copyRows(r.y[:], w, y, yrow, d, cols)
		return
	}
	for c := range cols {
		for p, at := 0, c*ystep; p < d; p++ {
			r.y[p*w+c] = y[at]
			at += yrow
		}
	}
}

// addTiles adds d products to each of the sums, four rows at a time, and those that are left one by one.
func addTiles(sums []float64, line int, x []float64, xrow, xstep int, y []float64, yrow, rows, d, w int) {
	for i, step := 0, 4; i < rows; i += step {
		next, xnext := line, xrow
		if rows-i < 4 {
			step, next, xnext = 1, 0, 0 // four times the same row
		}
		s, xi := &sums[i*line], &x[i*xrow]
		switch w {
		case 4:
			tile4(s, next, xi, xnext, xstep, &y[0], yrow, d)
		case 8:
			tile8(s, next, xi, xnext, xstep, &y[0], yrow, d)
		default:
			tile12(s, next, xi, xnext, xstep, &y[0], yrow, d)
		}
	}
}
