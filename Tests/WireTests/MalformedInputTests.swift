import Foundation
import Primitives
import Testing
@testable import Wire

/// Foreign bytes end in a value or in a `WireError`, never in a trap and never in unbounded memory.
@Suite struct MalformedInputTests {
  private static let mutationsPerVector = 150

  @Test func `Mutated messages never trap, and take bounded memory`() throws {
    let vectors = Fixtures.allMessageVectors
    let before = try peakResidentKilobytes()
    var random = RandomStream(seed: 1, purpose: "mutations")
    var inputs = 0, accepted = 0
    for vector in vectors {
      for _ in 0..<Self.mutationsPerVector {
        let donor = random.pick(vectors)
        let input = Bytes(mutated(vector.bytes.array, donor: donor.bytes.array, &random))
        inputs += 1
        if survives(input, vector.type, vector.version) { accepted += 1 }
      }
    }
    #expect(inputs >= 200_000)
    #expect(accepted > inputs / 10 && accepted < inputs * 9 / 10, "mutations should neither all be harmless nor all be fatal: \(accepted)")
    // Other tests run beside this one and take memory too; an absurd length taken at its word would be gigabytes.
    #expect(try peakResidentKilobytes() - before < 1_000_000)
  }

  /// Decodes; what is accepted must be writable and come back as itself.
  private func survives<M: Message>(_ input: Bytes, _ type: M.Type, _ version: Int16) -> Bool {
    guard let message = try? M(input, version: version) else { return false }
    guard input.count % 8 == 0, let bytes = try? message.encoded(version: version) else { return true }
    // Compared as bytes: a floating-point number may be no number, which equals nothing.
    #expect((try? M(bytes, version: version))?.hasSameBytes(as: bytes, version: version) == true)
    return true
  }

  private func mutated(_ original: [UInt8], donor: [UInt8], _ random: inout RandomStream) -> [UInt8] {
    var bytes = original
    for _ in 0...random.below(2) {
      let at = Int(random.below(Int64(bytes.count + 1)))
      switch random.below(6) {
      case 0: bytes.removeSubrange(at...)
      case 1: if at < bytes.count { bytes[at] ^= 1 << UInt8(random.below(8)) }
      case 2: if at < bytes.count { bytes[at] = UInt8(truncatingIfNeeded: random.next()) }
      case 3:
        let absurd = random.pick([
          [0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xfe], [0x80, 0, 0, 0], [0x7f, 0xff],
          [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        ])
        for (index, byte) in absurd.enumerated() where at + index < bytes.count { bytes[at + index] = UInt8(byte) }
      case 4:
        let from = Int(random.below(Int64(donor.count + 1)))
        bytes.insert(contentsOf: donor[from..<min(donor.count, from + 12)], at: at)
      default:
        let end = min(bytes.count, at + Int(random.below(9)))
        bytes.removeSubrange(at..<end)
      }
    }
    return bytes
  }

  private func peakResidentKilobytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
    return try #require(Int(line.filter(\.isNumber)))
  }

  @Test func `Every truncation of every message is an error with its place`() {
    for vector in Fixtures.allMessageVectors where vector.id.hasSuffix("min") {
      for length in 0..<vector.bytes.count { expectError(vector, vector.type, length) }
    }
  }

  private func expectError<M: Message>(_ vector: MessageVector, _ type: M.Type, _ length: Int) {
    do {
      _ = try M(vector.bytes[..<length], version: vector.version)
      Issue.record("\(vector) cut to \(length) bytes was accepted")
    } catch {
      #expect(error.message == M.name && error.position <= length && !error.description.isEmpty)
    }
  }

  @Test func `No element takes more memory per byte than the stated bound`() throws {
    for type in allMessages { try measureElements(of: type) }
  }

  private func measureElements<M: Message>(of type: M.Type) throws {
    for version in M.validVersions {
      var meter = ElementMeter(version: version, isFlexible: M.flexibleVersions.contains(version))
      var message = M()
      try M.walk("", &message, &meter)
      #expect(meter.widest <= 128, "\(M.name) v\(version)")
    }
  }

  @Test func `Errors name the message, the field and the byte`() throws {
    func error(_ hexadecimal: String, version: Int16) -> WireError? {
      do {
        _ = try HeartbeatRequest(Bytes(hexadecimal: hexadecimal)!, version: version)
        return nil
      } catch { return error }
    }
    // group "g", generation 1, member "m" (version 4 adds a nullable instance id and the tagged section)
    #expect(error("000167000000010001 6d".filter { $0 != " " }, version: 0) == nil)
    #expect(error("02670000000102 6d0000".filter { $0 != " " }, version: 4) == nil)
    #expect(error("0001", version: 0) == WireError(.invalidLength(1), at: 2, field: "GroupId", message: "HeartbeatRequest"))
    #expect(error("ffff", version: 0) == WireError(.unexpectedNull, at: 2, field: "GroupId", message: "HeartbeatRequest"))
    #expect(error("0001ff00000001", version: 0) == WireError(.invalidText, at: 2, field: "GroupId", message: "HeartbeatRequest"))
    #expect(error("0001670000", version: 0) == WireError(.endOfInput(needed: 4, available: 2), at: 3, field: "GenerationId", message: "HeartbeatRequest"))
    #expect(error("0001670000000100016d00", version: 0) == WireError(.trailingBytes(1), at: 10, message: "HeartbeatRequest"))
    #expect(error("ffffffffff", version: 4) == WireError(.invalidVarint, at: 5, field: "GroupId", message: "HeartbeatRequest"))
    #expect(error("", version: 5) == WireError(.unsupportedVersion(5), at: 0, message: "HeartbeatRequest"))
  }

  @Test func `Unknown tagged fields are skipped, and known ones must be in order`() throws {
    let known = Bytes(hexadecimal: "026700000001026d00" + "01" + "05" + "03" + "aabbcc")!
    #expect(try HeartbeatRequest(known, version: 4).memberId == "m")
    #expect(throws: WireError.self) { try HeartbeatRequest(known[..<12], version: 4) }
    let twice = Bytes(hexadecimal: "026700000001026d00" + "02" + "0500" + "0500")!
    do {
      _ = try HeartbeatRequest(twice, version: 4)
      Issue.record("a tag stood twice")
    } catch {
      #expect(error.kind == .unorderedTag(5))
    }
  }

  @Test func `A value that a version cannot represent is refused, unless it may be dropped`() throws {
    var request = FetchRequest()
    request.rackId = "a"
    #expect(try request.encoded(version: 4) == FetchRequest().encoded(version: 4), "the rack may be dropped")
    request.replicaState.replicaId = 1
    do {
      _ = try request.encoded(version: 14)
      Issue.record("version 14 has no ReplicaState")
    } catch {
      #expect(error.kind == .fieldNotInVersion(14) && error.field == "ReplicaState" && error.message == "FetchRequest")
    }
    var heartbeat = HeartbeatRequest()
    heartbeat.groupId = String(repeating: "x", count: 40_000)
    #expect(throws: WireError.self) { try heartbeat.encoded(version: 0) }
    #expect(try heartbeat.encoded(version: 4).count == 40_000 + 3 + 4 + 1 + 1 + 1)
  }
}

extension Message {
  fileprivate func hasSameBytes(as bytes: Bytes, version: Int16) -> Bool { (try? encoded(version: version)) == bytes }
}

/// Finds the element type with the most memory per byte of its shortest encoding.
private struct ElementMeter: Codec {
  let version: Int16
  let isFlexible: Bool
  var widest = 0

  mutating func elements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]) throws(WireError) {
    var element = Element.wireDefault
    var sizer = FrameSizer(version: version, isFlexible: isFlexible)
    try Element.walk(name, &element, &sizer)
    widest = max(widest, MemoryLayout<Element>.stride / max(1, sizer.count))
    try Element.walk(name, &element, &self)
  }

  mutating func optionalElements<Element: WireValue>(
    _ name: StaticString, _ value: inout [Element]?, isNullable: Bool
  ) throws(WireError) {
    var elements: [Element] = []
    try self.elements(name, &elements)
  }

  mutating func tag<Value: WireValue & Equatable>(
    _ tag: Int, _ name: StaticString, _ value: inout Value, default: Value
  ) throws(WireError) { try Value.walk(name, &value, &self) }

  func beginField(_ name: StaticString) {}
  func absentField(_ name: StaticString, isDefault: @autoclosure () -> Bool) {}
  func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, _ value: inout Value) {}
  func floating(_ name: StaticString, _ value: inout Double) {}
  func boolean(_ name: StaticString, _ value: inout Bool) {}
  func identifier(_ name: StaticString, _ value: inout Uuid) {}
  func text(_ name: StaticString, _ value: inout String, isCompact: Bool) {}
  func optionalText(_ name: StaticString, _ value: inout String?, isCompact: Bool, isNullable: Bool) {}
  func blob(_ name: StaticString, _ value: inout Bytes) {}
  func optionalBlob(_ name: StaticString, _ value: inout Bytes?, isRecords: Bool, isNullable: Bool) {}
  func presence(_ name: StaticString, _ isPresent: Bool, isTagged: Bool) -> Bool { true }
  func beginStructure() {}
  func endStructure() {}
}
