//go:build !amd64 || purego

package kernel

func expVectors(z, x *float64, n int)     {}
func sigmoidVectors(z, x *float64, n int) {}
func tanhVectors(z, x *float64, n int)    {}
