//go:build !amd64 || purego

package kernel

const vector = false // the loops in Go are taken

func tile12(t *float64, trow int, x *float64, xrow, xstep int, y *float64, yrow, k int) {}
func tile8(t *float64, trow int, x *float64, xrow, xstep int, y *float64, yrow, k int)  {}
func tile4(t *float64, trow int, x *float64, xrow, xstep int, y *float64, yrow, k int)  {}
