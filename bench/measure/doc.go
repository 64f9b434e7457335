// Package measure is what the programs in the sister folders share: they time
// work against a floor in the same run, and say on what machine.
//
//	main ─▶ Main ─▶ Program.Run ─ Fork(task) ─▶ a child process of the same program:
//	                    │                       its time, counts and peak memory
//	                    └─▶ Report: lines, and ratios with the most that is allowed
//
// Work whose memory matters runs in a child, so that the peak is its own and
// each repeat starts cold. It knows nothing of what is measured.
package measure
