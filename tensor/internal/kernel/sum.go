package kernel

// Numbers are summed in this order, whatever the processor. They form rows of 32 lanes; four rows are a
// group, and eight groups a block. Within a group each lane is summed from 0, row after row. Groups of a
// block are added lane by lane, then the lanes by halves: lanes l and l+16, of these sums l and l+8, and
// so on; finally the blocks. Several groups or blocks are added pairwise: the sum of the first p, the
// largest power of two that leaves one, plus that of the others, each made in the same way. The sum of a
// single number is that number, even −0.
//
// So rounding errors grow with log n, as NumPy's do, and 32 sums go on in parallel.
const (
	lanes = 32
	group = 4 * lanes
	block = 8 * group
)

// Sum returns Σ xᵢ.
func Sum(x []float64) float64 {
	if len(x) == 1 {
		return x[0]
	}
	return sum(x)
}

func sum(x []float64) float64 {
	switch {
	case len(x) <= 16: // a lane has one number at most, and so it is the same to halve them first
		var s [8]float64
		for l, v := range x {
			s[l%8] += v
		}
		return fold8(&s)
	case len(x) <= lanes: // likewise
		var s [16]float64
		for l, v := range x {
			s[l%16] += v
		}
		return fold16(&s)
	case len(x) <= block:
		var s [lanes]float64
		sumLanes(&s, x)
		return fold(&s)
	}
	p := split(len(x), block)
	return Sum(x[:p]) + Sum(x[p:])
}

// split returns the length of the first part of n elements, which are more than one unit: the largest
// power of two times the unit that is less than n.
func split(n, unit int) int {
	p := unit
	for 2*p < n {
		p *= 2
	}
	return p
}

// sumLanes sets s, which is zero, to the sums of the lanes of up to a block.
func sumLanes(s *[lanes]float64, x []float64) {
	if len(x) <= group {
		sumGroup(s, x)
		return
	}
	p := split(len(x), group)
	sumLanes(s, x[:p])
	var t [lanes]float64
	sumLanes(&t, x[p:])
	Add(s[:], s[:], t[:])
}

// sumGroup sets s, which is zero, to the sums of the lanes of up to a group.
func sumGroup(s *[lanes]float64, x []float64) {
	if rows := len(x) / lanes; vector && rows > 0 {
		sumRows(s, &x[0], rows)
		x = x[rows*lanes:] // less than a row
	}
	if len(x) == group {
		x := (*[group]float64)(x)
		for l := range s {
			s[l] = 0 + x[l] + x[l+lanes] + x[l+2*lanes] + x[l+3*lanes]
		}
		return
	}
	for i, v := range x {
		s[i%lanes] += v
	}
}

// fold returns the sum of lanes, added by halves.
func fold(s *[lanes]float64) float64 {
	var t [16]float64
	for l := range t {
		t[l] = s[l] + s[l+16]
	}
	return fold16(&t)
}

func fold16(s *[16]float64) float64 {
	var t [8]float64
	for l := range t {
		t[l] = s[l] + s[l+8]
	}
	return fold8(&t)
}

func fold8(s *[8]float64) float64 {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// HalfSquaredDistance returns ½ Σ (xᵢ − yᵢ)², added as Sum does.
func HalfSquaredDistance(x, y []float64) float64 {
	if len(x) == 1 {
		d := x[0] - y[0]
		return 0.5 * (d * d)
	}
	return 0.5 * squaredDistance(x, y)
}

func squaredDistance(x, y []float64) float64 {
	if len(x) > block {
		p := split(len(x), block)
		return squaredDistance(x[:p], y[:p]) + squaredDistance(x[p:], y[p:])
	}
	if len(x) <= 16 {
		var d [16]float64 // zeros for a block would take longer than the rest
		squares(d[:len(x)], x, y)
		return sum(d[:len(x)])
	}
	var d [block]float64
	squares(d[:len(x)], x, y)
	return sum(d[:len(x)])
}

// squares sets zᵢ = (xᵢ − yᵢ)².
func squares(z, x, y []float64) {
	x, y = x[:len(z)], y[:len(z)]
	for i := range z {
		d := x[i] - y[i]
		z[i] = d * d
	}
}
