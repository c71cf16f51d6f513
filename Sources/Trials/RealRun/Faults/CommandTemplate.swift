import Primitives
import Scenarios

/// A shell command with placeholders for what is known when it runs: `ssh {host} systemctl kill -s KILL kafka`.
///
/// Text in braces is a placeholder if it is a word of lower-case letters and dashes, and no `$` or other brace precedes it: `${HOME}`,
/// `{{.Names}}` and `{ print $1 }` are left to the shell.
package struct CommandTemplate: Sendable, Equatable {
  enum Piece: Sendable, Equatable {
    case text(String)
    case placeholder(String)
  }

  /// The command as written.
  package let text: String
  let pieces: [Piece]

  /// The placeholders that identify the command's node.
  static let ofNode = ["node", "name", "host", "port"]

  /// - Parameter known: the names of valid placeholders.
  init(_ value: Value, known: [String]) throws {
    text = try value.string()
    guard !text.allSatisfy(\.isWhitespace), text.utf8.count <= Bounds.about, !text.unicodeScalars.contains(where: { $0.isControl && $0 != "\n" && $0 != "\t" }) else {
      throw value.error("\(value.kind) is no command", remedy: "Write a line for the shell, of up to \(Bounds.about) bytes, such as ssh {host} sudo systemctl start kafka.")
    }
    pieces = Self.pieces(of: text)
    if let stranger = placeholders.first(where: { !known.contains($0) }) {
      throw value.error(
        "there is no placeholder {\(stranger.quotable)} here",
        remedy: suggestion(for: stranger, among: known, or: known.isEmpty ? "Write the command out." : "There are \(known.map { "{\($0)}" }.joined(separator: ", ")). Braces of the shell's own go with a space: { \(stranger.quotable) }."))
    }
  }

  /// The names of its placeholders, in the order of the text.
  var placeholders: [String] {
    pieces.compactMap { if case .placeholder(let name) = $0 { name } else { nil } }
  }

  /// Whether it uses a placeholder for its node.
  var isAboutNode: Bool { placeholders.contains { Self.ofNode.contains($0) } }

  private static func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var plain = "", rest = text[...], last: Character?
    while let letter = rest.first {
      if letter == "{", last != "$", last != "{", let name = name(in: rest) {
        if !plain.isEmpty { pieces.append(.text(plain)) }
        plain = ""
        pieces.append(.placeholder(name))
        rest = rest.dropFirst(name.count + 2)
        last = "}"
      } else {
        plain.append(letter)
        last = letter
        rest = rest.dropFirst()
      }
    }
    if !plain.isEmpty { pieces.append(.text(plain)) }
    return pieces
  }

  /// The name between a brace at the start of the text and the next one.
  private static func name(in text: Substring) -> String? {
    let name = text.dropFirst().prefix { $0.isASCII && ($0.isLowercase || $0 == "-") }
    guard !name.isEmpty, text.dropFirst(name.count + 1).first == "}" else { return nil }
    return String(name)
  }

  /// The command with its placeholders filled in, or why it must not run.
  ///
  /// Values come from the cluster's metadata, too: anything that a shell could take for more than a name is refused.
  package func filled(with values: [String: String]) -> Result<String, CommandRefusal> {
    var command = ""
    for piece in pieces {
      switch piece {
      case .text(let text): command += text
      case .placeholder(let name):
        guard let value = values[name], !value.isEmpty else { return .failure(CommandRefusal(words: "its {\(name)} is unknown")) }
        guard Self.isHarmless(value) else { return .failure(CommandRefusal(words: "{\(name)} would be '\(value.quotable)', which a shell might take for more than a name")) }
        command += value
      }
    }
    return .success(command)
  }

  /// Whether a value consists of names, addresses, numbers and patterns, separated by spaces.
  private static func isHarmless(_ value: String) -> Bool {
    !value.hasPrefix("-") && !value.contains(" -") && value.utf8.count <= 10_000
      && value.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "._-:/%@,+=* ".utf8.contains(byte)
        }
      }
  }
}

/// Why a command was not run.
package struct CommandRefusal: Error, Equatable {
  package let words: String
}
