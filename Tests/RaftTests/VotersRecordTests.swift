import Host
import Primitives
import Testing
import Wire

@testable import Raft

/// What a log or a snapshot says of the voters.
@Suite struct VotersRecordTests {
  private func voter(_ id: Int32, directory: UInt64) -> Voter {
    Voter(id: NodeID(id), address: Address(host: "controller-\(id)", port: 9093), directory: Uuid(high: 1, low: directory))
  }

  private var voters: VoterSet { [voter(1, directory: 1), voter(2, directory: 2), voter(3, directory: 3)] }

  @Test func `Voters are read as they were written`() throws {
    for record in [QuorumRecord.voters(voters), .kraftVersion(1), .kraftVersion(0)] { #expect(try QuorumRecord(record.record) == record) }
    #expect(try QuorumRecord(ControlRecord(.leaderChange, value: [1, 2, 3])) == nil)
  }

  @Test func `A voter that is named twice counts once, as named last`() throws {
    var record = voters.record
    record.voters.append(voter(2, directory: 9).recorded)
    let read = try VoterSet(record)
    #expect(read.count == 3 && read.voter(2)?.directory == Uuid(high: 1, low: 9))
  }

  @Test func `Records that no quorum writes are refused with what is wrong`() throws {
    func refusal(_ change: (inout VotersRecord) -> Void) -> String? {
      var record = voters.record
      change(&record)
      do {
        _ = try VoterSet(record)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0.voters = [] } == "a record of voters names none")
    #expect(refusal { $0.voters[0].voterId = -1 } == "a record of voters names node -1")
    #expect(refusal { $0.voters[0].endpoints = [] } == "voter 1 has no listener, by its record")
    #expect(refusal { $0.voters[1].kRaftVersionFeature.minSupportedVersion = 2 } == "voter 2 supports kraft.version 2 to 1, by its record")
    #expect(refusal { $0.voters = Array(repeating: $0.voters[0], count: 1_001) }?.contains("1001") == true)
    #expect(throws: VotersRecordError.self) { try QuorumRecord(QuorumRecord.kraftVersion(2).record) }
  }

  @Test func `Damaged records are errors, whatever byte is wrong or missing`() throws {
    let sound = try QuorumRecord.voters(voters).record.value
    for count in 0..<sound.count { #expect(throws: VotersRecordError.self) { try QuorumRecord(ControlRecord(.kraftVoters, value: sound[..<count])) } }
    var read = 0
    for index in 0..<sound.count {
      for bit: UInt8 in [1, 0x40, 0x80] {
        var bytes = sound.array
        bytes[index] ^= bit
        if (try? QuorumRecord(ControlRecord(.kraftVoters, value: Bytes(bytes)))) != nil { read += 1 }
      }
    }
    #expect(read > 0)
    for count in 0..<4 { #expect(throws: VotersRecordError.self) { try QuorumRecord(ControlRecord(.kraftVersion, value: Bytes(Array(repeating: 0, count: count)))) } }
  }

  private func bootstrapFile(holding records: [ControlRecord]) throws -> Bytes {
    let header = ControlRecord(.snapshotHeader, value: try SnapshotHeaderRecord().encoded(version: 0))
    let first = RecordBatch.controlBatch([header] + records, timestamp: Timestamp(milliseconds: 0), leaderEpoch: 0)
    let footer = ControlRecord(.snapshotFooter, value: try SnapshotFooterRecord().encoded(version: 0))
    let last = RecordBatch.controlBatch([footer], timestamp: Timestamp(milliseconds: 0), baseOffset: first.nextOffset, leaderEpoch: 0)
    return Bytes(first.bytes.array + last.bytes.array)
  }

  @Test func `A directory whose snapshot or log says nonsense about the voters is not opened`() throws {
    var none = voters.record
    none.voters = []
    let kraftVersion = try QuorumRecord.kraftVersion(1).record
    let nonsense = ControlRecord(.kraftVoters, value: try none.encoded(version: 0)), unknown = try QuorumRecord.kraftVersion(7).record
    let path = "__cluster_metadata-0/00000000000000000000-0000000000.checkpoint"
    for (records, words) in [([kraftVersion, nonsense], "names none"), ([unknown], "kraft.version is 7"), ([ControlRecord(.kraftVoters, value: [0])], "cannot be read")] {
      let quorum = DynamicQuorum(controllers: 1, firstVoters: [], starts: false)
      quorum.quorum.world.place(try bootstrapFile(holding: records), at: path, on: quorum.index(1))
      quorum.quorum.world.start(quorum.index(1))
      quorum.run(100)
      let failure = try #require(quorum.node(1).failure)
      #expect(failure.contains(words) && failure.contains(path))
    }
    // The same in the log.
    let quorum = DynamicQuorum(controllers: 1, firstVoters: [1])
    quorum.run(2000)
    let leader = quorum.replica(1)
    #expect(leader.isActive)
    let batch = RecordBatch.controlBatch([nonsense], timestamp: Timestamp(milliseconds: 0), baseOffset: leader.logEndOffset, leaderEpoch: 1)
    try quorum.node(1).put(Bytes(try quorum.node(1).content(of: "00000000000000000000.log").array + batch.bytes.array), as: "00000000000000000000.log")
    quorum.quorum.world.restart(quorum.index(1))
    quorum.run(100)
    #expect(quorum.node(1).failure?.contains("names none") == true)
  }

  @Test func `A replica ends rather than go on with a record of voters that cannot be read`() throws {
    let quorum = DynamicQuorum(controllers: 1, firstVoters: [1])
    quorum.run(3000)
    var none = voters.record
    none.voters = []
    let leading = try #require(quorum.replica(1).leading)
    quorum.replica(1).appendControl([ControlRecord(.kraftVoters, value: try none.encoded(version: 0))], leading)
    quorum.run(1000)
    #expect(quorum.node(1).failure?.contains("names none") == true)
  }

  @Test func `A set follows from another by one voter`() {
    let four = voters.adding(voter(4, directory: 4))
    #expect(four?.map(\.id) == [1, 2, 3, 4])
    #expect(voters.adding(voter(3, directory: 9)) == nil)
    #expect(voters.removing(voter(2, directory: 2).key)?.map(\.id) == [1, 3])
    #expect(voters.removing(voter(2, directory: 9).key) == nil && voters.removing(voter(4, directory: 4).key) == nil)
    #expect(VoterSet([voter(1, directory: 1)]).removing(voter(1, directory: 1).key) == nil)
    #expect(voters.overlaps(four!) && four!.overlaps(voters) && voters.overlaps(voters))
    #expect(!voters.overlaps(four!.adding(voter(5, directory: 5))!))
    #expect(!voters.overlaps([voter(1, directory: 1), voter(2, directory: 8), voter(3, directory: 9)]))
  }

  @Test func `A voter is known by its directory, and a static one by its id alone`() {
    #expect(voters.contains(ReplicaKey(id: 1, directory: Uuid(high: 1, low: 1))))
    #expect(!voters.contains(ReplicaKey(id: 1, directory: Uuid(high: 1, low: 2))))
    #expect(!voters.contains(ReplicaKey(id: 1, directory: nil)))
    let still: VoterSet = [Voter(id: 1, address: Address(host: "controller-1", port: 9093))]
    #expect(still.contains(ReplicaKey(id: 1, directory: nil)) && still.contains(ReplicaKey(id: 1, directory: Uuid(high: 1, low: 2))))
  }

  @Test func `The newest set in the log is in force, and the one before it where the log ends earlier`() {
    var history = VoterSetHistory(configured: [])
    history.add(.kraftVersion(1), at: -1)
    history.add(.voters(voters), at: -1)
    let four = voters.adding(voter(4, directory: 4))!, two = voters.removing(voters[0].key)!
    history.add(.voters(four), at: 7)
    history.add(.voters(two), at: 9)
    #expect(history.voters == two && history.kraftVersion == 1)
    #expect(history.records(at: 8) == [.kraftVersion(1), .voters(four)])
    #expect(history.records(at: 6) == [.kraftVersion(1), .voters(voters)])
    var cut = history
    cut.truncate(to: 9)
    #expect(cut.voters == four)
    cut.truncate(to: 0)
    #expect(cut.voters == voters && cut.kraftVersion == 1)
    history.forget(before: 9)
    #expect(history.sets.map(\.offset) == [7, 9] && history.kraftVersion == 1)
    history.forget(before: 10)
    #expect(history.sets.map(\.offset) == [9])
  }
}
