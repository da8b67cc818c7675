package layers

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Activations. Their formulas, papers and choices at kinks are with the methods of the same names of
// autograd.Node. Sigmoid, Tanh and ReLU are in layers.go.

// LeakyReLU is x where x > 0, and Slope·x elsewhere, element by element.
type LeakyReLU struct{ Slope float64 }

// Forward returns the activation of x.
func (l LeakyReLU) Forward(x *autograd.Node) *autograd.Node { return x.LeakyReLU(l.Slope) }

// String returns the name and the numbers.
func (l LeakyReLU) String() string { return fmt.Sprintf("LeakyReLU %v", l.Slope) }

// ELU is x where x > 0, and Alpha·(eˣ − 1) elsewhere, element by element.
type ELU struct{ Alpha float64 }

// Forward returns the activation of x.
func (l ELU) Forward(x *autograd.Node) *autograd.Node { return x.ELU(l.Alpha) }

// String returns the name and the numbers.
func (l ELU) String() string { return fmt.Sprintf("ELU %v", l.Alpha) }

// CELU is x where x > 0, and Alpha·(e^(x/Alpha) − 1) elsewhere, element by element. Alpha is not 0.
type CELU struct{ Alpha float64 }

// Forward returns the activation of x.
func (l CELU) Forward(x *autograd.Node) *autograd.Node { return x.CELU(l.Alpha) }

// String returns the name and the numbers.
func (l CELU) String() string { return fmt.Sprintf("CELU %v", l.Alpha) }

// SELU is the ELU that keeps mean 0 and variance 1 from layer to layer, element by element. Initialise
// its network with [LeCun].
type SELU struct{}

// Forward returns the activation of x.
func (SELU) Forward(x *autograd.Node) *autograd.Node { return x.SELU() }

// String returns "SELU".
func (SELU) String() string { return "SELU" }

// GELU is x Φ(x), with Φ the distribution function of the normal distribution, element by element.
type GELU struct{}

// Forward returns the activation of x.
func (GELU) Forward(x *autograd.Node) *autograd.Node { return x.GELU() }

// String returns "GELU".
func (GELU) String() string { return "GELU" }

// GELUTanh is the approximation of GELU by tanh, element by element.
type GELUTanh struct{}

// Forward returns the activation of x.
func (GELUTanh) Forward(x *autograd.Node) *autograd.Node { return x.GELUTanh() }

// String returns "GELUTanh".
func (GELUTanh) String() string { return "GELUTanh" }

// SiLU is x σ(x), also called swish, element by element.
type SiLU struct{}

// Forward returns the activation of x.
func (SiLU) Forward(x *autograd.Node) *autograd.Node { return x.SiLU() }

// String returns "SiLU".
func (SiLU) String() string { return "SiLU" }

// Mish is x tanh(log(1+eˣ)), element by element.
type Mish struct{}

// Forward returns the activation of x.
func (Mish) Forward(x *autograd.Node) *autograd.Node { return x.Mish() }

// String returns "Mish".
func (Mish) String() string { return "Mish" }

// Softplus is log(1+eˣ), element by element.
type Softplus struct{}

// Forward returns the activation of x.
func (Softplus) Forward(x *autograd.Node) *autograd.Node { return x.Softplus() }

// String returns "Softplus".
func (Softplus) String() string { return "Softplus" }

// LogSigmoid is log σ(x), element by element.
type LogSigmoid struct{}

// Forward returns the activation of x.
func (LogSigmoid) Forward(x *autograd.Node) *autograd.Node { return x.LogSigmoid() }

// String returns "LogSigmoid".
func (LogSigmoid) String() string { return "LogSigmoid" }

// Softsign is x/(1+|x|), element by element.
type Softsign struct{}

// Forward returns the activation of x.
func (Softsign) Forward(x *autograd.Node) *autograd.Node { return x.Softsign() }

// String returns "Softsign".
func (Softsign) String() string { return "Softsign" }

// Threshold is x where x > At, and Else elsewhere, element by element.
type Threshold struct{ At, Else float64 }

// Forward returns the activation of x.
func (l Threshold) Forward(x *autograd.Node) *autograd.Node { return x.Threshold(l.At, l.Else) }

// String returns the name and the numbers.
func (l Threshold) String() string { return fmt.Sprintf("Threshold at %v, else %v", l.At, l.Else) }

// Hardtanh is x limited to [Low, High], element by element.
type Hardtanh struct{ Low, High float64 }

// Forward returns the activation of x.
func (l Hardtanh) Forward(x *autograd.Node) *autograd.Node { return x.Hardtanh(l.Low, l.High) }

// String returns the name and the numbers.
func (l Hardtanh) String() string { return fmt.Sprintf("Hardtanh %v to %v", l.Low, l.High) }

// ReLU6 is x limited to [0, 6], element by element.
type ReLU6 struct{}

// Forward returns the activation of x.
func (ReLU6) Forward(x *autograd.Node) *autograd.Node { return x.ReLU6() }

// String returns "ReLU6".
func (ReLU6) String() string { return "ReLU6" }

// Hardshrink is x where |x| > Lambda, and 0 elsewhere, element by element.
type Hardshrink struct{ Lambda float64 }

// Forward returns the activation of x.
func (l Hardshrink) Forward(x *autograd.Node) *autograd.Node { return x.Hardshrink(l.Lambda) }

// String returns the name and the numbers.
func (l Hardshrink) String() string { return fmt.Sprintf("Hardshrink %v", l.Lambda) }

// Softshrink is x moved towards 0 by Lambda where |x| > Lambda, and 0 elsewhere, element by element.
type Softshrink struct{ Lambda float64 }

// Forward returns the activation of x.
func (l Softshrink) Forward(x *autograd.Node) *autograd.Node { return x.Softshrink(l.Lambda) }

// String returns the name and the numbers.
func (l Softshrink) String() string { return fmt.Sprintf("Softshrink %v", l.Lambda) }

// Tanhshrink is x − tanh x, element by element.
type Tanhshrink struct{}

// Forward returns the activation of x.
func (Tanhshrink) Forward(x *autograd.Node) *autograd.Node { return x.Tanhshrink() }

// String returns "Tanhshrink".
func (Tanhshrink) String() string { return "Tanhshrink" }

// Hardsigmoid is (x+3)/6 limited to [0, 1], element by element.
type Hardsigmoid struct{}

// Forward returns the activation of x.
func (Hardsigmoid) Forward(x *autograd.Node) *autograd.Node { return x.Hardsigmoid() }

// String returns "Hardsigmoid".
func (Hardsigmoid) String() string { return "Hardsigmoid" }

// Hardswish is x times its Hardsigmoid, element by element.
type Hardswish struct{}

// Forward returns the activation of x.
func (Hardswish) Forward(x *autograd.Node) *autograd.Node { return x.Hardswish() }

// String returns "Hardswish".
func (Hardswish) String() string { return "Hardswish" }

// GLU is the gated linear unit a ⊙ σ(b), where a is the first half of x along the last axis and b the
// second: […, 2n] becomes […, n].
type GLU struct{}

// Forward returns the activation of x.
func (GLU) Forward(x *autograd.Node) *autograd.Node { return x.GLU(-1) }

// String returns "GLU".
func (GLU) String() string { return "GLU" }

// Softmax is e^x / Σ e^x along the last axis: probabilities. Losses take the scores x themselves: see
// [CrossEntropy].
type Softmax struct{}

// Forward returns the activation of x.
func (Softmax) Forward(x *autograd.Node) *autograd.Node { return x.Softmax(-1) }

// String returns "Softmax".
func (Softmax) String() string { return "Softmax" }

// Softmin is Softmax of −x, along the last axis.
type Softmin struct{}

// Forward returns the activation of x.
func (Softmin) Forward(x *autograd.Node) *autograd.Node { return x.Softmin(-1) }

// String returns "Softmin".
func (Softmin) String() string { return "Softmin" }

// LogSoftmax is the logarithm of Softmax, along the last axis.
type LogSoftmax struct{}

// Forward returns the activation of x.
func (LogSoftmax) Forward(x *autograd.Node) *autograd.Node { return x.LogSoftmax(-1) }

// String returns "LogSoftmax".
func (LogSoftmax) String() string { return "LogSoftmax" }

// PReLU is x where x > 0, and Weight·x elsewhere: a ReLU that learns how much it leaks.
type PReLU struct {
	Weight *autograd.Node // one number, or C for an x [N, C, …]
}

// NewPReLU returns a layer with weights of ¼, as in the paper: one for each channel, or 1 for all. It
// panics if channels is less than 1.
func NewPReLU(channels int) *PReLU {
	mustBePositive("NewPReLU", "channels", channels)
	return &PReLU{autograd.Variable(tensor.Full(.25, channels)).Named("weight")}
}

// Forward returns the activation of x.
func (l *PReLU) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	mustBeSet("PReLU", "the Weight is nil; NewPReLU makes one", l.Weight)
	return x.PReLU(l.Weight)
}

// String returns the number of weights, such as "PReLU 3".
func (l *PReLU) String() string { return "PReLU" + shapeOf(l.Weight) }
