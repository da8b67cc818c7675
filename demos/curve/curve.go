// Package curve fits a curve to noisy data, and finds the uncertainty of the fit from the Hessian of the
// loss.
package curve

import (
	"math"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// peak returns, at the places x [n], a bell-shaped peak over a background, like a line of a spectrum.
// θ [4] holds its height, its centre, its width and the background.
func peak(theta, x *autograd.Node) *autograd.Node {
	p := theta.Unbind(0)
	height, centre, width, background := p[0], p[1], p[2], p[3]
	z := x.Sub(centre).Div(width)
	return height.Mul(z.Square().Scale(-.5).Exp()).Add(background)
}

// names are the names of the numbers that quantities returns.
var names = []string{"height", "centre", "width", "background", "area"}

// quantities returns θ and, since it is of interest too, the area of the peak: [5].
func quantities(thetas ...*autograd.Node) *autograd.Node {
	p := thetas[0].Unbind(0)
	area := p[0].Mul(p[2]).Scale(math.Sqrt(2 * math.Pi))
	return autograd.Concat(0, thetas[0], area.Reshape(1))
}

// A Fit is the most likely θ, and how far it may be from the true one.
type Fit struct {
	Theta       *tensor.Tensor // [4]
	Deviation   float64        // estimated, of the noise
	Covariance  *tensor.Tensor // of θ, [4, 4]
	GaussNewton *tensor.Tensor // the same without the second derivatives of the curve
	Search      optim.Result
}

// guess is where each search begins.
var guess = []float64{1, 5, 1, 0}

// fit fits the peak to observations y at x, [n] each, by least squares, L = ½ Σ (peak − y)². If the
// noise is normal with variance σ², L/σ² is the negative logarithm of the likelihood, up to a constant.
// Near its minimum it is almost a quadratic function with the Hessian H/σ², and so the likelihood is
// almost a normal distribution, whose covariance is the inverse, σ² H⁻¹.
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

// deviations returns the standard deviations of the n results of a function of θ, from the
// covariance Σ of θ: to first order, the covariance of the results is J Σ Jᵀ, where J is the
// Jacobian of the function.
func (f Fit) deviations(of autograd.Func, covariance *tensor.Tensor) []float64 {
	j := autograd.Jacobian(of, f.Theta)[0]
	v := new(tensor.Tensor).MatMul(j, covariance)
	v.Mul(v, j)
	return new(tensor.Tensor).Sqrt(new(tensor.Tensor).Sum(v, 1)).Data()
}
