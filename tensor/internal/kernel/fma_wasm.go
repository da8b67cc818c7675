package kernel

// fma returns x·y + z, rounded once. WebAssembly has no instruction for it, and math.FMA takes integers.
func fma(x, y, z float64) float64 { return portableFMA(x, y, z) }
