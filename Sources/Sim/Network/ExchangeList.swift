import DequeModule
import Host

/// The exchanges of one connection that are under way, in the order of their requests.
struct ExchangeList {
  private struct Entry {
    let correlationID: Int32
    let times: ExchangeTimes
  }

  /// The number of exchanges remembered. Requests that are never answered (acks=0) push out older ones.
  private static var capacity: Int { 1024 }

  private var entries = Deque<Entry>()

  mutating func append(_ times: ExchangeTimes, correlationID: Int32) {
    if entries.count == Self.capacity { entries.removeFirst() }
    entries.append(Entry(correlationID: correlationID, times: times))
  }

  subscript(correlationID: Int32) -> ExchangeTimes? { position(of: correlationID).map { entries[$0].times } }

  /// Removes an exchange and those before it: responses come in order, so those will never be answered.
  mutating func remove(_ correlationID: Int32) -> ExchangeTimes? {
    guard let position = position(of: correlationID) else { return nil }
    let times = entries[position].times
    entries.removeFirst(position + 1)
    return times
  }

  private func position(of correlationID: Int32) -> Int? {
    guard let first = entries.first else { return nil }
    // Most senders number their requests consecutively.
    let guess = Int(correlationID &- first.correlationID)
    if entries.indices.contains(guess), entries[guess].correlationID == correlationID { return guess }
    return entries.firstIndex { $0.correlationID == correlationID }
  }
}
