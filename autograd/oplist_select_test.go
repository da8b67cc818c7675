package autograd_test

// selectOps adds shapes and indices.
func (l *list) selectOps() {
}
