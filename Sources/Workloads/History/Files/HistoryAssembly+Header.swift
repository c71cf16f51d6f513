import Primitives

/// Reads the first line of a file, which holds everything besides the operations.
extension HistoryAssembly {
  private func headerError(_ problem: String) -> HistoryFileError { error(problem, "Write the history again, or remove its first line: keys are then names, and groups are not judged") }

  mutating func readHeader(_ value: Form) throws {
    hasHeader = true
    guard let format = value["format"]?.number, format == HistoryHeader.format else {
      throw error("the format \(value["format"]?.excerpt ?? "is missing")", "This build reads format \(HistoryHeader.format): use the build that wrote it, or write it again")
    }
    for key in value["keys"]?.elements ?? [] {
      guard let parts = key.elements, parts.count == 3 else { throw headerError("\(key.excerpt) names no partition") }
      var id = Uuid.zero
      if let text = parts[2].name {
        guard let known = Uuid(text) else { throw headerError("\(key.excerpt) has no topic id") }
        id = known
      }
      let count = judged.history.partitions.count
      _ = judged.history.number(of: try name(Array(parts.prefix(2))), topicID: id)
      guard judged.history.partitions.count == count + 1 else { throw headerError("\(key.excerpt) is named twice") }
    }
    for process in value["read-committed"]?.elements ?? [] { judged.history.setIsolation(of: try self.process(number(process)), to: .readCommitted) }
    for member in value["members"]?.elements ?? [] { try read(member: member) }
    judged.isReadToTheEnd = value["read-to-end"]?.isTrue ?? false
    judged.unreadable = try partitionSet(value["unreadable"])
    if let audit = value["committed-audit"] {
      judged.committed = CommittedAudit(
        by: try self.process(number(audit["process"] ?? .null)), isReadToTheEnd: audit["read-to-end"]?.isTrue ?? false, except: try partitionSet(audit["unread"]))
    }
    guard (value["groups"]?.elements?.count ?? 0) <= 1_000 else { throw headerError("more than 1000 groups") }
    for group in value["groups"]?.elements ?? [] { judged.groups.append(try self.group(group)) }
    for deletion in value["deletions"]?.elements ?? [] { try read(deletion: deletion) }
  }

  private func number(_ form: Form) throws -> Int64 {
    guard let number = form.number, number >= 0 else { throw headerError("\(form.excerpt) is not a number") }
    return number
  }

  private func text(_ form: Form?) throws -> String {
    guard let text = form?.name else { throw headerError("a name is missing") }
    return text
  }

  private func name(_ parts: [Form]) throws -> TopicPartition {
    guard parts.count == 2, let topic = parts[0].name, let partition = Int32(exactly: try number(parts[1])) else { throw headerError("\(Form.list(parts).excerpt) names no partition") }
    return TopicPartition(topic, partition)
  }

  private mutating func partitionSet(_ form: Form?) throws -> Set<PartitionNumber> {
    var set: Set<PartitionNumber> = []
    for element in form?.elements ?? [] { set.insert(try self.partition(element)) }
    return set
  }

  private mutating func read(member: Form) throws {
    let process = try self.process(number(member["process"] ?? .null))
    guard judged.history.member(process) == nil else { throw headerError("process \(process.number) is a member twice") }
    judged.history.add(
      History.Member(
        process, try text(member["name"]), of: try text(member["group"]), as: member["role"]?.name == "operator" ? .operator : .member,
        mayPassOver: member["may-pass-over"]?.isTrue ?? false))
  }

  private mutating func group(_ form: Form) throws -> GroupFindings {
    var guarantees: Set<Guarantee> = []
    for element in form["guarantees"]?.elements ?? [] {
      guard let guarantee = Guarantee(rawValue: try text(element)) else { throw headerError("\(element.excerpt) is not a guarantee") }
      guarantees.insert(guarantee)
    }
    var findings = GroupFindings(try text(form["group"]), on: guarantees)
    findings.partitions = try (form["partitions"]?.elements ?? []).map { try name($0.elements ?? []) }
    for process in form["running"]?.elements ?? [] { findings.running.insert(try self.process(number(process))) }
    for process in form["working"]?.elements ?? [] { findings.working.insert(try self.process(number(process))) }
    if let committed = form["committed"]?.elements {
      var offsets: [TopicPartition: Offset] = [:]
      for element in committed {
        guard let parts = element.elements, parts.count == 3 else { throw headerError("\(element.excerpt) is not a committed offset") }
        offsets[try name(Array(parts.prefix(2)))] = Offset(try number(parts[2]))
      }
      findings.committed = offsets
    }
    if let settling = form["settling"]?.elements {
      guard settling.count == 2 else { throw headerError("\(Form.list(settling).excerpt) does not say how long it took to settle") }
      findings.settling = GroupFindings.Settling(
        taken: settling[0] == .null ? nil : .nanoseconds(try number(settling[0])), bound: .nanoseconds(try number(settling[1])))
    }
    findings.wait = try form["wait"].map(text)
    return findings
  }

  private mutating func read(deletion: Form) throws {
    guard let parts = deletion.elements, parts.count == 4, let rule = Deletions.Rule(words: try text(parts[3])), let time = parts[2].number else {
      throw headerError("\(deletion.excerpt) is not a deletion")
    }
    let partition = try self.partition(parts[0])
    judged.deletions.add(below: Offset(try number(parts[1])), of: partition, by: rule, at: Instant(nanoseconds: time))
  }
}
