// What this module guarantees: a history says what clients asked for and saw, and contains nothing that only a broker knows; a checker
// is a pure function from a history to cases with evidence, and says how much it examined.
