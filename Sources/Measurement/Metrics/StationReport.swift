import Primitives

/// What one queueing station counted within a window: the raw figures for `StationMetrics` and the checks of the laws.
public struct StationReport: Sendable, Equatable {
  public var node: String
  public var kind: StationMetrics.Kind
  public var servers: Int
  public var isOfClient: Bool
  public var window: Duration
  public var arrivals: Int64 = 0
  public var completions: Int64 = 0
  public var bytes: Int64 = 0
  /// The busy time of all servers together.
  public var busy = Duration.zero
  /// The time integral of the number of jobs at the station, updated at each arrival and departure: nanoseconds times jobs.
  public var area: Int64 = 0
  /// The same from the other side: the sum over all jobs of the time each spent here within the window.
  public var residence: Int64 = 0

  public init(node: String, kind: StationMetrics.Kind, servers: Int, isOfClient: Bool, window: Duration) {
    self.node = node
    self.kind = kind
    self.servers = servers
    self.isOfClient = isOfClient
    self.window = window
  }
}
