package autograd

// An Observer is an Op that does something once a run, such as to update running statistics. After is called when y has
// been computed: as the graph is built, and by each Forward of a [Plan]; but not when a plan is made (except those
// that rules apply), nor when a [Checkpoint] computes again what it did not keep. There are y's value and what [Node.Keep] has, but not its inputs.
type Observer interface {
	Op
	After(y *Node)
}

// observer returns y's operation if it is an Observer, and y is not computed again by a Checkpoint; otherwise nil.
func (y *Node) observer() Observer {
	op, ok := y.op.(Observer)
	if !ok || y.ctx.within != nil && y.ctx.within.again {
		return nil
	}
	return op
}

// observe calls After of y's operation, if it is an Observer; in a Checkpoint that does so, when it has itself been computed.
func (y *Node) observe() {
	switch op := y.observer(); {
	case op == nil:
	case y.ctx.within != nil:
		y.ctx.within.after = append(y.ctx.within.after, y)
	default:
		op.After(y)
	}
}

// observerInPlan is observer, of a step of a plan. It panics if y is computed again by a Checkpoint that may draw: the steps of
// the plan would draw other numbers for it than for what the Checkpoint computes first.
func (y *Node) observerInPlan() Observer {
	if y.ctx.Rand != nil && y.ctx.within != nil {
		fail("NewPlan", "%v is part of a gradient by Grad through a Checkpoint whose context has a Rand: such a gradient can't be in a plan", y)
	}
	return y.observer()
}
