package memory

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"gentlegrad/demos/internal/cputime"
	"gentlegrad/tensor"
)

// A sequence has one mark in each half, and the target is the sum of the marked numbers.
func TestDraw(t *testing.T) {
	t.Parallel()
	x, sums := tensor.New(20, length, 2), tensor.New(20, 1)
	for range 2 { // the second time over the first
		draw(rand.New(rand.NewPCG(3, 4)), x, sums)
		for i := range 20 {
			sum, marks := 0.0, [2]int{}
			for k := range length {
				v, mark := x.At(i, k, 0), x.At(i, k, 1)
				if !(v >= 0 && v < 1) || mark != 0 && mark != 1 {
					t.Fatalf("sequence %d, place %d: %v, marked %v", i, k, v, mark)
				}
				marks[2*k/length] += int(mark)
				sum += v * mark
			}
			if marks != [2]int{1, 1} || sum != sums.At(i, 0) {
				t.Errorf("sequence %d: %d marks in the halves, and the sum %v, want %v", i, marks, sums.At(i, 0), sum)
			}
		}
	}
}

// The claims: the LSTM learns the task, the plain network does not, in less than two minutes on two
// cores; and the gradient of the first reaches further back before training.
func TestTrain(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains networks")
	}
	start := cputime.Used()
	r, err := Train(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if took := cputime.Used() - start; took.Minutes() > 2 {
		t.Errorf("it took %v of computing", took)
	}
	if !(r.LSTM.end() <= Chance/100 && r.LSTM.Close >= .98) || r.LSTM.solved() == 0 {
		t.Errorf("the LSTM has the error %v, %v of its answers are close, solved after %d steps", r.LSTM.end(), r.LSTM.Close, r.LSTM.solved())
	}
	if !(r.RNN.end() >= Chance/2 && r.RNN.Close <= .5) || r.RNN.solved() != 0 {
		t.Errorf("the plain network has the error %v, %v of its answers are close, solved after %d steps", r.RNN.end(), r.RNN.Close, r.RNN.solved())
	}
	if l, p := r.LSTM.Reach, r.RNN.Reach; len(l) != length || len(p) != length || !(l[0]/l[length-1] >= 5*p[0]/p[length-1]) {
		t.Errorf("the gradients reach\n%v\n%v", l, p)
	}

	// The cells that the page shows are those that the answer is made of.
	cells := r.LSTM.cells(r.sequence)
	order := r.takingIn(cells)
	if len(order) != units || len(cells[order[0]]) != length {
		t.Errorf("%d units, %d places", len(order), len(cells[order[0]]))
	}
	if !strings.Contains(r.String(), "LSTM 2→16\n  mean (a−t)² 0.00") {
		t.Errorf("the report:\n%v", r)
	}
	if html, err := r.Page().Render(); err != nil || !strings.Contains(string(html), "What the memory holds") {
		t.Errorf("the page: %v", err)
	}
}
