import Foundation
import Primitives
import Testing

@testable import Scenarios
@testable import Trials

/// Deeds files: what is read, what is refused, and what a shell is given.
@Suite struct CommandTableTests {
  static func mistakes(in text: String) -> [String] {
    do {
      _ = try CommandTable(text: text, file: "deeds.yaml")
      return []
    } catch let error as ScenarioError {
      return error.all.map { "\($0.place): \($0.problem)" }
    } catch {
      return ["\(error)"]
    }
  }

  @Test func `A command is a line, or a mapping with its time limit and its reverse command`() throws {
    let table = try CommandTable(
      text: """
        timeout: 5s
        hosts: { 1: kafka-1.lan, 3001: 10.0.0.9 }
        kill: ssh {host} kill
        restart: { run: "ssh {host} start", timeout: 60s }
        isolate: { run: "cut {host} {others}", back: "mend {host}" }
        heal: [mend everything, "mend {host}"]
        """, file: "deeds.yaml")
    #expect(table.command(for: "kill")?.limit == .seconds(5))
    #expect(table.command(for: "restart")?.limit == .seconds(60))
    #expect(table.command(for: "isolate")?.back?.text == "mend {host}")
    #expect(table.heal.map(\.template.isAboutNode) == [false, true])
    #expect(table.hosts == [1: "kafka-1.lan", 3_001: "10.0.0.9"])
    #expect(table.command(for: "pause") == nil)
  }

  @Test(arguments: [
    ("kil: x\nheal: y", "unknown key 'kil'"), ("hold: x\nheal: y", "unknown key 'hold'"), ("kill: [a, b]", "expected a word, found a list"), ("kill: ' '", "is no command"),
    ("kill: \"a\\u0007b\"", "is no command"), ("kill: ssh {hots}", "there is no placeholder {hots} here"), ("kill: ssh {others}", "there is no placeholder {others} here"),
    ("kill: { timeout: 5s }", "'run' is missing"), ("kill: { run: a, back: b }", "unknown key 'back'"), ("kill: { run: a, timeout: 5 }", "is not a duration"),
    ("kill: { run: a, timeout: 1h }", "is not a time limit for a command"), ("timeout: 0s\nkill: a", "is not a time limit for a command"),
    ("hosts: { one: a }\nkill: b", "'one' is not a node"), ("hosts: { 1: \"a;b\" }\nkill: b", "'a;b' is not a host"), ("hosts: { 1: -oProxyCommand=x }\nkill: b", "is not a host"),
    ("about: nothing", "no word has a command"), ("", "the file is empty"), ("- kill", "expected a mapping"), ("kill: {", "this is not YAML"), ("kill: &a x\nheal: *a", "anchors are not read"),
    ("heal: { }", "'run' is missing"),
  ])
  func `A damaged file is refused`(text: String, problem: String) {
    let mistakes = Self.mistakes(in: text)
    #expect(mistakes.contains { $0.contains(problem) }, "\(mistakes)")
  }

  @Test func `All mistakes of a file are reported together`() {
    #expect(Self.mistakes(in: "kill: ssh {hots}\npause: ' '\nstop: x").count == 3)
  }

  /// Any prefix of a file, and any byte of it changed, is read as a table that can do something, or refused with mistakes that all name the file.
  @Test func `Damage never ends the process`() {
    let text = "timeout: 5s\nkill: ssh {host} k\nslow: { run: \"a {others} {latency}\", back: b }\nheal: [c]\n"
    #expect(Self.mistakes(in: text) == [])
    let bytes = Array(text.utf8)
    var damaged = bytes.indices.map { Array(bytes[..<$0]) }
    for index in bytes.indices {
      damaged.append(bytes)
      damaged[damaged.count - 1][index] ^= 0x15
    }
    var refusals = 0
    for text in damaged.map({ String(decoding: $0, as: UTF8.self) }) {
      do {
        let table = try CommandTable(text: text, file: "deeds.yaml")
        #expect(!table.commands.isEmpty || !table.heal.isEmpty, "\(text)")
      } catch {
        refusals += 1
        let mistakes = Self.mistakes(in: text)
        #expect(!mistakes.isEmpty && mistakes.allSatisfy { $0.hasPrefix("deeds.yaml:") }, "\(text): \(mistakes)")
      }
    }
    #expect(refusals > 0 && refusals < damaged.count)
  }

  @Test(arguments: ["systemd", "docker-compose", "kubernetes"]) func `The templates that ship are correct`(name: String) throws {
    let path = TrialTests.root.appendingPathComponent("scenarios/deeds/\(name).yaml").path
    let table = try CommandTable(fileAt: path)
    #expect(table.command(for: "kill") != nil && !table.heal.isEmpty)
  }

  // MARK: Placeholders

  func template(_ text: String, known: [String] = ["host", "others"]) throws -> CommandTemplate { try CommandTemplate(.word(text), known: known) }

  @Test func `The shell's own uses of braces are left alone`() throws {
    let template = try template("echo ${HOME} ${host} {{.Names}} { print $1 } {a,b} {host} {Host}")
    #expect(template.placeholders == ["host"])
    #expect(template.filled(with: ["host": "h"]) == .success("echo ${HOME} ${host} {{.Names}} { print $1 } {a,b} h {Host}"))
  }

  @Test func `A missing value prevents a command from running`() throws {
    #expect(throws: CommandRefusal.self) { try template("ssh {host}").filled(with: [:]).get() }
    #expect(throws: CommandRefusal.self) { try template("cut {others}").filled(with: ["others": ""]).get() }
  }

  @Test(arguments: ["a;b", "$(x)", "`x`", "a b -oX", "-oProxyCommand=x", "a'b", "a\"b", "a|b", "a&b", "a\nb", "é", "a>b", "~"])
  func `Values from a cluster's metadata never become more than a name`(value: String) throws {
    #expect(throws: CommandRefusal.self) { try template("ssh {host}").filled(with: ["host": value]).get() }
  }

  @Test(arguments: ["kafka-1.lan", "10.0.0.9", "fe80::1%eth0", "*/t-0/*", "a b"]) func `Names, addresses and patterns are allowed`(value: String) throws {
    #expect(try template("ssh {host}").filled(with: ["host": value]).get() == "ssh \(value)")
  }
}
