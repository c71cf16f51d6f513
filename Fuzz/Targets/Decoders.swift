import Live
import Primitives
import Wire

/// A message of the schemas: its index in `allMessages` (two bytes), its version, and its bytes.
@Sendable func fuzzMessages(_ input: Bytes) -> Int {
  guard input.count >= 3 else { return 0 }
  let place = Int(input.integer(at: 0, as: UInt16.self)) % (allMessages.count + 1)
  if place == allMessages.count {
    _ = try? MetadataRecord(decoding: input[3...])
  } else {
    fuzzMessage(input[3...], allMessages[place], version: Int16(input[2]))
  }
  return 1
}

/// An accepted message must encode to exactly the computed size, and decode to itself.
private func fuzzMessage<M: Message>(_ input: Bytes, _ type: M.Type, version: Int16) {
  guard let message = try? M(input, version: version) else { return }
  let bytes = try! message.encoded(version: version)
  if try! message.encodedSize(version: version) != bytes.count { finding("\(M.name) v\(version): the sizer and the writer disagree") }
  if try! M(bytes, version: version).encoded(version: version) != bytes { finding("\(M.name) v\(version): does not come back as itself") }
  _ = try! message.text(version: version)
}

/// Consecutive record batches, as they are and with corrected checksums, and the same as a message set of older formats.
@Sendable func fuzzBatches(_ input: Bytes) -> Int {
  _ = exerciseRecordBatches(input)
  _ = exerciseRecordBatches(input.withChecksum)
  return 1
}

/// Compressed records: the codec, then its bytes, alone and in an otherwise valid batch.
@Sendable func fuzzCompression(_ input: Bytes) -> Int {
  guard input.count >= 2, let codec = Compression(rawValue: Int8(input[0] % 5)) else { return 0 }
  let payload = input[1...]
  let limit = 1 << 20
  if let plain = try? compressor.decompress(payload, codec, limit: limit) {
    if plain.count > limit { finding("\(codec): \(plain.count) bytes where \(limit) are the limit") }
  }
  var builder = RecordBatchBuilder()
  builder.append(timestamp: .none, key: nil, value: nil)
  let header = builder.build()[..<61]
  var writer = ByteWriter()
  writer.append(header)
  writer.append(payload)
  writer.replace(at: 8, with: Int32(writer.count - 12))
  writer.replace(at: 21, with: Int16(codec.rawValue))
  _ = exerciseRecordBatches(writer.bytes.withChecksum)
  return 1
}

private nonisolated(unsafe) let compressor = Compressor()

/// Consecutive frames including their sizes; each is also read as a request in two pieces, so that values cross the boundary.
@Sendable func fuzzFrames(_ input: Bytes) -> Int {
  var rest = input, count = 0
  while rest.count >= 4 {
    let size = min(Int(rest.integer(at: 0, as: UInt32.self)), rest.count - 4)
    fuzzRequest(rest[4..<size + 4])
    rest = rest[(size + 4)...]
    count += 1
  }
  return count
}

private func fuzzRequest(_ input: Bytes) {
  let middle = input.count / 2
  let frame = Frame([input[..<middle], input[middle...]])
  defer { withExtendedLifetime(frame) {} }
  var reader = FrameReader(frame)
  guard let header = try? RequestHeader(from: &reader), let type = header.apiKey.requestType else { return }
  fuzzBody(&reader, type, version: header.requestApiVersion)
}

private func fuzzBody<Request: ApiRequest>(_ reader: inout FrameReader, _ type: Request.Type, version: Int16) {
  _ = try? Request(from: &reader, version: version)
}

/// A socket's input in reads of any size: a byte for the largest frame, one for the number of reads, their sizes, and the stream.
@Sendable func fuzzStreams(_ input: Bytes) -> Int {
  guard input.count >= 3 else { return 0 }
  let count = min(1 + Int(input[1] % 16), input.count - 2)
  let reads = input[2..<2 + count].array.map { Int($0) }
  return exerciseFrameAssembler(input[(2 + count)...], reads: reads, maxFrameSize: [0, 1, 100, 100 << 20][Int(input[0] & 3)])
}

extension Bytes {
  /// The bytes with the checksum of the first batch corrected, if there is one.
  var withChecksum: Bytes {
    guard count >= 61, let length = Int(exactly: integer(at: 8, as: Int32.self)), length >= 49, length + 12 <= count else { return self }
    var writer = ByteWriter(capacity: count)
    writer.append(self)
    writer.replace(at: 17, with: CRC32C.checksum(self[21..<length + 12]))
    return writer.bytes
  }
}
