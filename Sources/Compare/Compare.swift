// What this module guarantees: two results are compared figure by figure, and what is told of them is a function of both and of the gates. Nothing that
// one side lacks is taken for equal. It needs stored results alone, and runs nothing.
//
// Gates     what a figure must be, by itself or next to the baseline's
// SelfTest  whether gates catch what they are there for
