import Host
import Primitives
import Wire

extension Consumer {
  /// Checks what must hold between two events, until the consumer is closed.
  public func checkInvariants(_ check: inout InvariantCheck) {
    guard !isClosed else { return }
    group?.checkInvariants(&check)
    check.require(
      partitions.count == assignedPartitions.count, "consumer: \(assignedPartitions.count) partitions are assigned, and \(partitions.count) are found by their names")
    check.each(of: assignedPartitions) { assigned, check in
      let partition = assigned.partition
      check.require(partitions[partition] === assigned && assigned.isAssigned, "consumer: \(partition) is assigned, and is not found by its name")
      check.require(!assigned.isFetching || assigned.position != nil, "consumer: \(partition) is fetched, and has no position")
      check.require(assigned.isFetching || assigned.isUnsettled, "consumer: \(partition) has no checked position, and nobody looks after that")
    }
    check.each(of: restless.members) { assigned, check in check.require(!assigned.isResting, "consumer: \(assigned.partition) rests, but is in the restless list") }
    guard check.isWhole else { return }
    let awake = assignedPartitions.count(where: { !$0.isResting }), looked = restless.members.count(where: \.isAssigned)
    check.require(awake == looked, "consumer: \(looked) partitions are in the restless list, but \(awake) do not rest")
    for source in sources {
      let resting = assignedPartitions.count(where: { $0.isResting && $0.sessions.first === source })
      check.require(
        source.restingPartitions == resting, "consumer: \(source.restingPartitions) partitions count as resting in the session with broker \(source.broker), and \(resting) rest")
    }
  }
}

/// What is checked in the middle of an event.
extension Consumer {
  /// Checks that an answer to a fetch is about the present position, or one that was consumed since.
  func requirePresent(_ member: FetchSessionHandler.Member) {
    let assigned = member.assigned
    mustHold(
      assigned.generation == member.wish.generation && assigned.position.map { $0 >= member.wish.offset } ?? false,
      "consumer: records of \(assigned.partition) from \(member.wish.offset) on are taken, and it stands at \(assigned.position.map { "\($0)" } ?? "nowhere")")
  }

  /// Checks that no position is taken for valid that its leader could be asked about.
  func requireAsked(_ partitions: [AssignedPartition]) {
    for assigned in partitions where assigned.isFetching && configuration.switches.validatePosition {
      let address = assigned.leader.flatMap { cluster.address(of: $0) }
      let version = address.flatMap { cluster.connections.version(of: OffsetForLeaderEpochRequest.self, at: $0) }
      mustHold(version.map { $0 < 3 } ?? false, "consumer: \(assigned.partition) is fetched, and its leader was not asked whether \(assigned.position ?? .unknown) is in its log")
    }
  }

  /// Checks that a partition that is fetched after an answer about its log has a position in that log.
  ///
  /// - Parameter generation: The generation of the partition before the answer: if it is another one now, its position was moved.
  func requireInLog(_ assigned: AssignedPartition, in generation: Int, _ answer: OffsetForLeaderEpochResponse.EpochEndOffset?) {
    guard assigned.generation == generation, assigned.isFetching, let position = assigned.position else { return }
    let end = answer?.errorCode == ErrorCode.none ? answer?.endOffset : nil
    mustHold(
      end.map { position.value <= $0 } ?? false, "consumer: \(assigned.partition) is fetched from \(position), and its leader has it up to \(end.map { "\($0)" } ?? "nowhere")")
  }

  /// Checks that offsets about to be committed are checked positions.
  func requireConsumed(_ offsets: ConsumerGroup.Offsets) {
    for (partition, offset) in offsets {
      let assigned = partitions[partition]
      mustHold(
        assigned?.isFetching == true && assigned?.position == offset.offset,
        "consumer: \(offset.offset) is committed for \(partition), and its checked position is \(assigned?.isFetching == true ? "\(assigned?.position ?? .unknown)" : "unknown")")
    }
  }

  /// Checks that a member has the partitions that it says it has taken over.
  ///
  /// - Parameter taken: In ascending order.
  func requireOwned(_ taken: [TopicPartition]) { mustHold(assignment == taken, "consumer: \(taken) were taken over, and it reads \(assignment)") }
}
