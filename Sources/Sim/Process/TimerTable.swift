import Host

/// The timers of one life of a node. A slot's generation grows when it is freed, so a late event finds nothing.
struct TimerTable {
  private struct Entry {
    var timer: Timer
    var generation: UInt32
    var isSet: Bool
    /// The event during which it was set, while causes are recorded.
    var origin: EventNumber
  }

  private var entries: ContiguousArray<Entry> = []
  private var vacant: ContiguousArray<UInt32> = []

  @inline(__always)
  mutating func insert(_ timer: Timer, from origin: EventNumber) -> (slot: UInt32, generation: UInt32) {
    if let slot = vacant.popLast() {
      entries[Int(slot)].timer = timer
      entries[Int(slot)].isSet = true
      entries[Int(slot)].origin = origin
      return (slot, entries[Int(slot)].generation)
    }
    entries.append(Entry(timer: timer, generation: 0, isSet: true, origin: origin))
    return (UInt32(entries.count - 1), 0)
  }

  /// The event during which the timer of a slot was set, whether it still waits or not.
  func origin(ofSlot slot: UInt32) -> EventNumber { entries.indices.contains(Int(slot)) ? entries[Int(slot)].origin : .none }

  @inline(__always)
  @discardableResult
  mutating func take(slot: UInt32, generation: UInt32) -> Timer? {
    let index = Int(slot)
    guard index < entries.count, entries[index].generation == generation, entries[index].isSet else { return nil }
    entries[index].isSet = false
    entries[index].generation &+= 1
    vacant.append(slot)
    return entries[index].timer
  }
}
