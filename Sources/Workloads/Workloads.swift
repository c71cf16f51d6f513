// What this module guarantees: a history tells what clients asked and saw, with nothing known only to a broker in it; a checker
// is a pure function from a history to cases with evidence, and says how much it examined.
