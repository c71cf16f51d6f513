import Glibc
import Host

/// The nodes that wrote a data directory, and whether it holds anything of clients.
///
/// Partitions lie on the brokers that they were given to: with fewer brokers some have no leader, and somebody who asks for more looks into the wrong directory.
/// The controllers are the voters that their own log names: others could elect one that has none of it.
struct FormerNodes {
  let count: Int
  /// Those that have a metadata log.
  let controllers: Int
  /// Whether any of them has a partition.
  let haveData: Bool

  init(in directory: String) throws(LiveError) {
    let prefix = "broker-", names = try Self.names(directory)
    let numbers = names.compactMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil }
    var controllers = 0
    for name in names {
      guard name.hasPrefix("controller-"), let number = Int(name.dropFirst(11)) else { continue }
      if try Self.names("\(directory)/\(name)").contains("__cluster_metadata-0") { controllers = max(controllers, number) }
    }
    self.controllers = controllers
    count = numbers.max() ?? 0
    var haveData = false
    for number in numbers where try Self.names("\(directory)/\(prefix)\(number)/kafka-logs").contains(where: Self.isPartition) { haveData = true }
    self.haveData = haveData
  }

  /// Refuses another number of brokers or controllers than the data was written with.
  func refuse(brokers wanted: Int, controllers wantedControllers: Int, in directory: String) throws(LiveError) {
    if controllers > 0, wantedControllers != controllers {
      throw .unusable(
        reason: "the data directory \(directory) was written by \(controllers) controller\(controllers == 1 ? "" : "s"), which are the voters of its metadata, and \(wantedControllers) "
          + "\(wantedControllers == 1 ? "is" : "are") to run: start with --controllers \(controllers), or choose another directory with --data")
    }
    guard haveData, wanted != count else { return }
    throw .unusable(
      reason: "the data directory \(directory) was written by \(count) broker\(count == 1 ? "" : "s"), on which its partitions lie, and \(wanted) "
        + "\(wanted == 1 ? "is" : "are") to run: start with --brokers \(count), or choose another directory with --data")
  }

  private static func names(_ directory: String) throws(LiveError) -> [String] {
    do throws(DiskError) {
      return try directoryNames(directory)
    } catch .notFound {
      return []
    } catch {
      throw .unusable(reason: "\(directory): \(error)\(error.remedy)")
    }
  }

  /// `orders-0`; those that are deleted or set aside have another ending.
  private static func isPartition(_ name: String) -> Bool {
    guard let dash = name.lastIndex(of: "-"), dash > name.startIndex else { return false }
    let number = name[name.index(after: dash)...]
    return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
  }
}
