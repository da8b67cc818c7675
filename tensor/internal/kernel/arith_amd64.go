//go:build !purego

package kernel

// addVectors sets zᵢ = xᵢ + yᵢ for n numbers, a multiple of 4 and not 0; z may be x or y.
//
//go:noescape
func addVectors(z, x, y *float64, n int)
