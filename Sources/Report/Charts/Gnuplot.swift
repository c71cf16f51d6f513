import Foundation

/// Draws charts with the gnuplot of this machine.
public struct Gnuplot: Sendable {
  private let executable: String

  /// Looks for gnuplot on the `PATH`.
  public init(searchPath: String? = ProcessInfo.processInfo.environment["PATH"]) throws {
    let folders = (searchPath ?? "").split(separator: ":").map(String.init)
    guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: $0 + "/gnuplot") }) else { throw GnuplotError.missing }
    executable = folder + "/gnuplot"
  }

  /// A chart in both file formats.
  public struct Pictures: Sendable {
    public let svg: SVGPicture
    public let png: Data

    /// - Parameter svg: the output of gnuplot.
    package init(svg: String, png: Data, of chart: Chart) {
      self.svg = SVGPicture(gnuplot: svg, chart: chart)
      self.png = png
    }
  }

  /// Draws a chart. The script, including the data, goes to standard input; the pictures are written to files, which gnuplot does best.
  public func draw(_ chart: Chart) throws -> Pictures {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("trial-chart-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Both terminals in one process: most of the time for a small chart is the start of gnuplot and its fonts.
    let script = [
      ChartStyle.svgTerminal(width: chart.width, height: chart.height), "set output 'chart.svg'", chart.script, "unset output",
      ChartStyle.pngTerminal(width: chart.width, height: chart.height), "set output 'chart.png'", chart.script, "unset output", "",
    ].joined(separator: "\n")
    try Data(script.utf8).write(to: folder.appendingPathComponent("script"))
    try run(in: folder, chart: chart)
    let svg = try String(contentsOf: folder.appendingPathComponent("chart.svg"), encoding: .utf8)
    return Pictures(svg: svg, png: try Data(contentsOf: folder.appendingPathComponent("chart.png")), of: chart)
  }

  private func run(in folder: URL, chart: Chart) throws {
    let complaints = folder.appendingPathComponent("complaints")
    try Data().write(to: complaints)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    // Ignore the user's own settings.
    process.arguments = ["--default-settings"]
    process.currentDirectoryURL = folder
    process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": folder.path, "LC_ALL": "C.UTF-8"]
    process.standardInput = try FileHandle(forReadingFrom: folder.appendingPathComponent("script"))
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: complaints)
    try process.run()
    process.waitUntilExit()
    let words = (try? String(contentsOf: complaints, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    guard process.terminationStatus == 0, words.isEmpty else { throw GnuplotError.failed(chart: chart.name, complaint: words) }
  }
}

public enum GnuplotError: Error, Equatable, CustomStringConvertible {
  case missing
  case failed(chart: String, complaint: String)

  public var description: String {
    switch self {
    case .missing:
      "gnuplot is not on the PATH, and charts are drawn with it\n  install it: apt-get install gnuplot-nox (Debian, Ubuntu), brew install gnuplot (macOS)"
    case .failed(let chart, let complaint):
      "gnuplot could not draw the chart '\(chart)': \(complaint.isEmpty ? "it ended without a word" : complaint)\n  charts need gnuplot 5.2 or newer with the pngcairo terminal: gnuplot --version"
    }
  }
}
