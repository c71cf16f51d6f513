import ArgumentParser
import Primitives

/// What the command-line parser does not do: negative values, misspelt commands, a uniform style of messages.
enum CommandWords {
  /// The arguments adapted for the parser: `-V` becomes the version, and a number after an option belongs to it even if negative, so that the option can say which values it takes.
  static func readable(_ words: [String]) -> [String] {
    if words == ["-V"] { return ["--version"] }
    var readable: [String] = []
    for (index, word) in words.enumerated() {
      if word == "--" { return readable + words[index...] }
      if let option = readable.last, index > 0, words[index - 1] == option, option.hasPrefix("--"), !option.contains("="), word.isNegativeNumber {
        readable[readable.count - 1] = "\(option)=\(word)"
      } else {
        readable.append(word)
      }
    }
    return readable
  }

  /// Refuses an unknown command, also after `help`.
  static func check(_ words: [String], among commands: [any ParsableCommand.Type]) throws {
    guard let name = words.first == "help" ? words.dropFirst().first : words.first, !name.hasPrefix("-") else { return }
    let known = commands.filter { $0.configuration.shouldDisplay }.map { $0._commandName } + ["help"]
    guard !known.contains(name), !commands.contains(where: { $0._commandName == name }) else { return }
    throw ValidationError("there is no command '\(name)'. \(suggestion(for: name, among: known))")
  }

  /// Makes the parser's messages begin like all others.
  static func inOneStyle(_ message: String) -> String {
    let mark = "Error: "
    guard message.hasPrefix(mark) else { return message }
    let text = message.dropFirst(mark.count)
    let isWord = text.dropFirst().first?.isLowercase == true
    return "error: " + (isWord ? text.prefix(1).lowercased() : String(text.prefix(1))) + text.dropFirst()
  }
}

extension String {
  /// `-1`, `-1.5`, `-1s`
  fileprivate var isNegativeNumber: Bool { first == "-" && dropFirst().first?.isNumber == true }
}
