/// A text whose lines are broken at blanks so that they are no wider than a terminal, each part behind the first a little further in. nil leaves it as it is.
///
/// Colours take no room. Numbers stay together with their groups of digits and their units. Commands stay on one line, for people copy them.
public func wrapped(_ text: String, to width: Int?) -> String {
  guard let width else { return text }
  return text.split(separator: "\n", omittingEmptySubsequences: false).map { wrappedLine($0, to: width) }.joined(separator: "\n")
}

/// The letters that a text takes on a terminal.
public func shownWidth(_ text: some StringProtocol) -> Int {
  var width = 0, isEscape = false
  for letter in text {
    if letter == "\u{1b}" { isEscape = true }
    if !isEscape { width += 1 }
    if isEscape, letter == "m" { isEscape = false }
  }
  return width
}

private func wrappedLine(_ line: Substring, to width: Int) -> String {
  guard line.utf8.count > width, shownWidth(line) > width else { return String(line) }
  let blanks = line.prefix { $0 == " " }
  let isCommand = ["again: ", "trial "].contains { line.dropFirst(blanks.count).hasPrefix($0) }
  guard !isCommand else { return String(line) }
  let indentation = String(blanks) + "  "
  var lines: [String] = [], current = String(blanks), currentWidth = blanks.count, isEmpty = true
  for word in words(of: line.dropFirst(blanks.count)) {
    let wordWidth = shownWidth(word)
    if !isEmpty, currentWidth + 1 + wordWidth > width {
      lines.append(current)
      (current, currentWidth, isEmpty) = (indentation, indentation.count, true)
      // Blanks between columns have nothing to hold apart at the beginning of a line.
      if word.isEmpty { continue }
    }
    current += (isEmpty ? "" : " ") + word
    currentWidth += (isEmpty ? 0 : 1) + wordWidth
    isEmpty = false
  }
  return (lines + [current]).joined(separator: "\n")
}

private let units: Set<Substring> = ["ms", "ms,", "ms;", "s", "s,", "s;", "%", "%,", "%)", "%;", "records/s"]

/// The parts between which a line may be broken.
private func words(of text: Substring) -> [String] {
  var words: [String] = []
  for part in text.split(separator: " ", omittingEmptySubsequences: false) {
    if let last = words.last?.last, last.isNumber, part.first?.isNumber == true || units.contains(part) {
      words[words.count - 1] += " " + part
    } else {
      words.append(String(part))
    }
  }
  return words
}
