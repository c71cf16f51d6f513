// What this module guarantees: a scenario file, a variant and a seed name exactly one trial; everything in the file is either
// carried out or refused with its place and a remedy; a trial's outcome says what was expected, what was seen, and what was not exercised.
