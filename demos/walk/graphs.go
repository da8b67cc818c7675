package walk

import "gentlegrad/autograd"

// The graphs that the page shows. The lines of each function are shown as its program: it gets the leaves and
// returns what the nodes are called.

type (
	node  = *autograd.Node
	named = map[string]node
)

func article(x, t, w1, b1, w2, b2 node) named {
	z1 := x.Affine(w1, b1)
	a1 := z1.Sigmoid()
	z2 := a1.Affine(w2, b2)
	a2 := z2.Sigmoid()
	E := a2.SquaredError(t)
	return named{"z1": z1, "a1": a1, "z2": z2, "a2": a2, "E": E}
}

func activation(x, t, w1, b1, w2, b2 node) named {
	z1 := x.Affine(w1, b1)
	s := z1.Sigmoid()
	a1 := z1.Mul(s) // z·sigmoid(z)
	z2 := a1.Affine(w2, b2)
	a2 := z2.Sigmoid()
	E := a2.SquaredError(t)
	return named{"z1": z1, "s": s, "a1": a1, "z2": z2, "a2": a2, "E": E}
}

func tied(x, w node) named {
	z1 := x.MatMul(w)
	a1 := z1.Tanh()
	z2 := a1.MatMulNT(w) // w again, transposed
	E := z2.SquaredError(x)
	return named{"z1": z1, "a1": a1, "z2": z2, "E": E}
}

func skip(x, t, w1, b1, w2, b2 node) named {
	z1 := x.Affine(w1, b1)
	a1 := z1.Sigmoid()
	z2 := a1.Affine(w2, b2)
	h := a1.Add(z2) // the skip
	E := h.SquaredError(t)
	return named{"z1": z1, "a1": a1, "z2": z2, "h": h, "E": E}
}

func entropy(x, class, w1, b1, w2, b2 node) named {
	z1 := x.Affine(w1, b1)
	a1 := z1.Sigmoid()
	z2 := a1.Affine(w2, b2)
	q := z2.LogSoftmax(-1)
	E := q.NLL(class)
	return named{"z1": z1, "a1": a1, "z2": z2, "q": q, "E": E}
}

func recurrent(x1, x2, x3, t, w, u, b node) named {
	z1 := x1.Affine(w, b)
	h1 := z1.Tanh()
	z2 := x2.Affine(w, b).Add(h1.MatMul(u))
	h2 := z2.Tanh()
	z3 := x3.Affine(w, b).Add(h2.MatMul(u))
	h3 := z3.Tanh()
	E := h3.SquaredError(t)
	return named{"z1": z1, "h1": h1, "z2": z2, "h2": h2, "z3": z3, "h3": h3, "E": E}
}
