import Primitives

/// Records in Avro's binary encoding: a zero byte and the number of a schema, then fields without names: zigzag numbers, length-prefixed
/// strings, doubles.
enum AvroRecord {
  private static let schema: UInt32 = 41

  static func write(number: Int, of visitor: Visitor, isFirst: Bool, _ random: inout RandomStream, to writer: inout ByteWriter) {
    if isFirst {
      writer.append(UInt8(0))
      writer.append(schema)
    }
    writer.append(varint: 1_773_478_800_000 + Int64(number) * 7 + random.below(1_000))
    string(random.pick(Vocabulary.services), to: &writer)
    // An enumeration, then a union whose second branch is a long.
    writer.append(varint: random.below(5))
    writer.append(varint: 1)
    writer.append(varint: visitor.user)
    string(visitor.session, to: &writer)
    string(visitor.device, to: &writer)
    string(Vocabulary.path(&random), to: &writer)
    writer.append(varint: Int64(random.pick(Vocabulary.statuses))!)
    // Avro's doubles are little endian.
    writer.append((Double(random.below(40_000)) / 100).bitPattern.byteSwapped)
    string(visitor.country, to: &writer)
    string(visitor.agent, to: &writer)
    // A map with two entries, and its end.
    writer.append(varint: 2)
    string("region", to: &writer)
    string("eu-west-\(random.below(3) + 1)", to: &writer)
    string("experiment", to: &writer)
    string("\(random.pick(Vocabulary.words))-\(random.pick(Vocabulary.words))", to: &writer)
    writer.append(varint: 0)
  }

  private static func string(_ text: String, to writer: inout ByteWriter) {
    writer.append(varint: Int64(text.utf8.count))
    writer.append(utf8: text)
  }
}
