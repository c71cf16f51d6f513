import Primitives
import Workloads

/// The cause of a violation: what led to it, oldest first, and which faults of the schedule it needs.
public struct Explanation: Codable, Sendable, Equatable {
  public var guarantee: Guarantee
  /// The first case of its verdict.
  public var evidence: String
  /// In the order in which they happened; the last one is the evidence.
  public var lines: [Line]
  /// Lines that were left out to keep the others readable.
  public var leftOut: Int
  /// One for each entry of the schedule, in its order, as it was written down without chance.
  public var faults: [Fault]

  public init(guarantee: Guarantee, evidence: String, lines: [Line], leftOut: Int = 0, faults: [Fault] = []) {
    self.guarantee = guarantee
    self.evidence = evidence
    self.lines = lines
    self.leftOut = leftOut
    self.faults = faults
  }

  /// Something that mattered.
  public struct Line: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
      /// The schedule did something.
      case fault
      /// It undid something.
      case remedy
      /// A client asked for something, or was told something.
      case client
      /// A message reached its receiver.
      case message
      /// A node was elected to lead: a partition, or the metadata log.
      case election
      /// A log was cut, or lost something.
      case loss
      /// Anything else that a node did.
      case state
      /// The violation.
      case evidence
    }

    public var kind: Kind
    /// On the scenario's clock; set-up comes before it.
    public var seconds: Double
    /// The node; `schedule` for what the schedule did, `trial` for what only an observer of all nodes sees.
    public var who: String
    public var what: String
    /// The number of the later line that needed it, from 1; nil for the evidence.
    public var neededBy: Int?
    /// What that line needed it for; empty for the evidence.
    public var why: String
    /// Of a message: who sent it, and when.
    public var from: String?
    public var sentSeconds: Double?
    /// Of a fault: the nodes it acts on, and when it ended; nil where it lasted to the end of the scenario, or has no effect that lasts.
    public var nodes: [String]?
    public var untilSeconds: Double?

    public init(
      _ kind: Kind, seconds: Double, who: String, what: String, neededBy: Int? = nil, why: String = "", from: String? = nil, sentSeconds: Double? = nil,
      nodes: [String]? = nil, untilSeconds: Double? = nil
    ) {
      self.kind = kind
      self.seconds = seconds
      self.who = who
      self.what = what
      self.neededBy = neededBy
      self.why = why
      self.from = from
      self.sentSeconds = sentSeconds
      self.nodes = nodes
      self.untilSeconds = untilSeconds
    }
  }

  /// What becomes of the trial without one entry of its schedule.
  public struct Fault: Codable, Sendable, Equatable {
    public enum Outcome: String, Codable, Sendable, CaseIterable {
      /// The violation does not come.
      case prevented
      /// It comes all the same, with the same kind of evidence.
      case same
      /// The guarantee is violated, with evidence of another kind.
      case otherEvidence = "other evidence"
      /// The process that ran it died, or there was no time for it.
      case unknown
    }

    /// What the entry did, in the words of the story; its name where it did nothing.
    public var what: String
    /// When it first took effect; nil where it did nothing.
    public var seconds: Double?
    /// Entries that had to go with it: they wait for it, or undo it by its name.
    public var together: [String]
    public var outcome: Outcome

    public init(what: String, seconds: Double?, together: [String] = [], outcome: Outcome) {
      self.what = what
      self.seconds = seconds
      self.together = together
      self.outcome = outcome
    }
  }

  /// What is wrong with an explanation that was read; nil where nothing is.
  var contradiction: String? {
    guard let last = lines.last, last.kind == .evidence else { return "an explanation ends with the evidence" }
    guard lines.count <= Self.mostLines, faults.count <= Self.mostFaults else { return "an explanation has at most \(Self.mostLines) lines and \(Self.mostFaults) faults" }
    for (index, line) in lines.enumerated() {
      guard line.seconds.isFinite, line.sentSeconds?.isFinite != false, line.untilSeconds?.isFinite != false else { return "a time that is no number" }
      if let needed = line.neededBy, needed <= 0 || needed > lines.count || needed == index + 1 { return "line \(index + 1) is needed by line \(needed), which is not there" }
    }
    return nil
  }

  /// Of what can be read.
  private static let mostLines = 1_000, mostFaults = 100_000
}
