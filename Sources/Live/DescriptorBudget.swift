import Glibc
import NIOConcurrencyHelpers

/// How the file descriptors of this process are divided between the files of its nodes and all connections.
///
/// A node that wants to open more files closes the least recently used one; a connection above the budget waits until it is accepted. So
/// neither uses up what the other needs, and there is room for everything else (event loops, locks, standard streams).
public final class DescriptorBudget: Sendable {
  /// RLIMIT_NOFILE.
  let limit: Int
  /// The number of files that one node keeps open.
  let filesOfNode: Int
  private let connectionsOfAll: Int
  private let connections = NIOLockedValueBox(0)

  /// For the event loops, doorbells, locks and directories of a node, and files it opens briefly.
  private static let ownOfNode = 16
  /// For standard streams and files opened by libraries.
  private static let ownOfProcess = 32
  private static let mostFilesOfNode = 4_096
  /// With fewer, a node would have to open a file for nearly everything it does.
  private static let fewestFilesOfNode = 16

  init(limit: Int, nodes: Int) {
    self.limit = limit
    let shared = max(0, limit - Self.ownOfProcess - nodes * Self.ownOfNode)
    filesOfNode = max(Self.fewestFilesOfNode, min(Self.mostFilesOfNode, shared / 2 / max(1, nodes)))
    connectionsOfAll = shared - filesOfNode * nodes
  }

  /// The smallest limit under which this many nodes can work.
  static func fewest(nodes: Int) -> Int { ownOfProcess + nodes * (ownOfNode + 2 * fewestFilesOfNode) }

  /// For nodes outside of a `LiveCluster`, such as those of benchmarks.
  public static let ofProcess = DescriptorBudget(limit: currentLimit, nodes: 32)

  /// Of a process that runs this many nodes alone. Throws where the limit is too low for them.
  static func ofNodes(_ nodes: Int) throws(LiveError) -> DescriptorBudget {
    let limit = currentLimit
    guard limit >= fewest(nodes: nodes) else {
      throw .noDescriptors(
        reason: "\(nodes == 1 ? "a node needs" : "\(nodes) nodes need") \(fewest(nodes: nodes)) file descriptors, and the limit is \(limit)")
    }
    return DescriptorBudget(limit: limit, nodes: nodes)
  }

  /// Raises the limit on open files: every open log keeps files open.
  static func raiseLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// The current RLIMIT_NOFILE.
  static var currentLimit: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    return Int(min(limit.rlim_cur, rlim_t(Int32.max)))
  }

  var hasRoomForConnection: Bool { connections.withLockedValue { $0 < connectionsOfAll } }

  func countConnection(_ change: Int) { connections.withLockedValue { $0 += change } }
}
