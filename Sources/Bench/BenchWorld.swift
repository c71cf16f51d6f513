import Client
import Primitives
import Scenarios
import Trials

/// What a benchmark runs on.
public enum BenchWorld: Codable, Sendable, Equatable {
  case simulation
  /// Brokers of this project on loopback sockets and real files.
  case live
  /// Any Kafka cluster, by its bootstrap servers.
  case cluster(bootstrap: String)

  /// The target of a real run; nil in the simulation. Throws a `ScenarioError` if the bootstrap servers are not valid addresses.
  public func target() throws -> RealRun.Target? {
    switch self {
    case .simulation: return nil
    case .live: return .loopback
    case .cluster(let bootstrap):
      do {
        return .bootstrap(try AdminConfiguration([("bootstrap.servers", bootstrap)]).connection.bootstrapServers)
      } catch {
        throw ScenarioError(at: Place(source: "--bootstrap \(bootstrap)"), "\(error)", remedy: "Write --bootstrap localhost:9092.")
      }
    }
  }
}
