package autograd_test

// lossOps adds losses and distances.
func (l *list) lossOps() {
}
