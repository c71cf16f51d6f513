public struct Throughput: Codable, Sendable, Equatable {
  /// The rate requested of the producers; nil if they send as fast as they can.
  public var offered: RecordRate?
  /// The rate acknowledged within the window; nil, like the next two, if the window saw no record at all.
  public var publish: RecordRate?
  /// The rate of records that failed or got no response, within the window.
  public var errors: RecordRate?
  /// The rate delivered to consumers within the window, all groups together; nil also if there are no consumers.
  public var consume: RecordRate?
  /// Records that a schedule wanted sent within the scenario and that never were, because the producers were behind at its end; nil without a
  /// schedule.
  public var neverSent: Int?
  /// Acknowledged records that had not been delivered yet, times groups.
  public var backlogAtBegin: Int
  public var backlogAtEnd: Int
  public var backlogMaximum: Int

  public init(
    offered: RecordRate?, publish: RecordRate?, errors: RecordRate?, consume: RecordRate?, neverSent: Int? = nil, backlogAtBegin: Int, backlogAtEnd: Int, backlogMaximum: Int
  ) {
    self.offered = offered
    self.publish = publish
    self.errors = errors
    self.consume = consume
    self.neverSent = neverSent
    self.backlogAtBegin = backlogAtBegin
    self.backlogAtEnd = backlogAtEnd
    self.backlogMaximum = backlogMaximum
  }
}

public struct RecordRate: Codable, Sendable, Equatable {
  public var recordsPerSecond: Double
  /// Bytes of keys and values, before compression.
  public var bytesPerSecond: Double

  public init(recordsPerSecond: Double, bytesPerSecond: Double) {
    self.recordsPerSecond = recordsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }
}
