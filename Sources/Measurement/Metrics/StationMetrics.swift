/// One queueing station: a node's cores, one direction of its network card, its disk's channel, or its disk's work on flushes.
public struct StationMetrics: Codable, Sendable, Equatable {
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case processor, application, networkOut = "network out", networkIn = "network in", disk, flush = "disk flush"
  }

  public var node: String
  public var kind: Kind
  /// The number of cores, or of parallel flushes.
  public var servers: Int
  /// The mean over all servers, 0 to 1.
  public var utilisation: Double
  public var completionsPerSecond: Double
  public var bytesPerSecond: Double
  /// The mean time of a job at the station, waiting and served, and the part of it being served; nil if no job was done.
  public var meanMilliseconds: Double?
  public var serviceMilliseconds: Double?
  /// Mean number of jobs at the station.
  public var meanJobs: Double

  public init(
    node: String, kind: Kind, servers: Int, utilisation: Double, completionsPerSecond: Double, bytesPerSecond: Double, meanMilliseconds: Double?,
    serviceMilliseconds: Double?, meanJobs: Double
  ) {
    self.node = node
    self.kind = kind
    self.servers = servers
    self.utilisation = utilisation
    self.completionsPerSecond = completionsPerSecond
    self.bytesPerSecond = bytesPerSecond
    self.meanMilliseconds = meanMilliseconds
    self.serviceMilliseconds = serviceMilliseconds
    self.meanJobs = meanJobs
  }
}
