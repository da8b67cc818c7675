package digits

import (
	"context"
	"testing"
	"fmt"
	"time"
)

func TestTrain(t *testing.T) {
	start := time.Now()
	r, err := Train(context.Background(), nil)
	if err != nil { t.Fatal(err) }
	fmt.Println(r.Net, r.Epochs, r.Best, r.Accuracy(), time.Since(start))
	for _, m := range r.Mistakes { fmt.Println(m) }
}
