import Log
import Primitives
import Wire

/// Transactions according to the committed records of all partitions: an independent account, besides what logs derive from the same records.
///
/// The first replica whose high watermark passes a batch reports it. If committed batches are gone and batches of a later leader replace them, those count.
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

  /// A class, so that it is looked up once per batch and grows in place.
  fileprivate final class Course {
    /// The offset after the last reported batch, and that batch's leader epoch.
    var end = Offset(0)
    var epoch = LeaderEpoch.unknown
    /// In the order of their first offsets.
    var open: [Transaction] = []
    /// The last ended transactions, in the order of their markers, because committed batches may disappear again.
    var ended: [Transaction] = []
  }

  private static let keptEnded = 64

  private var courses: [TopicIDPartition: Course] = [:]

  /// Adds a committed batch. Returns a marker that was not known, and the transaction that it ended, if any.
  mutating func add(_ batch: RecordBatch, in partition: TopicIDPartition, at now: Instant) -> (marker: Marker, ended: Transaction?)? {
    add(
      Batch(
        baseOffset: batch.baseOffset, nextOffset: batch.nextOffset, leaderEpoch: batch.partitionLeaderEpoch, producerID: batch.producerID, producerEpoch: batch.producerEpoch,
        isTransactional: batch.isTransactional, commits: batch.isTransactional ? EndTransactionMarker(batch)?.isCommit : nil),
      in: partition, at: now)
  }

  /// The parts of a batch that matter for transactions.
  struct Batch {
    var baseOffset: Offset
    var nextOffset: Offset
    var leaderEpoch: LeaderEpoch = 0
    var producerID: Int64
    var producerEpoch: Int16 = 0
    var isTransactional = true
    /// Whether a marker commits; nil for other batches.
    var commits: Bool?
  }

  mutating func add(_ batch: Batch, in partition: TopicIDPartition, at now: Instant) -> (marker: Marker, ended: Transaction?)? {
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

  /// Forgets a partition, because its committed batches are not known from here on, or do not count any more.
  mutating func forget(_ partition: TopicIDPartition) { courses[partition] = nil }

  /// The first transaction that has records below a high watermark and no committed marker.
  ///
  /// A leader that was just elected may not know yet that a marker is committed and may still consider its transaction ended: that is correct.
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
  /// Removes everything from an offset on.
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
