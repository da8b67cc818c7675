package training

import (
	"fmt"
	"math"

	"gentlegrad/demos/problems"
)

// MemoryLimit is the approximate number of bytes that a training may need. It keeps a slip of
// the keyboard from filling the memory.
const MemoryLimit = 1_000_000_000

// memory estimates how many bytes a training needs.
type memory struct {
	data       int64
	network    int64 // with its gradients, automatic and manual
	batch      int64 // the activations of a batch and their gradients, or the grid's
	histories  int64
	iterations int // of the histories
}

// A number has 8 bytes. What is needed besides numbers was measured.
const (
	number       = 8
	perParameter = 6   // numbers: itself, at first, and its gradients
	perOptimiser = 3   // numbers that one which is not plain descent may keep of a parameter
	perUnit      = 8   // numbers for a unit and an observation of a batch: z, a, their gradients
	perLayer     = 400 // bytes of the histories for an iteration and a layer: tensors and slices
)

func (c Config) memory() memory {
	observations, grid := int64(c.Observations), int64(problems.GridSize)
	if c.Table != nil {
		grid = int64(c.Table.Held.N)
	} else if !c.Problem.Regression {
		observations *= int64(len(c.Problem.Prototypes))
		grid *= problems.GridSize
	}
	numbers := int64(perParameter)
	if c.Optimiser != descent || c.Momentum > 0 {
		numbers += perOptimiser
	}
	batch := min(int64(c.Batch), observations)
	rows := batch + observations%batch // of a whole batch and the last
	return memory{
		data:       number * 3 * observations * int64(c.Problem.Inputs+c.outputs()), // in both orders, and on the way
		network:    number * numbers * c.parameters(),
		batch:      number * (perUnit*rows + grid) * c.allUnits(),
		histories:  int64(c.Iterations) * (number*c.parameters() + int64(len(c.Hidden)+1)*perLayer),
		iterations: c.Iterations,
	}
}

func (m memory) total() int64 { return m.data + m.network + m.batch + m.histories }

// refuse returns an error if the training needs more than the limit.
func (m memory) refuse() error {
	if m.total() <= MemoryLimit {
		return nil
	}
	return fmt.Errorf("it would need %s of memory, want at most %s: data %s, network %s, batch %s, histories of %d iterations %s",
		megabytes(m.total()), megabytes(MemoryLimit), megabytes(m.data), megabytes(m.network), megabytes(m.batch), m.iterations, megabytes(m.histories))
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", math.Ceil(float64(n)/1e6)) }

// parameters returns the number of weights and biases.
func (c Config) parameters() int64 {
	n := int64(0)
	units := c.units()
	for i, in := range units[:len(units)-1] {
		n += int64(in+1) * int64(units[i+1])
	}
	return n
}

// allUnits returns the number of units of all layers, and of inputs.
func (c Config) allUnits() int64 {
	n := int64(0)
	for _, units := range c.units() {
		n += int64(units)
	}
	return n
}
