package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// command runs the command line args, split at spaces.
func command(args string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = run(strings.Fields(args), &out, &err)
	return status, out.String(), err.String()
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-h":         "go run ./demos explain -problem XOR …",
		"--help":     "-out directory",
		"train -h":   "-stop-change change",
		"explain -h": "-observation number",
		"digits -h":  "A demo beyond the article: train a convolutional network",
		"surface -h": "-along parameters",
		"list -help": "Lists the problems, the figures and the demos beyond the article.\n",
		"help":       "go run ./demos explain -problem XOR …",
		// Help comes first, whatever else is wrong after it.
		"train -h -rate x": "-rate rate",
	} {
		status, stdout, stderr := command(args)
		if status != 0 || stderr != "" || !strings.Contains(stdout, want) || !strings.HasSuffix(stdout, "\n") {
			t.Errorf("%s: status %d, errors %q, output without %q:\n%s", args, status, stderr, want, stdout)
		}
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := command("list")
	const want = `Problems (-problem):
  AND   1 where both inputs are 1
  OR    1 where either input is 1
  XOR   1 where exactly one input is 1
  RING  0 at the centre, 1 all around it
  SIN   a sine wave, lifted by 2.5
  ABS   the absolute value

Training figures, as the article published them:
  figure 8   OR    2-1 sigmoid            rate 2, annealing 1, 100 iterations
  figure 9   AND   2-1 sigmoid            rate 2, annealing 1, 100 iterations
  figure 10  XOR   2-1 sigmoid            rate 2, annealing 1, 100 iterations
  figure 11  XOR   2-4-1 sigmoid, sigmoid rate 2, annealing 1, 100 iterations
  figure 12  RING  2-4-1 sigmoid, sigmoid rate 2, annealing 1, 100 iterations
  figure 13  SIN   1-3-1 tanh, linear     rate 0.2, annealing 0.95, 100 iterations
  figure 14  ABS   1-3-1 tanh, linear     rate 0.2, annealing 0.95, 100 iterations

Beyond the article:
  digits       train a convolutional network to read handwritten digits
  moons        repeat micrograd's demo: get its losses to the last bit, and compare the times
  orbit        find a launch past a moon to a target, by descent through 600 steps
  curve        fit a curve, with its uncertainty from the Hessian
  sweeps       explore the article's closing questions: units, layers, rate, annealing, error function, activation
  linear       show that stacked linear layers are one linear layer: multiplied out, and trained on XOR
  surface      draw the error surface of a deeper network, along any two parameters or directions
  wrong        show what goes wrong in training, and how to see it: saturation, dead units, exploding gradients
  autoencoder  squeeze pictures through two numbers, without targets, and start classifiers from an encoder
  memory       train an LSTM through 50 steps of time, where a plain recurrent network fails
  addition     train a transformer to add numbers written in decimal

Commands:
  go run ./demos [-out DIR] [-figures …] train and draw the article's figures
  go run ./demos train -problem XOR …    train one network; train -h lists the flags
  go run ./demos explain -problem XOR …  the walk of backpropagation for one observation
  go run ./demos NAME                    a demo beyond the article, with a page of its own
  go run ./demos list                    the problems, the figures and the demos
`
	if status != 0 || stderr != "" || stdout != want {
		t.Errorf("status %d, errors %q, output\n%s\nwant\n%s", status, stderr, stdout, want)
	}
}

// TestMistakes runs command lines that are wrong. Each must say so in one line, print
// nothing else, and leave the directory as it is.
func TestMistakes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	must(t, os.WriteFile(file, []byte("unchanged"), 0o666))
	// A million iterations would take minutes: what is wrong must be found before.
	const long = " -problem and -iterations 300000"
	for _, test := range []struct {
		args   string
		status int
		want   string
	}{
		{"learn", 2, `no command is called "learn": want train, explain, list, or the name of a demo that list prints, or none (-h tells more)`},
		{"TRAIN", 2, `no command is called "TRAIN": want train, explain, list, or the name of a demo that list prints, or none (-h tells more)`},
		{"-x", 2, "flag provided but not defined: -x (-h lists the flags)"},
		{"-out DIR more", 2, `unexpected "more": only flags are allowed (-h lists them)`},
		{"-figures 0", 2, `-figures "0": want numbers from 1 to 14, such as 11,12`},
		{"-figures 15", 2, `-figures "15": want numbers from 1 to 14, such as 11,12`},
		{"-figures x", 2, `-figures "x": want numbers from 1 to 14, such as 11,12`},
		{"-figures 8,,9", 2, `-figures "8,,9": want numbers from 1 to 14, such as 11,12`},
		{"list all", 2, `list: unexpected "all": only flags are allowed (-h lists them)`},
		{"list -all", 2, "list: flag provided but not defined: -all (-h lists the flags)"},

		{"digits 7", 2, `digits: unexpected "7": only flags are allowed (-h lists them)`},
		{"digits -seed 7", 2, "digits: flag provided but not defined: -seed (-h lists the flags)"},
		{"surface -seed -1", 2, `surface: invalid value "-1" for flag -seed: want a whole number from 0 to 4294967295 (-h lists the flags)`},
		{"surface -along 1.weight[0,0],6.bias[0]", 2, `surface: invalid value "1.weight[0,0],6.bias[0]" for flag -along: want two parameters such as 0.weight[0,1],6.bias[0]; the shapes are 0.weight[2 8] 0.bias[8] 2.weight[8 8] 2.bias[8] 4.weight[8 8] 4.bias[8] 6.weight[8 1] 6.bias[1] (-h lists the flags)`},

		{"train -x", 2, "train: flag provided but not defined: -x (-h lists the flags)"},
		{"train -rate", 2, "train: flag needs an argument: -rate (-h lists the flags)"},
		{"train xor", 2, `train: unexpected "xor": only flags are allowed (-h lists them)`},
		{"train -rate 1 2", 2, `train: unexpected "2": only flags are allowed (-h lists them)`},
		{"train -problem nand", 2, `train: no problem is called "nand": want one of AND, OR, XOR, RING, SIN, ABS`},
		{"train -hidden x", 2, `train: invalid value "x" for flag -hidden: want a number of units, several such as 8,4, or 0 for no hidden layer (-h lists the flags)`},
		{"train -hidden 1,,2", 2, `train: invalid value "1,,2" for flag -hidden: want a number of units, several such as 8,4, or 0 for no hidden layer (-h lists the flags)`},
		{"train -hidden -1", 2, "train: hidden layers need 1 to 10000 units each, got [-1] (0 alone is no hidden layer)"},
		{"train -hidden 4,0", 2, "train: hidden layers need 1 to 10000 units each, got [4 0] (0 alone is no hidden layer)"},
		{"train -iterations 0", 2, "train: iterations must be 1 to 1000000, got 0"},
		{"train -iterations 1.5", 2, `train: invalid value "1.5" for flag -iterations: want a whole number (-h lists the flags)`},
		{"train -iterations 99999999999999999999", 2, `train: invalid value "99999999999999999999" for flag -iterations: the number is too large (-h lists the flags)`},
		{"train -observations 0", 2, "train: observations must be 1 to 1000000, got 0"},
		{"train -observations many", 2, `train: invalid value "many" for flag -observations: want a whole number (-h lists the flags)`},
		{"train -rate nan", 2, "train: the learning rate must be a finite number above 0, got NaN"},
		{"train -rate inf", 2, "train: the learning rate must be a finite number above 0, got +Inf"},
		{"train -rate 1e400", 2, "train: the learning rate must be a finite number above 0, got +Inf"},
		{"train -rate -1", 2, "train: the learning rate must be a finite number above 0, got -1"},
		{"train -rate fast", 2, `train: invalid value "fast" for flag -rate: want a number (-h lists the flags)`},
		{"train -anneal 2", 2, "train: the annealing factor must be above 0 and at most 1, got 2"},
		{"train -anneal 0", 2, "train: the annealing factor must be above 0 and at most 1, got 0"},
		{"train -batch 0", 2, "train: the batch must be at least 1 observation, got 0"},
		{"train -output softmax", 2, `train: the output must be sigmoid, tanh or linear, got "softmax"`},
		{"train -stop-loss -1", 2, "train: the loss to stop at must be a finite number of at least 0, got -1"},
		{"train -stop-change inf", 2, "train: the change to stop at must be a finite number of at least 0, got +Inf"},

		{"train -seed -1", 2, `train: invalid value "-1" for flag -seed: want a whole number from 0 to 4294967295 (-h lists the flags)`},
		{"train -seed 4294967296", 2, `train: invalid value "4294967296" for flag -seed: want a whole number from 0 to 4294967295 (-h lists the flags)`},
		{"train -activation step", 2, `train: no activation is called "step": want one of sigmoid, tanh, linear, relu, leaky-relu, elu, silu, gelu, softplus, softsign`},
		{"train -optimiser lbfgs", 2, `train: no optimiser is called "lbfgs": want one of descent, adam, adamw, nadam, radam, adamax, rmsprop, adagrad, adadelta`},
		{"train -momentum 1", 2, "train: momentum must be at least 0 and below 1, got 1"},
		{"train -momentum .9 -optimiser adam", 2, "train: momentum goes with descent; adam makes averages of its own"},

		{"train -csv=", 2, `train: invalid value "" for flag -csv: want a file (-h lists the flags)`},
		{"train -csv DIR/file/x.csv", 1, "-csv: DIR/file/x.csv can't be read: not a directory"},
		{"train -csv DIR/missing.csv", 1, "-csv: DIR/missing.csv can't be read: no such file or directory"},
		{"train -csv DIR", 1, "-csv: DIR: is a directory"},
		{"train -csv DIR/file", 1, "-csv: DIR/file: there is one column only: want inputs, and a last column to learn"},
		{"train -csv DIR/file -problem xor", 2, "train: -csv has data of its own: leave out -problem"},
		{"train -csv DIR/file -observations 7", 2, "train: -csv has data of its own: leave out -observations"},
		{"train -fill", 2, "train: -fill and -target are for a -csv: there is none"},
		{"train -target number", 2, "train: -fill and -target are for a -csv: there is none"},
		{"train -target word", 2, `train: invalid value "word" for flag -target: want class or number (-h lists the flags)`},
		{"train -html=", 2, `train: invalid value "" for flag -html: want a file (-h lists the flags)`},
		{"train -json - -html -" + long, 1, "-html: - can't be written: it is the file of another flag (want a file in a directory that can be written)"},
		{"train -html DIR/run -json DIR/run" + long, 1, "-html: DIR/run can't be written: it is the file of another flag (want a file in a directory that can be written)"},
		{"train -html DIR" + long, 1, "-html: DIR can't be written: it is a directory (want a file in a directory that can be written)"},
		{"train -json=", 2, `train: invalid value "" for flag -json: want a file (-h lists the flags)`},
		{"train -batch 40000 -observations 10000 -hidden 10000", 2, "train: it would need 25677 MB of memory, want at most 1000 MB: data 3 MB, network 2 MB, batch 25640 MB, histories of 100 iterations 33 MB"},
		{"train -hidden 3000,3000", 2, "train: it would need 7665 MB of memory, want at most 1000 MB: data 1 MB, network 433 MB, batch 20 MB, histories of 100 iterations 7213 MB"},

		{"-out= -figures 1", 2, "-out is empty: want a directory"},
		{"explain -observation 0", 2, "explain: the observation must be 1 to 200, got 0"},
		{"explain -problem sin -observations 7 -observation 8", 2, "explain: the observation must be 1 to 7, got 8"},
		{"explain -observation x", 2, `explain: invalid value "x" for flag -observation: want a whole number (-h lists the flags)`},
		{"explain -html x", 2, "explain: flag provided but not defined: -html (-h lists the flags)"},
		{"explain -graph tide", 2, `explain: no graph is called "tide": want article, activation, tied, skip, entropy, batch or recurrent`},
		{"explain -graph tied -observation 5", 2, "explain: the observation must be 1 to 4, got 5"},
		{"explain -graph tied -hidden 3", 2, "explain: -graph is a network of its own: leave out -hidden"},
		{"explain -hidden 3000,3000,3000", 2, "explain: hidden layers of [3000 3000 3000] units make 18018001 parameters, want at most 10000000"},
		{"explain more", 2, `explain: unexpected "more": only flags are allowed (-h lists them)`},

		{"train -json DIR/missing/run.json" + long, 1, "-json: DIR/missing/run.json can't be written: no such file or directory (want a file in a directory that can be written)"},
		{"train -json DIR/file/run.json" + long, 1, "-json: DIR/file/run.json can't be written: not a directory (want a file in a directory that can be written)"},
		{"train -json DIR" + long, 1, "-json: DIR can't be written: it is a directory (want a file in a directory that can be written)"},
		{"train -json DIR/" + strings.Repeat("x", 300) + long, 1, "-json: DIR/" + strings.Repeat("x", 300) + " can't be written: file name too long (want a file in a directory that can be written)"},
		{"train -problem sin -rate 50 -json DIR/file", 1, "the loss of iteration 1 is NaN: training on SIN diverges at a learning rate of 50; try a smaller one"},
		{"train -problem sin -rate 50 -json DIR/new", 1, "the loss of iteration 1 is NaN: training on SIN diverges at a learning rate of 50; try a smaller one"},
		{"-figures 8 -out DIR/file", 1, "-out: mkdir DIR/file: not a directory (want a directory that can be written)"},
		{"-figures 8 -out DIR/file/sub", 1, "-out: mkdir DIR/file: not a directory (want a directory that can be written)"},
	} {
		status, stdout, stderr := command(strings.ReplaceAll(test.args, "DIR", dir))
		if want := "demos: " + strings.ReplaceAll(test.want, "DIR", dir) + "\n"; stderr != want {
			t.Errorf("%s:\n%s\nwant\n%s", test.args, stderr, want)
		}
		if status != test.status || stdout != "" {
			t.Errorf("%s: status %d, want %d; output %q", test.args, status, test.status, stdout)
		}
	}
	mustHold(t, dir, "file")
	if text, err := os.ReadFile(file); string(text) != "unchanged" {
		t.Errorf("the file holds %q (%v)", text, err)
	}
}

// mustHold fails unless a directory holds those files alone.
func mustHold(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if err != nil || !slices.Equal(got, names) {
		t.Errorf("the directory holds %v (%v), want %s alone", got, err, names)
	}
}

// A full is a disk with so much room left.
type full struct{ room int }

func (f *full) Write(text []byte) (int, error) {
	if len(text) > f.room {
		return 0, errors.New("the disk is full")
	}
	f.room -= len(text)
	return len(text), nil
}

// TestFullDisk has standard output fail at once, and later.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"-h", "train -h", "explain -h", "digits -h", "list", "list -h", "explain",
		"train -iterations 1", "train -iterations 1 -json -",
	} {
		_, whole, _ := command(args)
		for _, room := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
			var stderr bytes.Buffer
			status := run(strings.Fields(args), &full{room}, &stderr)
			if want := "demos: standard output: the disk is full\n"; status != 1 || stderr.String() != want {
				t.Errorf("%s with room for %d of %d bytes: status %d, %q, want 1, %q", args, room, len(whole), status, &stderr, want)
			}
		}
	}
	// A mistake is reported before the disk.
	var stderr bytes.Buffer
	if status := run([]string{"list", "x"}, &full{}, &stderr); status != 2 {
		t.Errorf("status %d: %s", status, &stderr)
	}
}

// must fails unless there is no error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
