// What this module guarantees: the same request gives the same result; every combination of settings runs with the same load and the same seeds, so
// rows differ by their settings alone; a row contains all its seeds, or is left out.
//
// Here: the request and its plan, the product of settings, worker processes, the search for the highest rate, files for other tools, and
// the check of input files. OpenMessaging: workload and driver files of the OpenMessaging Benchmark, converted to scenarios.
