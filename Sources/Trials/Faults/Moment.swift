import Primitives
import Scenarios

/// When a schedule entry happens: at a time, or after something else has happened.
enum Moment: Equatable, CustomStringConvertible {
  /// The time since the start of the scenario.
  case time(Duration)
  /// A named instant, plus a delay.
  case instant(NamedInstant, plus: Duration)

  /// `election(t-0)`, or `election(t-0) + 300ms`.
  init(after value: Value, entries: [String], later: [String], _ names: DeclaredNames) throws {
    let text = try value.string()
    guard let plus = text.range(of: " + ") else {
      self = .instant(try NamedInstant(text, at: value, entries: entries, later: later, names), plus: .zero)
      return
    }
    var delay = value
    delay.content = .scalar(String(text[plus.upperBound...]).trimmed)
    self = .instant(try NamedInstant(String(text[..<plus.lowerBound]).trimmed, at: value, entries: entries, later: later, names), plus: try delay.duration())
  }

  var description: String {
    switch self {
    case .time(let time): "\(time)"
    case .instant(let instant, let plus): plus == .zero ? "\(instant)" : "\(instant) + \(plus)"
    }
  }

  /// As a file has it.
  var exactText: String {
    switch self {
    case .time(let time): time.exactText
    case .instant(let instant, let plus): plus == .zero ? "\(instant)" : "\(instant) + \(plus.exactText)"
    }
  }
}

/// Something that a schedule can wait for. All are counted from the start of the scenario.
enum NamedInstant: Equatable, CustomStringConvertible {
  /// The n-th time that the partition got another leader, not counting its first leader.
  case election(TopicPartition, times: Int)
  /// This number of records were acknowledged, for all producers together.
  case acknowledged(Int)
  /// The controller committed this ISR.
  case isr(TopicPartition, [NodeID])
  /// The n-th time that the controller fenced a broker.
  case fenced(NodeID, times: Int)
  /// The n-th time that the controller unfenced a broker, not counting its first start.
  case unfenced(NodeID, times: Int)
  /// The n-th time that a controller was elected, the first election of the cluster not counted.
  case active(times: Int)
  /// The n-th time that a certain controller was elected, the first election of the cluster not counted.
  case activeController(Int, times: Int)
  /// An election of the controllers' quorum reached this epoch.
  case quorumEpoch(LeaderEpoch)
  /// Exactly these controllers, by their numbers, are the voters of the metadata log, and that is committed.
  case voters([Int])
  /// The n-th time that a controller or broker took a snapshot of the metadata.
  case snapshot(times: Int)
  /// The partition's high watermark at its leader reached an offset.
  case highWatermark(TopicPartition, Offset)
  /// The leader of a partition started to lead in an epoch: it knows that it was elected.
  case leading(TopicPartition, LeaderEpoch)
  /// A consumer group is stable: all its members have their assignments, as far as its coordinator knows.
  case stable(String)
  /// The n-th time that a group started to rebalance, including the first time.
  case rebalance(String, times: Int)
  /// A group has this number of members.
  case joined(String, members: Int)
  /// A group has committed this offset of a partition, or a later one.
  case committed(String, TopicPartition, Offset)
  /// The n-th time that a transactional id entered a state, by Kafka's name of the state.
  case transactionState(String, String, times: Int)
  /// The n-th transaction of an id that its coordinator knows.
  case transactionBegun(String, times: Int)
  /// The n-th committed transaction of an id: all of its markers are written.
  case transactionCommitted(String, times: Int)
  /// The same for aborted transactions.
  case transactionAborted(String, times: Int)
  /// Another entry of the schedule was carried out.
  case entry(String)

  init(_ text: String, at value: Value, entries: [String], later: [String], _ names: DeclaredNames) throws {
    func arguments(_ name: String) -> [String]? {
      text.inside(name).map { $0.split(separator: ",").map { String($0).trimmed } }
    }
    func number(_ text: String) throws -> Int {
      guard let number = Int(text), number > 0 else { throw value.error("'\(text.quotable)' is not a count", remedy: "Write a number from 1 on.") }
      return number
    }
    func partition(_ text: String) throws -> TopicPartition { try names.partition(text, at: value) }
    func broker(_ text: String) throws -> NodeID { try names.broker(text, at: value) }
    /// `begun(transaction x, 2)`
    func transaction(_ name: String) -> (id: String, times: String?)? {
      guard let words = arguments(name), (1...2).contains(words.count), let id = words[0].suffix(after: "transaction ")?.trimmed else { return nil }
      return (id, words.count == 2 ? words[1] : nil)
    }
    func state(_ name: String) throws -> String {
      guard !Self.states.contains(name) else { return name }
      throw value.error(
        "there is no state '\(name.quotable)' of a transactional id",
        remedy: suggestion(for: name, among: Self.states, or: "Write \(Self.states.joined(separator: ", "))."))
    }
    if let words = arguments("election"), (1...2).contains(words.count) {
      self = .election(try partition(words[0]), times: try words.count == 2 ? number(words[1]) : 1)
    } else if let words = arguments("acked"), words.count == 1 {
      self = .acknowledged(try number(words[0]))
    } else if let words = arguments("isr"), words.count >= 2 {
      let members = try words[1...].map { try broker($0.filter { $0 != "[" && $0 != "]" && $0 != " " }) }
      self = .isr(try partition(words[0]), members.sorted())
    } else if let words = arguments("fenced"), (1...2).contains(words.count) {
      self = .fenced(try broker(words[0]), times: try words.count == 2 ? number(words[1]) : 1)
    } else if let words = arguments("unfenced"), (1...2).contains(words.count) {
      self = .unfenced(try broker(words[0]), times: try words.count == 2 ? number(words[1]) : 1)
    } else if let words = arguments("active"), (1...2).contains(words.count) {
      let times = try words.count == 2 ? number(words[1]) : 1
      if words[0] == "controller" {
        self = .active(times: times)
      } else if let controller = words[0].suffix(after: "controller-").flatMap({ Int($0) }) {
        self = .activeController(try names.controller(controller, at: value), times: times)
      } else {
        throw value.error("'\(words[0].quotable)' is no controller", remedy: "Write active(controller), active(controller, 2) or active(controller-2).")
      }
    } else if let words = arguments("quorum-epoch"), words.count == 1 {
      self = .quorumEpoch(LeaderEpoch(Int32(clamping: try number(words[0]))))
    } else if let words = arguments("voters"), !words.isEmpty {
      let numbers = try words.map { try names.controller(number($0.filter { $0 != "[" && $0 != "]" && $0 != " " }), at: value) }
      self = .voters(numbers.sorted())
    } else if let words = arguments("snapshot"), words.count == 1 {
      self = .snapshot(times: try number(words[0]))
    } else if let words = arguments("high-watermark"), words.count == 2 {
      self = .highWatermark(try partition(words[0]), Offset(Int64(try number(words[1]))))
    } else if let words = arguments("leading"), words.count == 2 {
      self = .leading(try partition(words[0]), LeaderEpoch(Int32(clamping: try number(words[1]))))
    } else if let words = arguments("stable"), words.count == 1 {
      self = .stable(try names.group(words[0], at: value))
    } else if let words = arguments("rebalance"), (1...2).contains(words.count) {
      self = .rebalance(try names.group(words[0], at: value), times: try words.count == 2 ? number(words[1]) : 1)
    } else if let words = arguments("joined"), words.count == 2 {
      self = .joined(try names.group(words[0], at: value), members: try names.member(number(words[1]), of: words[0], at: value))
    } else if let words = arguments("committed"), words.count == 3 {
      self = .committed(try names.group(words[0], at: value), try partition(words[1]), Offset(Int64(try number(words[2]))))
    } else if let words = arguments("state"), (2...3).contains(words.count), let id = words[0].suffix(after: "transaction ")?.trimmed {
      self = .transactionState(try names.transaction(id, at: value), try state(words[1]), times: try words.count == 3 ? number(words[2]) : 1)
    } else if let (id, times) = transaction("begun") {
      self = .transactionBegun(try names.transaction(id, at: value), times: try times.map(number) ?? 1)
    } else if let (id, times) = transaction("committed") {
      self = .transactionCommitted(try names.transaction(id, at: value), times: try times.map(number) ?? 1)
    } else if let (id, times) = transaction("aborted") {
      self = .transactionAborted(try names.transaction(id, at: value), times: try times.map(number) ?? 1)
    } else if entries.contains(text) {
      self = .entry(text)
    } else if later.contains(text) {
      throw value.error("the entry '\(text.quotable)' is further down, and an entry can only follow one above it", remedy: "Move '\(text.quotable)' up, in front of this entry.")
    } else if text.contains("("), !text.contains(")") {
      throw value.error("'\(text.quotable)' breaks off", remedy: "A comma ends a value between braces: quote it, as in after: \"isr(t-0, [1, 2])\".")
    } else {
      throw value.error(
        "there is no instant '\(text.quotable)'",
        remedy: suggestion(
          for: text, among: entries,
          or: """
            Write election(t-0), acked(10), isr(t-0, [1, 2]), fenced(1), unfenced(1), high-watermark(t-0, 5), leading(t-0, 2), \
            active(controller), active(controller-2), quorum-epoch(5), voters([1, 2, 3]), snapshot(2), stable(g), rebalance(g, 2), joined(g, 3), committed(g, t-0, 5), \
            state(transaction x, PrepareCommit), begun(transaction x, 2), committed(transaction x, 2), aborted(transaction x), or the name of another entry.
            """))
    }
  }

  /// The states that a coordinator reports (`TransactionState`).
  private static let states = ["Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort", "PrepareEpochFence"]

  var description: String {
    switch self {
    case .transactionState(let id, let state, let times): times == 1 ? "state(transaction \(id), \(state))" : "state(transaction \(id), \(state), \(times))"
    case .transactionBegun(let id, let times): "begun(transaction \(id)\(times == 1 ? "" : ", \(times)"))"
    case .transactionCommitted(let id, let times): "committed(transaction \(id)\(times == 1 ? "" : ", \(times)"))"
    case .transactionAborted(let id, let times): "aborted(transaction \(id)\(times == 1 ? "" : ", \(times)"))"
    case .election(let partition, let times): times == 1 ? "election(\(partition))" : "election(\(partition), \(times))"
    case .acknowledged(let count): "acked(\(count))"
    case .isr(let partition, let members): "isr(\(partition), [\(members.map(\.description).joined(separator: ", "))])"
    case .fenced(let node, let times): times == 1 ? "fenced(\(node))" : "fenced(\(node), \(times))"
    case .unfenced(let node, let times): times == 1 ? "unfenced(\(node))" : "unfenced(\(node), \(times))"
    case .active(let times): times == 1 ? "active(controller)" : "active(controller, \(times))"
    case .activeController(let number, let times): times == 1 ? "active(controller-\(number))" : "active(controller-\(number), \(times))"
    case .quorumEpoch(let epoch): "quorum-epoch(\(epoch))"
    case .voters(let numbers): "voters([\(numbers.map(String.init).joined(separator: ", "))])"
    case .snapshot(let times): "snapshot(\(times))"
    case .highWatermark(let partition, let offset): "high-watermark(\(partition), \(offset))"
    case .leading(let partition, let epoch): "leading(\(partition), \(epoch))"
    case .stable(let group): "stable(\(group))"
    case .rebalance(let group, let times): times == 1 ? "rebalance(\(group))" : "rebalance(\(group), \(times))"
    case .joined(let group, let members): "joined(\(group), \(members))"
    case .committed(let group, let partition, let offset): "committed(\(group), \(partition), \(offset))"
    case .entry(let name): name
    }
  }
}
