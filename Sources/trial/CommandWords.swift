import ArgumentParser
import Primitives

/// What the parser of the command line does not do: negative values, misspelt commands, one style of messages.
enum CommandWords {
  /// The words as the parser reads them: `-V` is the version, and a number behind an option belongs to it also where it is negative, so that the option can say what it takes.
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

  /// Refuses a command that there is not, also behind `help`.
  static func check(_ words: [String], among commands: [any ParsableCommand.Type]) throws {
    guard let name = words.first == "help" ? words.dropFirst().first : words.first, !name.hasPrefix("-") else { return }
    let known = commands.filter { $0.configuration.shouldDisplay }.map { $0._commandName } + ["help"]
    guard !known.contains(name), !commands.contains(where: { $0._commandName == name }) else { return }
    throw ValidationError("there is no command '\(name)'. \(suggestion(for: name, among: known))")
  }

  /// The parser's messages begin as all others do.
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
