package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
)

// trainedJSON returns the JSON of a training by package training.
func trainedJSON(t *testing.T, problem string, change func(c *training.Config)) string {
	t.Helper()
	p, err := problems.ByName(problem)
	if err != nil {
		t.Fatal(err)
	}
	c := training.Defaults(p)
	c.Iterations, c.Observations = 3, 5
	change(&c)
	r, err := training.Train(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := r.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
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
			if err := os.WriteFile(file, []byte(before), 0o666); err != nil {
				t.Fatal(err)
			}
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

// A link stays one: what it points at is written.
func TestTrainLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "run.json"), filepath.Join(t.TempDir(), "link")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
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
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
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
