import Measurement

// What this module guarantees: the outcome of a run is written completely and in a fixed order, and reads back as it was written. The same
// run gives the same bytes: a result contains nothing from the wall clock, the machine or a path. A malformed file is refused with the place and the remedy.
//
// Run      one run: verdicts, delivery, story, how it ended
// Timeline the steps of a run, for formats that show it over time
// Sweep    the combined outcome of many runs
// Bench    the rows of a benchmark, what moves them, and their means over several seeds
// Figures  every figure of a run by the name that gates, objectives and charts use
// Stored   the format of files, and how they are read
// JSON     values whose keys keep their order
