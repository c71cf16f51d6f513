// What this module guarantees: everything that happens in a world follows from its seed and its inputs. Time is virtual and
// integer; events are handled one at a time in (time, arrival) order; nothing reads a clock, a thread or randomness of the machine.
//
// Kernel   the agenda of events: a timing wheel, and a heap as its reference
// World    what a user works with: nodes, time, observers, results
// Process  the machine and the life of a node: start, kill, power loss, pause; what processor, network card and disk cost
// Network  connections as ordered reliable streams over links with latency, bandwidth and faults
// Disk     page cache and platter
// Stations counters of what queues: processors, network cards, disks
// Clock    wall clocks that are skewed, drift and jump
// Faults   the ledger of faults: what was planned, what was hit
// Trace    the rolling hash over every event
