import Primitives
import Testing

@testable import Workloads

@Suite struct TransformationTests {
  private func input(_ topic: String, _ partition: Int32 = 0, at offset: Offset, _ value: RecordValue, key: String? = nil, isTombstone: Bool = false) -> TransformInput {
    TransformInput(
      partition: TopicPartition(topic, partition), source: History.Source(PartitionNumber(partition + (topic == "in" ? 0 : 10)), at: offset), value: value,
      key: key.map { Bytes($0) }, bytes: isTombstone ? nil : Payload.bytes(naming: value, Bytes("text behind the name")))
  }

  private func number(_ output: TransformOutput) -> Int64? { output.bytes.flatMap { Payload.number(in: $0(99)) } }

  @Test func `A mapped record has the key of its source, and its contents under another name`() throws {
    var transformation = Transformation(.map, to: ["out"])
    let record = input("in", at: 7, 3, key: "k")
    let outputs = transformation.outputs(of: record)
    #expect(outputs.map(\.topic) == ["out"])
    #expect(outputs[0].sources == [record.source])
    #expect(outputs[0].key == Bytes("k"))
    let make = try #require(outputs[0].bytes)
    let bytes = make(8)
    #expect(Payload.value(in: bytes) == 8)
    #expect(Payload.rest(of: bytes) == Bytes("text behind the name"))
  }

  @Test func `A mapped tombstone is a tombstone`() {
    var transformation = Transformation(.map, to: ["out"])
    #expect(transformation.outputs(of: input("in", at: 0, 1, key: "k", isTombstone: true))[0].bytes == nil)
  }

  @Test func `A payload that is too short to be told from a foreign record is padded`() {
    #expect(Payload.value(in: Payload.bytes(naming: 5, .empty)) == 5)
  }

  @Test func `A filter always lets the same records pass, about the given fraction`() {
    var one = Transformation(.filter(0.25), to: ["out"]), other = Transformation(.filter(0.25), to: ["out"])
    var left = 0
    for number in 0..<1_000 {
      let record = input("in", at: 0, RecordValue(UInt32(number)))
      let count = one.outputs(of: record).count
      #expect(count == other.outputs(of: record).count)
      #expect(count == TransformWork.filter(0.25).outputs(of: record.value))
      left += count
    }
    #expect((200...300).contains(left))
    #expect(TransformWork.filter(0).outputs(of: 1) == 0)
    #expect(TransformWork.filter(1).outputs(of: 1) == 1)
  }

  @Test func `Records that are fanned out go to the topics in rotation`() {
    var transformation = Transformation(.fanOut(3), to: ["a", "b"])
    #expect(transformation.outputs(of: input("in", at: 0, 1)).map(\.topic) == ["a", "b", "a"])
  }

  @Test func `A join makes records if the other topic has the key in its partition, and names both`() {
    var transformation = Transformation(.join("other"), to: ["out"])
    let left = input("in", at: 4, 10, key: "k"), right = input("other", at: 2, 5, key: "k")
    #expect(transformation.outputs(of: left).isEmpty)
    #expect(transformation.outputs(of: right).isEmpty)
    #expect(transformation.outputs(of: left).map(\.sources) == [[left.source, right.source]])
    #expect(transformation.outputs(of: input("in", 1, at: 0, 11, key: "k")).isEmpty, "another partition knows nothing of it")
    #expect(transformation.outputs(of: input("in", at: 5, 12)).isEmpty, "a record without a key joins nothing")
    _ = transformation.outputs(of: input("other", at: 3, 6, key: "k", isTombstone: true))
    #expect(transformation.outputs(of: left).isEmpty)
  }

  @Test func `An aggregation counts the records of each key in each partition, and keeps the counts in a topic`() {
    var transformation = Transformation(.aggregate(state: "counts"), to: ["out"])
    _ = transformation.outputs(of: input("in", at: 0, 1, key: "k"))
    let outputs = transformation.outputs(of: input("in", at: 1, 2, key: "k"))
    #expect(outputs.map(\.topic) == ["out", "counts"])
    #expect(outputs.map(\.partition) == [nil, 0])
    #expect(outputs.map(number) == [2, 2])
    #expect(transformation.outputs(of: input("in", 1, at: 0, 3, key: "k")).map(number) == [1, 1])
    #expect(transformation.outputs(of: input("in", at: 2, 4, key: "other")).map(number) == [1, 1])
    #expect(transformation.outputs(of: input("in", at: 3, 5)).isEmpty, "a record without a key is not counted")
  }

  @Test func `The forgotten state of a partition is restored from its topic`() throws {
    var transformation = Transformation(.aggregate(state: "counts"), to: ["out"])
    var kept: Bytes?
    for offset in 0..<3 { kept = transformation.outputs(of: input("in", at: Offset(Int64(offset)), RecordValue(UInt32(offset)), key: "k"))[1].bytes?(50) }
    transformation.forget(0)
    #expect(transformation.outputs(of: input("in", at: 3, 3, key: "k")).map(number) == [1, 1])
    transformation.forget(0)
    transformation.restore(Bytes("k"), kept, from: History.Source(10, at: 2), in: 0)
    #expect(transformation.outputs(of: input("in", at: 3, 3, key: "k")).map(number) == [4, 4])
  }

  @Test func `A joined topic is restored up to its last record of each key`() {
    var transformation = Transformation(.join("other"), to: ["out"])
    let first = History.Source(10, at: 0), second = History.Source(10, at: 1)
    transformation.restore(Bytes("k"), Bytes("a"), from: first, in: 0)
    transformation.restore(Bytes("k"), Bytes("b"), from: second, in: 0)
    transformation.restore(Bytes("gone"), Bytes("a"), from: first, in: 0)
    transformation.restore(Bytes("gone"), nil, from: second, in: 0)
    #expect(transformation.outputs(of: input("in", at: 0, 1, key: "k")).map { $0.sources.last } == [second])
    #expect(transformation.outputs(of: input("in", at: 1, 2, key: "gone")).isEmpty)
  }
}
