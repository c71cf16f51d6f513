import Foundation
import Primitives
import Testing

@testable import Wire

/// One row of `record-batches.jsonl`: a batch that another implementation wrote, and what is in it.
struct BatchVector: Decodable, CustomTestStringConvertible {
  let id: String
  let hex: String
  let codec: String?
  let transactional: Bool?
  let control: Bool?
  let baseOffset: Int64?
  let partitionLeaderEpoch: Int32?
  let timestamp: Int64?
  let timestampType: String?
  let controlType: Int16?
  let coordinatorEpoch: Int32?
  let producerId: Int64?
  let producerEpoch: Int16?
  let baseSequence: Int32?
  let records: [VectorRecord]?

  struct VectorRecord: Decodable {
    let offsetDelta: Int32
    let timestamp: Int64
    let key: String?
    let value: String?
    let keyRepeat: Repetition?
    let valueRepeat: Repetition?
    let headers: [[String?]]

    var keyBytes: Bytes? { keyRepeat?.bytes ?? key.flatMap { Bytes(hexadecimal: $0) } }
    var valueBytes: Bytes? { valueRepeat?.bytes ?? value.flatMap { Bytes(hexadecimal: $0) } }
    var recordHeaders: [RecordHeader] {
      headers.map { RecordHeader(key: $0[0] ?? "", value: $0[1].flatMap { Bytes(hexadecimal: $0) }) }
    }
  }

  /// A byte and how often it stands there.
  struct Repetition: Decodable {
    let bytes: Bytes

    init(from decoder: any Decoder) throws {
      var pair = try decoder.unkeyedContainer()
      let byte = try #require(UInt8(pair.decode(String.self), radix: 16))
      bytes = Bytes([UInt8](repeating: byte, count: try pair.decode(Int.self)))
    }
  }

  var testDescription: String { id }
  var bytes: Bytes { Bytes(hexadecimal: hex) ?? .empty }

  /// With the timestamps their producer gave them.
  var producedRecords: [Record] {
    (records ?? []).map {
      Record(
        offset: Offset((baseOffset ?? 0) + Int64($0.offsetDelta)), timestamp: Timestamp(milliseconds: $0.timestamp), key: $0.keyBytes, value: $0.valueBytes,
        headers: $0.recordHeaders)
    }
  }

  static let all: [BatchVector] = {
    let file = Bundle.module.url(forResource: "record-batches", withExtension: "jsonl", subdirectory: "Fixtures")!
    let lines = try! Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
    return lines.map { try! JSONDecoder().decode(BatchVector.self, from: $0) }
  }()

  static let data = all.filter { $0.control != true }
  static let control = all.filter { $0.control == true }
}
