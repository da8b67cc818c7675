// Package autograd differentiates expressions of tensors by traversing the graph of operations that
// computed them: reverse-mode automatic differentiation.
package autograd
