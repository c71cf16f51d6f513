import Host
import Primitives
import Wire

/// Why a VotersRecord or a KRaftVersionRecord is refused.
struct VotersRecordError: Error, CustomStringConvertible {
  let description: String
}

extension VoterSet {
  /// The voters in a record of a log or a snapshot. Of two with the same id, the last one counts, as in Kafka.
  init(_ record: VotersRecord) throws(VotersRecordError) {
    var voters: [Voter] = []
    for voter in record.voters { voters.append(try Voter(voter)) }
    guard !voters.isEmpty else { throw VotersRecordError(description: "a record of voters names none") }
    guard voters.count <= Self.mostVoters else {
      throw VotersRecordError(description: "a record of voters names \(voters.count), and \(Self.mostVoters) are the most that are read")
    }
    self.init(voters)
  }

  /// Of a quorum that anybody runs; what is read walks over them.
  private static let mostVoters = 1_000

  var record: VotersRecord {
    var record = VotersRecord()
    record.voters = map(\.recorded)
    return record
  }
}

extension Voter {
  fileprivate init(_ recorded: VotersRecord.Voter) throws(VotersRecordError) {
    guard recorded.voterId >= 0 else { throw VotersRecordError(description: "a record of voters names node \(recorded.voterId)") }
    let versions = recorded.kRaftVersionFeature
    guard versions.minSupportedVersion >= 0, versions.minSupportedVersion <= versions.maxSupportedVersion else {
      throw VotersRecordError(
        description: "voter \(recorded.voterId) supports kraft.version \(versions.minSupportedVersion) to \(versions.maxSupportedVersion), by its record")
    }
    let listeners = recorded.endpoints.map { VoterListener(name: $0.name, address: Address(host: $0.host, port: Int32($0.port))) }
    guard !listeners.isEmpty else { throw VotersRecordError(description: "voter \(recorded.voterId) has no listener, by its record") }
    let key = ReplicaKey(id: NodeID(recorded.voterId), directory: recorded.voterDirectoryId)
    self.init(id: key.id, directory: key.directory, listeners: listeners, kraftVersions: versions.minSupportedVersion...versions.maxSupportedVersion)
  }

  var recorded: VotersRecord.Voter {
    var voter = VotersRecord.Voter()
    (voter.voterId, voter.voterDirectoryId) = (id.value, key.directoryID)
    voter.endpoints = listeners.map { listener in
      var endpoint = VotersRecord.Endpoint()
      (endpoint.name, endpoint.host, endpoint.port) = (listener.name, listener.address.host, UInt16(clamping: listener.address.port))
      return endpoint
    }
    (voter.kRaftVersionFeature.minSupportedVersion, voter.kRaftVersionFeature.maxSupportedVersion) = (kraftVersions.lowerBound, kraftVersions.upperBound)
    return voter
  }
}

/// What a control record says about the quorum.
enum QuorumRecord: Equatable {
  case kraftVersion(Int16)
  case voters(VoterSet)

  /// Nil for the other kinds of control records.
  init?(_ record: ControlRecord) throws(VotersRecordError) {
    switch record.type {
    case .kraftVersion:
      let version: Int16
      do { version = try KRaftVersionRecord(record.value, version: 0).kRaftVersion } catch {
        throw VotersRecordError(description: "a record of the kraft.version cannot be read: \(error)")
      }
      guard KRaftVersion.supported.contains(version) else {
        throw VotersRecordError(
          description: "kraft.version is \(version), and this build supports \(KRaftVersion.supported.lowerBound) to \(KRaftVersion.supported.upperBound)")
      }
      self = .kraftVersion(version)
    case .kraftVoters:
      let voters: VotersRecord
      do { voters = try VotersRecord(record.value, version: 0) } catch { throw VotersRecordError(description: "a record of voters cannot be read: \(error)") }
      self = .voters(try VoterSet(voters))
    default: return nil
    }
  }

  var record: ControlRecord {
    get throws(WireError) {
      switch self {
      case .kraftVersion(let version):
        var record = KRaftVersionRecord()
        record.kRaftVersion = version
        return ControlRecord(.kraftVersion, value: try record.encoded(version: 0))
      case .voters(let voters): return ControlRecord(.kraftVoters, value: try voters.record.encoded(version: 0))
      }
    }
  }
}
