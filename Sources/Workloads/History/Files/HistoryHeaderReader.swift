import Primitives

/// Reads the first line of a file: what stands beside the operations.
struct HistoryHeaderReader {
  private let owner: HistoryReader

  init(_ owner: HistoryReader) { self.owner = owner }

  private func error(_ problem: String) -> HistoryFileError { owner.error(problem, "Write the history anew, or take the first line out: keys are names then, and groups are not judged") }

  func read(_ value: Form, into reader: inout HistoryReader) throws {
    guard let format = value["format"]?.number, format == HistoryHeader.format else {
      throw owner.error("the format \(value["format"]?.excerpt ?? "is missing")", "This build reads format \(HistoryHeader.format): judge it with the one that wrote it, or write it anew")
    }
    for key in value["keys"]?.elements ?? [] {
      guard let parts = key.elements, parts.count == 3 else { throw error("\(key.excerpt) names no partition") }
      var id = Uuid.zero
      if let text = parts[2].name {
        guard let known = Uuid(text) else { throw error("\(key.excerpt) has no topic id") }
        id = known
      }
      let count = reader.judged.history.partitions.count
      _ = reader.judged.history.number(of: try name(Array(parts.prefix(2))), topicID: id)
      guard reader.judged.history.partitions.count == count + 1 else { throw error("\(key.excerpt) is named twice") }
    }
    for process in value["read-committed"]?.elements ?? [] { reader.judged.history.note(try reader.process(number(process)), reads: .readCommitted) }
    for member in value["members"]?.elements ?? [] { try read(member: member, &reader) }
    reader.judged.isReadToTheEnd = value["read-to-end"]?.isTrue ?? false
    reader.judged.unreadable = try partitions(value["unreadable"], &reader)
    if let audit = value["committed-audit"] {
      reader.judged.committed = CommittedAudit(
        by: try reader.process(number(audit["process"] ?? .null)), isReadToTheEnd: audit["read-to-end"]?.isTrue ?? false, except: try partitions(audit["unread"], &reader))
    }
    guard (value["groups"]?.elements?.count ?? 0) <= 1_000 else { throw error("more than 1000 groups") }
    for group in value["groups"]?.elements ?? [] { reader.judged.groups.append(try self.group(group, &reader)) }
    for deletion in value["deletions"]?.elements ?? [] { try read(deletion: deletion, &reader) }
  }

  private func number(_ form: Form) throws -> Int64 {
    guard let number = form.number, number >= 0 else { throw error("\(form.excerpt) is no number") }
    return number
  }

  private func text(_ form: Form?) throws -> String {
    guard let text = form?.name else { throw error("a name is missing") }
    return text
  }

  private func name(_ parts: [Form]) throws -> TopicPartition {
    guard parts.count == 2, let topic = parts[0].name, let partition = Int32(exactly: try number(parts[1])) else { throw error("\(Form.list(parts).excerpt) names no partition") }
    return TopicPartition(topic, partition)
  }

  private func partitions(_ form: Form?, _ reader: inout HistoryReader) throws -> Set<PartitionNumber> {
    var set: Set<PartitionNumber> = []
    for element in form?.elements ?? [] { set.insert(try reader.partition(element)) }
    return set
  }

  private func read(member: Form, _ reader: inout HistoryReader) throws {
    let process = try reader.process(number(member["process"] ?? .null))
    guard reader.judged.history.member(process) == nil else { throw error("process \(process.number) is a member twice") }
    reader.judged.history.note(
      History.Member(
        process, try text(member["name"]), of: try text(member["group"]), as: member["role"]?.name == "operator" ? .operator : .member,
        mayPassOver: member["may-pass-over"]?.isTrue ?? false))
  }

  private func group(_ form: Form, _ reader: inout HistoryReader) throws -> GroupFindings {
    var guarantees: Set<Guarantee> = []
    for element in form["guarantees"]?.elements ?? [] {
      guard let guarantee = Guarantee(rawValue: try text(element)) else { throw error("\(element.excerpt) is no guarantee") }
      guarantees.insert(guarantee)
    }
    var findings = GroupFindings(try text(form["group"]), on: guarantees)
    findings.partitions = try (form["partitions"]?.elements ?? []).map { try name($0.elements ?? []) }
    for process in form["running"]?.elements ?? [] { findings.running.insert(try reader.process(number(process))) }
    for process in form["working"]?.elements ?? [] { findings.working.insert(try reader.process(number(process))) }
    if let committed = form["committed"]?.elements {
      var offsets: [TopicPartition: Offset] = [:]
      for element in committed {
        guard let parts = element.elements, parts.count == 3 else { throw error("\(element.excerpt) is no committed offset") }
        offsets[try name(Array(parts.prefix(2)))] = Offset(try number(parts[2]))
      }
      findings.committed = offsets
    }
    if let settling = form["settling"]?.elements {
      guard settling.count == 2 else { throw error("\(Form.list(settling).excerpt) does not say how long it took to settle") }
      findings.settling = GroupFindings.Settling(
        taken: settling[0] == .null ? nil : .nanoseconds(try number(settling[0])), bound: .nanoseconds(try number(settling[1])))
    }
    return findings
  }

  private func read(deletion: Form, _ reader: inout HistoryReader) throws {
    guard let parts = deletion.elements, parts.count == 4, let rule = Deletions.Rule(words: try text(parts[3])), let time = parts[2].number else {
      throw error("\(deletion.excerpt) is no deletion")
    }
    let partition = try reader.partition(parts[0])
    reader.judged.deletions.note(below: Offset(try number(parts[1])), of: partition, by: rule, at: Instant(nanoseconds: time))
  }
}
