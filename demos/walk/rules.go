package walk

import (
	"fmt"

	"gentlegrad/demos/delta"
	"gentlegrad/tensor"
)

// A Line is a line of the left book: a quantity that is given by the article's rules, or by rules
// derived by hand in the same way.
type Line struct {
	Step  string // I, II or III of the article
	Node  string // whose value it is in step I, and whose gradient in II and III
	Name  string
	Rule  string
	Value *tensor.Tensor
	With  Expression // the rule with numbers; empty for none
	Again bool       // the rule had to be derived again
}

// put returns an expression of the parts, which are strings and tensors.
func put(parts ...any) Expression {
	e := Expression{digits: graphDigits}
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			e.form += p
		case *tensor.Tensor:
			e.form += e.put(p)
		default:
			panic(fmt.Sprintf("walk: internal error: a part is a %T", p))
		}
	}
	return e
}

// articleRules are the article's rules for the leaves x, t, w₁, b₁, w₂, b₂.
func articleRules(l []*tensor.Tensor) []Line { return twoLayers(l, delta.Sigmoid) }

// twoLayers are the rules for any activation g of the hidden layer.
func twoLayers(l []*tensor.Tensor, g delta.Activation) []Line {
	net := delta.Network{{Weight: l[2], Bias: l[3], Activation: g}, {Weight: l[4], Bias: l[5], Activation: delta.Sigmoid}}
	return NetworkRules(net, l[0], l[1])
}

// activationRules are those with z·sigmoid(z) in the hidden layer.
func activationRules(l []*tensor.Tensor) []Line {
	lines := twoLayers(l, delta.SiLU)
	for i := range lines {
		if lines[i].Node == "a1" {
			lines[i].Rule, lines[i].Again = "z₁ s(z₁), s the sigmoid", true
		}
		if lines[i].Step == "II" && lines[i].Node == "z1" {
			lines[i].Rule, lines[i].Again = "g′(z₁) ⊙ (δ₂ · w₂ᵀ), g′(z) = s + z s (1 − s)", true
		}
	}
	return lines
}

// NetworkRules are the article's delta rules for a network, an input and a target. They call the nodes
// z1, a1, w1, b1 and so on, and E. If the outputs are a softmax, the error is the cross-entropy.
func NetworkRules(net delta.Network, x, t *tensor.Tensor) []Line {
	var p delta.Pass
	net.ForwardPropagate(&p, x)
	net.BackpropagateErrors(&p, t)
	net.CalculateGradients(&p)
	last := len(net) - 1
	below := func(l int) (string, *tensor.Tensor) {
		if l == 0 {
			return "x", x
		}
		return index("a", l), &p.Layers[l-1].A
	}
	var lines []Line
	for l := range net {
		s := &p.Layers[l]
		a, _ := below(l)
		g := "g"
		if l == last && softmax(net) {
			g = "softmax"
		}
		lines = append(lines,
			Line{Step: "I", Node: plain("z", l), Name: index("z", l+1), Rule: a + " · " + index("w", l+1) + " + " + index("b", l+1), Value: &s.Z},
			Line{Step: "I", Node: plain("a", l), Name: index("a", l+1), Rule: g + "(" + index("z", l+1) + ")", Value: &s.A})
	}
	out := p.Output()
	a := index("a", len(net))
	lines = append(lines, errorLine(net, &p, a, t))
	for l := last; l >= 0; l-- {
		s := &p.Layers[l]
		prime := net[l].Activation.Prime(new(tensor.Tensor), &s.Z)
		line := Line{Step: "II", Node: plain("z", l), Name: index("δ", l+1), Value: &s.Delta}
		switch {
		case l == last && softmax(net):
			line.Rule, line.With = a+" − t", put(out, " − ", t)
		case l == last:
			line.Rule = fmt.Sprintf("g′(%s) ⊙ (%s − t)", index("z", l+1), a)
			line.With = put(prime, " ⊙ (", out, " − ", t, ")")
		default:
			line.Rule = fmt.Sprintf("g′(%s) ⊙ (%s · %sᵀ)", index("z", l+1), index("δ", l+2), index("w", l+2))
			line.With = put(prime, " ⊙ (", &p.Layers[l+1].Delta, " · ", net[l+1].Weight, "ᵀ)")
		}
		lines = append(lines, line)
	}
	for l := last; l >= 0; l-- {
		s := &p.Layers[l]
		name, a := below(l)
		d := index("δ", l+1)
		bias := d
		var with Expression
		if x.Dim(0) > 1 {
			bias = "Σ " + d
			with = put("Σ ", &s.Delta)
		}
		lines = append(lines,
			Line{Step: "III", Node: plain("w", l), Name: "∂E/∂" + index("w", l+1), Rule: name + "ᵀ · " + d, With: put(a, "ᵀ · ", &s.Delta), Value: &s.WeightGradient},
			Line{Step: "III", Node: plain("b", l), Name: "∂E/∂" + index("b", l+1), Rule: bias, With: with, Value: &s.BiasGradient})
	}
	return lines
}

// errorLine returns the line of E for the outputs called a.
func errorLine(net delta.Network, p *delta.Pass, a string, t *tensor.Tensor) Line {
	line := Line{Step: "I", Node: "E", Name: "E"}
	if softmax(net) {
		logs := new(tensor.Tensor).LogSoftmax(&p.Layers[len(net)-1].Z, -1)
		sum := new(tensor.Tensor).Sum(logs.Mul(logs, t))
		line.Rule, line.Value = "−Σ t ⊙ log "+a, new(tensor.Tensor).Neg(sum)
		return line
	}
	sum := ""
	if t.Len() > 1 {
		sum = "Σ "
	}
	line.Rule, line.Value = "½ "+sum+"("+a+" − t)²", new(tensor.Tensor).SquaredError(p.Output(), t)
	return line
}

func softmax(net delta.Network) bool { return net[len(net)-1].Activation.Name == delta.Softmax.Name }

func plain(letter string, layer int) string { return fmt.Sprint(letter, layer+1) }

func index(letter string, n int) string { return letter + subscripts.Replace(fmt.Sprint(n)) }

// tiedRules are the rules for the leaves x and w.
func tiedRules(l []*tensor.Tensor) []Line {
	x, w := l[0], l[1]
	var p delta.Tied
	p.Run(x, w)
	prime := delta.Tanh.Prime(new(tensor.Tensor), &p.Z1)
	return []Line{
		{Step: "I", Node: "z1", Name: "z₁", Rule: "x · w", Value: &p.Z1},
		{Step: "I", Node: "a1", Name: "a₁", Rule: "g(z₁), g = tanh", Value: &p.A1},
		{Step: "I", Node: "z2", Name: "z₂", Rule: "a₁ · wᵀ", Value: &p.Z2},
		{Step: "I", Node: "E", Name: "E", Rule: "½ Σ (z₂ − x)²", Value: tensor.Scalar(p.Error)},
		{Step: "II", Node: "z2", Name: "δ₂", Rule: "z₂ − x", With: put(&p.Z2, " − ", x), Value: &p.Delta2, Again: true},
		{Step: "II", Node: "z1", Name: "δ₁", Rule: "g′(z₁) ⊙ (δ₂ · w)", With: put(prime, " ⊙ (", &p.Delta2, " · ", w, ")"), Value: &p.Delta1, Again: true},
		{Step: "III", Node: "w", Name: "∂E/∂w", Rule: "δ₂ᵀ · a₁ + xᵀ · δ₁", With: put(&p.Decoding, " + ", &p.Encoding), Value: &p.WeightGradient, Again: true},
	}
}

// skipRules are the rules for the leaves x, t, w₁, b₁, w₂, b₂.
func skipRules(l []*tensor.Tensor) []Line {
	x, t := l[0], l[1]
	var p delta.Skip
	p.Run(x, t, l[2], l[3], l[4], l[5])
	return []Line{
		{Step: "I", Node: "z1", Name: "z₁", Rule: "x · w₁ + b₁", Value: &p.Z1},
		{Step: "I", Node: "a1", Name: "a₁", Rule: "g(z₁)", Value: &p.A1},
		{Step: "I", Node: "z2", Name: "z₂", Rule: "a₁ · w₂ + b₂", Value: &p.Z2},
		{Step: "I", Node: "h", Name: "h", Rule: "a₁ + z₂", Value: &p.H, Again: true},
		{Step: "I", Node: "E", Name: "E", Rule: "½ Σ (h − t)²", Value: tensor.Scalar(p.Error), Again: true},
		{Step: "II", Node: "z2", Name: "δ₂", Rule: "h − t", With: put(&p.H, " − ", t), Value: &p.Delta2, Again: true},
		{Step: "II", Node: "z1", Name: "δ₁", Rule: "g′(z₁) ⊙ (δ₂ + δ₂ · w₂ᵀ)", With: put(&p.Prime1, " ⊙ (", &p.Delta2, " + ", &p.Through2, ")"), Value: &p.Delta1, Again: true},
		{Step: "III", Node: "w2", Name: "∂E/∂w₂", Rule: "a₁ᵀ · δ₂", With: put(&p.A1, "ᵀ · ", &p.Delta2), Value: &p.Weight2},
		{Step: "III", Node: "b2", Name: "∂E/∂b₂", Rule: "δ₂", Value: &p.Bias2},
		{Step: "III", Node: "w1", Name: "∂E/∂w₁", Rule: "xᵀ · δ₁", With: put(x, "ᵀ · ", &p.Delta1), Value: &p.Weight1},
		{Step: "III", Node: "b1", Name: "∂E/∂b₁", Rule: "δ₁", Value: &p.Bias1},
	}
}
