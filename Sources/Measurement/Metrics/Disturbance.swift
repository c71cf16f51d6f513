/// What a fault did to a benchmark that ran through it.
public struct Disturbance: Codable, Sendable, Equatable {
  public struct Phase: Codable, Sendable, Equatable {
    /// nil where the phase took no time.
    public var recordsPerSecond: Double?
    /// nil where none of its records was acknowledged.
    public var publishP50: Double?
    public var publishP99: Double?
    public var publishMax: Double?

    public init(recordsPerSecond: Double?, publishP50: Double?, publishP99: Double?, publishMax: Double?) {
      self.recordsPerSecond = recordsPerSecond
      self.publishP50 = publishP50
      self.publishP99 = publishP99
      self.publishMax = publishMax
    }
  }

  public var fault: String
  public var fromSeconds: Double
  /// nil where nothing ended it within the scenario.
  public var toSeconds: Double?
  /// Whether it had anything to act upon; where not, the rest says nothing.
  public var isExercised: Bool
  public var before: Phase
  public var during: Phase
  public var after: Phase
  /// From its begin until rate and p99 of the windows of the series were back where they had moved before, give or take a tenth, for
  /// good; nil where they never were.
  public var recoverySeconds: Double?
  public var lost: Int
  public var duplicated: Int
  /// Records sent during it whose acknowledgement took longer than that of any record before it.
  public var late: Int

  public init(
    fault: String, fromSeconds: Double, toSeconds: Double?, isExercised: Bool, before: Phase, during: Phase, after: Phase, recoverySeconds: Double?,
    lost: Int, duplicated: Int, late: Int
  ) {
    self.fault = fault
    self.fromSeconds = fromSeconds
    self.toSeconds = toSeconds
    self.isExercised = isExercised
    self.before = before
    self.during = during
    self.after = after
    self.recoverySeconds = recoverySeconds
    self.lost = lost
    self.duplicated = duplicated
    self.late = late
  }
}
