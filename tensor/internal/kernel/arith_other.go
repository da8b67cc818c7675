//go:build !amd64 || purego

package kernel

func addVectors(z, x, y *float64, n int) {}
