import Measurement

// What this module guarantees: what a run came to is written down completely and in a fixed order, and reads back as what was written. The same
// run gives the same bytes: nothing of the wall clock, the machine or a path stands in a result. A foreign file is refused with its place and the remedy.
//
// Run      one run: verdicts, delivery, story, how it ended
// Sweep    what many runs came to together
// Bench    the rows of a benchmark, what moves them, and their means over several seeds
// Figures  every figure of a run under the name by which gates, objectives and charts ask for it
// Stored   the form of files, and how they are read
// JSON     values whose keys keep their order
