import Primitives
import Wire

/// What a coordinator's topic and its loading are like.
public struct CoordinatorConfiguration: Sendable {
  /// How long an answer waits for the commit of its records.
  public var commitTimeout: Duration
  /// Bytes that are read and replayed before other events have their turn.
  public var loadBytes: Int
  public var compression: Compression
  /// How long what a marker does comes behind its append, as it was before KAFKA-17507; nil for at once.
  public var markerApplication: Duration?
  /// Whether a write counts as committed when the high watermark has passed it; else as soon as the log has it, which the next coordinator may not.
  public var awaitsCommit: Bool
  /// What is known of a partition is forgotten when this broker leads it no more. Without it, it stays, and the partition can never be loaded again: before KAFKA-9307 an unloading could fail.
  public var forgetsFormerLeadership: Bool

  public init(
    commitTimeout: Duration = .seconds(5), loadBytes: Int = 256 << 10, compression: Compression = .none, markerApplication: Duration? = nil, awaitsCommit: Bool = true,
    forgetsFormerLeadership: Bool = true
  ) {
    self.commitTimeout = commitTimeout
    self.loadBytes = loadBytes
    self.compression = compression
    self.markerApplication = markerApplication
    self.awaitsCommit = awaitsCommit
    self.forgetsFormerLeadership = forgetsFormerLeadership
  }
}
