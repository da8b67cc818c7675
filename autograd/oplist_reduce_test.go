package autograd_test

// reduceOps adds reductions, sorting and scans.
func (l *list) reduceOps() {
}
