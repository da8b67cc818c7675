package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each kind of change gives a mutant, in the order of the source.
func TestMutants(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"terms", `func f() { x = a + g(b) }`, `
			(none); x = a - g(b); x = g(b); x = a`},
		{"a difference", `func f() { x = a - b }`, `
			(none); x = a + b; x = - b; x = a`},
		{"factors", `func f() int { return a * b / c }`, `
			return a * b * c; return a / b / c`},
		{"accumulation", `func f() { x += y }`, `(none); x = y; x -= y`},
		{"scaling", `func f() { x *= y }`, `(none); x = y; x /= y`},
		{"a definition", `func f() { x := y }`, ``},
		{"a flag", `func f() { store(x, add) }`, `(none); store(x, !add)`},
		{"a comparison", `func f() bool { return a < b }`, `return a <= b`},
		{"operands of and", `func f() bool { return !a && b }`, `return b; return !a; return a && b`},
		{"a condition", "func f() { if a(\nx) {\n} }", `if false {; if !(a( …`},
		{"an equality", `func f() { if a == b { } }`, `if false { }; if a != b { }`},
		{"a loop", `func f() { for ; i <= n; i++ { break } }`, `
			for ; i <= n-1; i++ { break }; for ; i < n; i++ { break }; for ; i <= n; i++ {  }`},
		{"a range", `func f() { for range n { } }`, `for range n-1 { }`},
		{"a range of values", `func f() { for i, v := range x { } }`, ``},
		{"a slice", `func f() { g(x[:n]) }`, `(none); g(x[:n-1])`},
		{"cases", "func f() {\nswitch {\ncase a:\nreturn\n}\n}", `case false:; case !(a):; (none)`},
		{"constants", `var a = [...]float64{0, 0x7, 2.5, 0.0, true, "1"}`, `
			{1, 0x7, 2.5, 0.0, true, "1"}; {0, 8, 2.5, 0.0, true, "1"}; {0, 0x7, (1.001*2.5), 0.0, true, "1"}; {0, 0x7, 2.5, 1.0, true, "1"}; {0, 0x7, 2.5, 0.0, false, "1"}`},
		{"signs of infinities", `func f() bool { return math.IsInf(g(1), 1) || math.IsInf(x, 0) || x < math.Inf(-1) }`, `
			return x < math.Inf(-1); return math.IsInf(g(1), 1) || math.IsInf(x, 0); return math.IsInf(x, 0) || x < math.Inf(-1); return math.IsInf(g(1), 1) || x < math.Inf(-1); return math.IsInf(g(2), 1) || math.IsInf(x, 0) || x < math.Inf(-1); return math.IsInf(g(1), 1) || math.IsInf(x, 1) || x < math.Inf(-1); return math.IsInf(g(1), 1) || math.IsInf(x, 0) || x <= math.Inf(-1); return math.IsInf(g(1), 1) || math.IsInf(x, 0) || x < math.Inf(1)`},
		{"types", `type a [3]int; var b [3]int`, ``},
	}
	for _, tt := range tests {
		list, err := mutantsOf("dir", "file.go", "package p\n"+tt.source+"\n")
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		var got []string
		for _, m := range list {
			_, after, _ := strings.Cut(m.key, "\n+")
			after = strings.TrimPrefix(strings.TrimSpace(after), "var a = [...]float64")
			if body, inside := strings.CutPrefix(after, "func f() "); inside {
				after = strings.TrimSpace(strings.TrimPrefix(body, "bool "))
				after = strings.TrimSpace(strings.TrimPrefix(after, "int "))
				after = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(after, "{"), "}"))
			}
			if after == "" {
				after = "(none)"
			}
			got = append(got, after)
		}
		if want := strings.TrimSpace(tt.want); strings.Join(got, "; ") != want {
			t.Errorf("%s: got  %s\nwant %s", tt.name, strings.Join(got, "; "), want)
		}
	}
}

// A mutant knows its line. Its key does not, but tells apart mutants that are alike.
func TestPlaces(t *testing.T) {
	source := "package p\n\nfunc (t *T) f() {\n\tg(1)\n\tg(1)\n}\n"
	list, err := mutantsOf("a/b", "file.go", source)
	if err != nil {
		t.Fatal(err)
	}
	list = number(list)
	if len(list) != 4 {
		t.Fatalf("%d mutants", len(list))
	}
	for i, m := range list {
		if want := 4 + i/2; m.line != want {
			t.Errorf("%q is on line %d, want %d", m.key, m.line, want)
		}
	}
	var keys []string
	for _, m := range list {
		keys = append(keys, m.key)
	}
	want := []string{"a/b T.f\n- g(1)\n+", "a/b T.f\n- g(1)\n+ g(2)", "a/b T.f 2\n- g(1)\n+", "a/b T.f 2\n- g(1)\n+ g(2)"}
	if !slices.Equal(keys, want) {
		t.Errorf("got %q", keys)
	}
	if want := "package p\n\nfunc (t *T) f() {\n\tg(1)\n\tg(2)\n}\n"; list[3].source != want {
		t.Errorf("the source is\n%s", list[3].source)
	}
}

// A sample is always the same, whatever else there is, and has nothing from the list.
func TestChoose(t *testing.T) {
	var all []mutant
	for _, key := range strings.Fields("a b c d e f g h") {
		all = append(all, mutant{dir: "dir" + key, key: key})
	}
	choose := func(flags string, listed ...string) (keys string) {
		*only, *id, *seed, *sample = "", "", "", 0
		for _, f := range strings.Fields(flags) {
			name, value, _ := strings.Cut(f, "=")
			if err := flag.Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
		reasons := map[string]string{}
		for _, key := range listed {
			reasons[key] = "a reason"
		}
		for _, m := range choose(all, reasons) {
			keys += m.key
		}
		return keys
	}
	four := choose("sample=4")
	first := four[:1]
	for _, tt := range []struct{ got, want string }{
		{choose("sample=4"), four},
		{choose("sample=3"), four[:3]},
		{choose("sample=4", first)[:3], four[1:]},
		{choose("", first), "abcdefgh"},
		{choose("package=./dirc/"), "c"},
		{choose("run=" + mutant{key: "d"}.hash("")), "d"},
		{choose("run=d"), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q; of four %q", tt.got, tt.want, four)
		}
	}
	if got := choose("sample=8 seed=2"); len(got) != 8 || got == choose("sample=8") {
		t.Errorf("another seed gives %q", got)
	}
}

// What the flags name must exist.
func TestNothingChosen(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no program can be run here")
	}
	t.Chdir(".") // and back
	*only, *id, *seed, *sample = "optim", "none", "", 0
	const want = `there are no mutants of package "optim" with identifier "none"`
	if err := mutate(); err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestList(t *testing.T) {
	good := "# A comment.\n# More.\n\np f\n- a\n+ b\nA reason\nin two lines.\n\np g 2\n- a\n+\np h\n- a\n+ b\nAnother.\n"
	reasons, err := parseList(good)
	if err != nil || len(reasons) != 3 || reasons["p h\n- a\n+ b"] != "Another." || reasons["p f\n- a\n+ b"] != "A reason\nin two lines." || reasons["p g 2\n- a\n+"] != "Another." {
		t.Errorf("%v: %q", err, reasons)
	}
	for _, bad := range []string{"A reason.\n", "p f\n- a\n+ b\n", "p f\n+ a\n- b\nA reason.\n", good + "\n" + good} {
		if _, err := parseList(bad); err == nil {
			t.Errorf("no error for %q", bad)
		}
	}
	if got := absent(reasons, []mutant{{key: "p f\n- a\n+ b"}, {key: "p h\n- a\n+ b"}}); !slices.Equal(got, []string{"p g 2\n- a\n+"}) {
		t.Errorf("absent are %q", got)
	}
}

// All mutants in the list exist, and all packages have some.
func TestListIsOfMutants(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the list has mutants of what calls assembly, which is for amd64 alone")
	}
	t.Chdir("../../..")
	listed, err := readList()
	if err != nil {
		t.Fatal(err)
	}
	var all []mutant
	for _, target := range targets {
		list, err := mutants(target.dir)
		if err != nil || len(list) < 100 {
			t.Errorf("%s: %d mutants, %v", target.dir, len(list), err)
		}
		all = append(all, list...)
	}
	for _, key := range absent(listed, all) {
		t.Errorf("listed, but there is no such mutant:\n%s", key)
	}
}

// Source with functions of every form, whose mutants are compiled together or alone.
const forms = `package optim

type list[T int | float64] []T

const one = 1

var twice = func(x int) int { return 2 * x }

func (l list[T]) sum(_ string, more ...T) (s T, ok bool) {
	defer func() { s += T(one) }()
search:
	for _, list := range [][]T{l, more} {
		for _, x := range list {
			if x == 0 {
				break search
			}
			s += x
		}
	}
	return s, true
}

func shadowed(one one_) one_ { return one + 1 }

type one_ = int

func Unused(x int) int { return x + 1 }

func after(x int) int {
	if x > 3 {
		x--
	}
	panic(x)
}
`

const formsTest = `package optim

import "testing"

func TestForms(t *testing.T) {
	if s, ok := (list[int]{1, 2}).sum("", 3, 0, 4); s != 7 || !ok || twice(3) != 6 || shadowed(2) != 3 {
		t.Errorf("%d %v", s, ok)
	}
	defer func() {
		if recover() != 4 {
			t.Fail()
		}
	}()
	after(5)
}
`

// Tests that are quick are run together, as many as are quick together, and the others one by one; the
// same goes for subtests.
func TestGroups(t *testing.T) {
	ms := func(dir, name string, n int) *test {
		return &test{dir: dir, name: name, took: time.Duration(n) * time.Millisecond}
	}
	var got []string
	for _, group := range groups([]*test{
		ms("a", "TestA", 10), ms("a", "TestB/x", 10), ms("a", "TestC", 50), ms("a", "TestE", 50), ms("a", "TestF", 50), ms("a", "TestG", 50), ms("b", "TestA", 10), ms("a", "TestSlow", 60),
		ms("a", "TestB/y", 90), ms("a", "TestD", 10), ms("b", "TestB", 10), {dir: "c"},
	}) {
		got = append(got, group[0].dir+" "+pattern(group))
	}
	want := []string{"a ^(TestA|TestC|TestE|TestF|TestG)$", `a ^(TestB)$/^(x|y)\b`, "b ^(TestA|TestB)$", "a ^(TestSlow)$", "a ^(TestD)$", "c ."}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A mutant is noticed by the tests of its package, by those of a package that depends on it, and by
// hanging.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs go test")
	}
	for _, tt := range []struct {
		name, optim, test string
		want              string
	}{
		{"hanging", "package optim\n\nvar Started = 2\n\nfunc Sum(n int) (s int) {\n\tfor i := 0; i < n; {\n\t\ts += i\n\t\ti++\n\t}\n\treturn\n}\n",
			"package optim\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {\n\tif Sum(4) != 6 {\n\t\tt.Fail()\n\t}\n}\n", `
var Started = 3: noticed
for i := 0; i < n-1; {: noticed
for i := 1; i < n; {: survived
for i := 0; i <= n; {: noticed
: noticed
s = i: noticed
s -= i: noticed
: noticed
: did not compile`},
		{"forms", "package optim\n\nvar Started = 2\n" + forms[len("package optim\n"):], formsTest, `
var Started = 3: noticed
const one = 2: noticed
var twice = func(x int) int { return 2 / x }: noticed
var twice = func(x int) int { return 3 * x }: noticed
defer func() {  }(): noticed
defer func() { s = T(one) }(): noticed
defer func() { s -= T(one) }(): noticed
if false {: noticed
if x != 0 {: noticed
if x == 1 {: noticed
: did not compile
: noticed
s = x: noticed
s -= x: noticed
return s, false: noticed
func shadowed(one one_) one_ { return one - 1 }: noticed
func shadowed(one one_) one_ { return 1 }: noticed
func shadowed(one one_) one_ { return one }: noticed
func shadowed(one one_) one_ { return one + 2 }: noticed
func Unused(x int) int { return x - 1 }: is reached by no test
func Unused(x int) int { return 1 }: is reached by no test
func Unused(x int) int { return x }: is reached by no test
func Unused(x int) int { return x + 2 }: is reached by no test
if false {: noticed
if !(x > 3) {: noticed
if x >= 3 {: survived
if x > 4 {: survived
: noticed
: did not compile`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			t.Chdir(root)
			for name, text := range map[string]string{
				"go.mod":                "module m\n\ngo 1.26\n",
				"optim/optim.go":        tt.optim,
				"optim/optim_test.go":   tt.test,
				"layers/layers.go":      "package layers\n",
				"layers/layers_test.go": "package layers\n\nimport (\n\t\"m/optim\"\n\t\"testing\"\n)\n\nfunc TestStarted(t *testing.T) {\n\tif optim.Started != 2 {\n\t\tt.Fail()\n\t}\n}\n",
			} {
				if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
					t.Fatal(err)
				}
			}
			r, err := newRunner(2)
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(r.temp)
			todo, err := mutants("optim")
			if err != nil {
				t.Fatal(err)
			}
			b, err := r.newBatch(todo)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, o := range inOrder(len(todo), r.workers, b.run) {
				if o.err != nil {
					t.Fatal(o.err)
				}
				_, after, _ := strings.Cut(todo[i].key, "\n+")
				got = append(got, strings.TrimSpace(after)+": "+o.String())
			}
			if got := strings.Join(got, "\n"); got != strings.TrimSpace(tt.want) {
				t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(tt.want))
			}
		})
	}
}
