package autograd

// What tests in package autograd_test, which can import gradcheck, need from inside.

func TimesSlope(x, y *Node) *Node        { return x.timesSlope(y) }
func DivideSlope(x, y *Node) *Node       { return x.divideSlope(y) }
func SigmoidGrad(dy, y *Node) *Node      { return Apply(sigmoidGradOp{}, dy, y) }
func TanhGrad(dy, y *Node) *Node         { return Apply(tanhGradOp{}, dy, y) }
func ReLUGrad(dy, x *Node) *Node         { return Apply(reluGradOp{}, dy, x) }
func Pad(x *Node, axis, i, n int) *Node  { return x.pad(axis, i, n) }
func (t *Tape) Nodes() (used, known int) { return t.n, t.known }
func (t *Tape) Leaves() int              { return len(t.leaves.entries) }
func (g *Gradients) Repeated() bool      { return g.repeats }
