package draw

// simplify leaves out points of a line that the simplified line passes at less
// than tolerance, in tenths of a pixel. It keeps both ends.
func simplify(line []dot, tolerance float64) []dot {
	if len(line) < 3 {
		return line
	}
	square := func(a, i, b int) float64 { return line[i].squareFrom(line[a], line[b]) }
	out := line[:1]
	for _, i := range Thin(nil, 0, len(line)-1, tolerance*tolerance, square) {
		out = append(out, line[i])
	}
	return out
}

// Thin appends those of the points after a, up to b, that a line needs to pass the
// others at less than tolerance; distance is that of point i from the straight
// line from a to b. D. H. Douglas and T. K. Peucker, "Algorithms for the
// reduction of the number of points required to represent a digitized line or
// its caricature", 1973.
func Thin(keep []int, a, b int, tolerance float64, distance func(a, i, b int) float64) []int {
	most, at := tolerance, 0
	for i := a + 1; i < b; i++ {
		if d := distance(a, i, b); d >= most {
			most, at = d, i
		}
	}
	if at == 0 {
		return append(keep, b)
	}
	return Thin(Thin(keep, a, at, tolerance, distance), at, b, tolerance, distance)
}

// squareFrom returns the squared distance from the straight line from a to b, or
// from a if they are the same.
func (q dot) squareFrom(a, b dot) float64 {
	ux, uy := float64(b.x-a.x), float64(b.y-a.y)
	vx, vy := float64(q.x-a.x), float64(q.y-a.y)
	t := 0.0                                 // nearest point of the segment
	if square := ux*ux + uy*uy; square > 0 { // of whole numbers: exact
		t = min(max((vx*ux+vy*uy)/square, 0), 1)
	}
	vx, vy = vx-float64(t*ux), vy-float64(t*uy) // no fused products: the same points everywhere
	return float64(vx*vx) + float64(vy*vy)
}
