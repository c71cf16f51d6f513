// What this module guarantees: a benchmark is the same request, the same result; every setting of a product runs on the same load with the same seeds, so that
// rows differ by their settings alone; a row is made of all its seeds or there is none.
//
// Here: the request and its plan, the product of settings, worker processes, the search for the highest rate, files of other tools that are written, and
// the check of files that are only read. OpenMessaging: workload and driver files of the OpenMessaging Benchmark, converted to scenarios.
