// What this module guarantees: a record that a leader calls committed is held by every member of the ISR as the controller may
// know it; replicas agree below the smaller of their high watermarks.
