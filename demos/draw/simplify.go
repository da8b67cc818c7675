package draw

// simplify leaves out points of a line that the rest passes at less than
// tolerance, in tenths of a pixel. It keeps both ends. D. H. Douglas and
// T. K. Peucker, "Algorithms for the reduction of the number of points required
// to represent a digitized line or its caricature", 1973.
func simplify(line []dot, tolerance float64) []dot {
	if len(line) < 3 {
		return line
	}
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	todo := [][2]int{{0, len(line) - 1}}
	for len(todo) > 0 {
		a, b := todo[len(todo)-1][0], todo[len(todo)-1][1]
		todo = todo[:len(todo)-1]
		if m := farthest(line, a, b, tolerance); m > 0 {
			keep[m] = true
			todo = append(todo, [2]int{a, m}, [2]int{m, b})
		}
	}
	out := line[:0]
	for i, q := range line {
		if keep[i] {
			out = append(out, q)
		}
	}
	return out
}

// farthest returns the point between a and b that is farthest from the straight
// line from a to b, or from a if they are the same; 0 if none is as far as
// tolerance.
func farthest(line []dot, a, b int, tolerance float64) int {
	ux, uy := float64(line[b].x-line[a].x), float64(line[b].y-line[a].y)
	square := ux*ux + uy*uy // of whole numbers: exact
	most, at := tolerance*tolerance, 0
	for i := a + 1; i < b; i++ {
		vx, vy := float64(line[i].x-line[a].x), float64(line[i].y-line[a].y)
		t := 0.0 // nearest point of the segment
		if square > 0 {
			t = min(max((vx*ux+vy*uy)/square, 0), 1)
		}
		vx, vy = vx-float64(t*ux), vy-float64(t*uy) // no fused products: the same points everywhere
		if d := float64(vx*vx) + float64(vy*vy); d >= most {
			most, at = d, i
		}
	}
	return at
}
