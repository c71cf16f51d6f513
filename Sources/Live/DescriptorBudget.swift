import Glibc
import NIOConcurrencyHelpers

/// How the file descriptors of this process are shared out: to the files of its nodes, and to the connections of all.
///
/// A node that wants more files open closes the one it has not used for longest; a connection above the budget waits until it is accepted. So
/// neither takes what the other needs, and what neither counts (event loops, locks, standard streams) finds room as well.
public final class DescriptorBudget: Sendable {
  /// RLIMIT_NOFILE.
  let limit: Int
  /// How many files one node keeps open.
  let filesOfNode: Int
  private let connectionsOfAll: Int
  private let connections = NIOLockedValueBox(0)

  /// Event loops, doorbells, locks and directories of a node, and what it opens for a moment.
  private static let ownOfNode = 16
  /// Standard streams, and whatever libraries open.
  private static let ownOfProcess = 32
  private static let mostFilesOfNode = 4_096
  /// With fewer a node would open a file for nearly everything it does.
  private static let fewestFilesOfNode = 16

  init(limit: Int, nodes: Int) {
    self.limit = limit
    let shared = max(0, limit - Self.ownOfProcess - nodes * Self.ownOfNode)
    filesOfNode = max(Self.fewestFilesOfNode, min(Self.mostFilesOfNode, shared / 2 / max(1, nodes)))
    connectionsOfAll = shared - filesOfNode * nodes
  }

  /// The limit under which so many nodes can just work.
  static func fewest(nodes: Int) -> Int { ownOfProcess + nodes * (ownOfNode + 2 * fewestFilesOfNode) }

  /// For nodes that nobody counts, as those of benchmarks.
  public static let ofProcess = DescriptorBudget(limit: currentLimit, nodes: 32)

  /// RLIMIT_NOFILE as it is now.
  static var currentLimit: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    return Int(min(limit.rlim_cur, rlim_t(Int32.max)))
  }

  var hasRoomForConnection: Bool { connections.withLockedValue { $0 < connectionsOfAll } }

  func countConnection(_ change: Int) { connections.withLockedValue { $0 += change } }
}
