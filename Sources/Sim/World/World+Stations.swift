extension World {
  /// What all stations have counted up to now: by node in the order of their coming, then by kind. Empty unless `WorldOptions.measures`.
  /// A station that is not there at an earlier reading came since, with all counters at zero.
  public var stations: [StationReading] { [] }
}
