package autograd

// An Observer is an Op that does something once a run, such as updating running statistics. After is
// called when y has been computed: when the graph is built, and by each Forward of a [Plan]. It is not
// called when a plan is made (except for ops that rules apply), nor when a [Checkpoint] recomputes what
// it did not keep. After may use y's value and what [Node.Keep] has, but not y's inputs.
type Observer interface {
	Op
	After(y *Node)
}

// observer returns y's operation if it is an Observer and y is not recomputed by a Checkpoint; otherwise
// nil.
func (y *Node) observer() Observer {
	op, ok := y.op.(Observer)
	if !ok || y.ctx.within != nil && y.ctx.within.again {
		return nil
	}
	return op
}

// observe calls After of y's operation if it is an Observer. In a Checkpoint, that is put off until the
// Checkpoint itself has been computed.
func (y *Node) observe() {
	switch op := y.observer(); {
	case op == nil:
	case y.ctx.within != nil:
		y.ctx.within.after = append(y.ctx.within.after, y)
	default:
		op.After(y)
	}
}

// observerInPlan is observer for a step of a plan. It panics if y is recomputed by a Checkpoint that may
// draw random numbers: the plan's steps would draw other numbers for y than the Checkpoint drew at first.
func (y *Node) observerInPlan() Observer {
	if y.ctx.Rand != nil && y.ctx.within != nil {
		fail("NewPlan", "%v is part of a gradient by Grad through a Checkpoint whose context has a Rand: such a gradient can't be in a plan", y)
	}
	return y.observer()
}
