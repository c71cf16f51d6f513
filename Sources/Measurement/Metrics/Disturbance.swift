/// What a fault did to a benchmark that ran through it.
public struct Disturbance: Codable, Sendable, Equatable {
  public struct Phase: Codable, Sendable, Equatable {
    /// nil if the phase took no time.
    public var recordsPerSecond: Double?
    /// nil if none of its records was acknowledged.
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
  /// nil if nothing ended it within the scenario.
  public var toSeconds: Double?
  /// Whether it took effect at all; if not, the rest means nothing.
  public var isExercised: Bool
  public var before: Phase
  public var during: Phase
  public var after: Phase
  /// The time from its start until the rate and p99 of the windows of the series were back, for good, within a tenth of their earlier range;
  /// nil if they never were.
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
