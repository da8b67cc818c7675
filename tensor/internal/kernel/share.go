package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A job is a product that several goroutines share: each takes the next part of z's rows, or of its
// columns, until none is left.
type job struct {
	product
	z      []float64
	sum    bool
	rows   bool // the parts are rows
	part   int  // how many of them are a part
	next   atomic.Int64
	others sync.WaitGroup
	failed atomic.Value // what another goroutine panicked with
}

const worthSharing = 1 << 22 // products: waking a goroutine may take 0.1 ms

var (
	jobs    = make(chan *job)                                // to goroutines that have nothing to do
	done    = sync.Pool{New: func() any { return new(job) }} // finished jobs, whose memory is reused
	workers sync.Once
)

// share is t.put. Each element is the work of one goroutine, so the bits do not depend on how many there are.
func share(z []float64, t product, sum bool) {
	threads := 1
	if t.m*t.k*t.n >= worthSharing {
		threads = runtime.GOMAXPROCS(0)
	}
	if threads == 1 {
		r := rooms.Get().(*room)
		r.put(z, t.n, t, sum)
		rooms.Put(r)
		return
	}
	workers.Do(func() {
		for range runtime.NumCPU() - 1 {
			go work()
		}
	})
	j := done.Get().(*job)
	j.product, j.z, j.sum = t, z, sum
	j.rows = t.m > t.n
	j.part = (max(t.m, t.n)/(2*threads) + width) / width * width // whole tiles
	j.next.Store(0)
	for range threads - 1 {
		j.others.Add(1)
		select {
		case jobs <- j:
		default: // all are busy
			j.others.Done()
		}
	}
	defer j.end()
	j.work()
}

// end waits for the other goroutines, and panics if one of them has.
func (j *job) end() {
	j.others.Wait()
	if failed := j.failed.Load(); failed != nil {
		panic(failed)
	}
	j.product, j.z = product{}, nil
	done.Put(j)
}

// work does jobs.
func work() {
	for j := range jobs {
		func() {
			defer j.others.Done()
			defer func() {
				if failed := recover(); failed != nil {
					j.failed.Store(failed)
				}
			}()
			j.work()
		}()
	}
}

// work does parts of the job until none is left.
func (j *job) work() {
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	for {
		at := int(j.next.Add(1)-1) * j.part
		switch t := j.product; {
		case at >= max(t.m, t.n):
			return
		case j.rows:
			t.x, t.m = t.x[at*t.xrow:], min(j.part, t.m-at)
			r.put(j.z[at*t.n:], t.n, t, j.sum)
		default:
			zrow := t.n
			t.y, t.n = t.y[at*t.ystep:], min(j.part, t.n-at)
			if t.b != nil {
				t.b = t.b[at:]
			}
			r.put(j.z[at:], zrow, t, j.sum)
		}
	}
}
