package autograd_test

// arithOps adds functions of several numbers.
func (l *list) arithOps() {
	for _, p := range [][2]shape{{{}, {}}, {{2, 3}, {3}}, {{2, 1}, {1, 3}}, {{1, 1}, {0, 3}}} {
		for _, op := range []struct {
			name string
			f    func(x, y *node) *node
		}{
			{"Atan2", (*node).Atan2}, {"Hypot", (*node).Hypot}, {"LogAddExp", (*node).LogAddExp},
			{"Maximum", (*node).Maximum}, {"Minimum", (*node).Minimum}, {"ClampMin", (*node).ClampMin}, {"ClampMax", (*node).ClampMax},
			{"LerpScalar", func(x, y *node) *node { return x.LerpScalar(y, .3) }},
		} {
			l.add(op.name, binary(op.f), signed, p[0], p[1])
		}
		l.add("Xlogy", binary((*node).Xlogy), positive, p[0], p[1])
		l.add("Xlog1py", binary((*node).Xlog1py), positive, p[0], p[1])
		l.add("MaskedFill", binary(func(x, y *node) *node { return x.MaskedFill(x.Gt(y), y) }), signed, p[0], p[1])
		l.add("Clamp lower", binary(func(x, y *node) *node { return x.Clamp(y, nil) }), signed, p[0], p[1])
		l.add("Clamp upper", binary(func(x, y *node) *node { return x.Clamp(nil, y) }), signed, p[0], p[1])
	}
	for _, s := range [][3]shape{{{}, {}, {}}, {{2, 3}, {3}, {2, 1}}, {{3}, {2, 3}, {}}, {{0, 3}, {3}, {1}}} {
		l.add("Lerp", func(xs ...*node) *node { return xs[0].Lerp(xs[1], xs[2]) }, signed, s[:]...)
		l.add("Clamp", func(xs ...*node) *node { return xs[0].Clamp(xs[1], xs[2]) }, signed, s[:]...)
	}
	for _, s := range []shape{{}, {2, 3}, {0}} {
		l.add("ClampScalar", unary(func(x *node) *node { return x.ClampScalar(-.5, .7) }), signed, s)
	}
	for _, s := range [][2]shape{{{}, {}}, {{3}, {1}}, {{2, 3}, {3}}, {{2, 3, 2}, {3}}, {{0, 3}, {3}}} {
		l.add("PReLU", binary((*node).PReLU), signed, s[0], s[1])
	}
}
