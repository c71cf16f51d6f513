import Primitives

/// What one queueing station counted within a window: raw figures, from which `StationMetrics` and the checks of the laws are made.
public struct StationReport: Sendable, Equatable {
  public var node: String
  public var kind: StationMetrics.Kind
  public var servers: Int
  public var isOfClient: Bool
  public var window: Duration
  public var arrivals: Int64 = 0
  public var completions: Int64 = 0
  public var bytes: Int64 = 0
  /// Of all servers together.
  public var busy = Duration.zero
  /// Time integral of the number of jobs at the station, kept up to date at each arrival and each departure: nanoseconds times jobs.
  public var area: Int64 = 0
  /// The same from the other side: the sum over all jobs of the time that each spent here within the window.
  public var residence: Int64 = 0

  public init(node: String, kind: StationMetrics.Kind, servers: Int, isOfClient: Bool, window: Duration) {
    self.node = node
    self.kind = kind
    self.servers = servers
    self.isOfClient = isOfClient
    self.window = window
  }
}
