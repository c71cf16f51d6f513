import Glibc
import Host
import Raft

/// The nodes that wrote a data directory, and whether it holds anything of clients.
///
/// Partitions lie on the brokers that they were given to: with fewer brokers some have no leader, and somebody who asks for more looks into the wrong directory.
/// The controllers are the voters that their own log names: others could elect one that has none of it.
struct FormerNodes {
  let brokers: Int
  /// Those that have a metadata log; the brokers, where these are controllers too.
  let controllers: Int
  let areCombined: Bool
  /// Whether any broker has a partition.
  let haveData: Bool

  private static let metadataLog = QuorumReplica.partition.description

  init(in directory: String) throws(LiveError) {
    let names = try Self.names(directory)
    var brokers = 0, controllers = 0, areCombined = false, haveData = false
    for name in names {
      if let number = Self.number(in: name, after: "broker-") {
        let content = try Self.names("\(directory)/\(name)")
        // A broker that is nothing else has its logs apart.
        let isCombined = content.contains("meta.properties")
        brokers = max(brokers, number)
        areCombined = areCombined || isCombined
        let logs = isCombined ? content : try Self.names("\(directory)/\(name)/kafka-logs")
        if logs.contains(where: Self.isPartition) { haveData = true }
      } else if let number = Self.number(in: name, after: "controller-") {
        if try Self.names("\(directory)/\(name)").contains(Self.metadataLog) { controllers = max(controllers, number) }
      }
    }
    self.brokers = brokers
    self.controllers = areCombined ? brokers : controllers
    self.areCombined = areCombined
    self.haveData = haveData
  }

  /// Refuses another number of brokers or controllers than the data was written with, and combined nodes for separate ones.
  func refuse(_ settings: LiveClusterSettings, in directory: String) throws(LiveError) {
    let wantedControllers = settings.controllers.count, wanted = settings.brokers.count
    if controllers > 0 || haveData, settings.areCombined != areCombined {
      throw .unusable(
        reason: "the data directory \(directory) was written by \(areCombined ? "brokers that are controllers too" : "controllers that are no brokers"), and "
          + "\(areCombined ? "controllers of their own" : "combined nodes") are to run: start with --controllers \(areCombined ? "combined" : "\(controllers)"), or choose "
          + "another directory with --data")
    }
    if controllers > 0, wantedControllers != controllers, !areCombined {
      throw .unusable(
        reason: "the data directory \(directory) was written by \(controllers) controller\(controllers == 1 ? "" : "s"), which are the voters of its metadata, and \(wantedControllers) "
          + "\(wantedControllers == 1 ? "is" : "are") to run: start with --controllers \(controllers), or choose another directory with --data")
    }
    guard haveData || areCombined, wanted != brokers else { return }
    let bond = areCombined ? "which are the voters of its metadata" : "on which its partitions lie"
    throw .unusable(
      reason: "the data directory \(directory) was written by \(brokers) broker\(brokers == 1 ? "" : "s"), \(bond), and \(wanted) "
        + "\(wanted == 1 ? "is" : "are") to run: start with --brokers \(brokers), or choose another directory with --data")
  }

  private static func number(in name: String, after prefix: String) -> Int? { name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil }

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
    guard name != metadataLog, let dash = name.lastIndex(of: "-"), dash > name.startIndex else { return false }
    let number = name[name.index(after: dash)...]
    return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
  }
}
