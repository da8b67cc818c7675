package data_test

import (
	"fmt"
	"log"
	"math/rand/v2"
	"strings"

	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

// From a file to batches for autograd.Constant and layers.CrossEntropy.
func Example() {
	table, err := data.ReadCSV(strings.NewReader(file))
	check(err)
	x, err := table.NumbersExcept(data.Refuse, "kind")
	check(err)
	t, kinds, err := table.Classes("kind")
	check(err)

	rng := rand.New(rand.NewPCG(1, 2))
	train, validation := data.Split(rng, .25, x, t)
	scaling := data.Standardise(train[0])
	train[0], validation[0] = scaling.Of(train[0]), scaling.Of(validation[0])
	for batch := range data.Batches(rng, 4, train...) {
		fmt.Printf("%.2f\n%v\n", batch[0], batch[1])
	}
	fmt.Printf("validation\n%.2f\n%v %v\n", validation[0], validation[1], kinds)
	// Output:
	// [[-0.84 -0.90]
	//  [ 1.57  1.63]
	//  [ 1.00  0.91]
	//  [-0.73 -0.82]]
	// [0. 1. 1. 0.]
	// [[-1.13 -1.00]
	//  [ 0.13  0.19]]
	// [0. 1.]
	// validation
	// [[ 0.71  0.55]
	//  [-1.02 -0.97]]
	// [1. 0.] [cat dog]
}

const file = `
height, weight, kind
25, 4, cat
60, 30, dog
23, 3.5, cat
30, 6, cat
55, 25, dog
45, 20, dog
28, 5, cat
70, 40, dog
`

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleBatches() {
	x := tensor.Rows([][]float64{{0, 0}, {1, 1}, {2, 2}})
	t := tensor.FromSlice([]float64{0, 1, 2}, 3)
	for batch := range data.Batches(rand.New(rand.NewPCG(1, 2)), 2, x, t) {
		fmt.Println(batch[0].Shape(), batch[1])
	}
	// Output:
	// [2 2] [1. 0.]
	// [1 2] [2.]
}

func ExampleSplit() {
	x := tensor.Arange(10)
	train, validation := data.Split(nil, .2, x) // not shuffled
	fmt.Println(train[0], validation[0])
	// Output: [0. 1. 2. 3. 4. 5. 6. 7.] [8. 9.]
}

func ExampleStandardise() {
	x := tensor.Rows([][]float64{{1, 10}, {3, 30}})
	scaling := data.Standardise(x)
	fmt.Println(scaling.Of(x))
	fmt.Println(scaling.Of(tensor.Rows([][]float64{{2, 50}})))
	// Output:
	// [[-1. -1.]
	//  [ 1.  1.]]
	// [[0. 3.]]
}

func ExampleOneHot() {
	fmt.Println(data.OneHot(tensor.FromSlice([]float64{2, 0}, 2), 3))
	// Output:
	// [[0. 0. 1.]
	//  [1. 0. 0.]]
}

func ExamplePad() {
	x, mask := data.Pad(tensor.FromSlice([]float64{5}, 1), tensor.FromSlice([]float64{7, 8, 9}, 3))
	fmt.Println(x)
	fmt.Println(mask)
	// Output:
	// [[5. 0. 0.]
	//  [7. 8. 9.]]
	// [[1. 0. 0.]
	//  [1. 1. 1.]]
}

func ExampleReadCSV() {
	table, err := data.ReadCSV(strings.NewReader("height,weight,kind\n10,3,cat\n50,NA,dog\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	x, err := table.Numbers(data.AsNaN, "weight", "height")
	fmt.Println(x, err)
	classes, kinds, err := table.Classes("kind")
	fmt.Println(classes, kinds, err)
	_, err = table.Numbers(data.Refuse, "weight")
	fmt.Println(err)
	// Output:
	// [[ 3. 10.]
	//  [nan 50.]] <nil>
	// [0. 1.] [cat dog] <nil>
	// data: Numbers: line 3, column "weight": the value is missing
}
