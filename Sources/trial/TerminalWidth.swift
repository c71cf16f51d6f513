import Foundation

/// How many letters a line has room for.
enum TerminalWidth {
  private static let narrowest = 40
  /// Of tables, where nobody tells: in pipes and files.
  private static let usual = 100

  static var ofTables: Int { told ?? usual }

  /// What the variable COLUMNS says, and otherwise the terminal that standard output goes to; nil where there is neither.
  static var told: Int? {
    let told = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? terminal ?? 0
    return told > 0 ? max(narrowest, told) : nil
  }

  private static var terminal: Int? {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
    return Int(size.ws_col)
  }
}
