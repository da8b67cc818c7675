package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
)

// trainedJSON returns the JSON of a training by package training.
func trainedJSON(t *testing.T, problem string, change func(c *training.Config)) string {
	t.Helper()
	c := training.Defaults(problems.MustByName(problem))
	c.Iterations, c.Observations = 3, 5
	change(&c)
	r, err := training.Train(c, nil)
	must(t, err)
	var text strings.Builder
	must(t, r.WriteJSON(&text))
	return text.String()
}

// TestTrainJSON compares the command with a call of package training: each flag must
// set what it says.
func TestTrainJSON(t *testing.T) {
	t.Parallel()
	same := func(c *training.Config) {}
	plain := trainedJSON(t, "XOR", same)
	for _, test := range []struct {
		args, problem string
		change        func(c *training.Config)
	}{
		{"", "XOR", same},
		{"-problem AND", "AND", same},
		{"-problem and", "AND", same},
		{"-problem OR", "OR", same},
		{"-problem or", "OR", same},
		{"-problem XOR", "XOR", same},
		{"-problem xor", "XOR", same},
		{"-problem RING", "RING", same},
		{"-problem ring", "RING", same},
		{"-problem SIN", "SIN", same},
		{"-problem sin", "SIN", same},
		{"-problem ABS", "ABS", same},
		{"-problem aBs", "ABS", same},
		{"-hidden 0", "XOR", func(c *training.Config) { c.Hidden = nil }},
		{"-hidden 7", "XOR", func(c *training.Config) { c.Hidden = []int{7} }},
		{"-hidden 3,2 -problem sin", "SIN", func(c *training.Config) { c.Hidden = []int{3, 2} }},
		{"--hidden=5,4,3", "XOR", func(c *training.Config) { c.Hidden = []int{5, 4, 3} }},
		{"-iterations 7", "XOR", func(c *training.Config) { c.Iterations = 7 }},
		{"-observations 9", "XOR", func(c *training.Config) { c.Observations = 9 }},
		{"-rate .25", "XOR", func(c *training.Config) { c.LearningRate = .25 }},
		{"-rate 1e-3 -problem abs", "ABS", func(c *training.Config) { c.LearningRate = .001 }},
		{"-anneal .5", "XOR", func(c *training.Config) { c.Anneal = .5 }},
		{"-seed 0", "XOR", func(c *training.Config) { c.Seed = 0 }},
		{"-seed 4294967295", "XOR", func(c *training.Config) { c.Seed = math.MaxUint32 }},
		{"-activation TANH", "XOR", func(c *training.Config) { c.Activation = "tanh" }},
		{"-activation relu", "XOR", func(c *training.Config) { c.Activation, c.LearningRate = "relu", .2 }},
		{"-activation relu -rate 2", "XOR", func(c *training.Config) { c.Activation = "relu" }},
		{"-optimiser adam", "XOR", func(c *training.Config) { c.Optimiser, c.LearningRate = "adam", .05 }},
		{"-optimiser Adagrad -rate 1", "XOR", func(c *training.Config) { c.Optimiser, c.LearningRate = "adagrad", 1 }},
		{"-momentum .5", "XOR", func(c *training.Config) { c.Momentum, c.LearningRate = .5, 1 }},
		{"-batch 7", "XOR", func(c *training.Config) { c.Batch = 7 }},
		{"-output tanh", "XOR", func(c *training.Config) { c.Output = "tanh" }},
		{"-output LINEAR -rate .1", "XOR", func(c *training.Config) { c.Output, c.LearningRate = "linear", .1 }},
		{"-output sigmoid -problem sin", "SIN", func(c *training.Config) { c.Output = "sigmoid" }},
		{"-stop-loss 10", "XOR", func(c *training.Config) { c.StopLoss = 10 }},
		{"-stop-change 10", "XOR", func(c *training.Config) { c.StopChange = 10 }},
		{"-iterations 9 -iterations 2", "XOR", func(c *training.Config) { c.Iterations = 2 }},
	} {
		status, stdout, stderr := command("train -iterations 3 -observations 5 " + test.args + " -json -")
		want := trainedJSON(t, test.problem, test.change)
		if status != 0 || stderr != "" || stdout != want {
			t.Errorf("train %s: status %d, %s\n%s\nwant\n%s", test.args, status, stderr, stdout, want)
		}
		if test.args != "" && !strings.HasPrefix(test.args, "-problem") && want == plain {
			t.Errorf("train %s: the same run as without", test.args)
		}
	}
}

func TestTrainTable(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-problem xor": `-      XOR     2-4-1 sigmoid, sigmoid   57\.43 → 0\.1485    100\.0 %  \S+e-16 +\S+s

It ended after 100 iterations: all iterations are done\.
`,
		"-problem ABS -hidden 4,3 -iterations 1": `-      ABS     1-4-3-1 tanh, linear     \S+ → \S+ +-  \S+ +\S+s

It ended after 1 iteration: all iterations are done\.
`,
		"-problem or -stop-loss 10": `-      OR      2-1 sigmoid              \S+ → \S+ +\S+ %  \S+ +\S+s

It ended after 2 iterations: loss 5\.436\d+ is below 10\.
`,
	} {
		status, stdout, stderr := command("train " + args)
		const header = `figure problem network                      loss → last     accuracy   \|auto−man\|     time` + "\n"
		if status != 0 || stderr != "" || !regexp.MustCompile("^"+header+spread(want)+"$").MatchString(stdout) {
			t.Errorf("train %s: status %d, %q, output\n%s\nwant\n%s", args, status, stderr, stdout, header+want)
		}
	}
}

// The names of problems and networks may be longer than the article's. A file's may hold anything.
func TestTrainTableWithLongNames(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ünder\x1bwegs.csv")
	must(t, os.WriteFile(file, []byte("a,b\n1,2.5\n2,3\n3,4.5\n4,4\n5,6\n"), 0o666))
	for _, args := range []string{"-hidden 20,20,20,20", "-csv " + file + " -hidden 9,9,9,9,9,9,9"} {
		status, stdout, stderr := command("train -iterations 1 " + args)
		var arrows []int
		for _, line := range strings.Split(stdout, "\n")[:2] {
			before, _, _ := strings.Cut(line, " → ")
			arrows = append(arrows, utf8.RuneCountInString(before))
		}
		if status != 0 || arrows[0] != arrows[1] || strings.Contains(stdout, "\x1b") {
			t.Errorf("train %s: status %d, %q, columns begin at %v:\n%s", args, status, stderr, arrows, stdout)
		}
	}
}

// spread lets columns be as wide as they are.
func spread(pattern string) string {
	return regexp.MustCompile(" {2,}").ReplaceAllString(pattern, " +")
}

func TestTrainFile(t *testing.T) {
	t.Parallel()
	want := trainedJSON(t, "XOR", func(*training.Config) {})
	const args = "train -iterations 3 -observations 5 -json "
	for _, before := range []string{"", "something longer than nothing"} {
		dir := t.TempDir()
		file := filepath.Join(dir, "run.json")
		if before != "" {
			must(t, os.WriteFile(file, []byte(before), 0o666))
		}
		if status, stdout, stderr := command(args + file); status != 0 || stdout != "" || stderr != "" {
			t.Errorf("status %d, %q, %q", status, stdout, stderr)
		}
		if got, err := os.ReadFile(file); string(got) != want {
			t.Errorf("the file holds %s (%v), want\n%s", got, err, want)
		}
		mustHold(t, dir, "run.json")
	}
}

// table writes a CSV file of three classes of two numbers.
func table(t *testing.T, dir string) (name string) {
	t.Helper()
	text := "length,\"width, in mm\", kind_of\n"
	for i := range 60 {
		text += fmt.Sprintf("%d,%g,%s\n", i%3*10+i/3%4, float64(i%3*i%3)+.25*float64(i%4), []string{"<b>oak", "elm_tree", "ash"}[i%3])
	}
	name = filepath.Join(dir, "leaves.csv")
	must(t, os.WriteFile(name, []byte(text), 0o666))
	return name
}

// A table is learned, a run of it is written as JSON and drawn, and it is explained.
func TestTrainCSV(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := table(t, dir)
	status, stdout, stderr := command("train -csv " + name)
	want := `figure problem network loss → last accuracy \|auto−man\| time
- leaves\.csv 2-8-3 tanh, softmax \S+ → \S+ 100\.0 % \S+e-1\d \S+s

It ended after 100 iterations: all iterations are done\.
Held out for validation: 12 rows of 60\. 100\.0 % of them are classified right; their mean loss is \S+; in the last iteration, that of the training rows was \S+\.
`
	if !regexp.MustCompile("^"+strings.ReplaceAll(want, " ", " +")+"$").MatchString(stdout) || status != 0 || stderr != "" {
		t.Errorf("status %d, %q, output\n%s\nwant\n%s", status, stderr, stdout, want)
	}
	status, stdout, stderr = command("train -csv " + name + " -json -")
	for _, part := range []string{`{"problem":"leaves.csv","hidden":8,`, `"columns":["length","width, in mm"],"target":"kind_of"`, `"classes":["\u003cb\u003eoak","ash","elm_tree"],"validation_loss":[`} {
		if status != 0 || !strings.Contains(stdout, part) {
			t.Errorf("status %d, %s, no %s in\n%s", status, stderr, part, stdout)
		}
	}
	status, stdout, stderr = command("explain -csv " + name + " -observation 48 -after")
	if status != 0 || stderr != "" || !strings.Contains(stdout, "leaves.csv, network 2-8-3 tanh, softmax, observation 48 of 48, after training\n") ||
		!strings.Contains(stdout, "E = −Σ t ⊙ log a₂") || !strings.Contains(stdout, "by hand    δ₂ = a₂ − t: differs by") {
		t.Errorf("explain: status %d, %s\n%s", status, stderr, stdout)
	}
}

// A run is drawn as a page, whole, and written beside it: both or none.
func TestTrainHTML(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := table(t, dir)
	large := filepath.Join(t.TempDir(), "large.csv")
	must(t, os.WriteFile(large, []byte("x,y\n"+strings.Repeat("1,1e9\n2,3e9\n3,2e9\n", 5)), 0o666))
	for args, parts := range map[string][]string{
		"-output tanh -hidden 2":                       {"class −1"},
		"-csv " + large + " -target number":            {"is predicted from the column before it", "·10⁸, which is"},
		"-hidden 3,2 -activation relu -optimiser adam": {"XOR, learned by 2-3-2-1 relu, sigmoid", "online adam"},
		"-problem sin -momentum .5":                    {"SIN, learned by 1-3-1 tanh, linear", "with momentum 0.5"},
		"-csv " + name:                                 {"leaves.csv, learned by 2-8-3 tanh, softmax", "“kind of”", "&lt;b&gt;oak, ash, elm tree", "unless it is constant or numbers are missing, standard deviation 1", "held out, scaled to as many rows"},
	} {
		page, run := filepath.Join(dir, "run.html"), filepath.Join(dir, "run.json")
		status, stdout, stderr := command("train -iterations 3 -html " + page + " " + args)
		if status != 0 || stderr != "" || !strings.HasSuffix(stdout, "\nDrew it: open "+page+"\n") {
			t.Errorf("%s: status %d, %s, output\n%s", args, status, stderr, stdout)
		}
		text := read(t, page)
		for _, part := range append(parts, "</html>") {
			if !strings.Contains(text, part) {
				t.Errorf("%s: the page has no %q", args, part)
			}
		}
		if strings.Contains(text, "<b>oak") {
			t.Errorf("%s: the page has markup of a table", args)
		}
		if status, stdout, stderr := command("train -iterations 3 " + args + " -html " + page + " -json " + run); status != 0 || stdout != "" || stderr != "" {
			t.Errorf("%s, both: status %d, %s, output\n%s", args, status, stderr, stdout)
		}
		if read(t, page) != text {
			t.Errorf("%s, both: another page", args)
		}
		mustHold(t, dir, "leaves.csv", "run.html", "run.json")
		os.Remove(page)
		os.Remove(run)
		if status, _, stderr := command("train -iterations 3 " + args + " -html " + page + " -json " + dir); status != 1 || !strings.HasPrefix(stderr, "demos: -json: ") {
			t.Errorf("%s: status %d, %s", args, status, stderr)
		}
		mustHold(t, dir, "leaves.csv")
	}
	linked := filepath.Join(t.TempDir(), "linked")
	must(t, os.Symlink(dir, linked))
	for _, args := range []string{
		"-csv " + name + " -json " + name,
		"-csv " + name + " -html " + filepath.Join(linked, "leaves.csv"),
		"-json " + filepath.Join(dir, "new") + " -html " + filepath.Join(linked, "new"),
		"-json " + dir + "/new -html " + dir + "/./new",
	} {
		if status, _, stderr := command("train -iterations 3 " + args); status != 1 || !strings.Contains(stderr, "can't be written: it is the file of another flag") {
			t.Errorf("%s: status %d, %s", args, status, stderr)
		}
		mustHold(t, dir, "leaves.csv")
	}
}

// The names of classes are drawn as they are: a ^ raises nothing, and a _ lowers nothing. A table that is
// called like a problem is none.
func TestTrainHTMLNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name, page := filepath.Join(dir, "XOR"), filepath.Join(dir, "run.html")
	must(t, os.WriteFile(name, []byte("a,b,kind\n"+strings.Repeat("1,2,x^2\n3,4,y\\_z\n", 5)), 0o666))
	if status, _, stderr := command("train -iterations 1 -csv " + name + " -html " + page); status != 0 {
		t.Fatal(stderr)
	}
	text := read(t, page)
	if strings.Contains(text, "noisy") {
		t.Error("the page calls the rows of a table noisy observations of a problem")
	}
	for _, label := range []string{">x^2</text>", `>y\_z</text>`, "t = x^2; in each unit", `t = y\_z; in each unit`} {
		if !strings.Contains(text, label) {
			t.Errorf("the page has no %q", label)
		}
	}
}

// A link stays one: what it points at is written.
func TestTrainLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "run.json"), filepath.Join(t.TempDir(), "link")
	must(t, os.WriteFile(file, nil, 0o666))
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	if status, _, stderr := command("train -iterations 1 -json " + link); status != 0 {
		t.Fatal(stderr)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is no link any more: %v, %v", info, err)
	}
	if text, err := os.ReadFile(file); !strings.HasPrefix(string(text), `{"problem":"XOR"`) {
		t.Errorf("the file holds %q (%v)", text, err)
	}
	mustHold(t, dir, "run.json")
}

// A directory that can't be written is reported before a training of minutes.
func TestTrainUnwritable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o500))
	if f, err := os.Create(filepath.Join(dir, "probe")); err == nil {
		f.Close()
		t.Skip("this user may write everywhere")
	}
	status, stdout, stderr := command("train -problem and -iterations 300000 -json " + filepath.Join(dir, "run.json"))
	want := "demos: -json: " + filepath.Join(dir, "run.json") + " can't be written: permission denied (want a file in a directory that can be written)\n"
	if status != 1 || stdout != "" || stderr != want {
		t.Errorf("status %d, %q, %q, want %q", status, stdout, stderr, want)
	}
}
