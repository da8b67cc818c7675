//go:build !purego

package kernel

// sumRows sets s to the lanes of at least a row of 32 numbers, summed from 0, row after row.
//
//go:noescape
func sumRows(s *[lanes]float64, x *float64, rows int)
