package autograd_test

// pointwiseOps adds functions of one number.
func (l *list) pointwiseOps() {
}
