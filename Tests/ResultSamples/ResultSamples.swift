// Loads, results and comparisons whose figures are chosen by hand, for the tests of the modules that measure, keep, compare and show them.
