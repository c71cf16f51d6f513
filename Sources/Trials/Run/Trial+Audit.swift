import Broker
import Primitives
import Replication
import Sim
import Wire
import Workloads

/// What the audit found.
struct Audit {
  /// By value: whether the audit was given it.
  var present: [Bool]
  /// Partitions without a leader that could be asked.
  var unreadable: Set<PartitionNumber> = []
  /// Partitions of which the audit was not given everything, and why.
  var obstacles: [TopicPartition: String] = [:]
}

extension Trial {
  private static let auditBound = Duration.seconds(120)
  /// How long an error of the reader may stand before the audit gives the partition up.
  private static let errorBound = Duration.seconds(10)

  /// Reads everything from the beginning to the end. nil where nobody could be asked for anything.
  func audit() -> Audit? {
    let partitions = scenario.topics.flatMap { observer.view.cluster.partitions(of: $0.name) }
    let auditor = startAuditor(partitions)
    let ends = partitions.map { ($0, partition($0, at: observer.view.cluster[$0].leader)?.highWatermark) }
    let deadline = world.now + Self.auditBound
    var lastProgress = world.now, lastPositions: [Offset?] = []
    while world.now < deadline, livelock == nil {
      run(until: world.now + .milliseconds(100))
      guard let auditor = world.object(of: auditor) as? ConsumeApplication else { return nil }
      let positions = partitions.map { auditor.position(of: $0) }
      if positions != lastPositions { (lastProgress, lastPositions) = (world.now, positions) }
      let open = zip(ends, positions).filter { end, position in end.1.map { (position ?? 0) < $0 } ?? true }.map(\.0)
      if open.isEmpty { return finished(auditor, [], partitions) }
      let isStuck = open.allSatisfy { name, end in end == nil || auditor.error(of: name) != nil }
      if isStuck, world.now - lastProgress > Self.errorBound { return finished(auditor, open, partitions) }
      if world.now >= deadline { return finished(auditor, open, partitions) }
    }
    return nil
  }

  private func startAuditor(_ partitions: [TopicPartition]) -> NodeIndex {
    let settings = settings
    let recorder = recorder
    auditNode = world.addNode(name: "audit", isClient: true) { host in
      ConsumeApplication(
        host: host, configuration: settings.auditConfiguration, partitions: partitions, pause: .zero, start: .zero, stop: .distantFuture, recorder: recorder)
    }
    world.start(auditNode)
    return auditNode
  }

  private func finished(_ auditor: ConsumeApplication, _ open: [(TopicPartition, Offset?)], _ partitions: [TopicPartition]) -> Audit? {
    var audit = Audit(present: values(givenTo: auditor.processNumber))
    for (name, end) in open {
      let reason = auditor.error(of: name).map { "\($0)" }
      let position = auditor.position(of: name)
      if end == nil { audit.unreadable.insert(recorder.number(of: name, topicID: observer.view.cluster.topicID(of: name))) }
      let words = reason ?? (end == nil ? "it has no leader" : "nothing more came")
      audit.obstacles[name] = words
      observer.tell("audit", "could not read \(name) beyond offset \(position?.description ?? "0")\(end.map { " of \($0)" } ?? ""): \(words)", .finding)
    }
    return audit.unreadable.count == partitions.count && !partitions.isEmpty ? nil : audit
  }

  /// By value, whether a process was given it.
  private func values(givenTo process: ProcessNumber) -> [Bool] {
    var present = Array(repeating: false, count: recorder.history.valueCount)
    for operation in recorder.history.operations where operation.function == .poll && operation.process == process {
      recorder.history.forEachEntry(of: operation) { if $0.value != .none { present[Int($0.value.number)] = true } }
    }
    return present
  }

  /// What the contract has to ask about records that are gone.
  func findspots(_ audit: Audit, _ place: @escaping (RecordValue) -> Offset) -> DurabilityContract.Findspots {
    DurabilityContract.Findspots(
      deletions: observer.deletions, isPresent: { audit.present[Int($0.number)] }, place: place, unreadable: audit.unreadable,
      words: { [recorder] in recorder.history.words($0) }, whereabouts: { [unowned self] in whereabouts($0, $1, $2, audit) })
  }

  /// Whether a value that the audit was not given stands on a disk all the same, in words.
  private func whereabouts(_ number: PartitionNumber, _ offset: Offset, _ value: RecordValue, _ audit: Audit) -> String {
    let name = recorder.history.partitions[Int(number.number)]
    let id = TopicIDPartition(recorder.history.topicIDs[Int(number.number)], name.partition)
    var holders: [NodeID] = [], damaged: [NodeID] = []
    for broker in nodes.brokers {
      let node = world.id(of: broker)
      guard let replica = partition(name, at: node), replica.id == id, let bytes = replica.log?.batchOnDisk(at: offset) else { continue }
      switch holds(bytes, value) {
      case true?: holders.append(node)
      case false?: break
      case nil: damaged.append(node)
      }
    }
    let reason = audit.obstacles[name].map { " (\($0))" } ?? ""
    if !holders.isEmpty { return "is on the disk of \(words(holders)) and not served\(reason)" }
    if !damaged.isEmpty { return "stands in a batch that cannot be read on \(words(damaged))\(reason)" }
    return "is gone: on no replica's disk\(reason)"
  }

  /// Whether a batch holds a value; nil where the batch cannot be read.
  private func holds(_ bytes: Bytes, _ value: RecordValue) -> Bool? {
    do throws(WireError) {
      let batch = try RecordBatch(bytes, at: 0)
      try batch.validateChecksum()
      var cursor = try RecordCursor(batch)
      while try cursor.next() {
        if Payload.value(in: cursor.current.value) == value { return true }
      }
      return false
    } catch {
      return nil
    }
  }

  private func words(_ brokers: [NodeID]) -> String {
    "\(brokers.count == 1 ? "broker" : "brokers") \(brokers.map(\.description).joined(separator: ", "))"
  }
}
