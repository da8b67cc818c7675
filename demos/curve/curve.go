// Package curve fits a curve to noisy data, and finds from the Hessian how uncertain the fit is.
package curve

import (
	"math"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// peak returns a bell-shaped peak over a background at the places x [n], as a line of a spectrum: θ [4] is its height, where it is, its width
// and the background.
func peak(theta, x *autograd.Node) *autograd.Node {
	p := theta.Unbind(0)
	height, centre, width, background := p[0], p[1], p[2], p[3]
	z := x.Sub(centre).Div(width)
	return height.Mul(z.Square().Scale(-.5).Exp()).Add(background)
}

// names are those of what quantities returns.
var names = []string{"height", "centre", "width", "background", "area"}

// quantities returns θ, and with it the area of the peak, which is of interest too: [5].
func quantities(thetas ...*autograd.Node) *autograd.Node {
	p := thetas[0].Unbind(0)
	area := p[0].Mul(p[2]).Scale(math.Sqrt(2 * math.Pi))
	return autograd.Concat(0, thetas[0], area.Reshape(1))
}

// A Fit is the most likely θ, and how far it may be from the true one.
type Fit struct {
	Theta       *tensor.Tensor // [4]
	Deviation   float64        // of the noise, estimated
	Covariance  *tensor.Tensor // of θ, [4, 4]
	GaussNewton *tensor.Tensor // the same without the second derivatives of the curve
	Search      optim.Result
}

// guess is where each search begins.
var guess = []float64{1, 5, 1, 0}

// fit fits the peak to observations y at x, [n] each, by least squares, L = ½ Σ (peak − y)². Where noise is normal with variance σ²,
// L/σ² is the negative logarithm of the likelihood, but for a constant. Near its minimum that is a quadratic function with the Hessian
// H/σ², and so the likelihood a normal distribution with its inverse, σ² H⁻¹, for covariance.
func fit(x, y *tensor.Tensor) Fit {
	xs, ys := autograd.Constant(x), autograd.Constant(y)
	curve := func(thetas ...*autograd.Node) *autograd.Node { return peak(thetas[0], xs) }
	loss := func(thetas ...*autograd.Node) *autograd.Node { return curve(thetas...).SquaredError(ys) }

	theta := autograd.Variable(tensor.FromSlice(guess, len(guess)).Clone())
	search := optim.NewLBFGS(theta)
	search.Tolerance = 1e-7
	f := Fit{Theta: theta.Value(), Search: search.Minimise(func() *autograd.Node { return loss(theta) })}

	variance := 2 * f.Search.Loss / float64(x.Len()-len(guess))
	f.Deviation = math.Sqrt(variance)
	inverse := func(h *tensor.Tensor) *tensor.Tensor { return autograd.Constant(h).Inverse().Scale(variance).Value() }
	f.Covariance = inverse(autograd.Hessian(loss, f.Theta)[0][0])
	j := autograd.Jacobian(curve, f.Theta)[0]
	f.GaussNewton = inverse(new(tensor.Tensor).MatMulTN(j, j)) // H is JᵀJ + Σ (peak − y) ∂²peak/∂θ², whose terms have either sign
	return f
}

// deviations returns the standard deviations of a function of θ, of shape [n], from the covariance of θ: to first order J Σ Jᵀ is that of the function,
// for its Jacobian J.
func (f Fit) deviations(of autograd.Func, covariance *tensor.Tensor) []float64 {
	j := autograd.Jacobian(of, f.Theta)[0]
	v := new(tensor.Tensor).MatMul(j, covariance)
	v.Mul(v, j)
	return new(tensor.Tensor).Sqrt(new(tensor.Tensor).Sum(v, 1)).Data()
}
