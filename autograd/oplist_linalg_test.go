package autograd_test

// linalgOps adds linear algebra.
func (l *list) linalgOps() {
}
