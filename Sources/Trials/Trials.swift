// What this module guarantees: a scenario file, a variant and a seed identify exactly one trial; everything in the file is either
// carried out or refused with its place and a remedy; a trial's outcome says what was expected, what was seen, and what was not exercised.
//
// - Scenario: a scenario from its file, and its reader. Faults and Applications read what they carry out, Scenarios reads everything else.
// - Varied: what can be varied in a scenario, and how a value is inserted.
// - Faults: the families of fault words, schedules and random faults. Applications: the kinds of clients.
// - Run: a trial from its start to its result. RealRun: the same scenario on real machines. Measurement: how both are measured.
// - Invariants: conditions on the state of brokers. Story: what happened, in words.
// - Verify, Processes: sweeps over seeds, and the worker processes that run them.
