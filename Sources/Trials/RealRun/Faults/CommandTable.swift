import Primitives
import Scenarios

/// The contents of a deeds file: the shell command for each word of the schedule, and the commands that repair everything in the end.
///
/// ```yaml
/// timeout: 20s
/// hosts: { 1: kafka-1.lan, 3001: controller.lan }
/// kill: ssh {host} sudo systemctl kill -s KILL kafka
/// restart: { run: "ssh {host} sudo systemctl start kafka", timeout: 60s }
/// isolate: { run: "./cut-off {host} {others}", back: "./connect {host}" }
/// heal: ["./connect {host}"]
/// ```
public struct CommandTable: Sendable {
  /// A command and its time limit.
  struct Command: Sendable, Equatable {
    var template: CommandTemplate
    var limit: Duration
    /// The command that undoes its lasting effect; nil if it has none of its own.
    var back: CommandTemplate?
  }

  /// The file, as given.
  public let file: String
  /// In the order of the file.
  private(set) var commands: [(word: String, command: Command)] = []
  /// The healing commands, in the order in which they run.
  private(set) var heal: [Command] = []
  /// The names by which commands reach nodes, if the cluster's metadata have others or none.
  private(set) var hosts: [NodeID: String] = [:]

  /// The time limit of a command that does not set one.
  static let usualLimit = Duration.seconds(30)
  private static let limits = Duration.milliseconds(100)...Duration.seconds(600)

  /// Words that have commands, and the placeholders besides those of the node.
  static let words: [(word: String, arguments: [String])] = [
    ("kill", []), ("restart", []), ("pause", []), ("resume", []), ("shutdown", []), ("power-loss", ["unsynced"]), ("replace-disk", []), ("slow-cpu", ["factor"]),
    ("isolate", ["others"]), ("partition", ["others"]), ("cut", ["others"]), ("clog", ["others"]), ("reset", ["others"]), ("half-open", ["others"]),
    ("slow", ["others", "latency", "jitter", "bandwidth"]), ("disk", ["fault", "files", "by", "bits", "times"]), ("clock", ["fault", "by"]),
  ]

  /// Words with a lasting effect that no other word undoes.
  private static let lasting: Set<String> = ["slow-cpu", "isolate", "partition", "cut", "clog", "slow", "disk"]

  package init(text: String, file: String) throws { try self.init(Value.parse(text, source: file), file: file) }

  package init(_ value: Value, file: String) throws {
    self.file = file
    var map = try MapReader(value)
    _ = try map.optional("about") { try $0.string() }
    let limit = try map.optional("timeout", Self.limit) ?? Self.usualLimit
    if let hosts = try map.optional("hosts", Self.hosts) { self.hosts = hosts }
    for (word, arguments) in Self.words {
      let known = CommandTemplate.ofNode + arguments
      if let command = try map.optional(word, { try Self.command($0, word: word, known: known, limit: limit) }) { commands.append((word, command)) }
    }
    heal = try map.optional("heal") { try $0.oneOrMore { try Self.command($0, word: "heal", known: CommandTemplate.ofNode, limit: limit) } } ?? []
    try map.finish()
    guard !commands.isEmpty || !heal.isEmpty else { throw value.error("no word has a command", remedy: "Write kill: ssh {host} sudo systemctl kill -s KILL kafka.") }
  }

  /// Whether a document is such a file, by its keys.
  package static func describes(_ value: Value) -> Bool { value["heal"] != nil || words.contains { $0.word != "disk" && value[$0.word] != nil } }

  /// Reads a line, or `{ run, back, timeout }`.
  private static func command(_ value: Value, word: String, known: [String], limit: Duration) throws -> Command {
    guard case .map = value.content else { return Command(template: try CommandTemplate(value, known: known), limit: limit) }
    var map = try MapReader(value)
    let run = try map.needed("run") { try CommandTemplate($0, known: known) }
    var back: CommandTemplate?
    if lasting.contains(word) { back = try map.optional("back") { try CommandTemplate($0, known: known) } }
    let ownLimit = try map.optional("timeout", Self.limit)
    try map.finish()
    return Command(template: run!, limit: ownLimit ?? limit, back: back)
  }

  private static func limit(_ value: Value) throws -> Duration {
    let limit = try value.duration()
    guard limits.contains(limit) else { throw value.error("\(value.kind) is not a time limit for a command", remedy: "Write a time from 100ms to 10min.") }
    return limit
  }

  private static func hosts(_ value: Value) throws -> [NodeID: String] {
    var hosts: [NodeID: String] = [:]
    for setting in try value.settings() {
      guard let id = Int32(setting.name), id >= 0 else {
        throw setting.valueOf.error("'\(setting.name.quotable)' is not a node", remedy: "Write the number that the cluster knows a node by (node.id), such as 1: kafka-1.lan.")
      }
      guard !setting.value.isEmpty, setting.value.utf8.count <= 253, !setting.value.hasPrefix("-"),
        setting.value.utf8.allSatisfy({ $0 < 0x80 && (Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber || "._-:@".utf8.contains($0)) })
      else { throw setting.valueOf.error("'\(setting.value.quotable)' is not a host", remedy: "Write a name or an address.") }
      hosts[NodeID(id)] = setting.value
    }
    return hosts
  }

  func command(for word: String) -> Command? { commands.first { $0.word == word }?.command }
}
