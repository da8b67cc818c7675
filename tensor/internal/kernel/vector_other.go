//go:build !amd64 || purego

package kernel

const vector, wide = false, false // the loops in Go are taken

func tile4x4(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)  {}
func tile4x8(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)  {}
func tile4x12(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int) {}
func tile8x8(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int)  {}
func tile8x16(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int) {}
func tile8x24(z *float64, zrow int, x *float64, xrow, xstep int, y *float64, yrow, k int) {}

func expVectors(z, x *float64, n int)     {}
func sigmoidVectors(z, x *float64, n int) {}
func tanhVectors(z, x *float64, n int)    {}

func sumRows(s *[lanes]float64, x *float64, rows int) {}

func addVectors(z, x, y *float64, n int) {}
