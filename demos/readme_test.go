package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fenced returns the blocks of a Markdown text that are fenced by ``` and the language.
func fenced(text, language string) []string {
	var blocks []string
	inside, wanted := false, false
	for line := range strings.Lines(text) {
		fence, ok := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case ok && inside:
			inside, wanted = false, false
		case ok:
			inside, wanted = true, fence == language
			if wanted {
				blocks = append(blocks, "")
			}
		case wanted:
			blocks[len(blocks)-1] += line
		}
	}
	return blocks
}

// section returns what the README has under a heading, up to the next.
func section(t *testing.T, heading string) string {
	_, text, ok := strings.Cut(read(t, "../README.md"), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("the README has no heading %s", heading)
	}
	text, _, _ = strings.Cut(text, "\n#")
	return text
}

// example returns the body of a file's Example, and what that prints, which go test checks;
// and the rest of the file.
func example(t *testing.T, file string) (body, output, rest string) {
	_, text, _ := strings.Cut(read(t, file), "func Example() {\n")
	text, rest, _ = strings.Cut(text, "\n}\n")
	body, comment, ok := strings.Cut(text+"\n", "\t// Output:\n")
	if !ok {
		t.Fatalf("the example in %s has no output", file)
	}
	for line := range strings.Lines(comment) {
		if printed, ok := strings.CutPrefix(line, "\t// "); ok {
			output += printed
		}
	}
	return body, output, rest
}

// TestREADMEExample holds the README's program to be that of an Example, and the output in
// the README to be the same.
func TestREADMEExample(t *testing.T) {
	readme := read(t, "../README.md")
	body, output, _ := example(t, "../layers/example_readme_test.go")
	program := fenced(readme, "go")[0]
	if want := "func main() {\n" + body + "}\n"; program != want {
		t.Errorf("the README's program differs from the Example:\n%s\nwant\n%s", program, want)
	}
	if !strings.Contains(readme, "```\n"+output+"```\n") {
		t.Errorf("the README does not show the output\n%s", output)
	}
}

// TestREADMEDigits holds the classifier of digits to be that of an Example, its output too, and no
// longer than it should be.
func TestREADMEDigits(t *testing.T) {
	text := section(t, "## Build, train, save, load")
	body, output, check := example(t, "digits/example_test.go")
	program := fenced(text, "go")[0]
	if want := "func main() {\n" + body + "}\n" + check; program != want {
		t.Errorf("the README's program differs from the Example:\n%s\nwant\n%s", program, want)
	}
	if !strings.Contains(text, "```\n"+output+"```\n") {
		t.Errorf("the README does not show the output\n%s", output)
	}
	if lines := strings.Count(body, "\n"); lines > 45 {
		t.Errorf("the example has %d lines, more than 45", lines)
	}
}

// TestREADMETraversal holds the traversal that the README shows to be that of autograd.
func TestREADMETraversal(t *testing.T) {
	if shown := fenced(read(t, "../README.md"), "go")[1]; !strings.Contains(read(t, "../autograd/backward.go"), "\n"+shown) {
		t.Errorf("backward.go does not hold what the README shows of it:\n%s", shown)
	}
}

// TestREADMEPlan holds the loop that the README shows to be that of an Example.
func TestREADMEPlan(t *testing.T) {
	source := read(t, "../layers/example_test.go")
	shown := fenced(section(t, "### A step that allocates nothing"), "go")[0]
	if indented := "\t" + strings.ReplaceAll(strings.TrimSuffix(shown, "\n"), "\n", "\n\t"); !strings.Contains(source, indented) {
		t.Errorf("layers/example_test.go does not hold what the README shows of a plan:\n%s", shown)
	}
}

// TestREADMETrace holds the walk that the README shows, and what it prints, to be those of an Example.
func TestREADMETrace(t *testing.T) {
	source := read(t, "../autograd/trace/example_test.go")
	walk := section(t, "### The walk through a graph of your own")
	shown := fenced(walk, "go")[0]
	_, printed, _ := strings.Cut(walk, shown+"```\n\n```\n")
	printed, _, _ = strings.Cut(printed, "```\n")
	want := "\t" + strings.ReplaceAll(shown, "\n", "\n\t") + "// Output:\n"
	for line := range strings.Lines(printed) {
		want += "\t// " + line
	}
	if printed == "" || !strings.Contains(source, want) {
		t.Errorf("autograd/trace/example_test.go does not hold what the README shows of a walk:\n%s", want)
	}
}

// TestREADMEModule does what the README says about another module.
func TestREADMEModule(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a module")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not in PATH")
	}
	readme := read(t, "../README.md")
	root, err := filepath.Abs("..")
	must(t, err)
	dir := t.TempDir()
	goBlocks := fenced(readme, "go")
	main := goBlocks[2] + "\n" + goBlocks[0]
	commands := ""
	for _, block := range fenced(readme, "") {
		if strings.HasPrefix(block, "mkdir xor") {
			commands = strings.ReplaceAll(block, "=../gentlegrad", "="+root)
		}
	}
	for line := range strings.Lines(commands) {
		args := strings.Fields(line)
		if args[0] == "mkdir" {
			continue // and cd: that is dir
		}
		runIn(t, dir, args...)
	}
	must(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(main), 0o644))
	got := runIn(t, dir, "go", "run", ".")
	if !strings.Contains(readme, "```\n"+got+"```\n") {
		t.Errorf("the program prints\n%s\nwhich the README does not show", got)
	}
}

func runIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := exec.Command(args[0], args[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}
