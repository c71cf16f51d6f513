import Host
import Primitives
import Sim
import Wire
import Workloads

// Where the walk begins: what the evidence of a violation says by itself.

extension CauseSearch {
  /// - Parameters:
  ///   - subject: nil where the verdict does not say what it is about.
  ///   - evidence: the place of the evidence among what was found.
  func start(_ guarantee: Guarantee, _ subject: ViolationSubject?, for evidence: Int) {
    switch subject {
    case .record(let record):
      switch guarantee {
      case .failedRead, .precommittedRead, .tornTransaction, .lostTransactionalWrite: startTransaction(record, for: evidence)
      case .exactlyOnce, .atLeastOnce, .atMostOnce: startWork(on: record, for: evidence)
      case .duplicate: startDuplicate(record, for: evidence)
      default: startRecord(record, for: evidence)
      }
    case .partition(let partition, let epoch, let offset): startReplicas(of: partition, epoch, offset, for: evidence)
    case .group(let group, let partition, let offset): startGroup(group, partition, offset, for: evidence)
    case .metadata(let epoch, let offset): startQuorum(epoch, offset, for: evidence)
    case nil: startNearest(for: evidence)
    }
  }

  // MARK: Records

  private func startRecord(_ record: ViolationSubject.Record, for evidence: Int) {
    let write = addWrite(of: record.value, for: evidence, "the record that it is about")
    if record.other != .none { addWrite(of: record.other, for: evidence, "the record that it collides with") }
    if let partition = record.partition, record.offset != .unknown { addLosses(of: partition, record.offset, write, for: evidence) }
  }

  /// What the producer of a value did and was told, with the way of the record between.
  @discardableResult
  private func addWrite(of value: RecordValue, for needed: Int, _ why: String) -> Write? {
    guard value != .none, analysis.values.indices.contains(Int(value.number)) else { return nil }
    let value = value, facts = analysis.values[Int(value.number)], invoked = Int(facts.invoked)
    guard facts.invoked >= 0 else { return nil }
    let partition = facts.partition == .unknown ? nil : history.partitions[Int(facts.partition.number)]
    guard let answered = operation(.send, after: invoked, where: { $0.value == value }), history.operations[answered].kind == .ok else {
      add(operation: invoked, for: needed, why, words: "sends value \(value.number)")
      return Write(sent: history.operations[invoked].time, acknowledged: nil, by: nil)
    }
    let place = facts.acknowledged == .unknown ? "" : " at offset \(facts.acknowledged)"
    let answer = add(operation: answered, for: needed, why, words: "is told that value \(value.number) is written\(partition.map { " to \($0)" } ?? "")\(place)")
    let event = event(of: history.operations[answered])
    traceWrite(
      to: event, of: partition, at: facts.acknowledged, sentAgain: sentAgain(by: history.operations[invoked].process, after: history.operations[invoked].time, before: history.operations[answered].time),
      for: answer)
    add(operation: invoked, for: answer, "what was acknowledged", words: "sends value \(value.number)")
    let broker = event == .none || recorder.parent(of: event) == .none ? nil : recorder.node(of: recorder.parent(of: event))
    if let partition { addStanding(of: partition, at: history.operations[answered].time, broker, for: answer) }
    return Write(sent: history.operations[invoked].time, acknowledged: history.operations[answered].time, by: broker)
  }

  /// When a producer was last refused or left without an answer between the first send of a record and its acknowledgement; zero where it was not.
  private func sentAgain(by process: ProcessNumber, after sent: Instant, before acknowledged: Instant) -> Instant {
    let client = history.name(of: process).flatMap { world.node(named: $0) }
    let failed = facts.last(.requestFailed, before: facts.end(of: acknowledged)) { fact in
      if case .requestFailed(ApiKey.produce.rawValue, _)? = fact.occurrence { fact.node == client && fact.time >= sent } else { false }
    }
    return failed.map { facts[$0].time } ?? .zero
  }

  /// Who led a partition when a record was acknowledged, as the broker knew that answered, and which replicas were in sync by the controllers.
  private func addStanding(of partition: TopicPartition, at time: Instant, _ broker: NodeIndex?, for answer: Int) {
    let end = facts.end(of: time)
    let standing = [Fact.Kind.isr, .elected].compactMap { kind in facts.last(kind, before: end) { $0.partition == partition } }.max()
    if let standing { add(fact: standing, for: answer, "the ISR when it was acknowledged") }
    if let broker, let leads = facts.last(.leads, before: end, where: { $0.partition == partition && $0.node == broker }) {
      add(fact: leads, for: answer, "it led when it acknowledged")
    }
  }

  private struct Write {
    let sent: Instant
    let acknowledged: Instant?
    /// The broker that answered.
    let by: NodeIndex?
  }

  /// The first operation after a position with an entry like that, other than an invocation.
  private func operation(_ function: History.Operation.Function, after position: Int, where holds: (History.Entry) -> Bool) -> Int? {
    history.operations.indices[(position + 1)...].first { index in
      let operation = history.operations[index]
      guard operation.function == function, operation.kind != .invoke else { return false }
      var isThere = false
      history.forEachEntry(of: operation) { isThere = isThere || holds($0) }
      return isThere
    }
  }

  /// Where copies of a record went, and since when somebody led without it.
  private func addLosses(of partition: TopicPartition, _ offset: Offset, _ write: Write?, for evidence: Int) {
    let from = write.map { facts.begin(of: $0.sent) - 1 } ?? -1, known = facts.begin(of: write?.acknowledged ?? write?.sent ?? .zero)
    let end = facts.end(of: found[evidence].time)
    var cut: [NodeIndex] = []
    for place in facts.all(.truncated) where place > from && place < end {
      guard case .truncated(partition, let former, let to, _, _)? = facts[place].occurrence, to <= offset, offset < former, let node = facts[place].node, !cut.contains(node)
      else { continue }
      cut.append(node)
      add(fact: place, for: evidence, "a copy was cut off here")
    }
    for place in facts.all(.recovered) where place > from && place < end {
      guard case .logRecovered(partition, let logEnd, _)? = facts[place].occurrence, logEnd <= offset, let node = facts[place].node, !cut.contains(node) else { continue }
      cut.append(node)
      add(fact: place, for: evidence, "a copy was gone when the broker came back")
    }
    for place in facts.all(.deleted) where place > from && place < end {
      guard case .recordsDeleted(partition, let start, let to, _, _)? = facts[place].occurrence, start <= offset, offset < to else { continue }
      add(fact: place, for: evidence, "it was deleted here")
      break
    }
    for place in facts.all(.stopped) where place >= known && place < end {
      guard case .incident(.diskReplaced) = facts[place].content, let node = facts[place].node, nodes.replicas(of: partition).contains(world.id(of: node)) else { continue }
      add(fact: place, for: evidence, "a copy went with the disk")
    }
    let isWithout = { (fact: Fact) in if case .becameLeader(partition, _, let start)? = fact.occurrence { start <= offset } else { false } }
    if let leads = facts.first(.leads, after: known - 1, where: isWithout), leads < end {
      let index = add(fact: leads, for: evidence, "the first leader without the record")
      addReason(whyLacking: partition, offset, at: leads, since: known, for: index)
    } else if let by = write?.by, let former = facts.last(.leads, before: known, where: { $0.partition == partition }), facts[former].node != by {
      add(fact: former, for: evidence, "another broker led already when broker \(world.id(of: by)) acknowledged the record")
    }
  }

  /// Why the log of a leader does not hold a record: it lost it, or it did not fetch it.
  ///
  /// - Parameter known: the place by which the record was acknowledged.
  private func addReason(whyLacking partition: TopicPartition, _ offset: Offset, at leads: Int, since known: Int, for index: Int) {
    let node = facts[leads].node
    let lost = [Fact.Kind.truncated, .recovered].compactMap { kind in
      facts.last(kind, before: leads) { fact in
        guard fact.node == node else { return false }
        switch fact.occurrence {
        case .truncated(partition, let from, let to, _, _): return to <= offset && offset < from
        case .logRecovered(partition, let end, _): return end <= offset
        default: return false
        }
      }
    }.max()
    if let lost { return _ = add(fact: lost, for: index, "its log did not hold the record any more") }
    let concerns = { (fact: Fact) in node.map { fact.deed?.nodes.contains($0) == true } == true }
    let kept = facts.last(.fault, before: known, where: concerns) ?? facts.last(.fault, before: leads, where: concerns)
    if let kept { add(fact: kept, for: index, "it could not fetch the record") }
  }

  private func startDuplicate(_ record: ViolationSubject.Record, for evidence: Int) {
    let write = addWrite(of: record.value, for: evidence, "the record that is there twice")
    guard let partition = record.partition, let write else { return }
    // Each time that the record was appended is a request of its producer.
    let producer = history.operations[Int(analysis.values[Int(record.value.number)].invoked)].process
    let client = history.name(of: producer).flatMap { world.node(named: $0) }
    for place in facts.all(.requestFailed) where facts[place].node == client && facts[place].time >= write.sent && facts[place].time <= (write.acknowledged ?? .distantFuture) {
      guard case .requestFailed(ApiKey.produce.rawValue, _)? = facts[place].occurrence else { continue }
      add(fact: place, for: evidence, "the producer sent the record again")
    }
    for (offset, why) in [(firstOffset(of: record, in: partition), "the first copy counted as committed"), (record.offset, "the second copy counted as committed")] {
      for place in facts.all(.highWatermark) {
        guard case .highWatermarkMoved(partition, let from, let to)? = facts[place].occurrence, from <= offset, offset < to else { continue }
        let index = add(fact: place, for: evidence, why)
        let again = offset == record.offset ? sentAgain(by: producer, after: write.sent, before: write.acknowledged ?? .distantFuture) : .zero
        traceWrite(to: facts[place].event, of: partition, at: offset, sentAgain: again, for: index)
        break
      }
    }
    for place in facts.all(.leads) where facts[place].partition == partition && facts[place].time >= write.sent && facts[place].time <= (write.acknowledged ?? .distantFuture) {
      add(fact: place, for: evidence, "another leader took the record sent again")
    }
  }

  /// Where a value stands that stands at several offsets; unknown if it stands nowhere before the one that is known.
  private func firstOffset(of record: ViolationSubject.Record, in partition: TopicPartition) -> Offset {
    let facts = analysis.values[Int(record.value.number)], log = analysis.logs[Int(facts.partition.number)]
    var offset = record.offset
    while offset > 0, log.index(of: offset).map({ $0 > Int(facts.firstIndex) }) ?? true { offset = offset + -1 }
    return log.index(of: offset) == Int(facts.firstIndex) ? offset : .unknown
  }

  // MARK: Replicas

  private func startReplicas(of partition: TopicPartition, _ epoch: LeaderEpoch, _ offset: Offset, for evidence: Int) {
    let end = facts.end(of: found[evidence].time)
    for place in facts.facts(during: found[evidence].event) where facts[place].partition == partition && facts[place].kind != .finding && facts[place].kind != .note {
      add(fact: place, for: evidence, "what was seen to be wrong")
    }
    if epoch != .unknown {
      for place in facts.all(.leads) where place < end && facts[place].partition == partition && facts[place].epoch == epoch {
        add(fact: place, for: evidence, "a leader of that epoch")
      }
    }
    guard offset != .unknown else { return startNearest(partition, for: evidence) }
    var leaders: [NodeIndex] = []
    for place in facts.all(.highWatermark) where place < end {
      guard case .highWatermarkMoved(partition, let from, let to)? = facts[place].occurrence, from <= offset, offset < to, let node = facts[place].node, !leaders.contains(node),
        let leads = facts.last(.leads, before: place, where: { $0.partition == partition }), facts[leads].node == node
      else { continue }
      leaders.append(node)
      let index = add(fact: place, for: evidence, "broker \(world.id(of: node)) committed a record there")
      traceWrite(to: facts[place].event, of: partition, at: offset, for: index)
      add(fact: leads, for: index, "it led in that epoch")
    }
    addLosses(of: partition, offset, nil, for: evidence)
  }

  // MARK: Transactions

  private func startTransaction(_ record: ViolationSubject.Record, for evidence: Int) {
    let values = [record.value, record.other].filter { $0 != .none }
    for value in values {
      let seen = analysis.values[Int(value.number)]
      let place = seen.partition == .unknown ? "" : " of \(history.partitions[Int(seen.partition.number)])"
      if seen.firstCommittedRead >= 0 {
        add(operation: Int(seen.firstCommittedRead), for: evidence, "what a reader of committed records was given", words: "is given value \(value.number)\(place) as committed")
      }
      addWrite(of: value, for: evidence, "the record that it is about")
      guard seen.invoked >= 0, seen.partition != .unknown else { continue }
      let partition = history.partitions[Int(seen.partition.number)], from = facts.begin(of: history.operations[Int(seen.invoked)].time) - 1
      let producers = producerIDs(of: history.operations[Int(seen.invoked)].process)
      let ended = facts.first(.marker, after: from) { fact in
        guard case .markerWritten(partition, let producer, _, _, let offset)? = fact.occurrence else { return false }
        return producers.contains(producer) && (seen.acknowledged == .unknown || offset > seen.acknowledged)
      }
      if let ended { add(fact: ended, for: evidence, "it ended the transaction of value \(value.number) on \(partition)") }
    }
    startEnds(of: record.transaction, for: evidence)
  }

  /// What the application asked for in a transaction, and what it was told.
  private func startEnds(of number: TransactionNumber, for evidence: Int) {
    guard number != .none, analysis.transactions.indices.contains(Int(number.number)) else { return }
    let transaction = analysis.transactions[Int(number.number)]
    if transaction.began >= 0 { add(operation: Int(transaction.began), for: evidence, "the transaction of the record", words: "begins transaction \(number.number)") }
    for index in history.operations.indices.dropFirst(max(0, Int(transaction.began))) {
      let operation = history.operations[index]
      guard operation.function == .commitTransaction || operation.function == .abortTransaction, operation.process == transaction.process else { continue }
      var isOwn = false
      history.forEachEntry(of: operation) { isOwn = isOwn || $0.transaction == number }
      guard isOwn else { continue }
      let what = operation.function == .commitTransaction ? "commit" : "abort"
      let words = switch operation.kind {
      case .invoke: "asks to \(what) transaction \(number.number)"
      case .ok: "is told that the \(what) of transaction \(number.number) is done"
      case .fail: "is told that the \(what) of transaction \(number.number) has failed"
      case .info: "does not learn whether the \(what) of transaction \(number.number) was done"
      }
      add(operation: index, for: evidence, "how the application ended the transaction", words: words)
    }
  }

  /// Of the transactional ids that a process speaks for, in all epochs.
  private func producerIDs(of process: ProcessNumber) -> Set<Int64> {
    guard let node = history.name(of: process).flatMap({ world.node(named: $0) }) else { return [] }
    let ids = nodes.transactionalIDs(of: node)
    var producers: Set<Int64> = []
    for place in facts.all(.transactionChanged) {
      guard case .transactionChanged(let standing)? = facts[place].occurrence, ids.contains(standing.transactionalID) else { continue }
      producers.insert(standing.producerID)
    }
    return producers
  }

  // MARK: Groups

  private func startWork(on record: ViolationSubject.Record, for evidence: Int) {
    guard let group = record.group, let partition = record.partition else { return startRecord(record, for: evidence) }
    var works: [Int] = []
    for index in history.operations.indices where history.operations[index].function == .work {
      let operation = history.operations[index]
      guard history.member(operation.process)?.group == group else { continue }
      var isOwn = false
      history.forEachEntry(of: operation) { isOwn = isOwn || $0.value == record.value && ($0.offset == record.offset || record.offset == .unknown) }
      if isOwn { works.append(index) }
    }
    for position in works.prefix(Self.mostAttempts) {
      let index = add(operation: position, for: evidence, "an attempt at the record", words: "works on value \(record.value.number), offset \(record.offset) of \(partition)")
      addGain(of: partition, in: group, before: position, for: index)
      addEnd(ofAttempt: position, for: evidence)
    }
    let first = works.first.map { history.operations[$0].time } ?? .zero, last = works.last.map { history.operations[$0].time } ?? .distantFuture
    addCommits(of: group, partition, around: record.offset, from: first, to: last, for: evidence)
    for place in facts.all(.memberRemoved) where facts[place].group == group && facts[place].time >= first && facts[place].time <= last {
      add(fact: place, for: evidence, "its partitions went to another member")
    }
    for place in facts.all(.offsetReset) where facts[place].group == group && facts[place].partition == partition { add(fact: place, for: evidence, "a position was reset") }
    if works.isEmpty { addWrite(of: record.value, for: evidence, "the record that nobody worked on") }
    if let last = works.last { addSuccessor(of: group, partition, behind: record.offset, after: last, for: evidence) }
  }

  /// Who worked on the partition next, if that began behind the record.
  private func addSuccessor(of group: String, _ partition: TopicPartition, behind offset: Offset, after attempt: Int, for evidence: Int) {
    let former = history.operations[attempt].process
    for position in history.operations.indices.dropFirst(attempt + 1) {
      let operation = history.operations[position]
      guard operation.function == .work, operation.process != former, history.member(operation.process)?.group == group else { continue }
      var begin = Offset.unknown
      history.forEachEntry(of: operation) { entry in
        if begin == .unknown, entry.partition != .unknown, history.partitions[Int(entry.partition.number)] == partition { begin = entry.offset }
      }
      guard begin != .unknown else { continue }
      guard begin > offset else { return }
      let index = add(operation: position, for: evidence, "the next one to work on the partition began behind the record", words: "works on offset \(begin) of \(partition)")
      addGain(of: partition, in: group, before: position, for: index)
      return
    }
  }

  private static let mostAttempts = 3

  /// How a process had got the partition on which it works.
  private func addGain(of partition: TopicPartition, in group: String, before position: Int, for index: Int) {
    let process = history.operations[position].process
    let gain = history.operations.indices[..<position].last { place in
      let operation = history.operations[place]
      guard operation.function == .gain, operation.process == process else { return false }
      var isThere = false
      history.forEachEntry(of: operation) { entry in isThere = isThere || entry.partition != .unknown && history.partitions[Int(entry.partition.number)] == partition }
      return isThere
    }
    if let gain { add(operation: gain, for: index, "it owned the partition", words: "is assigned \(partition) of group \(group)") }
  }

  /// How the transaction ended in which a record was worked on.
  private func addEnd(ofAttempt position: Int, for index: Int) {
    var number = TransactionNumber.none
    history.forEachEntry(of: history.operations[position]) { if $0.transaction != .none { number = $0.transaction } }
    startEnds(of: number, for: index)
  }

  /// The last commit of a group's offset that did not reach a record, and the first one that did.
  private func addCommits(of group: String, _ partition: TopicPartition, around offset: Offset, from first: Instant, to last: Instant, for evidence: Int) {
    guard offset != .unknown else { return }
    let passed = facts.first(.offsetCommitted) { fact in
      if case .offsetCommitted(group, partition, let committed)? = fact.occurrence { committed > offset } else { false }
    }
    let before = facts.last(.offsetCommitted, before: facts.end(of: last)) { fact in
      if case .offsetCommitted(group, partition, let committed)? = fact.occurrence { committed <= offset } else { false }
    }
    if let passed { add(fact: passed, for: evidence, "the group counted the record as done") }
    if let before { add(fact: before, for: evidence, "the group did not count the record as done") }
  }

  private func startGroup(_ group: String, _ partition: TopicPartition?, _ offset: Offset, for evidence: Int) {
    let end = facts.end(of: found[evidence].time)
    guard let partition, let back = regression(of: group, partition, before: end) else {
      startCoordinator(of: group, partition, before: end, for: evidence)
      return
    }
    let index = add(fact: back.to, for: evidence, "the commit that took the offset back")
    add(fact: back.from, for: evidence, "what the group had committed before")
    // The request came from a client that had owned the partition; who owned it by then?
    let asked = requestTime(of: back.to)
    for position in history.operations.indices {
      let operation = history.operations[position]
      guard operation.time <= facts[back.to].time, operation.time >= asked, operation.function == .gain || operation.function == .lose else { continue }
      var isThere = false
      history.forEachEntry(of: operation) { entry in isThere = isThere || entry.partition != .unknown && history.partitions[Int(entry.partition.number)] == partition }
      guard isThere, history.member(operation.process)?.group == group else { continue }
      let words = operation.function == .gain ? "is assigned \(partition) of group \(group)" : "loses \(partition) of group \(group)"
      add(operation: position, for: index, "the partition had another owner by then", words: words)
    }
    for place in facts.all(.memberRemoved) where place < end && facts[place].group == group && facts[place].time >= asked && facts[place].time <= facts[back.to].time {
      add(fact: place, for: index, "the member that asked for it was none any more")
    }
  }

  /// The first commit of a group that lies below an earlier one.
  private func regression(of group: String, _ partition: TopicPartition, before end: Int) -> (from: Int, to: Int)? {
    var highest: (place: Int, offset: Offset)?
    for place in facts.all(.offsetCommitted) where place < end {
      guard case .offsetCommitted(group, partition, let offset)? = facts[place].occurrence else { continue }
      if let highest, offset < highest.offset { return (highest.place, place) }
      highest = (place, offset)
    }
    return nil
  }

  /// When the request was sent that brought about a commit.
  private func requestTime(of place: Int) -> Instant {
    var event = facts[place].event
    while event != .none {
      if recorder.kind(of: event) == .request, api(of: event) == .offsetCommit || api(of: event) == .txnOffsetCommit {
        let sent = recorder.parent(of: event)
        return sent == .none ? .zero : recorder.time(of: sent)
      }
      event = recorder.parent(of: event)
    }
    return facts[place].time
  }

  /// What became of the state of a group: its last commit, its coordinators, and who owned what.
  private func startCoordinator(of group: String, _ partition: TopicPartition?, before end: Int, for evidence: Int) {
    if let partition, let last = facts.last(.offsetCommitted, before: end, where: { $0.group == group && $0.partition == partition }) {
      add(fact: last, for: evidence, "what the group had committed last")
    }
    if let coordinated = driver.view.cluster.partition(ofGroup: group) {
      for place in facts.all(.leads).suffix(4) where place < end && facts[place].partition == coordinated { add(fact: place, for: evidence, "it has coordinated the group since") }
      for place in facts.all(.truncated) where place < end && facts[place].partition == coordinated { add(fact: place, for: evidence, "records of the group were cut off") }
    }
    for kind in [Fact.Kind.groupChanged, .memberRemoved, .memberFenced] {
      for place in facts.all(kind).reversed().filter({ $0 < end && facts[$0].group == group }).prefix(3) { add(fact: place, for: evidence, "the state of the group by then") }
    }
  }

  // MARK: The quorum

  private func startQuorum(_ epoch: LeaderEpoch, _ offset: Offset, for evidence: Int) {
    let end = facts.end(of: found[evidence].time)
    if epoch != .unknown {
      for place in facts.all(.controllerElected) where place < end && facts[place].epoch == epoch { add(fact: place, for: evidence, "it led in that epoch") }
    }
    var epochs: [LeaderEpoch] = []
    for place in facts.all(.metadataCommitted) where place < end && offset != .unknown {
      guard case .metadataCommitted(let commit)? = facts[place].occurrence, commit.baseOffset <= offset, offset <= commit.lastOffset, !epochs.contains(commit.epoch)
      else { continue }
      epochs.append(commit.epoch)
      add(fact: place, for: evidence, epochs.count == 1 ? "what was committed there first" : "what was committed there as well")
    }
    for place in facts.all(.truncated) where place < end {
      guard case .truncated(let log, _, let to, _, _)? = facts[place].occurrence, log.topic == TopicName.clusterMetadata, offset == .unknown || to <= offset else { continue }
      add(fact: place, for: evidence, "a replica of the metadata log lost records")
    }
    if epochs.isEmpty { startNearest(for: evidence) }
  }

  // MARK: Nothing is known

  /// The last things that happened to a partition before the evidence, or to the quorum, or to anything that the words of the evidence name.
  private func startNearest(_ partition: TopicPartition? = nil, for evidence: Int) {
    let end = facts.end(of: found[evidence].time)
    let kinds: [Fact.Kind] = [.leads, .elected, .isr, .truncated, .recovered, .fenced, .controllerElected, .controllerResigned, .diskFailed, .transactionChanged, .memberRemoved]
    var places: [Int] = []
    for kind in kinds {
      if let place = facts.last(kind, before: end, where: { partition == nil || $0.partition == nil || $0.partition == partition }) { places.append(place) }
    }
    for place in places.sorted().suffix(Self.nearest) { add(fact: place, for: evidence, "the last of its kind before") }
    if let fault = facts.last(.fault, before: end, where: { _ in true }) { add(fact: fault, for: evidence, "the last fault before") }
  }

  private static let nearest = 4
}
