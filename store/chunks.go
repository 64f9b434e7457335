package store

import (
	"iter"
	"runtime"
	"sync"
)

// sizes are the numbers of rows that SQLite's statements have: the biggest does
// the work, the others the rest.
var sizes = []int{50, 10, 1}

// chunk is the rows of one statement.
type chunk struct {
	rows   int
	values []any
	err    error // a value that no column holds
}

// chunks yields n rows in the sizes of statements. The values of a chunk last
// until the one after the next is asked for.
func (b bulk) chunks(n int, row func(i int, values []any)) iter.Seq[chunk] {
	return func(yield func(chunk) bool) {
		width := len(b.columns)
		var buffers [2][]any
		done, turn := 0, 0
		for _, size := range sizes {
			for ; n-done >= size; done += size {
				if turn = 1 - turn; buffers[turn] == nil {
					buffers[turn] = make([]any, min(n, sizes[0])*width)
				}
				values := buffers[turn][:size*width]
				for i := range size {
					row(done+i, values[i*width:(i+1)*width])
				}
				if !yield(chunk{size, values, b.check(values)}) {
					return
				}
			}
		}
	}
}

// ahead yields what chunks yields, and has the next one made while the database
// works on the one before: that takes nearly as long.
func ahead(chunks iter.Seq[chunk]) iter.Seq[chunk] {
	return func(yield func(chunk) bool) {
		ready, stop := make(chan chunk), make(chan struct{})
		var all sync.WaitGroup
		defer all.Wait() // the rows are the caller's
		defer close(stop)
		all.Go(func() {
			defer close(ready)
			for c := range chunks {
				select {
				case ready <- c:
				case <-stop:
					return
				}
			}
		})
		for c := range ready {
			if !yield(c) {
				return
			}
		}
	}
}

// fewParts is up to how much work is not worth a second processor.
const fewParts = 64

// inParallel does n parts of work on all processors. Each part is done once; none
// may touch another's.
func inParallel(n int, do func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n/fewParts)
	if workers < 2 {
		for i := range n {
			do(i)
		}
		return
	}
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	all.Wait()
}
