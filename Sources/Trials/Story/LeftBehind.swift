import Measurement
import Primitives
import Workloads

/// Acknowledged records that a new leader lacks, and those that a former leader truncates: the story reports a loss at the instant when it happens.
struct LeftBehind {
  /// Acknowledged records of one partition, with their offsets.
  struct Records: Equatable {
    var count = 0
    var offsets: ClosedRange<Int64>
    var acknowledged: ClosedRange<Instant>

    /// - Parameter origin: the origin of the story's clock.
    func words(since origin: Instant) -> String {
      let records = "\(count) record\(count == 1 ? "" : "s")"
      let places = offsets.lowerBound == offsets.upperBound ? "offset \(offsets.lowerBound)" : "offsets \(offsets.lowerBound) to \(offsets.upperBound)"
      func seconds(_ instant: Instant) -> String { fixed((instant - origin).seconds, places: 3) }
      let times = acknowledged.lowerBound == acknowledged.upperBound
        ? "at \(seconds(acknowledged.lowerBound))" : "from \(seconds(acknowledged.lowerBound)) to \(seconds(acknowledged.upperBound))"
      return "\(records) (\(places), acknowledged \(times)"
    }
  }

  private struct Standing {
    /// The largest offset acknowledged since the last report about a new leader.
    var highest = Offset.unknown
    /// Operations of the history before this one are already reported.
    var from = 0
    /// The acks setting of the last acknowledgement.
    var acks: Int16 = -1
    var broker = NodeID.none
  }

  /// What a broker acknowledged after it no longer led.
  private struct Late {
    let broker: NodeID
    let offsets: ClosedRange<Int64>
    let time: Instant
  }

  /// Indexed by partition number: every acknowledgement uses it.
  private var standings: ContiguousArray<Standing> = []
  private var late: [PartitionNumber: [Late]] = [:]

  /// - Parameter leader: the leader in the metadata.
  mutating func observe(_ acknowledgement: AcknowledgedRecords, _ number: PartitionNumber, leader: NodeID, at now: Instant) {
    guard acknowledgement.baseOffset != .unknown, !acknowledgement.tokens.isEmpty else { return }
    let last = acknowledgement.baseOffset + Int64(acknowledgement.tokens.count - 1)
    guard acknowledgement.broker == leader else {
      late[number, default: []].append(Late(broker: acknowledgement.broker, offsets: acknowledgement.baseOffset.value...last.value, time: now))
      return
    }
    let index = Int(number.number)
    while standings.count <= index { standings.append(Standing()) }
    standings[index].highest = max(standings[index].highest, last)
    standings[index].acks = acknowledgement.acks
    standings[index].broker = acknowledgement.broker
  }

  /// Called when a leader starts at an offset. Returns a text about the acknowledged records that it lacks.
  mutating func led(_ number: PartitionNumber, from start: Offset, _ history: History, origin: Instant) -> String? {
    let index = Int(number.number)
    guard standings.indices.contains(index), standings[index].highest >= start else { return nil }
    let standing = standings[index]
    standings[index].highest = start - Int64(1)
    standings[index].from = history.operations.count
    var found: Records?
    for operation in history.operations[standing.from...] where operation.kind == .ok && operation.function == .send {
      history.forEachEntry(of: operation) { entry in
        guard entry.partition == number, entry.offset >= start else { return }
        found.add(1, at: entry.offset.value...entry.offset.value, operation.time)
      }
    }
    return found.map { "\($0.words(since: origin)) by broker \(standing.broker) with acks=\(standing.acks < 0 ? "all" : String(standing.acks)))" }
  }

  /// Called when a broker truncates its log. Returns a text about the records that it had acknowledged after it no longer led.
  mutating func truncated(_ number: PartitionNumber, at broker: NodeID, to end: Offset, origin: Instant) -> String? {
    var found: Records?
    late[number]?.removeAll { late in
      guard late.broker == broker, late.offsets.upperBound >= end.value else { return false }
      found.add(late.offsets.count, at: late.offsets, late.time)
      return true
    }
    return found.map { "\($0.words(since: origin)))" }
  }
}

extension LeftBehind.Records? {
  fileprivate mutating func add(_ count: Int, at offsets: ClosedRange<Int64>, _ time: Instant) {
    guard let former = self else { return self = LeftBehind.Records(count: count, offsets: offsets, acknowledged: time...time) }
    self = LeftBehind.Records(
      count: former.count + count,
      offsets: min(former.offsets.lowerBound, offsets.lowerBound)...max(former.offsets.upperBound, offsets.upperBound),
      acknowledged: min(former.acknowledged.lowerBound, time)...max(former.acknowledged.upperBound, time))
  }
}
