//go:build !amd64 || purego

package kernel

const vector, wide = false, false // the loops in Go are taken

func addTiles(z []float64, zrow int, b []float64, brow int, x []float64, xrow, xstep int, y []float64, yrow, rows, d, cols int) {
}

func inAssembly(_ operation, z, x, y []float64) (_, _, _ []float64) { return z, x, y }

func expVectors(z, x *float64, n int)     {}
func expm1Vectors(z, x *float64, n int)   {}
func sigmoidVectors(z, x *float64, n int) {}
func tanhVectors(z, x *float64, n int)    {}
func erfcVectors(z, x *float64, n int)    {}

func logVectors(z, x *float64, n int) (done int)                         { return 0 }
func sinVectors(z, x *float64, n, quarters int, tiny float64) (done int) { return 0 }

func sumRows(s *[lanes]float64, x *float64, rows int) {}

func addChainVectors(z, dy, slope *float64, n int, add bool) {}
func squareVJPVectors(dx, dy, v *float64, n int, add bool)   {}
func sigmoidVJPVectors(dx, dy, v *float64, n int, add bool)  {}
func tanhVJPVectors(dx, dy, v *float64, n int, add bool)     {}
func reluVJPVectors(dx, dy, v *float64, n int, add bool)     {}

func reluVectors(z, x *float64, n int) {}

func maxVectors(x *float64, n int) (m float64, nan bool) { return 0, false }
func minVectors(x *float64, n int) (m float64, nan bool) { return 0, false }
