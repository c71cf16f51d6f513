public struct Throughput: Codable, Sendable, Equatable {
  /// Asked of the producers; nil where they send as fast as they can.
  public var offered: RecordRate?
  /// Acknowledged within the window; nil, as the next two, where the window saw no record at all.
  public var publish: RecordRate?
  /// Failed or without an answer, within the window.
  public var errors: RecordRate?
  /// Given to consumers within the window, all groups together; nil also where there are no consumers.
  public var consume: RecordRate?
  /// Records that a schedule wanted sent within the scenario and that never were, because the producers were behind at its end; nil where there is no
  /// schedule.
  public var neverSent: Int?
  /// Acknowledged records that no consumer had been given yet, times groups.
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
  /// Of keys and values, before compression.
  public var bytesPerSecond: Double

  public init(recordsPerSecond: Double, bytesPerSecond: Double) {
    self.recordsPerSecond = recordsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }
}
