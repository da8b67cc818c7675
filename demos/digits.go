package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"gentlegrad/demos/digits"
)

const digitsIntro = `Trains a convolutional network to read handwritten digits, from a fixed seed, and shows those held-out ones that it misreads.
`

// readDigits trains the network that reads digits, and prints what it makes of those held out.
func readDigits(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("digits", flag.ContinueOnError)
	if err := parse(flags, args, digitsIntro, stdout); err != nil {
		return err
	}
	start := time.Now()
	result, err := digits.Train(context.Background(), stderr)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, result)
	fmt.Fprintf(stdout, "\nThe training took %s.\n\n%s", time.Since(start).Round(time.Millisecond), digits.Source)
	return nil
}
