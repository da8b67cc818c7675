package page

import "testing"

func TestFunction(t *testing.T) {
	t.Parallel()
	const a, b, c = "// a comment.\nfunc a() {\n}\n", "func b(x int) {\n\tc()\n}\n", "func (t *T) c[V any]() {\n}\n"
	source := "package p\n\n" + a + "\n" + b + "\n" + c
	for name, want := range map[string]string{"a": a, "b": b, "c": c} {
		if got := Function(source, name); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}
