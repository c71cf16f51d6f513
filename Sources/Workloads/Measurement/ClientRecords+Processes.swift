extension ClientRecords {
  /// How many lives of the process wrote here: each is a process of the history.
  public var processCount: Int { Int(recorder.processCount) }
}
