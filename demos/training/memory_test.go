package training

import (
	"runtime"
	"slices"
	"testing"
)

// TestMemory compares how much memory trainings are said to need with what they hold in the
// end, whatever grows: it may be less, by what is needed only on the way.
func TestMemory(t *testing.T) { // not parallel: it counts bytes
	if testing.Short() {
		t.Skip("it trains large networks")
	}
	for _, test := range []struct {
		problem string
		change  func(c *Config)
	}{
		{"AND", func(c *Config) { c.Iterations, c.Observations = 20000, 1 }},
		{"XOR", func(c *Config) { c.Iterations, c.Observations = 20000, 1 }},
		{"XOR", func(c *Config) { c.Iterations, c.Observations, c.Hidden = 200, 1, slices.Repeat([]int{1}, 200) }},
		{"XOR", func(c *Config) { c.Iterations, c.Observations, c.Hidden = 10, 1, []int{600, 600} }},
		{"SIN", func(c *Config) { c.Iterations, c.Observations, c.Batch, c.Hidden = 1, 100, 33, []int{800, 800} }},
		{"XOR", func(c *Config) { c.Iterations, c.Observations, c.Batch, c.Hidden = 1, 5000, 15000, []int{50, 50} }},
		{"RING", func(c *Config) { c.Iterations, c.Observations, c.Batch = 1, 100000, 1000 }},
	} {
		c := defaults(test.problem, test.change)
		before := heap()
		data, model := mustNew(t, c)
		trainer := newTrainer(c, data, model)
		if _, err := trainer.train(nil); err != nil {
			t.Fatal(err)
		}
		held, said := heap()-before, c.memory().total()
		runtime.KeepAlive(trainer)
		if held > said || said > 3*held {
			t.Errorf("%s, %d observations, %d iterations: it holds %d bytes, said to be %d", c.Network(), c.Observations, c.Iterations, held, said)
		}
	}
}

// heap returns the bytes that are in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
