import Host
import Log
import Primitives
import Wire

/// Checks that the epochs of a producer never go back in a partition, and neither do those of the coordinators that wrote its markers: what an earlier producer of a transactional id, or
/// a coordinator that was replaced, still sends is refused (`ProducerAppendInfo.checkProducerEpoch`, `checkCoordinatorEpoch`).
///
/// Looks at committed batches in the order of their offsets, when the first replica commits them.
struct ProducerEpochs {
  private struct Producer {
    var epoch: Int16
    var coordinatorEpoch = Int32.min
  }

  /// A class, so that it is looked up once per batch and grows in place.
  private final class Course {
    /// The offset after the last batch, and that batch's leader epoch.
    var end = Offset(0)
    var leaderEpoch = LeaderEpoch.unknown
    var producers: [Int64: Producer] = [:]
  }

  private var courses: [TopicIDPartition: Course] = [:]

  /// Forgets a partition: its batches are unknown from here on, or were given up.
  mutating func forget(_ partition: TopicIDPartition) { courses[partition] = nil }

  mutating func look(at batch: RecordBatch, in partition: TopicPartition, _ id: TopicIDPartition, _ check: inout InvariantCheck) {
    let course = courses[id] ?? Course()
    courses[id] = course
    if batch.baseOffset < course.end {
      guard batch.partitionLeaderEpoch > course.leaderEpoch else { return }
      course.producers = [:]
    }
    (course.end, course.leaderEpoch) = (batch.nextOffset, batch.partitionLeaderEpoch)
    guard batch.producerID >= 0 else { return }
    var producer = course.producers[batch.producerID] ?? Producer(epoch: batch.producerEpoch)
    check.require(
      batch.producerEpoch >= producer.epoch,
      "\(partition): producer \(batch.producerID) has a batch of epoch \(batch.producerEpoch) at offset \(batch.baseOffset), behind one of epoch \(producer.epoch)")
    producer.epoch = max(producer.epoch, batch.producerEpoch)
    if let marker = EndTransactionMarker(batch) {
      check.require(
        marker.coordinatorEpoch >= producer.coordinatorEpoch,
        "\(partition): the marker of producer \(batch.producerID) at offset \(batch.baseOffset) is of coordinator epoch \(marker.coordinatorEpoch), behind one of epoch \(producer.coordinatorEpoch)")
      producer.coordinatorEpoch = max(producer.coordinatorEpoch, marker.coordinatorEpoch)
    }
    course.producers[batch.producerID] = producer
  }
}
