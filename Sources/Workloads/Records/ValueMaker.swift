import Primitives

/// Generates the contents of values. They depend only on seed and number.
struct ValueMaker {
  let content: ValueContent
  let seed: UInt64

  /// - Parameters:
  ///   - size: in bytes.
  ///   - number: the value's number among those of its seed.
  func filler(size: Int, number: Int) -> Bytes {
    var random = RandomStream(seed: seed, purpose: "payload", Int64(number))
    switch content {
    case .random: return Self.random(size, share: size, &random)
    case .compressible(let part): return Self.random(size, share: size - Int(saturating: (Double(size) * part).rounded()), &random)
    case .json: return Self.text(size) { JSONEvent.write(number: number, of: .draw(seed: seed, &random), size: size, &random, to: &$0) }
    case .log: return Self.text(size) { AccessLog.writeLine(of: .draw(seed: seed, &random), &random, to: &$0) }
    case .avro: return Self.text(size) { AvroRecord.write(number: number, of: .draw(seed: seed, &random), isFirst: $0.count == 0, &random, to: &$0) }
    case .lines(let lines): return Self.line(lines[number], size)
    }
  }

  /// Random bytes, followed by a repeated byte.
  private static func random(_ size: Int, share: Int, _ random: inout RandomStream) -> Bytes {
    Bytes(capacity: size + 8) { target in
      for at in stride(from: 0, to: share, by: 8) { target.storeBytes(of: random.next().bigEndian, toByteOffset: at, as: UInt64.self) }
      UnsafeMutableRawBufferPointer(rebasing: target[share..<size]).initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "="))
      return size
    }
  }

  /// As many entries as needed, cut off at the size.
  private static func text(_ size: Int, _ writeEntry: (inout ByteWriter) -> Void) -> Bytes {
    var writer = ByteWriter(capacity: size + 512)
    while writer.count < size { writeEntry(&writer) }
    return writer.bytes(in: 0..<size)
  }

  /// Pads a line with blanks if it is too short to be told from a foreign record.
  private static func line(_ line: Bytes, _ size: Int) -> Bytes {
    guard line.count < size else { return line }
    return Bytes(joining: [line, Bytes(Array(repeating: UInt8(ascii: " "), count: size - line.count))])
  }
}
