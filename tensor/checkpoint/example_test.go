package checkpoint_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"gentlegrad/layers"
	"gentlegrad/tensor"
	"gentlegrad/tensor/checkpoint"
)

func Example() {
	random := rand.NewPCG(1, 2)
	net := layers.Sequential{layers.NewLinear(2, 1, layers.Xavier(rand.New(random))), layers.Tanh{}}

	state, err := random.MarshalBinary()
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer // checkpoint.Save writes a file
	err = checkpoint.Write(&file, &checkpoint.Run{
		Tensors: map[string]map[string]*tensor.Tensor{"net": layers.State(net)},
		Bytes:   map[string][]byte{"random": state},
		Text:    map[string]string{"step": "100"},
	})
	fmt.Println("written:", err)

	// Another process resumes the run.
	run, err := checkpoint.Read(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	resumed := layers.Sequential{layers.NewLinear(2, 1, nil), layers.Tanh{}}
	resumedRandom := new(rand.PCG)
	fmt.Println("network:", layers.SetState(resumed, run.Tensors["net"]))
	fmt.Println("random source:", resumedRandom.UnmarshalBinary(run.Bytes["random"]))
	fmt.Println("step", run.Text["step"])
	fmt.Println("the next random number is the same:", resumedRandom.Uint64() == random.Uint64())
	// Output:
	// written: <nil>
	// network: <nil>
	// random source: <nil>
	// step 100
	// the next random number is the same: true
}
