// What this module guarantees: two results are compared figure by figure, and the output is a function of both results and the gates. A figure that
// one side lacks is never treated as equal. The module needs only stored results, and runs nothing.
//
// Gates     conditions on a figure, by itself or relative to the baseline
// SelfTest  whether gates catch the regressions they exist for
