// What this module guarantees: everything that happens in a world follows from its seed and its inputs. Time is virtual and
// integer; events are handled one at a time in (time, arrival) order; nothing reads a clock, a thread or randomness of the machine.
