/// Values by keys that are never reused: a slot's generation grows when it is vacated, so a stale key finds nothing.
struct SlotTable<Value> {
  private var values: ContiguousArray<Value?> = []
  private var generations: ContiguousArray<UInt32> = []
  private var vacant: ContiguousArray<UInt32> = []

  mutating func insert(_ value: Value) -> Slot {
    if let index = vacant.popLast() {
      values[Int(index)] = value
      return Slot(index: index, generation: generations[Int(index)])
    }
    values.append(value)
    generations.append(0)
    return Slot(index: UInt32(values.count - 1), generation: 0)
  }

  /// Removes a value and returns it; nil if its slot was already vacated.
  mutating func remove(_ slot: Slot) -> Value? {
    let index = Int(slot.index)
    guard index < values.count, generations[index] == slot.generation, let value = values[index].take() else { return nil }
    generations[index] &+= 1
    vacant.append(slot.index)
    return value
  }

  /// Changes a value in its place, unless its slot was vacated.
  mutating func change(_ slot: Slot, _ body: (inout Value) -> Void) {
    let index = Int(slot.index)
    guard index < values.count, generations[index] == slot.generation, values[index] != nil else { return }
    body(&values[index]!)
  }
}

struct Slot: Sendable {
  let index: UInt32
  let generation: UInt32

  init(index: UInt32, generation: UInt32) {
    self.index = index
    self.generation = generation
  }

  init(key: UInt64) { self.init(index: UInt32(truncatingIfNeeded: key), generation: UInt32(truncatingIfNeeded: key >> 32)) }

  var key: UInt64 { UInt64(generation) << 32 | UInt64(index) }
}
