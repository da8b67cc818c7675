package main

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"gentlegrad/demos/internal/browsertest"
)

const largestPage = 3_000_000 // bytes

// TestAll does the main job twice and looks at what it writes; package figures looks at the pictures.
func TestAll(t *testing.T) {
	var dirs [2]string
	for i := range dirs {
		dirs[i] = t.TempDir()
		if status, _, stderr := command("-out " + dirs[i]); status != 0 || stderr != "" {
			t.Fatalf("exit status %d: %s", status, stderr)
		}
	}
	files, err := os.ReadDir(dirs[0])
	must(t, err)
	pictures := 0
	for _, file := range files {
		if read(t, dirs[0], file.Name()) != read(t, dirs[1], file.Name()) {
			t.Errorf("%s is different from run to run", file.Name())
		}
		if filepath.Ext(file.Name()) == ".svg" {
			pictures++
		}
	}
	if pictures != 14 {
		t.Errorf("%d pictures, want 14", pictures)
	}
	if n := len(read(t, dirs[0], "index.html")); n > largestPage {
		t.Errorf("the page has %d bytes, at most %d are allowed", n, largestPage)
	}
	t.Run("commands", func(t *testing.T) { checkCommands(t, read(t, dirs[0], "index.html")) })
	t.Run("browser", func(t *testing.T) { checkPage(t, filepath.Join(dirs[0], "index.html"), 14) })
	t.Run("accessible", func(t *testing.T) { accessible(t, filepath.Join(dirs[0], "index.html")) })
}

// read returns what a file holds, whose path is joined from its elements.
func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	must(t, err)
	return string(text)
}

// checkCommands checks that there are the commands and the flags that a page names: with -h
// none of them does its work.
func checkCommands(t *testing.T, page string) {
	named := regexp.MustCompile(`go run \./demos ([^<…]*)`).FindAllStringSubmatch(page, -1)
	if len(named) == 0 {
		t.Error("the page names no command")
	}
	for _, m := range named {
		if status, _, stderr := command(html.UnescapeString(m[1]) + " -h"); status != 0 {
			t.Errorf("%s: exit status %d: %s", m[0], status, stderr)
		}
	}
}

// TestRunPage opens the pages of runs that are not the article's.
func TestRunPage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	table := table(t, dir)
	for name, args := range map[string]string{
		"table.html": "-csv " + table,
		"xor.html":   "-hidden 12,3 -activation relu -optimiser adam",
		"curve.html": "-problem sin -hidden 0 -momentum .5",
	} {
		name = filepath.Join(dir, name)
		if status, _, stderr := command("train -iterations 5 -html " + name + " " + args); status != 0 {
			t.Fatal(stderr)
		}
		checkPage(t, name, 1)
		accessible(t, name)
	}
}

// checkPage opens a page with so many figures in a browser, wide, on a phone, in the dark and on paper.
func checkPage(t *testing.T, name string, want int) {
	b := browsertest.Start(t)
	for _, o := range []browsertest.Options{
		{Width: 1400, Height: 900},
		{Width: 400, Height: 800, Mobile: true, Dark: true},
		{Width: 800, Height: 1100, Print: true, ReducedMotion: true},
	} {
		p := b.OpenQuiet(t, browsertest.FileURL(name), o)
		if figures := browsertest.Eval[int](t, p, `document.querySelectorAll("section.figure").length`); figures != want {
			t.Errorf("%s has %d figures, want %d", name, figures, want)
		}
		if width := browsertest.Eval[int](t, p, `document.documentElement.scrollWidth`); width > o.Width {
			t.Errorf("%+v: the page is %d pixels wide", o, width)
		}
		const unnamed = `[...document.querySelectorAll("button, input, select")].filter(e => !e.labels?.length && !e.getAttribute("aria-label") && !e.textContent).length`
		if n := browsertest.Eval[int](t, p, unnamed); n > 0 {
			t.Errorf("%d controls have no name", n)
		}
		seen := map[string]bool{}
		for _, id := range browsertest.Eval[[]string](t, p, `[...document.querySelectorAll("[id]")].map(e => e.id)`) {
			if seen[id] {
				t.Errorf("two elements have the id %s", id)
			}
			seen[id] = true
		}
	}
}

func TestSomeFigures(t *testing.T) {
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	if status := run([]string{"-figures", "7, 2,7", "-out", dir}, &stdout, &stderr); status != 0 {
		t.Fatalf("exit status %d: %s", status, stderr.String())
	}
	mustHold(t, dir, "figure-02.svg", "figure-07.svg", "index.html")
}
