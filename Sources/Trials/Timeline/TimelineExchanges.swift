import Host
import Sim
import Wire

/// The exchanges under way, by what their notices name them, and their numbers in the timeline.
struct TimelineExchanges {
  private struct Key: Hashable {
    let connection: ConnectionID
    let correlationID: Int32

    init(_ notice: ExchangeNotice) {
      connection = notice.connection
      correlationID = notice.correlationID
    }
  }

  private struct Entry {
    let number: Int
    let api: ApiKey
    /// Whether the requester would take a response, and whether the responder may still send one.
    var isAwaited = true
    var isOpenAtResponder = true
    var isTaken = false
    var needsNoResponse = false

    var isOver: Bool { !isAwaited && !isOpenAtResponder }
  }

  private(set) var nextNumber = 1
  private var entries: [Key: Entry] = [:]
  /// By connection, in the order of their requests.
  private var keys: [ConnectionID: [Key]] = [:]

  mutating func begin(_ notice: ExchangeNotice, _ api: ApiKey) {
    let key = Key(notice)
    entries[key] = Entry(number: nextNumber, api: api)
    keys[notice.connection, default: []].append(key)
    nextNumber += 1
  }

  /// Returns the number, or nil if the exchange began before the timeline; also below.
  mutating func expectNoResponse(_ notice: ExchangeNotice) -> Int? {
    change(Key(notice)) {
      $0.isAwaited = false
      $0.needsNoResponse = true
    }
  }

  /// Also nil for a request that was taken before: a fault delivers some twice.
  mutating func take(_ notice: ExchangeNotice) -> Int? {
    guard let entry = entries[Key(notice)], !entry.isTaken, entry.isOpenAtResponder else { return nil }
    return change(Key(notice)) {
      $0.isTaken = true
      if $0.needsNoResponse { $0.isOpenAtResponder = false }
    }
  }

  mutating func answer(_ notice: ExchangeNotice) -> (number: Int, api: ApiKey)? {
    guard let entry = entries[Key(notice)], entry.isOpenAtResponder else { return nil }
    return change(Key(notice)) { $0.isOpenAtResponder = false }.map { ($0, entry.api) }
  }

  mutating func finish(_ notice: ExchangeNotice) -> Int? {
    change(Key(notice)) {
      $0.isAwaited = false
      $0.isOpenAtResponder = false
    }
  }

  /// Returns the numbers of the exchanges for which the lost end mattered, in the order of their requests.
  mutating func lose(_ notice: LostEndNotice) -> [Int] {
    (keys[notice.connection] ?? []).compactMap { key in
      guard let entry = entries[key], notice.isRequester ? entry.isAwaited : entry.isOpenAtResponder else { return nil }
      return change(key) { if notice.isRequester { $0.isAwaited = false } else { $0.isOpenAtResponder = false } }
    }
  }

  /// Changes an entry, and forgets it once it is over.
  private mutating func change(_ key: Key, _ body: (inout Entry) -> Void) -> Int? {
    guard var entry = entries[key] else { return nil }
    body(&entry)
    entries[key] = entry.isOver ? nil : entry
    if entry.isOver {
      keys[key.connection]?.removeAll { $0 == key }
      if keys[key.connection]?.isEmpty == true { keys[key.connection] = nil }
    }
    return entry.number
  }
}
