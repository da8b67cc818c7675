package npy_test

import (
	"bytes"
	"fmt"

	"gentlegrad/tensor"
	"gentlegrad/tensor/npy"
)

func Example() {
	var file bytes.Buffer // WriteFile and ReadFile work on files
	fmt.Println(npy.Write(&file, tensor.Rows([][]float64{{1, 2, 3}, {4, 5, 6}})))
	fmt.Println(npy.Read(&file))
	// Output:
	// <nil>
	// [[1. 2. 3.]
	//  [4. 5. 6.]] <nil>
}

func ExampleWriteZip() {
	var file bytes.Buffer
	err := npy.WriteZip(&file, map[string]*tensor.Tensor{"x": tensor.Arange(3), "y": tensor.Scalar(1)})
	fmt.Println(err)
	arrays, err := npy.ReadZip(bytes.NewReader(file.Bytes()), int64(file.Len()))
	fmt.Println(arrays["x"], arrays["y"], err)
	// Output:
	// <nil>
	// [0. 1. 2.] 1.0 <nil>
}
