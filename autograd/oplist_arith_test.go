package autograd_test

// arithOps adds functions of several numbers.
func (l *list) arithOps() {
}
