import Primitives

public enum StationKind: String, Sendable, CaseIterable {
  /// The cores of a machine: jobs are events of its processes.
  case processor
  /// A client's application, which passes records to its producer one after another: jobs are handlers that send.
  case application
  /// The network card, each way: jobs are frames.
  case networkOut = "network out"
  case networkIn = "network in"
  /// The channel to and from the disk: jobs are transfers of flushes, background writes, and reads that the page cache cannot serve.
  case disk
  /// The disk's work on flushes, several at a time: transfer and flush latency.
  case flush = "disk flush"
}

/// The counters of a queueing station, up to an instant or between two.
///
/// Work under way counts up to the instant only, so `busy` is never more than `servers` times the time. Both sides of Little's law are here:
/// `area` integrates the number of jobs over time, and `residence` adds up each job's own times.
public struct StationReading: Sendable, Equatable {
  /// The name of the node; `machine` if all nodes share one.
  public let node: String
  public let kind: StationKind
  public let servers: Int
  public let isOfClient: Bool
  public var arrivals: Int64 = 0
  public var completions: Int64 = 0
  /// Bytes of completed jobs, as the station moves them: frames include the headers of lower layers. 0 for processors.
  public var bytes: Int64 = 0
  /// The busy time of all servers together.
  public var busy = Duration.zero
  /// The time integral of the number of jobs, waiting or served: time times jobs.
  public var area = Duration.zero
  /// The time that all jobs together spent at this station.
  public var residence = Duration.zero

  init(node: String, kind: StationKind, servers: Int, isOfClient: Bool) {
    self.node = node
    self.kind = kind
    self.servers = servers
    self.isOfClient = isOfClient
  }

  /// The difference from an earlier reading of the same station.
  public func since(_ earlier: StationReading) -> StationReading {
    precondition(node == earlier.node && kind == earlier.kind, "readings of two stations")
    var difference = self
    difference.arrivals -= earlier.arrivals
    difference.completions -= earlier.completions
    difference.bytes -= earlier.bytes
    difference.busy = busy - earlier.busy
    difference.area = area - earlier.area
    difference.residence = residence - earlier.residence
    return difference
  }
}
