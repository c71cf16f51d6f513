import Client
import Host
import Primitives
import Wire

/// Records what a reading client process is given.
struct DeliveryNotes {
  let reactor: Reactor
  let recorder: HistoryRecorder
  /// The number of the consumer group for the load log, among the groups that read everything.
  let group: Int32
  /// Receives the times of deliveries; nil if nothing is measured.
  let log: LoadLog?

  /// Records the delivery of records of one partition, and appends them to the entries of the poll.
  func add(_ slice: RecordSlice, _ entries: inout ContiguousArray<History.Entry>) {
    let number = recorder.number(of: slice.partition, topicID: slice.topicID)
    recorder.updateLastDelivery(of: number, at: reactor.now)
    let first = entries.count
    if !recorder.knownBatches.append(slice, of: number, to: &entries) { read(slice, number, &entries) }
    log?.add(
      DeliveredSlice(partition: number, offsets: slice.offsets, at: reactor.now, group: group, exchange: slice.exchange),
      values: entries[first...].lazy.map(\.value))
  }

  private func read(_ slice: RecordSlice, _ number: PartitionNumber, _ entries: inout ContiguousArray<History.Entry>) {
    do {
      try recorder.knownBatches.read(slice, of: number) { offset, value in
        guard value == .none else { return entries.append(History.Entry(number, value, at: offset)) }
        reactor.host.report(.note("\(slice.partition): the record at offset \(offset) was written by none of the clients"))
      }
    } catch {
      reactor.host.report(.note("\(slice.partition): a batch from offset \(slice.offsets.lowerBound) on cannot be read: \(error)"))
    }
  }
}
