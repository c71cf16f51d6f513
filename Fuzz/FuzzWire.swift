import Primitives
import Wire

// Foreign bytes against every decoder of Wire. An input begins with four bytes that say what it is: the kind, the message by its
// place in `allMessages` (two bytes) and the version.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count >= 4 else { return 0 }
  let input = Bytes(UnsafeBufferPointer(start: data + 4, count: count - 4))
  let message = (Int(data[1]) << 8 | Int(data[2])) % allMessages.count
  switch data[0] % 4 {
  case 0: fuzzMessage(input, allMessages[message], version: Int16(data[3]))
  case 1: fuzzRecordBatches(input)
  case 2: fuzzRequestFrame(input)
  default: _ = try? MetadataRecord(decoding: input)
  }
  return 0
}

/// What is accepted must be writable, as long as the sizer says, and come back as itself.
private func fuzzMessage<M: Message>(_ input: Bytes, _ type: M.Type, version: Int16) {
  guard let message = try? M(input, version: version) else { return }
  let bytes = try! message.encoded(version: version)
  precondition(try! message.encodedSize(version: version) == bytes.count, "\(M.name) v\(version): the sizer and the writer disagree")
  let again = try! M(bytes, version: version)
  precondition(try! again.encoded(version: version) == bytes, "\(M.name) v\(version): does not come back as itself")
  _ = try! message.text(version: version)
}

private func fuzzRequestFrame(_ input: Bytes) {
  // In two pieces, so that values lie across them.
  let middle = input.count / 2
  var reader = FrameReader(Frame([input[..<middle], input[middle...]]))
  guard let header = try? RequestHeader(from: &reader), let type = header.apiKey.requestType else { return }
  fuzzBody(&reader, type, version: header.requestApiVersion)
}

private func fuzzBody<Request: ApiRequest>(_ reader: inout FrameReader, _ type: Request.Type, version: Int16) {
  _ = try? Request(from: &reader, version: version)
}

private func fuzzRecordBatches(_ input: Bytes) {
  guard let batches = try? RecordBatch.splitting(input) else { return }
  for batch in batches {
    _ = batch.hasValidChecksum
    _ = try? batch.records(decompressionLimit: 1 << 20)
    _ = try? batch.controlRecords()
    let stamped = batch.stamped(baseOffset: 7, leaderEpoch: 3, logAppendTime: nil)
    precondition(stamped.baseOffset == 7 && stamped.sizeInBytes == batch.sizeInBytes)
  }
}
