package tensor

// Rows returns the matrix with the given rows.
func Rows(rows [][]float64) *Tensor {
	if len(rows) == 0 {
		fail("Rows", "no rows")
	}
	z := New(len(rows), len(rows[0]))
	for i, r := range rows {
		if len(r) != len(rows[0]) {
			fail("Rows", "row %d has %d elements, row 0 has %d", i, len(r), len(rows[0]))
		}
		copy(z.data[i*len(r):], r)
	}
	return z
}
