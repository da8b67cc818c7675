package walk

import (
	"gentlegrad/demos/delta"
	"gentlegrad/tensor"
)

// entropyRules are the rules for the leaves x, class, w₁, b₁, w₂, b₂.
func entropyRules(l []*tensor.Tensor) []Line {
	x := l[0]
	var p delta.Entropy
	p.Run(x, int(l[1].Item()), l[2], l[3], l[4], l[5])
	return []Line{
		{Step: "I", Node: "z1", Name: "z₁", Rule: "x · w₁ + b₁", Value: &p.Z1},
		{Step: "I", Node: "a1", Name: "a₁", Rule: "g(z₁)", Value: &p.A1},
		{Step: "I", Node: "z2", Name: "z₂", Rule: "a₁ · w₂ + b₂", Value: &p.Z2},
		{Step: "I", Node: "q", Name: "q", Rule: "log softmax(z₂)", Value: &p.LogP, Again: true},
		{Step: "I", Node: "E", Name: "E", Rule: "−q at the class", Value: tensor.FromSlice([]float64{p.Error}, 1), Again: true},
		{Step: "II", Node: "z2", Name: "δ₂", Rule: "softmax(z₂) − e, e 1 at the class", With: put(&p.P, " − ", &p.Class), Value: &p.Delta2, Again: true},
		{Step: "II", Node: "z1", Name: "δ₁", Rule: "g′(z₁) ⊙ (δ₂ · w₂ᵀ)", With: put(&p.Prime1, " ⊙ (", &p.Delta2, " · ", l[4], "ᵀ)"), Value: &p.Delta1},
		{Step: "III", Node: "w2", Name: "∂E/∂w₂", Rule: "a₁ᵀ · δ₂", With: put(&p.A1, "ᵀ · ", &p.Delta2), Value: &p.Weight2},
		{Step: "III", Node: "b2", Name: "∂E/∂b₂", Rule: "δ₂", Value: &p.Bias2},
		{Step: "III", Node: "w1", Name: "∂E/∂w₁", Rule: "xᵀ · δ₁", With: put(x, "ᵀ · ", &p.Delta1), Value: &p.Weight1},
		{Step: "III", Node: "b1", Name: "∂E/∂b₁", Rule: "δ₁", Value: &p.Bias1},
	}
}

// recurrentRules are the rules for the leaves x₁, x₂, x₃, t, w, u, b.
func recurrentRules(l []*tensor.Tensor) []Line {
	t, u := l[3], l[5]
	var p delta.Recurrent
	p.Run(l[:3], t, l[4], u, l[6])
	var lines []Line
	for k := range 3 {
		z, h := index("z", k+1), index("h", k+1)
		rule := index("x", k+1) + " · w + b"
		if k > 0 {
			rule += " + " + index("h", k) + " · u"
		}
		lines = append(lines,
			Line{Step: "I", Node: plain("z", k), Name: z, Rule: rule, Value: p.Z[k], Again: true},
			Line{Step: "I", Node: plain("h", k), Name: h, Rule: "g(" + z + "), g = tanh", Value: p.H[k]})
	}
	return append(lines,
		Line{Step: "I", Node: "E", Name: "E", Rule: "½ (h₃ − t)²", Value: tensor.Scalar(p.Error)},
		Line{Step: "II", Node: "z3", Name: "δ₃", Rule: "g′(z₃) ⊙ (h₃ − t)", With: put(p.Prime[2], " ⊙ (", p.H[2], " − ", t, ")"), Value: p.Delta[2]},
		Line{Step: "II", Node: "z2", Name: "δ₂", Rule: "g′(z₂) ⊙ (δ₃ · uᵀ)", With: put(p.Prime[1], " ⊙ (", p.Delta[2], " · ", u, ")"), Value: p.Delta[1], Again: true},
		Line{Step: "II", Node: "z1", Name: "δ₁", Rule: "g′(z₁) ⊙ (δ₂ · uᵀ)", With: put(p.Prime[0], " ⊙ (", p.Delta[1], " · ", u, ")"), Value: p.Delta[0], Again: true},
		Line{Step: "III", Node: "w", Name: "∂E/∂w", Rule: "x₁ᵀ · δ₁ + x₂ᵀ · δ₂ + x₃ᵀ · δ₃", Value: &p.W, Again: true},
		Line{Step: "III", Node: "u", Name: "∂E/∂u", Rule: "h₁ᵀ · δ₂ + h₂ᵀ · δ₃", Value: &p.U, Again: true},
		Line{Step: "III", Node: "b", Name: "∂E/∂b", Rule: "δ₁ + δ₂ + δ₃", Value: &p.B, Again: true},
	)
}
