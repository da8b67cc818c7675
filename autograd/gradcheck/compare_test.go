package gradcheck_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

func TestCompare(t *testing.T) {
	type m = map[string]*tensor.Tensor
	v := func(data ...float64) m { return m{"w": vector(data...)} }
	many, inf, nan := tensor.Arange(12), math.Inf(1), math.NaN()
	var lines []string
	for j := range 10 {
		lines = append(lines, fmt.Sprintf("gradcheck: w[%d]: manual %d, automatic %d", j, j, j+1))
	}
	for _, tt := range []struct {
		name              string
		manual, automatic m
		tolerance         float64
		want              string
	}{
		{"equal", v(1, 2), v(1, 2), 0, "<nil>"},
		{"within", v(1, 2000), v(1.0009, 2001), 1e-3, "<nil>"},
		{"beyond", m{"w": tensor.Rows([][]float64{{1, 2}})}, m{"w": tensor.Rows([][]float64{{1, 2.1}})}, 1e-3, "gradcheck: w[0 1]: manual 2, automatic 2.1"},
		{"shifted", v(1, 2, 3), v(2, 3, 4), 0,
			"gradcheck: w[0]: manual 1, automatic 2\ngradcheck: w[1]: manual 2, automatic 3\ngradcheck: w[2]: manual 3, automatic 4"},
		{"scalar", m{"b": tensor.Scalar(1)}, m{"b": tensor.Scalar(2)}, 0, "gradcheck: b: manual 1, automatic 2"},
		{"small numbers of turned sign", v(-1e-7), v(1e-7), 1e-6, "gradcheck: w[0]: manual -1e-07, automatic 1e-07"},
		{"tiny numbers of turned sign", v(-1e-200), v(1e-200), .99, "gradcheck: w[0]: manual -1e-200, automatic 1e-200"},
		{"small against 0", v(1e-12), v(0), 1e-6, "gradcheck: w[0]: manual 1e-12, automatic 0"},
		{"half of a small one", v(1, 1e-10), v(1, 5e-11), 1e-6, "gradcheck: w[1]: manual 1e-10, automatic 5e-11"},
		{"rounding of the largest", v(1e6, 1e-10), v(1e6, 0), 1e-9, "<nil>"},
		{"more than rounding of the largest", v(1e6, 1e-8), v(1e6, 0), 1e-9, "gradcheck: w[1]: manual 1e-08, automatic 0"},
		{"zeros of either sign", v(0), v(math.Copysign(0, -1)), 0, "<nil>"},
		{"infinite", v(inf, -inf), v(inf, -inf), 0, "<nil>"},
		{"infinite of other sign", v(inf), v(-inf), .5, "gradcheck: w[0]: manual +Inf, automatic -Inf"},
		{"infinite and not", v(1, inf), v(inf, 1), .5, "gradcheck: w[0]: manual 1, automatic +Inf\ngradcheck: w[1]: manual +Inf, automatic 1"},
		{"difference that overflows", v(1.5e308), v(-1.5e308), .5, "gradcheck: w[0]: manual 1.5e+308, automatic -1.5e+308"},
		{"NaN", v(nan), v(nan), .9, "gradcheck: w[0]: manual NaN, automatic NaN"},
		{"nothing", nil, nil, 0, "gradcheck: Compare: there is nothing to compare"},
		{"no names", m{}, m{}, 0, "gradcheck: Compare: there is nothing to compare"},
		{"no elements", m{"w": tensor.New(0, 2)}, m{"w": tensor.New(0, 2)}, 0, "gradcheck: Compare: there is nothing to compare"},
		{"nothing but nil", m{"w": nil}, m{"w": nil}, 0, "gradcheck: Compare: there is nothing to compare"},
		{"one side has nothing", nil, v(1), 0, "gradcheck: w: only automatic has it"},
		{"missing", m{"a": tensor.Scalar(1)}, m{"b": tensor.Scalar(1)}, 0, "gradcheck: a: only manual has it\ngradcheck: b: only automatic has it"},
		{"shape", v(1, 2), m{"w": tensor.New(2, 1)}, 0, "gradcheck: w: shape: manual [2], automatic [2 1]"},
		{"nil", m{"w": nil}, v(1), 0, "gradcheck: w: the manual tensor is nil or empty"},
		{"nil on both sides", m{"w": nil, "b": many}, m{"w": nil, "b": many}, 0, "gradcheck: w: the manual tensor is nil or empty"},
		{"empty", v(1), m{"w": new(tensor.Tensor)}, 0, "gradcheck: w: the automatic tensor is nil or empty"},
		{"many", m{"w": many}, m{"w": new(tensor.Tensor).AddScalar(many, 1)}, 0, strings.Join(lines, "\n") + "\ngradcheck: w: 2 more"},
		{"tolerance NaN", v(1), v(1), nan, "gradcheck: Compare: the tolerance is NaN; it must be at least 0 and less than 1"},
		{"tolerance below 0", v(1), v(1), -1, "gradcheck: Compare: the tolerance is -1; it must be at least 0 and less than 1"},
		{"tolerance 1", v(1), v(1), 1, "gradcheck: Compare: the tolerance is 1; it must be at least 0 and less than 1"},
		{"tolerance infinite", v(1), v(1), inf, "gradcheck: Compare: the tolerance is +Inf; it must be at least 0 and less than 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := gradcheck.Compare(tt.manual, tt.automatic, tt.tolerance)
			if got := fmt.Sprint(err); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			var mistake *gradcheck.Error
			if errors.As(err, &mistake) != strings.HasPrefix(tt.want, "gradcheck: Compare") {
				t.Errorf("%#v", err)
			}
		})
	}
}
