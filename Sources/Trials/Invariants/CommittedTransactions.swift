import Log
import Primitives
import Wire

/// Transactions as the committed records of all partitions tell of them: an account of its own, beside what logs make of the same records.
///
/// The first replica whose high watermark passes a batch tells of it. Where what was committed is gone, and other batches of a later leader stand in its place, these count.
struct CommittedTransactions {
  /// How a transaction ended in a partition.
  struct Marker: Equatable {
    var offset: Offset
    var producerID: Int64
    var producerEpoch: Int16
    var isCommit: Bool
  }

  /// A producer's transaction in one partition.
  struct Transaction: Equatable {
    var producerID: Int64
    var producerEpoch: Int16
    var firstOffset: Offset
    /// When its first batch was committed.
    var since: Instant
    var marker: Marker?
  }

  /// A class, so that it is looked up once for each batch and grows in place.
  fileprivate final class Course {
    /// The offset behind what was told last, and its leader epoch.
    var end = Offset(0)
    var epoch = LeaderEpoch.unknown
    /// In the order of their first offsets.
    var open: [Transaction] = []
    /// Those that ended last, in the order of their markers: what was committed may be gone again.
    var ended: [Transaction] = []
  }

  private static let keptEnded = 64

  private var courses: [TopicIDPartition: Course] = [:]

  /// Notes a committed batch. Returns a marker that was not known, and the transaction that it ended, if there was one.
  mutating func note(_ batch: RecordBatch, in partition: TopicIDPartition, at now: Instant) -> (marker: Marker, ended: Transaction?)? {
    note(
      Batch(
        baseOffset: batch.baseOffset, nextOffset: batch.nextOffset, leaderEpoch: batch.partitionLeaderEpoch, producerID: batch.producerID, producerEpoch: batch.producerEpoch,
        isTransactional: batch.isTransactional, commits: Self.commits(batch)),
      in: partition, at: now)
  }

  /// Whether a batch is a marker that commits; nil where it is none.
  private static func commits(_ batch: RecordBatch) -> Bool? {
    guard batch.isControl, batch.isTransactional, let record = try? batch.controlRecords().first else { return nil }
    return (try? EndTransactionMarker(record))?.isCommit
  }

  /// What of a batch says something about transactions.
  struct Batch {
    var baseOffset: Offset
    var nextOffset: Offset
    var leaderEpoch: LeaderEpoch = 0
    var producerID: Int64
    var producerEpoch: Int16 = 0
    var isTransactional = true
    /// Of a marker; nil of others.
    var commits: Bool?
  }

  mutating func note(_ batch: Batch, in partition: TopicIDPartition, at now: Instant) -> (marker: Marker, ended: Transaction?)? {
    let course = course(of: partition)
    if batch.baseOffset < course.end {
      guard batch.leaderEpoch > course.epoch else { return nil }
      course.cut(to: batch.baseOffset)
    }
    course.end = batch.nextOffset
    course.epoch = batch.leaderEpoch
    guard batch.producerID >= 0, batch.isTransactional else { return nil }
    let place = course.open.firstIndex { $0.producerID == batch.producerID }
    guard let isCommit = batch.commits else {
      if place == nil {
        course.open.append(Transaction(producerID: batch.producerID, producerEpoch: batch.producerEpoch, firstOffset: batch.baseOffset, since: now))
      }
      return nil
    }
    let marker = Marker(offset: batch.baseOffset, producerID: batch.producerID, producerEpoch: batch.producerEpoch, isCommit: isCommit)
    guard let place else { return (marker, nil) }
    var transaction = course.open.remove(at: place)
    transaction.marker = marker
    if course.ended.count == 2 * Self.keptEnded { course.ended.removeFirst(Self.keptEnded) }
    course.ended.append(transaction)
    return (marker, transaction)
  }

  /// What was committed is not known from here on, or does not count any more.
  mutating func forget(_ partition: TopicIDPartition) { courses[partition] = nil }

  /// The first transaction that has records below a high watermark and no committed marker.
  ///
  /// A leader that does not know yet that a marker is committed, since it was elected only now, may take its transaction for ended: it is.
  func firstUnstable(in partition: TopicIDPartition, below highWatermark: Offset) -> Transaction? {
    courses[partition]?.open.first.flatMap { $0.firstOffset < highWatermark ? $0 : nil }
  }

  /// The transaction that a producer has open in a partition.
  func open(of producerID: Int64, in partition: TopicIDPartition) -> Transaction? {
    courses[partition]?.open.first { $0.producerID == producerID }
  }

  private mutating func course(of partition: TopicIDPartition) -> Course {
    if let course = courses[partition] { return course }
    let course = Course()
    courses[partition] = course
    return course
  }
}

extension CommittedTransactions.Course {
  /// What stood from an offset on is gone.
  fileprivate func cut(to offset: Offset) {
    open.removeAll { $0.firstOffset >= offset }
    while let last = ended.last, let marker = last.marker, marker.offset >= offset {
      ended.removeLast()
      guard last.firstOffset < offset else { continue }
      var reopened = last
      reopened.marker = nil
      open.append(reopened)
    }
    open.sort { $0.firstOffset < $1.firstOffset }
  }
}
