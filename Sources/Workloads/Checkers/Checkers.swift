/// Every check that needs nothing but a history.
public enum Checkers {
  /// The guarantees that a history alone is judged on, in the order of the report.
  public static let all: [Guarantee] = [
    .lostWrite, .unseen, .duplicate, .inconsistentOffsets, .reorder, .failedRead, .skipWithinPoll, .nonmonotonicWithinPoll, .skipBetweenPolls,
    .nonmonotonicBetweenPolls, .nonmonotonicSend,
  ]

  /// The verdicts on a history.
  ///
  /// - Parameter isReadToTheEnd: whether, after the last fault, a consumer read every partition from the beginning to its end.
  ///   Without that, a value that nobody saw may just not have been read yet, and `unseen` examines nothing.
  public static func verdicts(on history: History, isReadToTheEnd: Bool) -> [Verdict] {
    verdicts(on: Analysis(of: history), isReadToTheEnd: isReadToTheEnd)
  }

  /// The same for a history that was read already.
  public static func verdicts(on analysis: Analysis, isReadToTheEnd: Bool) -> [Verdict] {
    let polls = checkPolls(analysis)
    return [
      checkLostWrites(analysis), checkUnseen(analysis, isReadToTheEnd: isReadToTheEnd), checkDuplicates(analysis), checkInconsistentOffsets(analysis),
      checkReorder(analysis), checkFailedReads(analysis), polls.skipWithin, polls.nonmonotonicWithin, polls.skipBetween, polls.nonmonotonicBetween,
      checkSends(analysis),
    ]
  }
}

extension Analysis {
  /// `t-0 value 17` for evidence.
  func words(_ value: RecordValue) -> String { "value \(value.number)" }

  func words(_ partition: PartitionNumber) -> String {
    partition == .unknown ? "an unknown partition" : history.partitions[Int(partition.number)].description
  }
}
