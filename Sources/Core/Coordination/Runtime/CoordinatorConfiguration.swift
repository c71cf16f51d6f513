import Primitives
import Wire

/// The settings of a coordinator's topic and of loading it.
public struct CoordinatorConfiguration: Sendable {
  /// How long a response waits until its records are committed.
  public var commitTimeout: Duration
  /// How many bytes are read and replayed before other events get their turn.
  public var loadBytes: Int
  public var compression: Compression
  /// How long after its append a marker takes effect, as before KAFKA-17507; nil for at once.
  public var markerApplication: Duration?
  /// Whether a write counts as committed only once the high watermark has passed it; otherwise as soon as it is in this broker's log, so that the
  /// next coordinator may not have it.
  public var awaitsCommit: Bool
  /// Whether a partition's state is dropped when this broker no longer leads it. If false, it stays, and the partition can never be loaded again:
  /// before KAFKA-9307, unloading could fail.
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
