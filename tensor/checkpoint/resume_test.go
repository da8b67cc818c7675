package checkpoint_test

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
	"gentlegrad/tensor/checkpoint"
)

// A training is a run as a user writes it: a network, gradient descent with momentum and a schedule, and
// data in a new order in each epoch.
type training struct {
	net     layers.Sequential
	descent *optim.GradientDescent
	rate    *optim.Plateau
	random  *rand.PCG
	order   []int // of the data in this epoch
	step    int
}

const observations = 7

func newTraining() *training {
	t := &training{rate: optim.NewPlateau(0.05, 0.5, 2), random: rand.NewPCG(1, 2)}
	rng := rand.New(t.random)
	t.net = layers.Sequential{layers.NewLinear(2, 3, layers.Xavier(rng)), layers.Tanh{}, layers.NewLinear(3, 1, layers.Xavier(rng))}
	t.descent = optim.NewGradientDescent(0, layers.Parameters(t.net)...)
	t.descent.Momentum = 0.9
	return t
}

// next makes a step, with one observation.
func (t *training) next() {
	at := t.step % observations
	if at == 0 {
		t.order = rand.New(t.random).Perm(observations)
	}
	v := float64(t.order[at])
	x := autograd.Constant(tensor.FromSlice([]float64{v / 3, 1 - v}, 1, 2))
	target := autograd.Constant(tensor.FromSlice([]float64{v * v / 9}, 1, 1))
	loss := layers.SquaredError(t.net.Forward(x), target)
	t.descent.LearningRate = t.rate.Rate(t.step)
	t.descent.Minimise(loss)
	t.rate.Observe(loss.Value().Item())
	t.step++
}

// run returns everything that the next step depends on.
func (t *training) run() *checkpoint.Run {
	random, err := t.random.MarshalBinary()
	if err != nil {
		panic(err)
	}
	order := tensor.New(len(t.order))
	for i, v := range t.order {
		order.Data()[i] = float64(v)
	}
	return &checkpoint.Run{
		Tensors: map[string]map[string]*tensor.Tensor{
			"net": layers.State(t.net), "optimiser": maps.Collect(t.descent.State()), "rate": maps.Collect(t.rate.State()),
			"data": {"order": order},
		},
		Bytes: map[string][]byte{"random": random},
		Text:  map[string]string{"step": strconv.Itoa(t.step)},
	}
}

// resume is the inverse of run.
func resume(r *checkpoint.Run) (*training, error) {
	t := newTraining()
	err := errors.Join(
		layers.SetState(t.net, r.Tensors["net"]),
		t.descent.SetState(r.Tensors["optimiser"]),
		t.rate.SetState(r.Tensors["rate"]),
		t.random.UnmarshalBinary(r.Bytes["random"]),
	)
	if err != nil {
		return nil, err
	}
	for _, v := range r.Tensors["data"]["order"].Data() {
		t.order = append(t.order, int(v))
	}
	t.step, err = strconv.Atoi(r.Text["step"])
	return t, err
}

// bytesOf returns the file of a run: two files are equal only if all bits of the runs are.
func bytesOf(t *testing.T, r *checkpoint.Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := checkpoint.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A run that is resumed at any step, in other memory, ends as one that was not stopped.
func TestResume(t *testing.T) {
	t.Parallel()
	const steps = 3*observations + 2
	var files [steps][]byte // of the uninterrupted run, before each step
	whole := newTraining()
	for i := range files {
		files[i] = bytesOf(t, whole.run())
		whole.next()
	}
	want := bytesOf(t, whole.run())
	for i, file := range files {
		r, err := checkpoint.Read(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		resumed, err := resume(r)
		if err != nil {
			t.Fatal(err)
		}
		for resumed.step < steps {
			resumed.next()
		}
		if got := bytesOf(t, resumed.run()); !bytes.Equal(got, want) {
			t.Errorf("resumed at step %d: got %v, want %v", i, layers.State(resumed.net), layers.State(whole.net))
		}
	}
}

// A process that is killed again and again, at random moments, leaves a whole checkpoint, and a run
// resumed from it ends as one that was not stopped.
func TestKilled(t *testing.T) {
	const steps, file = 60, "GENTLEGRAD_TEST_CHECKPOINT"
	if name := os.Getenv(file); name != "" { // this is the process that is killed
		trainUntil(t, name, steps)
		return
	}
	if runtime.GOARCH == "wasm" {
		t.Skip("no processes")
	}
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "run.safetensors")
	delays := rand.New(rand.NewPCG(3, 4))
	at, killed := -1, 0 // at is the step of the last checkpoint
	for at < steps {
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		child.Env = append(os.Environ(), file+"="+name)
		var out bytes.Buffer
		child.Stdout, child.Stderr = &out, &out
		switch err := child.Start(); {
		case errors.Is(err, syscall.ENOEXEC):
			t.Skip("this program runs in an emulator, which the system does not start by itself")
		case err != nil:
			t.Fatal(err)
		}
		if killed < 10 {
			waitForStep(t, name, min(at+1, steps))
			time.Sleep(time.Duration(delays.IntN(20_000)) * time.Microsecond)
			child.Process.Kill() // this may be too late
			killed++
		}
		err := child.Wait()
		now := stepOf(t, name)
		if now < at || err != nil && killed == 10 && now < steps && child.ProcessState.Exited() {
			t.Fatalf("step %d after %d: %v\n%s", now, at, err, out.Bytes())
		}
		at = now
	}
	temporary, err := filepath.Glob(name + ".tmp-*")
	t.Logf("killed %d times, %d times while it wrote; %v", killed, len(temporary), err)

	whole := newTraining()
	for whole.step < steps {
		whole.next()
	}
	got, err := checkpoint.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	delete(got.Tensors, "large")
	if !bytes.Equal(bytesOf(t, got), bytesOf(t, whole.run())) {
		t.Errorf("got %v, want %v", got.Tensors["net"], layers.State(whole.net))
	}
}

// trainUntil resumes the run in the named file, or begins it, and saves it at each step, with many other
// numbers so that saving takes time.
func trainUntil(t *testing.T, name string, steps int) {
	run := newTraining()
	if r, err := checkpoint.Load(name); err == nil {
		if run, err = resume(r); err != nil {
			t.Fatal(err)
		}
	} else if !os.IsNotExist(err) {
		t.Fatal(err)
	}
	large := tensor.New(1 << 17)
	for ; run.step < steps; run.next() {
		save(t, name, run, large)
	}
	save(t, name, run, large)
}

func save(t *testing.T, name string, run *training, large *tensor.Tensor) {
	r := run.run()
	r.Tensors["large"] = map[string]*tensor.Tensor{"numbers": large.Fill(float64(run.step))}
	if err := checkpoint.Save(name, r); err != nil {
		t.Fatal(err)
	}
}

// waitForStep waits until the checkpoint in the named file has reached the step.
func waitForStep(t *testing.T, name string, step int) {
	for begin := time.Now(); stepOf(t, name) < step; time.Sleep(time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatalf("step %d is not reached", step)
		}
	}
}

// stepOf returns the step of the checkpoint in the named file, which must be whole, or −1 if there is
// none yet.
func stepOf(t *testing.T, name string) int {
	t.Helper()
	r, err := checkpoint.Load(name)
	if os.IsNotExist(err) {
		return -1
	}
	if err != nil {
		t.Fatal(err)
	}
	step, err := strconv.Atoi(r.Text["step"])
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range r.Tensors["large"]["numbers"].Data() {
		if v != float64(step) {
			t.Fatalf("parts of several checkpoints: %v at step %d", v, step)
		}
	}
	return step
}
