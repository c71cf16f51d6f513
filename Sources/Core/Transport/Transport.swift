// What this module guarantees
