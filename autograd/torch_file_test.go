package autograd_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// The samples of PyTorch's numbers: testdata/README.md describes the file.

// A torchSample is one call of an operation of PyTorch, and what it gave.
type torchSample struct {
	torchCall
	op       string
	number   int
	want     torchResults
	movement float64
	noise    float64 // see torchFlaws
}

// torchResults are PyTorch's. nil is zero in grads and second, and unknown elsewhere.
type torchResults struct {
	Out, Cotangent *torchTensor
	Grads, Second  []*torchTensor
	JVP            *torchTensor
}

// A torchTensor is a tensor as the file has it.
type torchTensor struct {
	Shape []int
	Dtype string
	Data  []torchNumber
	Grad  bool
}

func (x *torchTensor) tensor() *tensor.Tensor {
	y := tensor.New(x.Shape...)
	for i, v := range x.Data {
		y.Data()[i] = float64(v)
	}
	return y
}

// A torchNumber is a float64 that may be Infinity or NaN, in quotes.
type torchNumber float64

func (n *torchNumber) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	*n = torchNumber(v)
	return err
}

// torchSamples reads the file.
func torchSamples(t *testing.T) (samples []*torchSample) {
	t.Helper()
	file, err := os.ReadFile("testdata/ops.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(unzipped); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(quoteInfinities(text.Bytes()), &samples); err != nil {
		t.Fatal(err)
	}
	return samples
}

// quoteInfinities puts quotes around NaN, Infinity and −Infinity, which Python writes and JSON does
// not have.
func quoteInfinities(text []byte) []byte {
	var out bytes.Buffer
	for len(text) > 0 {
		n := 1
		switch c := text[0]; {
		case c == '"':
			n = lenOfString(text)
		case bytes.HasPrefix(text, []byte("NaN")):
			n = len("NaN")
		case bytes.HasPrefix(text, []byte("Infinity")):
			n = len("Infinity")
		case bytes.HasPrefix(text, []byte("-Infinity")):
			n = len("-Infinity")
		}
		if n > 1 && text[0] != '"' {
			fmt.Fprintf(&out, "%q", text[:n])
		} else {
			out.Write(text[:n])
		}
		text = text[n:]
	}
	return out.Bytes()
}

// lenOfString returns the length of the JSON string that text begins with, with its quotes.
func lenOfString(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

func (s *torchSample) UnmarshalJSON(text []byte) error {
	var fields struct {
		Op       string
		Sample   int
		Movement torchNumber
		torchResults
		Input, Args, Kwargs json.RawMessage
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	s.op, s.number = fields.Op, fields.Sample
	s.movement, s.want = float64(fields.Movement), fields.torchResults
	return s.read(fields.Input, fields.Args, fields.Kwargs)
}

// A torchCall is what PyTorch's function was called with. An argument is nil, a float64, a bool, a
// string, a *node or a list ([]any) of these. It does not have the number of its sample, which no adapter
// may depend on.
type torchCall struct {
	input  any
	args   []any          // by position, after the input
	kwargs map[string]any // by name
	wanted []*node        // the tensors that PyTorch took a gradient of, in its order
}

func (c *torchCall) read(input, args, kwargs json.RawMessage) (err error) {
	if c.input, err = c.argument(input); err != nil {
		return err
	}
	list, err := c.argument(args)
	if err != nil {
		return err
	}
	c.args = list.([]any)
	// The order of the names is that of the gradients, so they are read one by one.
	c.kwargs = map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(kwargs))
	if _, err := decoder.Token(); err != nil { // the brace
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		if c.kwargs[name.(string)], err = c.argument(value); err != nil {
			return err
		}
	}
	return nil
}

// argument reads an argument. A tensor becomes a node: a Variable if PyTorch took a gradient of it.
func (c *torchCall) argument(text json.RawMessage) (any, error) {
	switch text[0] {
	case '{':
		var x torchTensor
		if err := json.Unmarshal(text, &x); err != nil {
			return nil, err
		}
		if !x.Grad {
			return autograd.Constant(x.tensor()).Named(x.Dtype), nil // a mask has the type bool
		}
		v := autograd.Variable(x.tensor())
		c.wanted = append(c.wanted, v)
		return v, nil
	case '[':
		var texts []json.RawMessage
		err := json.Unmarshal(text, &texts)
		list := make([]any, len(texts))
		for i := 0; i < len(texts) && err == nil; i++ {
			list[i], err = c.argument(texts[i])
		}
		return list, err
	}
	switch s := string(text); s {
	case `"NaN"`, `"Infinity"`, `"-Infinity"`:
		return strconv.ParseFloat(strings.Trim(s, `"`), 64)
	}
	var v any
	err := json.Unmarshal(text, &v)
	return v, err
}
