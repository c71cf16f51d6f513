// What this module guarantees: a scenario file, a variant and a seed name exactly one trial; everything in the file is either
// carried out or refused with its place and a remedy; a trial's outcome says what was expected, what was seen, and what was not exercised.
//
// - Scenario: a scenario as its file says it, and its reader. Faults and Applications read what they carry out, Scenarios everything else.
// - Varied: what of a scenario may be varied, and how a value is put in its place.
// - Faults: the families of fault words, schedules and chance. Applications: the kinds of clients.
// - Run: a trial from its beginning to its result. RealRun: the same scenario on real machines. Measurement: what both are measured by.
// - Invariants: what the state of brokers must fulfil. Story: what happened, in words.
// - Verify, Processes: sweeps over seeds, and the worker processes in which they run.
