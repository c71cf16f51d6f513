import Primitives
import Results
import Wire
import Workloads

/// Reports the ways of records and transactions in the story: what clients saw, interleaved with what brokers did to end the transactions.
struct WayTeller {
  /// The number of records of a group that are followed, and of transactions.
  static let followedRecords = 3, followedTransactions = 2

  private let cluster: TrialCluster

  init(_ cluster: TrialCluster) { self.cluster = cluster }

  /// Call when everything else is reported.
  func tell(_ ways: [Way]) {
    let observer = cluster.observer
    for way in ways {
      observer.tell("trial", "the way of \(way.title)", .finding)
      for line in lines(of: way) { observer.tell(line.who, line.what, .event, at: line.time) }
    }
  }

  private func lines(of way: Way) -> [TransactionChronicle.Entry] {
    var lines = way.steps.map { TransactionChronicle.Entry(time: $0.time, who: $0.who, what: $0.what) }
    for output in way.outputs {
      for entry in ends(at: output) where !lines.contains(entry) {
        lines.insert(entry, at: lines.firstIndex { $0.time > entry.time } ?? lines.endIndex)
      }
    }
    return lines
  }

  private func ends(at place: History.Source) -> [TransactionChronicle.Entry] {
    let history = cluster.recorder.history, name = history.partitions[Int(place.partition.number)]
    guard let log = cluster.leader(of: name)?.log, let bytes = log.batchOnDisk(at: place.offset), let batch = try? RecordBatch(bytes, at: 0) else { return [] }
    return cluster.observer.chronicle.end(of: batch.producerID, in: name, behind: place.offset)
  }
}
