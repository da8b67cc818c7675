package safetensors_test

import (
	"bytes"
	"fmt"

	"gentlegrad/tensor"
	"gentlegrad/tensor/safetensors"
)

func Example() {
	var file bytes.Buffer // WriteFile and ReadFile work on files
	err := safetensors.Write(&file, &safetensors.File{
		Tensors:  map[string]*tensor.Tensor{"w": tensor.Rows([][]float64{{1, 2}, {3, 4}}), "b": tensor.New(2)},
		Metadata: map[string]string{"step": "7"},
		Types:    map[string]string{"b": "F32"},
	})
	fmt.Println(err)
	fmt.Printf("%s\n", bytes.TrimRight(file.Bytes()[8:file.Len()-40], " "))

	f, err := safetensors.Read(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Tensors["w"])
	fmt.Println("step", f.Metadata["step"])

	_, err = safetensors.Parse([]byte("\xff\xff\xff\xff\xff\xff\xff\xff{}"))
	fmt.Println(err)
	// Output:
	// <nil>
	// {"__metadata__":{"step":"7"},"w":{"dtype":"F64","shape":[2,2],"data_offsets":[0,32]},"b":{"dtype":"F32","shape":[2],"data_offsets":[32,40]}}
	// [[1. 2.]
	//  [3. 4.]]
	// step 7
	// safetensors: length of the header: it is 18446744073709551615 bytes; at most 100000000 are possible: this is not a safetensors file
}
