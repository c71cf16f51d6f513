import Glibc
import Host

/// Data of Kafka's own nodes in a data directory: a user who names such a directory wants its data, not a new cluster beside it.
enum ForeignDirectories {
  private static let mark = "meta.properties"

  /// Refuses a directory that has no cluster of ours but a directory formatted by Kafka, at its top or one level below.
  static func refuse(in path: String) throws(LiveError) {
    let names = (try? directoryNames(path)) ?? []
    guard !names.contains(ClusterIdentity.fileName), !names.contains("broker-1") else { return }
    guard let found = ([path] + names.sorted().map { "\(path)/\($0)" }).first(where: isFormatted) else { return }
    throw .unusable(
      reason: "\(found) is the log directory of a node of another cluster, and this would create a new one beside it: choose an empty directory with --data, or "
        + "run its nodes with trial serve --node ID --cluster FILE --data \(found), each by itself")
  }

  private static func isFormatted(_ directory: String) -> Bool { access("\(directory)/\(mark)", F_OK) == 0 }
}
