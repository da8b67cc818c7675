package delta

import "gentlegrad/tensor"

// What the article's rules do not cover has to be derived again, by hand. Another activation needs
// its derivative: see activations.go. Here are other networks: one whose weight is used twice, one
// with a skip connection, and more.

// Tied is an autoencoder that encodes with a weight and decodes with its transpose:
//
//	z₁ = x w    a₁ = tanh z₁    z₂ = a₁ wᵀ    E = ½ Σ (z₂ − x)²
//
// w appears in E in two places, so by the product rule its gradient has two terms.
type Tied struct {
	Z1, A1, Z2     tensor.Tensor
	Error          float64
	Delta1, Delta2 tensor.Tensor
	// ∂E/∂w, and its two terms: that of w in the decoder, and that of w in the encoder.
	WeightGradient, Decoding, Encoding tensor.Tensor
}

// Run computes the signals and gradients for x, observations × inputs, and the weight w.
//
//	δ₂ = z₂ − x    δ₁ = g′(z₁) ⊙ (δ₂ w)    ∂E/∂w = δ₂ᵀ a₁ + xᵀ δ₁
func (p *Tied) Run(x, w *tensor.Tensor) {
	p.Z1.MatMul(x, w)
	p.A1.Tanh(&p.Z1)
	p.Z2.MatMulNT(&p.A1, w)
	p.Error = new(tensor.Tensor).SquaredError(&p.Z2, x).Item()
	p.Delta2.Sub(&p.Z2, x)
	var prime tensor.Tensor
	Tanh.Prime(&prime, &p.Z1)
	p.Delta1.MatMul(&p.Delta2, w)
	p.Delta1.Mul(&prime, &p.Delta1)
	p.Decoding.MatMulTN(&p.Delta2, &p.A1)
	p.Encoding.MatMulTN(x, &p.Delta1)
	p.WeightGradient.Add(&p.Decoding, &p.Encoding)
}

// Skip is a network of two layers whose hidden activation also goes past the second layer:
//
//	z₁ = x w₁ + b₁    a₁ = g(z₁)    z₂ = a₁ w₂ + b₂    h = a₁ + z₂    E = ½ Σ (h − t)²
//
// with the logistic sigmoid for g. E depends on a₁ in two ways, so δ₁ has a second term.
type Skip struct {
	Z1, A1, Z2, H    tensor.Tensor
	Error            float64
	Delta1, Delta2   tensor.Tensor
	Weight1, Bias1   tensor.Tensor // gradients
	Weight2, Bias2   tensor.Tensor
	Prime1, Through2 tensor.Tensor // g′(z₁), and δ₂ w₂ᵀ
}

// Run computes the signals and gradients for x, observations × inputs, the target t and the parameters.
//
//	δ₂ = h − t    δ₁ = g′(z₁) ⊙ (δ₂ + δ₂ w₂ᵀ)    ∂E/∂w₁ = xᵀ δ₁    ∂E/∂w₂ = a₁ᵀ δ₂
func (p *Skip) Run(x, t, w1, b1, w2, b2 *tensor.Tensor) {
	p.Z1.MatMul(x, w1)
	p.Z1.Add(&p.Z1, b1)
	p.A1.Sigmoid(&p.Z1)
	p.Z2.MatMul(&p.A1, w2)
	p.Z2.Add(&p.Z2, b2)
	p.H.Add(&p.A1, &p.Z2)
	p.Error = new(tensor.Tensor).SquaredError(&p.H, t).Item()
	p.Delta2.Sub(&p.H, t)
	Sigmoid.Prime(&p.Prime1, &p.Z1)
	p.Through2.MatMulNT(&p.Delta2, w2)
	p.Delta1.Add(&p.Delta2, &p.Through2)
	p.Delta1.Mul(&p.Prime1, &p.Delta1)
	p.Weight1.MatMulTN(x, &p.Delta1)
	p.Bias1.Sum(&p.Delta1, 0)
	p.Weight2.MatMulTN(&p.A1, &p.Delta2)
	p.Bias2.Sum(&p.Delta2, 0)
}

// Entropy is a network of two layers, the first with the logistic sigmoid, the second with an output for
// each class, and the cross-entropy of their softmax:
//
//	z₁ = x w₁ + b₁    a₁ = g(z₁)    z₂ = a₁ w₂ + b₂    p = softmax(z₂)    E = −log p at the class
//
// Each p depends on all of z₂, so δ₂ is not a product with a g′(z₂), and has to be derived anew.
type Entropy struct {
	Z1, A1, Z2     tensor.Tensor
	LogP, P        tensor.Tensor
	Error          float64
	Delta1, Delta2 tensor.Tensor
	Weight1, Bias1 tensor.Tensor // gradients
	Weight2, Bias2 tensor.Tensor
	Class, Prime1  tensor.Tensor // 1 at the class and 0 elsewhere, and g′(z₁)
}

// Run computes the signals and gradients for one observation x, 1 × inputs, its class, from 0, and the
// parameters.
//
//	δ₂ = p − e, e being 1 at the class and 0 elsewhere    δ₁ = g′(z₁) ⊙ (δ₂ w₂ᵀ)
func (p *Entropy) Run(x *tensor.Tensor, class int, w1, b1, w2, b2 *tensor.Tensor) {
	p.Z1.MatMul(x, w1)
	p.Z1.Add(&p.Z1, b1)
	p.A1.Sigmoid(&p.Z1)
	p.Z2.MatMul(&p.A1, w2)
	p.Z2.Add(&p.Z2, b2)
	p.LogP.LogSoftmax(&p.Z2, -1)
	p.P.Exp(&p.LogP)
	p.Error = -p.LogP.At(0, class)
	p.Class.Like(&p.Z2).Fill(0)
	p.Class.SetAt(1, 0, class)
	p.Delta2.Sub(&p.P, &p.Class)
	Sigmoid.Prime(&p.Prime1, &p.Z1)
	p.Delta1.MatMulNT(&p.Delta2, w2)
	p.Delta1.Mul(&p.Prime1, &p.Delta1)
	p.Weight1.MatMulTN(x, &p.Delta1)
	p.Bias1.Sum(&p.Delta1, 0)
	p.Weight2.MatMulTN(&p.A1, &p.Delta2)
	p.Bias2.Sum(&p.Delta2, 0)
}

// Recurrent is a unit that is used once at each time, and remembers its last output:
//
//	z_k = x_k w + b + h_{k−1} u    h_k = tanh z_k    E = ½ (h − t)² of the last h
//
// without the term with u at the first time. Its rules are known as backpropagation through time.
type Recurrent struct {
	Z, H, Delta, Prime []*tensor.Tensor // of each time
	Error              float64
	W, U, B            tensor.Tensor // gradients
}

// Run computes the signals and gradients for the inputs at each time, the target at the
// last, and the parameters.
//
//	δ_last = g′(z_last) ⊙ (h_last − t)    δ_k = g′(z_k) ⊙ (δ_{k+1} uᵀ)
//	∂E/∂w = Σ x_kᵀ δ_k    ∂E/∂u = Σ h_{k−1}ᵀ δ_k    ∂E/∂b = Σ δ_k
func (p *Recurrent) Run(xs []*tensor.Tensor, t, w, u, b *tensor.Tensor) {
	if len(xs) == 0 {
		fail("Run", "there are no inputs: want one for each time")
	}
	p.Z, p.H, p.Prime = nil, nil, nil
	for k, x := range xs {
		z := new(tensor.Tensor).MatMul(x, w)
		z.Add(z, b)
		if k > 0 {
			z.Add(z, new(tensor.Tensor).MatMul(p.H[k-1], u))
		}
		p.Z, p.H = append(p.Z, z), append(p.H, new(tensor.Tensor).Tanh(z))
		p.Prime = append(p.Prime, Tanh.Prime(new(tensor.Tensor), z))
	}
	last := len(xs) - 1
	p.Error = new(tensor.Tensor).SquaredError(p.H[last], t).Item()
	p.Delta = make([]*tensor.Tensor, len(xs))
	p.W.Like(w).Fill(0)
	p.U.Like(u).Fill(0)
	p.B.Like(b).Fill(0)
	back := new(tensor.Tensor).Sub(p.H[last], t)
	for k := last; k >= 0; k-- {
		p.Delta[k] = new(tensor.Tensor).Mul(p.Prime[k], back)
		p.W.Add(&p.W, new(tensor.Tensor).MatMulTN(xs[k], p.Delta[k]))
		p.B.Add(&p.B, new(tensor.Tensor).Sum(p.Delta[k], 0))
		if k > 0 {
			p.U.Add(&p.U, new(tensor.Tensor).MatMulTN(p.H[k-1], p.Delta[k]))
			back.MatMulNT(p.Delta[k], u)
		}
	}
}
