//go:build !amd64 || purego

package kernel

const vector, wide = false, false // the loops in Go are taken

func tile4x1(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int) {
}
func tile4x2(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int) {
}
func tile4x3(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int) {
}
func wide4x1(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32) {
}
func wide4x2(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32) {
}
func wide4x3(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32) {
}
func wide8x1(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32) {
}
func wide8x2(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32) {
}
func wide8x3(z *float64, zrow int, b *float64, brow int, x *float64, xrow, xstep int, y *float64, yrow, k int, mask uint32) {
}

func expVectors(z, x *float64, n int)     {}
func expm1Vectors(z, x *float64, n int)   {}
func sigmoidVectors(z, x *float64, n int) {}
func tanhVectors(z, x *float64, n int)    {}
func erfcVectors(z, x *float64, n int)    {}

func logVectors(z, x *float64, n int) (done int)                         { return 0 }
func sinVectors(z, x *float64, n, quarters int, tiny float64) (done int) { return 0 }

func sumRows(s *[lanes]float64, x *float64, rows int) {}

func addVectors(z, x *float64, dx int, y *float64, dy, n int)      {}
func subVectors(z, x *float64, dx int, y *float64, dy, n int)      {}
func mulVectors(z, x *float64, dx int, y *float64, dy, n int)      {}
func divVectors(z, x *float64, dx int, y *float64, dy, n int)      {}
func chainVectors(z, x *float64, dx int, y *float64, dy, n int)    {}
func chain2Vectors(z, x *float64, dx int, y *float64, dy, n int)   {}
func chainDivVectors(z, x *float64, dx int, y *float64, dy, n int) {}
func eqVectors(z, x *float64, dx int, y *float64, dy, n int)       {}
func neVectors(z, x *float64, dx int, y *float64, dy, n int)       {}
func ltVectors(z, x *float64, dx int, y *float64, dy, n int)       {}
func leVectors(z, x *float64, dx int, y *float64, dy, n int)       {}

func selectVectors(z, mask *float64, dmask int, x *float64, dx, n int) {}

func addChainVectors(z, dy, slope *float64, n int, add bool) {}
func squareVJPVectors(dx, dy, v *float64, n int, add bool)   {}
func sigmoidVJPVectors(dx, dy, v *float64, n int, add bool)  {}
func tanhVJPVectors(dx, dy, v *float64, n int, add bool)     {}
func reluVJPVectors(dx, dy, v *float64, n int, add bool)     {}

func reluVectors(z, x *float64, n int) {}

func maxVectors(x *float64, n int) (m float64, nan bool) { return 0, false }
func minVectors(x *float64, n int) (m float64, nan bool) { return 0, false }
