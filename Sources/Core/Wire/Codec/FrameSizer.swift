import Primitives

/// Measures what a `FrameWriter` would write.
struct FrameSizer: Codec {
  let version: Int16
  let isFlexible: Bool
  private(set) var count = 0

  init(version: Int16, isFlexible: Bool) {
    self.version = version
    self.isFlexible = isFlexible
  }

  @inline(__always) mutating func beginField(_ name: StaticString) {}
  @inline(__always) mutating func absentField(_ name: StaticString, isDefault: @autoclosure () -> Bool) {}

  @inline(__always)
  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, _ value: inout Value) {
    count += MemoryLayout<Value>.size
  }

  @inline(__always) mutating func floating(_ name: StaticString, _ value: inout Double) { count += 8 }
  @inline(__always) mutating func boolean(_ name: StaticString, _ value: inout Bool) { count += 1 }
  @inline(__always) mutating func identifier(_ name: StaticString, _ value: inout Uuid) { count += 16 }

  mutating func text(_ name: StaticString, _ value: inout String, isCompact: Bool) {
    let length = value.utf8.count
    count += length + (isCompact ? Self.size(ofUnsignedVarint: UInt64(length + 1)) : 2)
  }

  mutating func optionalText(_ name: StaticString, _ value: inout String?, isCompact: Bool, isNullable: Bool) {
    let length = value?.utf8.count ?? -1
    count += max(length, 0) + (isCompact ? Self.size(ofUnsignedVarint: UInt64(length + 1)) : 2)
  }

  mutating func blob(_ name: StaticString, _ value: inout Bytes) {
    addLength(value.count)
    count += value.count
  }

  mutating func optionalBlob(_ name: StaticString, _ value: inout Bytes?, isRecords: Bool, isNullable: Bool) {
    addLength(value?.count ?? -1)
    count += value?.count ?? 0
  }

  mutating func elements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]) throws(WireError) {
    addLength(value.count)
    try value.walkWithoutChange(name, &self)
  }

  mutating func optionalElements<Element: WireValue>(
    _ name: StaticString, _ value: inout [Element]?, isNullable: Bool
  ) throws(WireError) {
    addLength(value?.count ?? -1)
    try value?.walkWithoutChange(name, &self)
  }

  mutating func presence(_ name: StaticString, _ isPresent: Bool, isTagged: Bool) -> Bool {
    count += 1
    return isPresent
  }

  @inline(__always) mutating func beginStructure() {}

  mutating func tag<Value: WireValue & Equatable>(
    _ tag: Int, _ name: StaticString, _ value: inout Value, default: Value
  ) throws(WireError) {
    guard value != `default` else { return }
    let before = count
    try Value.walk(name, &value, &self)
    count += Self.size(ofUnsignedVarint: UInt64(tag)) + Self.size(ofUnsignedVarint: UInt64(count - before))
  }

  @inline(__always)
  mutating func endStructure() {
    // The number of tagged fields: no schema has 128 of them.
    if isFlexible { count += 1 }
  }

  private mutating func addLength(_ length: Int) {
    count += isFlexible ? Self.size(ofUnsignedVarint: UInt64(length + 1)) : 4
  }

  static func size(ofUnsignedVarint value: UInt64) -> Int {
    max(1, (70 - value.leadingZeroBitCount) / 7)
  }
}

extension Array where Element: WireValue {
  /// Walks the elements in place. The walker must not change them: the array is not made unique first, because that
  /// would copy every shared array.
  @inline(__always)
  func walkWithoutChange<C: Codec>(_ name: StaticString, _ c: inout C) throws(WireError) {
    try withUnsafeBufferPointer { (elements) throws(WireError) in
      guard let base = elements.baseAddress else { return }
      let first = UnsafeMutablePointer(mutating: base)
      for index in 0..<elements.count { try Element.walk(name, &first[index], &c) }
    }
  }
}
