// What this module guarantees: raw times become figures, and the figures are checked against laws that every run must obey. Metrics are a function of
// what clients, stations and checkers recorded; nothing in them depends on the wall clock or the machine. This module stores nothing and runs nothing.
//
// Load       the records of a run, by window, by record and by fault
// Latencies  how long records took, and what that time consists of
// Metrics    the figures, as results store them
// Laws       what must hold for the figures
// Text       figures in words
